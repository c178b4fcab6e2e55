package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
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
		c := w.calendar.AddCalendar(&calendartest.Calendar{ID: "shifts@group.calendar.google.com", Summary: "Shifts", Public: true})
		now := time.Now().UTC().Truncate(time.Second)
		w.ticket(enterprise, "42", 2*time.Minute)
		soon := now.Add(20 * time.Second)
		for title, span := range map[string][2]time.Time{"Ana on-shift": {now.Add(-time.Hour), soon}, "Bob on-shift": {soon, now.Add(24 * time.Hour)}} {
			_, err := c.Insert(calendartest.Event{Summary: title, Start: calendartest.At(span[0]), End: calendartest.At(span[1])})
			w.check(err)
		}
		replicas := []*child{w.start()}
		if strings.HasPrefix(database, "postgres") {
			replicas = append(replicas, w.start())
		}
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
