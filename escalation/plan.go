package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Planned is what one tier does when its time comes and nobody has replied by then.
type Planned struct {
	Clock   policy.ClockKind
	Tier    int // as people count, within its clock
	After   time.Duration
	Before  time.Duration
	At      time.Time // zero: its clock has not started, because no message has started it yet
	Notify  []string
	Mention []circle.Recipient
	Gaps    []circle.Gap
	Roster  calendar.Roster // as far as the calendar knows that time
	Message string
	Page    string // the page that goes out with it; "" if none does, for this ticket
}

// Plan says what each tier of t would do: the same circles as Decide, each at its own due time. For the tiers of a clock
// that has not started nobody can say who will be there.
func Plan(t Timeline, roster func(time.Time) calendar.Roster, directory circle.Directory, s *Settings) []Planned {
	plan := make([]Planned, len(t.Tiers))
	for i, tier := range t.Tiers {
		number, _ := t.Numbered(i)
		plan[i] = Planned{Clock: t.ClockOf(i).Kind, Tier: number, After: tier.After, Before: tier.Before, Notify: tier.Notify, Page: pageFor(tier.Page, t.Ticket, s)}
		if tier.State == TierIdle {
			continue
		}
		f := Facts{Now: tier.Due, Roster: roster(tier.Due), Directory: directory, Settings: s}
		d := &decision{t: t, f: f}
		r := d.reminder(i, nil)
		p := &plan[i]
		p.At, p.Mention, p.Gaps, p.Roster, p.Message = tier.Due, r.Mention, r.Gaps, f.Roster, r.Message
	}
	return plan
}

// pageFor is the page, if its conditions are met.
func pageFor(name string, t Ticket, s *Settings) string {
	if p, ok := s.Pages[name]; ok && p.Only.Meets(t.Priority, t.Type) {
		return name
	}
	return ""
}
