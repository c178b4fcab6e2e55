package main_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const casesConfiguration = `
ops_channel: C0OPS
policies:
  fast: {tiers: [{after: 10m, notify: U0ANA}, {after: 2h, notify: U0BOB}]}
  slow: {tiers: [{after: 5h, notify: U0BOB}]}
  dead: {tiers: [{after: 10m, notify: [S0DEAD, U0GONE, '@deadbeats']}, {after: 4h, notify: U0ANA}]}
channels:
  C0ENTERPRISE: {policy: fast}
  C0ALL: {policy: slow}
  C0DEAD: {policy: dead}
  G0FAST: {policy: fast}
`

// casesWorld is a workspace that has seen some years: a group that was disabled, and somebody who has left.
func casesWorld(t *testing.T) *world {
	w := newWorld(t, databases["sqlite"](t), casesConfiguration)
	for _, channel := range []string{"C0ALL", "C0DEAD", "C0OPS", "G0FAST"} {
		w.slack.AddChannel(slacktest.Channel{ID: channel, Private: channel[0] == 'G', Members: append(slices.Clone(everybody), w.slack.Options().App.UserID)})
	}
	w.slack.AddGroup(slacktest.Group{ID: "S0DEAD", Handle: "deadbeats", Disabled: true})
	w.slack.AddUser(slacktest.User{ID: "U0GONE", Name: "zoe", Deactivated: true})
	return w
}

// posts has the help desk's app post a message as it was seen, so long ago.
func (w *world) posts(channel, message string, ago time.Duration) (ts string) {
	w.t.Helper()
	var m slacktest.Message
	w.check(json.Unmarshal([]byte(message), &m))
	m.TS = slacktest.TS(time.Now().Add(-ago))
	ts, err := w.slack.PostAs(deskApp, channel, m)
	w.check(err)
	return ts
}

// What was seen to go wrong while the bot ran: each stands for a kind of fault.
func TestWhatHappensWhileTheBotRuns(t *testing.T) {
	t.Parallel()
	w := casesWorld(t)
	c := w.start()
	quiet := func(t *testing.T, channel, ts, why string) {
		t.Helper()
		w.told()
		if got, found := w.find(channel, ts); found && len(w.replies(channel, ts)) > 0 {
			t.Errorf("%s, and yet: %+v, %s", why, got.Ticket, w.replies(channel, ts)[0].Text)
		}
	}
	opensNothing := func(t *testing.T, channel, ts string) {
		t.Helper()
		w.told()
		if got, found := w.find(channel, ts); found {
			t.Errorf("opened %+v", got.Ticket)
		}
	}
	w.part("what cannot be read is told with its words and a pattern", func(t *testing.T) {
		w.posts(enterprise, `{"text":"New case\nTicket ID: - (see #7)\nCustomer: ana@example.com"}`, 0)
		w.until("it is told", 40*time.Second, func() bool {
			return slices.ContainsFunc(w.slack.History("C0OPS"), func(m slacktest.Message) bool {
				return strings.Contains(m.Text, "see #7") && strings.Contains(m.Text, `#(\d+)`) && !strings.Contains(m.Text, "ana@example.com")
			})
		})
	})
	w.part("L1: an id with a thousands separator", func(t *testing.T) {
		w.desk.Reply("12", time.Now())
		ts := w.posts(enterprise, `{"attachments":[{"fields":[{"title":"Ticket ID","value":"12,345"}]}]}`, 11*time.Minute)
		expect(t, w.reminder(enterprise, ts).Text, "12345")
	})
	w.part("L2: a subject that quotes another ticket", func(t *testing.T) {
		w.desk.Reply("5521", time.Now())
		ts := w.posts(enterprise, `{"attachments":[{"fields":[{"title":"Subject","value":"Fwd: [Ticket ID: 904416] Server down"},{"title":"Ticket ID","value":"5521"}]}]}`, 11*time.Minute)
		quiet(t, enterprise, ts, "5521 is answered")
	})
	w.part("L4: recipients whom Slack no longer has", func(t *testing.T) {
		ts := w.ticket("C0DEAD", "4", 11*time.Minute)
		reminder := w.reminder("C0DEAD", ts)
		expect(t, reminder.Text, "Slack no longer has S0DEAD and U0GONE", "I tell tier 2's people instead")
		if got := pinged(reminder); !slices.Equal(got, []string{"U0ANA"}) {
			t.Errorf("it pings %v", got)
		}
	})
	w.part("L11: an app posts first, and says what a second later", func(t *testing.T) {
		ts := w.posts(enterprise, `{"text":"Creating a ticket …"}`, 0)
		opensNothing(t, enterprise, ts)
		w.check(w.slack.Edit(enterprise, ts, "*Ticket ID*: 1101"))
		w.until("the ticket is followed", 30*time.Second, func() bool { got, _ := w.find(enterprise, ts); return got.Ticket.ID == "1101" })
	})
	w.part("L17: a private channel has another id", func(t *testing.T) {
		w.slack.SendEvent(map[string]any{"type": "channel_id_changed", "old_channel_id": "G0FAST", "new_channel_id": "C0FAST", "event_ts": slacktest.TS(time.Now())})
		c.says("a watched channel has another id")
		w.until("it is told", 40*time.Second, func() bool {
			return slices.ContainsFunc(w.slack.History("C0OPS"), func(m slacktest.Message) bool { return strings.Contains(m.Text, "C0FAST") })
		})
	})
	w.part("L21: colleagues who chat and forward", func(t *testing.T) {
		chat, err := w.slack.PostAs("U0BOB", enterprise, slacktest.Message{Text: "Hi all! Ticket ID: 2101 was a fun one, see the postmortem"})
		w.check(err)
		opensNothing(t, enterprise, chat)
		forwarded := slacktest.Message{Attachments: json.RawMessage(fmt.Sprintf(`[{"is_share":true,"text":"Ticket ID: 2101","ts":%q}]`, chat))}
		forward, err := w.slack.PostAs("U0BOB", enterprise, forwarded)
		w.check(err)
		opensNothing(t, enterprise, forward)
	})
	w.part("L22: one ticket in two channels, and once more as urgent", func(t *testing.T) {
		ts := w.ticket("C0ALL", "22", 11*time.Minute)
		quiet(t, "C0ALL", ts, "its first tier comes after five hours")
		w.ticket(enterprise, "22", 0)
		if got := pinged(w.reminder("C0ALL", ts)); !slices.Equal(got, []string{"U0ANA"}) {
			t.Errorf("the stricter clock pings %v", got)
		}
	})
	w.part("L30: a post about an update of a ticket that waits for the customer", func(t *testing.T) {
		update := `{"text":"_[Ticket#3001](https://desk.example.com/#ticket/zoom/3001): Updated by Ana Silva at 10:00_\n\n* Priority: 2 normal -> 1 low"}`
		opensNothing(t, enterprise, w.posts(enterprise, update, 11*time.Minute))
	})
}
