package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const shiftChannel = "C0SHIFT"

// weekAgo is a moment of the week that came a minute ago, as the configuration has it.
func weekAgo() string {
	return strings.ToLower(time.Now().UTC().Add(-time.Minute).Format("Mon 15:04"))
}

// Rule 24: a change of shift has one card, with the tickets that are handed over, and the week one outlook, over
// replicas, kills and restarts; a ticket is taken over there.
func TestAChangeOfShiftIsToldOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, "handover: {channel: "+shiftChannel+", outlook: '"+weekAgo()+"'}\n"+rostered)
		w.slack.AddChannel(slacktest.Channel{ID: shiftChannel, Name: "shifts", Members: everybody})
		w.shift("Ana on-shift")
		replicas := []*child{w.start()}
		if strings.HasPrefix(database, "postgres") {
			replicas = append(replicas, w.start())
		}
		w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute)) // so it is taken in, and the calendar is read
		w.types("U0ANA", enterprise, "/sla swap <@U0BOB|bob> for 2h")
		told := func(about string) (all []slacktest.Message) {
			for _, m := range w.slack.History(shiftChannel) {
				if strings.Contains(m.Text, about) {
					all = append(all, m)
				}
			}
			return all
		}
		w.until("the card", time.Minute, func() bool { return len(told("Change of shift")) > 0 })
		replicas[0].kill()
		w.start()
		w.reminder(enterprise, w.ticket(enterprise, "43", 11*time.Minute)) // so it has looked around once more
		w.until("the week's outlook", 30*time.Second, func() bool { return len(told("The week ahead")) > 0 })
		cards, outlooks := told("Change of shift"), told("The week ahead")
		if len(cards) != 1 || len(outlooks) != 1 {
			t.Fatalf("%d cards and %d outlooks, want one each", len(cards), len(outlooks))
		}
		expect(t, cards[0].Text, "Ana Silva goes, Bob Stone comes", "*1 ticket* waits", "Cannot log in", "Northwind", "<#"+enterprise+">", "deadline")
		expect(t, outlooks[0].Text, "nobody is on shift for")
		if got := pinged(cards[0]); len(got) > 0 {
			t.Errorf("a card pings %v", got)
		}
		ack, err := w.slack.Click("U0BOB", shiftChannel, cards[0].TS, "slabuddy_take_over#1")
		if err != nil || !ack.OK() {
			t.Fatalf("%+v, %v", ack, err)
		}
		w.until("the answer", 30*time.Second, func() bool {
			return slices.ContainsFunc(w.slack.Ephemerals("U0BOB"), func(m slacktest.Ephemeral) bool {
				return strings.Contains(m.Text, "You have") && strings.Contains(m.Text, "ticket 42") && m.Channel == shiftChannel
			})
		})
	})
}

// Rule 24: the card goes where it was set up to go in Slack, if the file says nothing.
func TestACardGoesWhereItIsSetUpInSlack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), rostered)
	w.slack.AddChannel(slacktest.Channel{ID: shiftChannel, Name: "shifts", Members: everybody})
	w.shift("Ana on-shift")
	w.start()
	w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute)) // so the calendar is read
	if said := w.types("U0HANA", shiftChannel, "/sla-setup handover"); said != "" {
		t.Fatalf("no modal, but: %s", said)
	}
	w.submit("U0HANA", w.modal("U0HANA", "choose where"), slacktest.Values{"outlook": {weekAgo()}})
	w.modal("U0HANA", "I tell the next change of shift in <#"+shiftChannel+">")
	w.types("U0ANA", enterprise, "/sla swap <@U0BOB|bob> for 2h")
	w.until("card and outlook", patience, func() bool {
		var all strings.Builder
		for _, m := range w.slack.History(shiftChannel) {
			all.WriteString(m.Text)
		}
		return strings.Contains(all.String(), "Change of shift") && strings.Contains(all.String(), "The week ahead")
	})
}
