package main_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

const webhookSecret = "webhook-secret"

// deskSays has the generic help desk report something, signed unless with is another secret.
func (c *child) deskSays(body, with string) (status int) {
	c.w.t.Helper()
	return c.post("/helpdesk/http", []byte(body), func(r *http.Request) {
		maps.Copy(r.Header, helpdesktest.SignHTTP(with, body, time.Now()))
	})
}

// A signed "replied" closes the timeline at once, and nobody is asked. What is not signed is not believed.
func TestAReplyThatTheDeskReportsClosesAtOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := threadWorld(t, database, acting, 3)
		w.shift("Ana on-shift")
		w.env = append(w.env, "HELPDESK_WEBHOOK_SECRET="+webhookSecret)
		w.secrets = append(w.secrets, webhookSecret)
		c := w.start()
		replied := func(ticket string, at time.Time) string {
			return fmt.Sprintf(`{"ticket_id":%q,"event":"replied","timestamp":%d}`, ticket, at.Unix())
		}
		ts := w.ticket(ofThread(0), "42", 11*time.Minute)
		reminder := w.reminder(ofThread(0), ts)
		other := w.ticket(ofThread(1), "43", 5*time.Minute)
		w.told()
		asked, open := w.desk.Asked("42"), w.timeline(ofThread(0), ts)

		now := time.Now().UTC().Truncate(time.Second)
		at := open.PostedAt.Truncate(time.Second).Add(10 * time.Minute)
		good := replied("42", at)
		for name, status := range map[string]int{
			"signed with a guess":   c.deskSays(good, "guessed"),
			"signed with nothing":   c.deskSays(good, ""),
			"not signed":            c.post("/helpdesk/http", []byte(good), func(*http.Request) {}),
			"of a vendor, unsigned": c.post("/helpdesk/zendesk", []byte(good), func(*http.Request) {}),
		} {
			if status != http.StatusUnauthorized {
				t.Errorf("%s: status %d, want 401", name, status)
			}
		}
		for body, want := range map[string]int{
			"replied":                             http.StatusBadRequest, // no JSON
			`{"ticket_id":"42"}`:                  http.StatusBadRequest, // nothing said of it
			replied("42", now.Add(-24*time.Hour)): http.StatusOK,         // before the message: it answers something else
			replied("no-such-ticket", now):        http.StatusOK,
		} {
			if status := c.deskSays(body, webhookSecret); status != want {
				t.Errorf("%s: status %d, want %d", body, status, want)
			}
		}
		w.unchanged(open)

		if status := c.deskSays(good, webhookSecret); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		closed := w.timeline(ofThread(0), ts) // it is durable once it is acknowledged
		if closed.State != escalation.Answered || !closed.AnsweredAt.Equal(at) {
			t.Errorf("the timeline is %s at %s, want it answered at %s", closed.State, closed.AnsweredAt, at)
		}
		if n := w.desk.Asked("42"); n != asked {
			t.Errorf("the help desk was asked %d times more", n-asked)
		}
		w.shows(ofThread(0), reminder, "*Answered after 10 minutes.*")
		if status := c.deskSays(good, webhookSecret); status != http.StatusOK {
			t.Errorf("told twice: status %d", status)
		}
		w.unchanged(closed)
		if state := w.timeline(ofThread(1), other).State; state != escalation.Open {
			t.Errorf("another ticket is %s", state)
		}

		// Told before its message came: remembered.
		if status := c.deskSays(replied("44", now), webhookSecret); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		early := w.ticket(ofThread(2), "44", 11*time.Minute)
		w.told()
		if state := w.timeline(ofThread(2), early).State; state != escalation.Answered {
			t.Errorf("the ticket that was answered before its message came is %s", state)
		}
		if n := len(w.replies(ofThread(2), early)); n > 0 {
			t.Errorf("%d reminders of it", n)
		}
	})
}
