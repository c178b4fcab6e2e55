package escalation_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// solvedAt is a ticket with two clocks that was answered and solved, and may come back.
func solvedAt(t *testing.T, at string) *owing {
	t.Helper()
	p := promising(4 * time.Hour)
	p.Resolution = promise(8 * time.Hour)
	o := opens(t, p, "09:00")
	o.fact("09:30", desk.FactReplied, "")
	o.fact(at, desk.FactStatus, "solved")
	equal(t, "solved", o.t.State, Answered)
	return o
}

// Rule 17: a ticket that comes back is open again as soon as the help desk tells of it.
func TestATicketThatComesBackIsHeardAtOnce(t *testing.T) {
	fact := func(at string, kind desk.FactKind, value string) desk.Event {
		return desk.Event{TicketID: "42", Kind: desk.Other, At: clockAt(at), Facts: []desk.Fact{{Kind: kind, Value: value, At: clockAt(at)}}}
	}
	for name, c := range map[string]struct {
		event desk.Event
		opens bool
		asked bool // next
	}{
		"it says that it is open":        {event: fact("12:10", desk.FactStatus, "open"), opens: true},
		"pending is not solved":          {event: fact("12:10", desk.FactStatus, "pending"), opens: true},
		"it says that something is new":  {event: desk.Event{TicketID: "42", Kind: desk.Other, At: clockAt("12:10")}, asked: true},
		"the customer wrote":             {event: fact("12:10", desk.FactCustomerWrote, ""), asked: true},
		"solved once more":               {event: fact("12:10", desk.FactStatus, "solved"), asked: true},
		"what was so before it was done": {event: fact("11:00", desk.FactStatus, "open"), asked: true},
		"an end":                         {event: desk.Event{TicketID: "42", Kind: desk.Closed, At: clockAt("12:10")}},
		"a reply":                        {event: desk.Event{TicketID: "42", Kind: desk.Replied, Proof: true, At: clockAt("12:10")}},
	} {
		t.Run(name, func(t *testing.T) {
			o := solvedAt(t, "12:00")
			f := facts(clockAt("12:10"))
			f.Settings = &o.settings
			change := Hear(o.t, c.event, f)
			now := o.t
			if change.Timeline != nil {
				now = *change.Timeline
			}
			equal(t, "open", now.State == Open, c.opens)
			equal(t, "so the history says", slices.Contains(kinds(change.Events), EventReopened), c.opens)
			equal(t, "asked about next", now.State != Open && now.LookAt.Equal(clockAt("12:10")), c.asked)
			if c.opens {
				equal(t, "the resolution goes on with what was used", now.Clock(policy.Resolution).Deadline, clockAt("17:10"))
				equal(t, "it is asked about next", now.AskedAt.Before(now.PostedAt), true)
			}
		})
	}
	o := solvedAt(t, "12:00")
	o.t.LookAt = time.Time{} // closed for good
	f := facts(clockAt("12:10"))
	f.Settings = &o.settings
	equal(t, "closed for good", Hear(o.t, fact("12:10", desk.FactStatus, "open"), f), Change{})
}

// Rule 17: a ticket comes back, and was answered after its deadline meanwhile. That breach is certain at once, so it is
// counted with the same change.
func TestABreachIsCountedWithTheChangeThatOpensItsTicketAgain(t *testing.T) {
	p := promising(4 * time.Hour)
	p.Resolution = promise(8 * time.Hour)
	o := opens(t, p, "09:00")
	o.fact("12:00", desk.FactStatus, "solved")
	equal(t, "solved without a reply", o.t.State, Withdrawn)
	f := facts(clockAt("14:10"))
	f.Settings = &o.settings
	f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: clockAt("14:05"), Ticket: desk.Ticket{Status: desk.StatusOpen}}
	c := Decide(o.t, f)
	equal(t, "state", c.Timeline.State, Open)
	equal(t, "counted", c.Breaches, []policy.ClockKind{policy.FirstReply})
}
