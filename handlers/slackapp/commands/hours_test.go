package commands_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// The channel's hours are those of its policy. It is Wednesday, 15:30 in Lisbon.
func TestHoursTellWhenTimeCounts(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, channel, "/sla hours"), "I do not watch this channel")
	says(t, w.types(member, other, "/sla hours"), "*Policy teams*: time counts around the clock.")

	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	office := hours.Definition{Zone: lisbon, Closed: []hours.Closing{{From: hours.Date{Year: 2026, Month: 11, Day: 20}, To: hours.Date{Year: 2026, Month: 11, Day: 20}, Reason: "Team day"}}}
	for day := time.Monday; day <= time.Friday; day++ {
		office.Week[day] = []hours.Window{{From: 9 * 60, To: 17 * 60}}
	}
	h, err := hours.New(office)
	if err != nil {
		t.Fatal(err)
	}
	w.file.Hours = map[string]*hours.Hours{"office": h}
	w.file.Channels = map[string]policy.Channel{other: {Policy: "teams", Hours: "office"}}
	w.book.SetBase(&w.file, "")
	says(t, w.types(member, other, "/sla hours"),
		"*Policy teams*: hours in Europe/Lisbon, open until Wed 18 Nov 17:00.",
		"• Wed 18 Nov 15:30 – 17:00: *open*, 1h30m",
		"• Fri 20 Nov 00:00 – Sat 21 Nov 00:00: closed, Team day",
		"That is 32h of working time in the coming week.",
		"A ticket that came now: Wed 15:30–17:00 1 h 30 min · Thu 09:00–17:00 8 h · Fri closed (Team day)")
	w.pass(2 * time.Hour)
	says(t, w.types(member, other, "/sla hours"), "closed (outside hours) until Thu 19 Nov 09:00.")

	// A ticket's own sum.
	now := w.now()
	m := escalation.Message{Thread: escalation.Thread{Workspace: team, Channel: other, TS: "1.000100"}, PostedAt: now, Ticket: escalation.Ticket{ID: "4711"}}
	if _, err := w.store.Open(t.Context(), []escalation.Timeline{escalation.Begin(uuid.NewString(), m, w.file.Policies["enterprise"], &w.file, now)}); err != nil {
		t.Fatal(err)
	}
	says(t, w.types(member, other, "/sla hours #4711"), "*Ticket 4711*, policy enterprise", "• First reply: Thu 09:00–09:50 50 min → due Thu 09:50")
	says(t, w.types(member, other, "/sla hours 12"), "No open ticket of this channel has the number “12”")
}
