package main_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// acting is a team of two on shift, with a policy that tells them thrice.
const acting = `
calendar: {id: shifts@group.calendar.google.com}
engineers:
  - {name: Ana Silva, aliases: [Ana], slack: U0ANA}
  - {name: Bob Stone, aliases: [Bob], slack: U0BOB}
policies:
  enterprise:
    deadline: 2h
    tiers: [{after: 10m, notify: on-shift}, {after: 20m, notify: on-shift}, {after: 30m, notify: on-shift}]
`

// What can be pressed on a reminder.
const (
	snooze     = "slabuddy_snooze"
	snoozeFor  = "slabuddy_snooze_for"
	own        = "slabuddy_own"
	checkAgain = "slabuddy_check"
	whyMe      = "slabuddy_why"
)

// actingWorld has the program run, and so many channels.
func actingWorld(t *testing.T, database string, channels int) (*world, *child) {
	w := threadWorld(t, database, acting, channels)
	w.shift("Ana on-shift", "Bob on-shift")
	return w, w.start()
}

// moved is how far the tiers that are still pending were moved back, all alike.
func (w *world) moved(before escalation.Timeline) time.Duration {
	w.t.Helper()
	after := w.timeline(before.Channel, before.TS)
	if !after.FirstReply().Deadline.Equal(before.FirstReply().Deadline) {
		w.t.Errorf("the deadline moved by %s", after.FirstReply().Deadline.Sub(before.FirstReply().Deadline))
	}
	by := after.Tiers[len(after.Tiers)-1].Due.Sub(before.Tiers[len(after.Tiers)-1].Due)
	for i, tier := range after.Tiers {
		if one := tier.Due.Sub(before.Tiers[i].Due); tier.State == escalation.TierPending && one != by {
			w.t.Errorf("tier %d moved by %s, and the last by %s", i+1, one, by)
		}
	}
	return by
}

// A reminder is acted on by its buttons; everybody sees in place what came of it.
func TestRemindersThatAct(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, _ := actingWorld(t, database, 5)
		opened := func(i int) (channel, ts string, reminder slacktest.Message) {
			channel = ofThread(i)
			ts = w.ticket(channel, "4"+channel[len(channel)-1:], 11*time.Minute)
			reminder = w.reminder(channel, ts)
			w.settled(w.database)
			return channel, ts, reminder
		}
		w.part("snooze", func(t *testing.T) {
			channel, ts, reminder := opened(0)
			expect(t, visible(reminder.Blocks), "Snooze 30 min", "Snooze for…", "I'm on it", "I replied, check again", "Why me?")
			before := w.timeline(channel, ts)
			w.click("U0ANA", channel, reminder, snooze)
			w.whispered("U0ANA", "Snoozed for 30 minutes.", "Next: Ana Silva and Bob Stone", "The deadline stays as it is.")
			reminder = w.shows(channel, reminder, "*Snoozed* until")
			expect(t, visible(reminder.Blocks), "Snooze 30 min") // once more, if need be
			if by := w.moved(before); by != 30*time.Minute {
				t.Errorf("moved by %s, want 30 min", by)
			}

			before = w.timeline(channel, ts)
			w.click("U0BOB", channel, reminder, snoozeFor, w.option(reminder, "2 hours"))
			w.whispered("U0BOB", "Snoozed for 2 hours.", "Mind the deadline")
			w.shows(channel, reminder, "*Snoozed* until")
			if by := w.moved(before); by != 2*time.Hour {
				t.Errorf("moved by %s, want 2 h", by)
			}
			w.settled(w.database)
			if posts := w.replies(channel, ts); len(posts) != 1 {
				t.Errorf("the thread has %d posts, want the reminder alone", len(posts))
			}
		})
		w.part("I'm on it", func(t *testing.T) {
			channel, ts, reminder := opened(1)
			before := w.timeline(channel, ts)
			w.click("U0BOB", channel, reminder, own)
			w.whispered("U0BOB", "You are on it now.", "I wait 30 minutes", "Next: you")
			w.shows(channel, reminder, "*Bob Stone is on it*", "*Snoozed* until", "Next: Bob Stone alone")
			if by := w.moved(before); by != 30*time.Minute {
				t.Errorf("moved by %s, want 30 min", by)
			}
			w.pass(40*time.Minute, channel, ts)
			second := w.reminders(2, channel, ts)
			expect(t, second.Text, "Tier 2 of 3", "You are on it, so I tell nobody else for now.")
			if got := pinged(second); !slices.Equal(got, []string{"U0BOB"}) {
				t.Errorf("tier 2 pings %v, want Bob alone", got)
			}
			w.settled(w.database)
			w.pass(10*time.Minute, channel, ts)
			third := w.reminders(3, channel, ts)
			expect(t, third.Text, "Tier 3 of 3")
			if got := pinged(third); !slices.Equal(got, []string{"U0BOB"}) {
				t.Errorf("tier 3 pings %v, want Bob alone: his shift has not ended", got)
			}
		})
		w.part("I replied, check again", func(t *testing.T) {
			channel, ts, first := opened(2)
			w.pass(10*time.Minute, channel, ts)
			second := w.reminders(2, channel, ts)
			w.settled(w.database)
			w.click("U0ANA", channel, second, checkAgain)
			w.whispered("U0ANA", "I asked the help desk just now: it knows of no public reply by an agent in ticket 42 yet.")
			if state := w.timeline(channel, ts).State; state != escalation.Open {
				t.Errorf("the timeline is %s, though nobody has replied", state)
			}

			w.desk.Reply("42", w.timeline(channel, ts).PostedAt.Add(10*time.Minute))
			snoozed := w.click("U0BOB", channel, second, snooze)
			w.whispered("U0BOB", "Snoozed for 30 minutes.")
			w.settled(w.database) // what is shown from here on comes of the answer
			w.click("U0ANA", channel, second, checkAgain)
			w.whispered("U0ANA", "Thank you! The help desk has a reply in ticket 42")
			for _, reminder := range []slacktest.Message{first, second} {
				reminder = w.shows(channel, reminder, "*Answered after 10 minutes.*", "told Ana Silva and Bob Stone")
				if got := pinged(reminder); len(got) > 0 {
					t.Errorf("a settled reminder still mentions %v", got)
				}
				keepsQuiet(t, visible(reminder.Blocks), "slabuddy_")
			}

			// Somebody's window still shows the buttons.
			closed := w.timeline(channel, ts)
			if closed.State != escalation.Answered {
				t.Errorf("the timeline is %s, want answered", closed.State)
			}
			w.slack.Repeat(snoozed)
			w.whispered("U0BOB", "Somebody replied", "I stopped following ticket 42", "There is nothing to snooze.")
			w.unchanged(closed)
		})
		w.part("why me", func(t *testing.T) {
			channel, ts, reminder := opened(3)
			before := w.timeline(channel, ts)
			w.click("U0ANA", channel, reminder, whyMe)
			told := w.whispered("U0ANA", "This reminder mentions you by name.", "The calendar has you on shift with “Ana on-shift”",
				"tier 1 of 3 of the policy *enterprise*", "10 minutes after the ticket's message", "The help desk said", "that nobody has replied.")
			if got := pinged(slacktest.Message{Text: told}); len(got) > 0 {
				t.Errorf("it pings %v", got)
			}
			w.click("U0HANA", channel, reminder, whyMe)
			w.whispered("U0HANA", "This reminder does not mention you: it went to Ana Silva and Bob Stone.")
			w.unchanged(before)
		})
		w.part("a double click counts once", func(t *testing.T) {
			channel, ts, reminder := opened(4)
			before := w.timeline(channel, ts)
			twice := func(user, action, says string) { // the second's answer may well overtake the first's
				heard := len(w.slack.Ephemerals(user))
				w.slack.Repeat(w.click(user, channel, reminder, action))
				w.until(user+" is told: "+says, patience, func() bool {
					return slices.ContainsFunc(w.slack.Ephemerals(user)[heard:], func(e slacktest.Ephemeral) bool { return strings.Contains(e.Text, says) })
				})
			}
			twice("U0ANA", snooze, "That was a double click: the first one counted")
			if by := w.moved(before); by != 30*time.Minute {
				t.Errorf("moved by %s, want 30 min", by)
			}
			twice("U0BOB", own, "You are on it already, thank you! Nothing has changed.")
			if n := len(w.happened(before, escalation.EventOwned)); n != 1 {
				t.Errorf("the history names %d owners, want 1", n)
			}
			w.settled(w.database)
		})
	})
}

// pressed is the payload of a click that Slack would send, with anything for a value.
func (w *world) pressed(by slacktest.User, channel, thread, ts, action, value string) string {
	w.t.Helper()
	team := w.slack.Options().Team.ID
	if by.Team == "" {
		by.Team = team
	}
	payload, err := json.Marshal(map[string]any{
		"type": "block_actions", "team": map[string]string{"id": team},
		"user":    map[string]string{"id": by.ID, "name": by.Name, "team_id": by.Team},
		"channel": map[string]string{"id": channel}, "message": map[string]string{"ts": ts, "thread_ts": thread},
		"container":  map[string]any{"type": "message", "message_ts": ts, "channel_id": channel, "thread_ts": thread},
		"trigger_id": "1.2.3",
		"actions": []any{map[string]any{
			"action_id": action, "type": "button", "value": value, "selected_option": map[string]string{"value": value}, "action_ts": ts,
		}},
	})
	w.check(err)
	return string(payload)
}

// Whatever else comes as a click is answered kindly, to whoever clicked alone, and changes nothing.
func TestClicksThatChangeNothing(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, c := actingWorld(t, database, 2)
		ts, elsewhere := w.ticket(ofThread(0), "40", 11*time.Minute), w.ticket(ofThread(1), "41", 11*time.Minute)
		reminder := w.reminder(ofThread(0), ts)
		w.reminder(ofThread(1), elsewhere)
		w.told()
		open, other := w.timeline(ofThread(0), ts), w.timeline(ofThread(1), elsewhere)
		anaSilva := slacktest.User{ID: "U0ANA", Name: "ana"}
		const (
			gone       = "I no longer know this reminder's ticket, so I changed nothing."
			unreadable = "I do not understand this button any more, so I changed nothing."
		)
		tests := []struct {
			name          string
			by            slacktest.User
			action, value string
			says          string
		}{
			{"of another ticket's timeline", anaSilva, snooze, other.ID + "/1/1", gone},
			{"of a timeline that there is not", anaSilva, own, "01890000-0000-7000-8000-000000000000/1/1", gone},
			{"of a tier that there is not", anaSilva, snooze, open.ID + "/9/1", gone},
			{"of a round that there was not", anaSilva, own, open.ID + "/1/99", gone},
			{"with a value in which something is missing", anaSilva, snooze, open.ID, unreadable},
			{"with a garbled value", anaSilva, own, "'; DROP TABLE timelines; --", unreadable},
			{"with no value", anaSilva, whyMe, "", unreadable},
			{"with a length that is none", anaSilva, snoozeFor, open.ID + "/1/1/soon", unreadable},
			{"with a length below nothing", anaSilva, snoozeFor, open.ID + "/1/1/-2h", unreadable},
			{"by somebody of another workspace", slacktest.User{ID: "U0EVE", Name: "eve", Team: "T0OTHER"}, snooze, open.ID + "/1/1", "Only full members of this workspace can do that, so I changed nothing."},
		}
		for _, tt := range tests {
			w.part(tt.name, func(t *testing.T) {
				before := len(w.slack.Ephemerals(tt.by.ID))
				body := form(w.pressed(tt.by, ofThread(0), ts, reminder.TS, tt.action, tt.value))
				sign := func(r *http.Request) { slacktest.SignRequest(r, w.slack.Options().SigningSecret, time.Now(), body) }
				if status := c.post("/slack/interactions", body, sign); status != http.StatusOK {
					t.Fatalf("status %d", status)
				}
				w.until("an answer", patience, func() bool { return len(w.slack.Ephemerals(tt.by.ID)) > before })
				w.whispered(tt.by.ID, tt.says)
				w.unchanged(open)
				w.unchanged(other)
			})
		}
		w.part("that Slack did not send", func(t *testing.T) {
			body := form(w.pressed(anaSilva, ofThread(0), ts, reminder.TS, snooze, open.ID+"/1/1"))
			secret := w.slack.Options().SigningSecret
			for name, sign := range map[string]func(*http.Request){
				"unsigned":                  func(*http.Request) {},
				"signed by somebody else":   func(r *http.Request) { slacktest.SignRequest(r, "guessed", time.Now(), body) },
				"signed for something else": func(r *http.Request) { slacktest.SignRequest(r, secret, time.Now(), []byte("payload=")) },
				"replayed after six minutes": func(r *http.Request) {
					slacktest.SignRequest(r, secret, time.Now().Add(-6*time.Minute), body)
				},
			} {
				if status := c.post("/slack/interactions", body, sign); status != http.StatusUnauthorized {
					t.Errorf("%s: status %d, want 401", name, status)
				}
			}
			command := []byte(url.Values{"command": {"/sla"}, "text": {"pause"}, "team_id": {open.Workspace}, "channel_id": {open.Channel}, "user_id": {"U0HANA"}}.Encode())
			if status := c.post("/slack/commands", command, func(*http.Request) {}); status != http.StatusUnauthorized {
				t.Errorf("an unsigned command: status %d, want 401", status)
			}
			w.unchanged(open)
		})
		if posts := len(w.replies(ofThread(0), ts)) + len(w.replies(ofThread(1), elsewhere)); posts != 2 {
			t.Errorf("the threads have %d posts, want the two reminders", posts)
		}
	})
}

// Slack waits three seconds for an answer, whatever its own API does meanwhile: a program that waits for that would
// take the five seconds of its time-out. What was clicked counts.
func TestClicksAndCommandsAreAcknowledgedWhileSlacksAPIHangs(t *testing.T) {
	t.Parallel()
	w, _ := actingWorld(t, databases["sqlite"](t), 1)
	ts := w.ticket(ofThread(0), "42", 11*time.Minute)
	reminder := w.reminder(ofThread(0), ts)
	w.told()
	before := w.timeline(ofThread(0), ts)
	hang := w.slack.Inject(slacktest.Fault{Do: slacktest.Hang(nil)})
	soon := func(what string, do func()) {
		began := time.Now()
		if do(); time.Since(began) > 4500*time.Millisecond {
			t.Errorf("%s took %s", what, time.Since(began))
		}
	}
	for _, action := range []string{snooze, own, checkAgain, whyMe} {
		soon(action, func() { w.click("U0ANA", ofThread(0), reminder, action) })
	}
	for _, command := range []string{"/sla", "/sla who", "/sla-setup", "/add-support-engineer", "/sla away <@U0BOB> today", "/sla pause 2h"} {
		soon(command, func() { w.types("U0HANA", ofThread(0), command) })
	}
	soon("the home tab", func() {
		w.check(w.slack.OpenHome("U0ANA"))
		w.delivered()
	})
	if by := w.moved(before); by != time.Hour { // both of those that move
		t.Errorf("moved by %s, want 1 h", by)
	}
	for _, d := range w.slack.Deliveries() {
		if !d.OK() || d.RetryNum > 0 {
			t.Errorf("%s: %s, delivery %d", d.Type, d.Failure, d.RetryNum)
		}
	}
	hang.Clear()
	w.shows(ofThread(0), reminder, "*Ana Silva is on it*", "*Snoozed* until")
}
