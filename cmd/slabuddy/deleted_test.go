package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Rule 1: a ticket whose message is deleted goes on, in the thread of the next reminder. Slack puts a reply to a
// deleted message into the channel itself, and may say so in its answer alone, or, where that is lost, nowhere
// (rule 12).
func TestATicketWhoseMessageIsDeletedGoesOn(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, _ := actingWorld(t, database, 3)
		silently := func() {
			w.slack.Tamper(func(e slacktest.Event) slacktest.Fate { return slacktest.Fate{Drop: e.Subtype == "message_deleted"} })
		}
		cases := []struct {
			name   string
			before func() // of the deletion
		}{
			{"Slack tells of it", func() {}},
			{"only the reminder's landing tells of it", silently},
			{"and the answer to the reminder is lost", func() {
				silently()
				w.slack.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: slacktest.Cut().AfterAccepting()})
			}},
		}
		for i, tt := range cases {
			w.part(tt.name, func(t *testing.T) { w.goesOn(t, ofThread(i), tt.before) })
		}
	})
}

// goesOn has a ticket's message deleted before its first reminder, and does all that can be done afterwards.
func (w *world) goesOn(t *testing.T, channel string, before func()) {
	ts := w.ticket(channel, "4"+channel[len(channel)-1:], 5*time.Minute)
	w.told()
	message := w.slack.History(channel)[len(w.slack.History(channel))-1]
	before()
	w.check(w.slack.Delete(channel, ts))
	w.delivered()
	w.pass(6*time.Minute, channel, ts)

	var reminder slacktest.Message
	w.until("the reminder stands in the channel and says why", patience, func() bool {
		posts := w.slack.History(channel)
		i := slices.IndexFunc(posts, func(m slacktest.Message) bool { return strings.Contains(m.Text, "message here was deleted") })
		if i >= 0 {
			reminder = posts[i]
			reminder.ThreadTS = reminder.TS // a thread of its own from now on
		}
		return i >= 0
	})
	w.settled(w.database)
	w.slack.Tamper(nil)
	stands := w.timeline(channel, reminder.TS)
	if stands.Thread.TS != ts || len(w.happened(stands, escalation.EventPosted)) != 1 || len(w.happened(stands, escalation.EventGone)) != 1 {
		t.Errorf("under the reminder stands %+v", stands)
	}

	// A mention in the new thread and a button act on the ticket.
	ana("45m")(w, channel, reminder.TS)
	w.told()
	if by := w.moved(stands); by != 45*time.Minute {
		t.Errorf("a mention in the new thread moved the tiers by %s", by)
	}
	w.click("U0BOB", channel, reminder, own)
	w.shows(channel, reminder, "*Bob Stone is on it*", "message here was deleted")

	// The ticket's message, delivered once more, opens nothing, and nothing was posted twice.
	w.slack.SendEvent(again(message, channel))
	w.told()
	w.settled(w.database)
	said := 0
	for _, m := range w.slack.History(channel) {
		if m.BotID == w.slack.Options().App.BotID {
			said++
		}
	}
	if said != 1 {
		t.Errorf("the bot posted %d messages at the channel's top, want one: %+v", said, w.slack.History(channel))
	}
}
