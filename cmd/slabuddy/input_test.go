package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// post sends a body to a process, with whatever headers sign puts on the request.
func (c *child) post(path string, body []byte, sign func(*http.Request)) int {
	c.w.t.Helper()
	r, err := http.NewRequestWithContext(c.w.t.Context(), http.MethodPost, "http://"+c.public+path, bytes.NewReader(body))
	c.w.check(err)
	sign(r)
	answer, err := http.DefaultClient.Do(r)
	c.w.check(err)
	answer.Body.Close()
	return answer.StatusCode
}

// form is the body of an interaction.
func form(payload string) []byte { return []byte(url.Values{"payload": {payload}}.Encode()) }

// ticketEvent is a good event: a ticket of eleven minutes ago.
func (w *world) ticketEvent(id string) (body []byte, ts string) {
	w.t.Helper()
	m := desks.Fields(desks.Ticket{ID: id})
	m.Type, m.Subtype, m.BotID, m.TS = "message", "bot_message", "B0DESK", slacktest.TS(time.Now().Add(-11*time.Minute))
	inner, err := json.Marshal(again(m, enterprise))
	w.check(err)
	body, err = json.Marshal(slacktest.Envelope{
		TeamID: w.slack.Options().Team.ID, APIAppID: w.slack.Options().App.ID, Type: "event_callback", EventID: "Ev" + id, Event: inner,
	})
	w.check(err)
	return body, m.TS
}

// Every POST under /slack/ has its own status codes, and what is refused leaves no trace.
func TestWhatSlackDidNotSendIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	c := w.start()
	secret := w.slack.Options().SigningSecret
	ticket, ts := w.ticketEvent("42")
	tooLarge := append(bytes.Repeat([]byte(" "), 1<<20), ticket...)
	signed := func(body []byte, at time.Duration) func(*http.Request) {
		return func(r *http.Request) { slacktest.SignRequest(r, secret, time.Now().Add(at), body) }
	}
	nothing := map[string]int{"/slack/interactions": 200, "/slack/commands": 200} // it asks for nothing
	tests := []struct {
		name  string
		body  []byte
		sign  func(*http.Request)
		code  int
		forms map[string]int // where a form is expected: another code, by path
	}{
		{name: "unsigned", body: ticket, sign: func(*http.Request) {}, code: 401},
		{name: "signed with another secret", body: ticket, sign: func(r *http.Request) {
			slacktest.SignRequest(r, "guessed", time.Now(), ticket)
		}, code: 401},
		{name: "signed for another body", body: ticket, sign: signed([]byte("{}"), 0), code: 401},
		{name: "with the timestamp changed afterwards", body: ticket, sign: func(r *http.Request) {
			signed(ticket, -10*time.Minute)(r)
			r.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(time.Now().Unix(), 10))
		}, code: 401},
		{name: "replayed after six minutes", body: ticket, sign: signed(ticket, -6*time.Minute), code: 401},
		{name: "from the future", body: ticket, sign: signed(ticket, 6*time.Minute), code: 401},
		{name: "too large", body: tooLarge, sign: signed(tooLarge, 0), code: 413},
		{name: "too large and unsigned", body: tooLarge, sign: func(*http.Request) {}, code: 413},
		{name: "not JSON", body: form("{}"), sign: signed(form("{}"), 0), code: 400, forms: nothing},
		{name: "broken off", body: ticket[:len(ticket)/2], sign: signed(ticket[:len(ticket)/2], 0), code: 400, forms: nothing},
		{name: "empty", body: nil, sign: signed(nil, 0), code: 400, forms: nothing},
		{name: "a form that holds no JSON", body: form("{"), sign: signed(form("{"), 0), code: 400, forms: map[string]int{"/slack/commands": 200}},
	}
	for _, path := range []string{"/slack/events", "/slack/interactions", "/slack/commands"} {
		for _, tt := range tests {
			want := tt.code
			if other, ok := tt.forms[path]; ok {
				want = other
			}
			if got := c.post(path, tt.body, tt.sign); got != want {
				t.Errorf("%s %s: status %d, want %d", path, tt.name, got, want)
			}
		}
	}
	if open, err := w.peek().CountOpen(t.Context()); err != nil || len(open) > 0 {
		t.Errorf("something was stored: %v %v", open, err)
	}
	if got := c.post("/slack/events", ticket, signed(ticket, -4*time.Minute)); got != 200 {
		t.Errorf("signed four minutes ago: status %d, want 200", got)
	}
	if w.timeline(enterprise, ts).Ticket.ID != "42" {
		t.Error("the good event was not taken")
	}
}

// Events of odd or unknown shapes get 200 at the first delivery, are counted, and harm nothing.
func TestOddEventsAreTakenAndCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	c := w.start()
	_, err := w.slack.PostAs(deskApp, enterprise, desks.OddMessage())
	w.check(err)
	ts := slacktest.TS(time.Now())
	for _, inner := range []any{
		nil, 7, "message", []any{}, map[string]any{},
		map[string]any{"type": "message"},
		map[string]any{"type": 1, "channel": []string{"C"}, "ts": 3.5},
		map[string]any{"type": "message", "channel": enterprise, "ts": "yesterday", "text": "*Ticket ID*: 7"},
		map[string]any{"type": "message", "channel": enterprise, "ts": 1700000000.5, "text": "*Ticket ID*: 7"},
		map[string]any{"type": "message", "channel": map[string]any{"id": enterprise}, "ts": ts, "text": "*Ticket ID*: 7"},
		map[string]any{"type": "message", "channel": enterprise, "ts": ts, "text": map[string]any{}, "attachments": "none", "blocks": 3},
		map[string]any{"type": "message", "subtype": "from_next_year", "channel": enterprise, "ts": ts, "text": "*Ticket ID*: 7"},
		map[string]any{"type": "reaction_added", "user": "U0ANA"},
		map[string]any{"type": "app_mention"},
	} {
		w.slack.SendEvent(inner)
	}
	for _, body := range []string{`{}`, `[]`, `null`, `7`, `{"type":"unheard_of"}`, `{"type":"event_callback"}`, `{"type":["event_callback"],"event":{}}`} {
		w.slack.SendBody([]byte(body))
	}
	w.slack.SendAppRateLimited()
	w.delivered()
	for _, d := range w.slack.Deliveries() {
		if d.Status != http.StatusOK || d.RetryNum > 0 {
			t.Errorf("%s %s: status %d (%s), delivery %d", d.EventID, d.Type, d.Status, d.Failure, d.RetryNum)
		}
	}
	if open, err := w.peek().CountOpen(t.Context()); err != nil || len(open) > 0 {
		t.Errorf("something was opened: %v %v", open, err)
	}
	_, metrics := c.page("/metrics")
	expect(t, metrics,
		`slabuddy_slack_events_total{outcome="no_ticket",type="message"}`,
		`slabuddy_slack_events_total{outcome="odd",type="message"}`,
		`slabuddy_slack_events_total{outcome="ignored",type="other"}`,
		`slabuddy_slack_events_total{outcome="limited",type="app_rate_limited"} 1`)
	w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute))
}

// A database that is gone: Slack gets 503 and delivers again, the walker keeps trying, and nothing is lost.
func TestADatabaseThatIsGoneLosesNothing(t *testing.T) {
	t.Parallel()
	cluster, database := ownCluster(t)
	w := threadWorld(t, database, "", 2)
	c := w.start()
	open := w.ticket(ofThread(0), "1", 10*time.Minute-3*time.Second) // due while the database is gone
	w.delivered()
	w.timeline(ofThread(0), open)

	w.check(cluster.Stop())
	late := w.ticket(ofThread(1), "2", 11*time.Minute)
	w.until("two deliveries refused", patience, func() bool {
		refused := 0
		for _, d := range w.slack.Deliveries() {
			if d.TS != late {
				continue
			}
			if refused++; d.Status != http.StatusServiceUnavailable {
				t.Errorf("status %d (%s), want 503", d.Status, d.Failure)
			}
		}
		return refused >= 2
	})
	if status, body := c.page("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "database: ") || strings.Contains(body, "database: ok") {
		t.Errorf("/readyz is %d while the database is gone:\n%s", status, body)
	}
	if status, _ := c.page("/healthz"); status != http.StatusOK {
		t.Errorf("/healthz is %d while the database is gone; a restart would not help", status)
	}
	c.says("walking failed, trying on")
	w.check(cluster.Restart())

	for i, ts := range []string{open, late} {
		expect(t, w.reminder(ofThread(i), ts).Text, fmt.Sprintf("Ticket %d ", i+1), "waiting", "Tier 1 of 4")
	}
	w.told()
	w.exactlyOnce([]escalation.Thread{{Channel: ofThread(0), TS: open}, {Channel: ofThread(1), TS: late}})
	if status, body := c.page("/readyz"); status != http.StatusOK {
		t.Errorf("/readyz is %d although the database is back:\n%s", status, body)
	}
	c.says("walking again")
}
