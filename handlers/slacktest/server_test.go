package slacktest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
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
