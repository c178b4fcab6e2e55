package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// /sla tells what waits, in this channel or in all, and who is there; so does the home tab.
func TestWhatWaitsAndWhoIsThere(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := threadWorld(t, database, acting, 2)
		w.shift("Ana on-shift", "Zed on call")
		w.slack.AddChannel(slacktest.Channel{ID: "C0OTHER", Name: "other", Members: everybody})
		w.start()
		expect(t, w.types("U0ANA", ofThread(0), "/sla"), "No ticket of this channel waits for an answer")
		expect(t, w.types("U0ANA", "C0OTHER", "/sla"), "I do not watch this channel")
		reminded := w.ticket(ofThread(0), "41", 11*time.Minute)
		w.ticket(ofThread(0), "42", 5*time.Minute)
		w.ticket(ofThread(1), "77", 6*time.Minute)
		w.reminder(ofThread(0), reminded)
		w.told()

		here := w.types("U0BOB", ofThread(0), "/sla")
		expect(t, here, "2 tickets of this channel wait for an answer", "Ticket 41", "Ticket 42", "left")
		keepsQuiet(t, here, "Ticket 77", "<@")
		everywhere := w.types("U0BOB", "C0OTHER", "/sla all")
		expect(t, everywhere, "3 tickets wait for an answer", "Ticket 41", "Ticket 42", "Ticket 77", "<#"+ofThread(1)+">")
		for _, command := range []string{"/sla", "/sla all"} { // Slack is asked for a second, and may be slower than that once
			w.until("links to threads in "+command, patience, func() bool {
				return strings.Contains(w.types("U0BOB", ofThread(0), command), "/archives/"+ofThread(0)+"/p"+strings.ReplaceAll(reminded, ".", "")+"|thread>")
			})
		}
		who := w.types("U0BOB", "C0OTHER", "/sla who")
		expect(t, who, "*On shift*: Ana Silva", "“Zed on call”", "/add-support-engineer")
		keepsQuiet(t, who, "<@")
		expect(t, w.types("U0BOB", "C0OTHER", "/sla help"), "/sla all", "/sla who", "/sla away", "/sla swap", "/sla pause", "/sla-setup")
		expect(t, w.types("U0BOB", "C0OTHER", "/sla dance"), "“dance”", "/sla who")

		w.check(w.slack.OpenHome("U0ANA"))
		home := w.reads("Ana's home tab", func() string {
			v, _ := w.slack.Home("U0ANA")
			return visible(v.Blocks)
		}, "Ticket 41", "|thread>", "left until the deadline", "*On shift*: Ana Silva")
		keepsQuiet(t, home, "Ticket 77", "<@")
	})
}

// Whoever is away is not reminded, and whoever swapped is reminded in another's place.
func TestAwayAndSwapChangeWhoIsReminded(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := threadWorld(t, database, acting, 4)
		w.shift("Ana on-shift")
		w.start()
		reminds := func(i int, want ...string) {
			t.Helper()
			reminder := w.reminder(ofThread(i), w.ticket(ofThread(i), "4"+ofThread(i), 11*time.Minute))
			if got := pinged(reminder); !slices.Equal(got, want) {
				t.Errorf("it pings %v, want %v: %s", got, want, reminder.Text)
			}
		}
		expect(t, w.types("U0ANA", ofThread(0), "/sla swap <@U0BOB|bob> for 2h"), "Bob Stone takes over Ana Silva's shifts until")
		reminds(0, "U0BOB")
		expect(t, w.types("U0ANA", ofThread(0), "/sla swap off"), "Ana Silva's shifts are their own again.")
		reminds(1, "U0ANA")
		expect(t, w.types("U0ANA", ofThread(0), "/sla away for 2h"), "Ana Silva is away until", "is not reminded of anything")
		expect(t, w.types("U0BOB", ofThread(0), "/sla who"), "*On shift*: nobody", "*Away*: Ana Silva")
		reminds(2) // nobody is left: it says so
		expect(t, w.replies(ofThread(2), w.slack.History(ofThread(2))[0].TS)[0].Text, "Nobody is on shift just now.")
		w.types("U0BOB", ofThread(0), "/sla away @Ana off") // is not Bob's to say
		w.whispered("U0BOB", "Only admins of the workspace", "Ana Silva", "I changed nothing.")
		expect(t, w.types("U0ANA", ofThread(0), "/sla away off"), "Ana Silva is counted in again")
		reminds(3, "U0ANA")
	})
}

// A paused channel is quiet: what comes due meanwhile is reminded of once, afterwards. Deadlines stay.
func TestAPausedChannelIsQuietUntilThePauseIsOver(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := threadWorld(t, database, acting, 2)
		w.shift("Ana on-shift")
		w.start()
		expect(t, w.types("U0BOB", ofThread(0), "/sla resume"), "I am not paused in this channel")
		open := w.ticket(ofThread(0), "41", 5*time.Minute)
		w.delivered()
		deadline := w.timeline(ofThread(0), open).Clocks[0].Deadline
		expect(t, w.types("U0BOB", ofThread(0), "/sla pause 1h"), "I remind nobody in this channel until", "Deadlines go on.")
		w.told()
		if said := w.slack.History(ofThread(0)); len(said) != 2 {
			t.Errorf("the channel was told %d times of the pause", len(said)-1)
		} else {
			expect(t, said[1].Text, "Bob Stone", "paused")
		}
		late := w.ticket(ofThread(0), "42", 21*time.Minute) // two tiers are due
		loud := w.ticket(ofThread(1), "43", 11*time.Minute)
		w.reminder(ofThread(1), loud) // elsewhere all goes on
		w.told()
		w.until("the pause is seen", patience, func() bool { return !w.timeline(ofThread(0), late).PausedUntil.IsZero() })
		if n := len(w.replies(ofThread(0), open)) + len(w.replies(ofThread(0), late)); n > 0 {
			t.Errorf("%d reminders in a paused channel", n)
		}
		expect(t, w.types("U0ANA", ofThread(0), "/sla"), "2 tickets of this channel", "I am paused in this channel until")

		expect(t, w.types("U0ANA", ofThread(0), "/sla resume"), "Good to be back!")
		reminder := w.reminder(ofThread(0), late)
		expect(t, reminder.Text, "Tier 2 of 3, and tier 1 with it")
		w.told()
		if n := len(w.replies(ofThread(0), late)); n != 1 {
			t.Errorf("%d reminders after the pause, want 1", n)
		}
		timeline := w.timeline(ofThread(0), open)
		if !timeline.FirstReply().Deadline.Equal(deadline) || timeline.Tiers[0].State != escalation.TierPending {
			t.Errorf("the ticket that was not due: %+v", timeline)
		}
	})
}
