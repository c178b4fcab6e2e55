package slacktest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
)

func TestWorkspaceOnASocket(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	s := must(w.Start("127.0.0.1:0"))(t)
	c := slack.New(w.Options().Token, slack.OptionAPIURL(s.APIURL))
	if _, err := c.AuthTestContext(t.Context()); err != nil {
		t.Error(err)
	}
	ok(t, s.Close())
	if _, err := c.AuthTestContext(t.Context()); err == nil {
		t.Error("it answers though closed")
	}
	if _, err := w.Start("127.0.0.1:none"); err == nil {
		t.Error("started on a port that is none")
	}
}

func TestEventsGoOverASocketToo(t *testing.T) {
	a := &app{}
	s := httptest.NewServer(a)
	defer s.Close()
	w := newWorkspace(t, slacktest.Options{RequestURL: s.URL + "/slack/events"})
	say(t, w, "a")
	delivered(t, w)
	if got := w.Deliveries(); len(got) != 1 || got[0].Status != http.StatusOK || len(a.requests()) != 1 {
		t.Errorf("deliveries: %+v", got)
	}
}

func TestInProcessCarriesRequestsAsASocketWould(t *testing.T) {
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rw.Header().Set("X-Seen", r.Host+" "+r.RequestURI+" "+r.Method)
		rw.WriteHeader(http.StatusTeapot)
		rw.Header().Set("X-Too-Late", "1")
		_, _ = rw.Write(body)
	})
	c := &http.Client{Transport: inprocess.Transport(h)}
	res := must(c.Post("http://app.test/a?b=c", "text/plain", strings.NewReader("hello")))(t)
	defer res.Body.Close()
	body := must(io.ReadAll(res.Body))(t)
	if string(body) != "hello" || res.StatusCode != http.StatusTeapot || res.Header.Get("X-Seen") != "app.test /a?b=c POST" ||
		res.Header.Get("X-Too-Late") != "" {
		t.Errorf("%s %q %v", res.Status, body, res.Header)
	}
	res = must((&http.Client{Transport: inprocess.Transport(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}).Get("http://app.test/"))(t)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("a handler that says nothing answers %s", res.Status)
	}
}

func TestInProcessClientThatLeavesEndsTheHandlersContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		c := &http.Client{
			Timeout: 5 * time.Second,
			Transport: inprocess.Transport(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
				ended <- r.Context().Err()
			})),
		}
		began := time.Now()
		_, err := c.Get("http://app.test/")
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(began) != 5*time.Second {
			t.Errorf("err = %v after %s", err, time.Since(began))
		}
		if err := <-ended; !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			t.Errorf("the handler's context: %v", err)
		}
	})
}
