package escalation_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// A plan is what Decide would come to, tier by tier, with the roster of each due time.
func TestPlanIsWhatWouldBeDecided(t *testing.T) {
	tl := enterprise(func(tl *Timeline) { tl.Tiers[2].Message = "{{.Ticket.ID}} waits {{.Waited}}." })
	nobodyOnShift := calendar.Roster{At: posted0, AsOf: posted0}
	roster := func(when time.Time) calendar.Roster {
		if when.Before(at(15)) {
			return nobodyOnShift
		}
		return shift()
	}
	gap := []circle.Gap{{Circle: "non-embedded", Reason: circle.GapNobody, GaveTo: 3}, {Circle: "on-shift", Reason: circle.GapNobody, GaveTo: 3}}
	equal(t, "plan", Plan(tl, roster, directory{}, settings()), []Planned{
		{Clock: policy.FirstReply, Tier: 1, After: 10 * time.Minute, At: at(10), Notify: []string{"non-embedded"}, Mention: []circle.Recipient{toSupport}, Gaps: gap, Roster: nobodyOnShift},
		{Clock: policy.FirstReply, Tier: 2, After: 20 * time.Minute, At: at(20), Notify: []string{"on-shift"}, Mention: []circle.Recipient{toAna, toBob}, Roster: shift()},
		{Clock: policy.FirstReply, Tier: 3, After: 35 * time.Minute, At: at(35), Notify: []string{"@support"}, Mention: []circle.Recipient{toSupport}, Roster: shift(), Message: "42 waits 35m0s."},
		{Clock: policy.FirstReply, Tier: 4, After: 50 * time.Minute, At: at(50), Notify: []string{"@head-of-success"}, Mention: []circle.Recipient{toHead}, Roster: shift()},
	})
}

// Of a next reply nobody knows yet when it will be owed.
func TestAPlanOfAClockThatHasNotStarted(t *testing.T) {
	p := policy.Policy{Name: "p", Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"@support"}}},
		NextReply: &policy.Promise{Deadline: 2 * time.Hour, Tiers: []policy.Tier{{Before: time.Hour, Notify: []string{"on-shift"}}}}}
	s := settings()
	plan := Plan(Begin("TL1", message(), p, s, posted0), func(time.Time) calendar.Roster { return shift() }, directory{}, s)
	equal(t, "plan", plan[1], Planned{Clock: policy.NextReply, Tier: 1, Before: time.Hour, Notify: []string{"on-shift"}})
}

func TestOpensSaysWhyNot(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*Message)
		why  string
	}{
		{"it would", func(*Message) {}, ""},
		{"not watched", func(m *Message) { m.Channel = "C0RANDOM" }, "channel C0RANDOM is not watched"},
		{"no ticket", func(m *Message) { m.Ticket.ID = "" }, "no ticket can be read from the message"},
		{"ignored", func(m *Message) { m.Ticket.Type = "Feedback" }, "tickets of type Feedback are ignored"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := message()
			tt.edit(&m)
			p, why := Opens(m, settings())
			equal(t, "why not", why, tt.why)
			if tt.why == "" {
				equal(t, "policy", p.Name, "enterprise")
			}
		})
	}
}

func TestAPlanTellsThePageWhoseConditionsTheTicketMeets(t *testing.T) {
	s := settings()
	s.Pages = map[string]page.Page{"oncall": {Name: "oncall", Only: page.Only{Priority: []string{"urgent"}}}}
	roster := func(time.Time) calendar.Roster { return shift() }
	for priority, want := range map[string]string{"urgent": "oncall", "low": ""} {
		tl := enterprise(func(tl *Timeline) { tl.Ticket.Priority, tl.Tiers[1].Page = priority, "oncall" })
		equal(t, priority, Plan(tl, roster, directory{}, s)[1].Page, want)
	}
}
