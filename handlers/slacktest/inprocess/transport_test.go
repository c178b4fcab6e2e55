package inprocess_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
)

func TestRequestsAreCarriedAsASocketWould(t *testing.T) {
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rw.Header().Set("X-Seen", r.Host+" "+r.RequestURI+" "+r.Method)
		rw.WriteHeader(http.StatusTeapot)
		rw.Header().Set("X-Too-Late", "1")
		_, _ = rw.Write(body)
	})
	c := &http.Client{Transport: inprocess.Transport(h)}
	res, err := c.Post("http://app.test/a?b=c", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "hello" || res.StatusCode != http.StatusTeapot || res.Header.Get("X-Seen") != "app.test /a?b=c POST" ||
		res.Header.Get("X-Too-Late") != "" {
		t.Errorf("%s %q %v, %v", res.Status, body, res.Header, err)
	}
	silent := &http.Client{Transport: inprocess.Transport(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}
	if res, err = silent.Get("http://app.test/"); err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("a handler that says nothing answers %s", res.Status)
	}
}

func TestAClientThatLeavesEndsTheHandlersContext(t *testing.T) {
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
