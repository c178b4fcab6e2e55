package main_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// socketWorld is reached over Socket Mode alone: nothing of it has a public address.
func socketWorld(t *testing.T) *world {
	w := threadWorld(t, databases["sqlite"](t), acting, 2)
	w.shift("Ana on-shift", "Bob on-shift")
	w.env = append(w.env, "SLACK_SIGNING_SECRET=", "SLACK_APP_TOKEN="+w.slack.Options().AppToken)
	w.secrets = append(w.secrets, w.slack.Options().AppToken)
	return w
}

// connect starts a process that only its socket reaches.
func (w *world) connect() *child {
	w.t.Helper()
	c := w.launch()
	w.ready(c)
	w.slack.SetRequestURL("http://" + c.public + "/slack/events") // is refused there, and tried again over the socket
	if n := w.slack.Cloud().Sockets(); n == 0 {
		w.t.Error("it is ready, and Slack has no connection")
	}
	return c
}

// Without a public address: ticket, reminder, click, update, command and modal, all over the socket. A
// connection that is cut is opened again.
func TestSocketModeNeedsNoAddress(t *testing.T) {
	t.Parallel()
	w := socketWorld(t)
	c := w.connect()
	ts := w.ticket(ofThread(0), "42", 11*time.Minute)
	reminder := w.reminder(ofThread(0), ts)
	w.told()
	before := w.timeline(ofThread(0), ts)
	w.click("U0ANA", ofThread(0), reminder, own)
	w.whispered("U0ANA", "You are on it now.")
	w.shows(ofThread(0), reminder, "*Ana Silva is on it*")
	if by := w.moved(before); by != 30*time.Minute {
		t.Errorf("moved by %s", by)
	}
	expect(t, w.types("U0BOB", ofThread(0), "/sla"), "1 ticket of this channel waits for an answer", "Ticket 42")
	w.setUp("U0HANA", ofThread(0), "is set in slabuddy.yaml")

	// Nobody else may come in by the door that is left.
	body, _ := w.ticketEvent("66")
	for name, secret := range map[string]string{"signed with nothing": "", "signed": w.slack.Options().SigningSecret} {
		if status := c.post("/slack/events", body, func(r *http.Request) { slacktest.SignRequest(r, secret, time.Now(), body) }); status != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", name, status)
		}
	}

	w.slack.Cloud().CutSockets()
	w.until("the connection gone", patience, func() bool { return w.slack.Cloud().Sockets() == 0 })
	missed := w.ticket(ofThread(1), "43", 11*time.Minute) // while there is none
	w.until("a connection again", patience, func() bool { return w.slack.Cloud().Sockets() == 1 })
	w.reminder(ofThread(1), missed)
	w.told()
	w.exactlyOnce([]escalation.Thread{{Channel: ofThread(0), TS: ts}, {Channel: ofThread(1), TS: missed}})
	for _, d := range w.slack.Deliveries() {
		if d.OK() && !d.Socket {
			t.Errorf("%s came over HTTP", d.Type)
		}
	}
}

// What a process took in and never acknowledged, because it died, comes again to the next, and counts once.
func TestWhatWasNotAcknowledgedOverTheSocketComesAgain(t *testing.T) {
	t.Parallel()
	w := socketWorld(t)
	c := w.connect()
	ts := w.ticket(ofThread(0), "42", 5*time.Minute)
	w.told()
	before := w.timeline(ofThread(0), ts)
	w.check(c.cmd.Process.Signal(syscall.SIGSTOP))
	ana("45m")(w, ofThread(0), ts)
	w.until("it on its way", patience, func() bool { return w.slack.Undelivered() > 0 })
	c.kill()
	w.connect()
	w.told()
	again := false
	for _, d := range w.slack.Deliveries() {
		again = again || d.RetryNum > 0 && d.Socket && d.OK() && d.TS != ts
	}
	if !again {
		t.Error("nothing was delivered again: the test proves nothing")
	}
	if by := w.moved(before); by != 45*time.Minute {
		t.Errorf("moved by %s, want 45 min", by)
	}
	if answers := w.answers(ofThread(0), ts); len(answers) != 1 {
		t.Errorf("%d answers, want 1: %q", len(answers), answers)
	}
}
