package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// Planned is what one tier would do when its time comes, if nobody had replied by then.
type Planned struct {
	Tier    int
	At      time.Time
	Notify  []string
	Mention []Recipient
	Gaps    []Gap
	Roster  calendar.Roster // as far as it is known for that time
	Message string
	Page    string // the page that goes out with it; "" if none does, for this ticket
}

// Plan says what each tier of t would do: the same circles as Decide, each at its own due time.
func Plan(t Timeline, roster func(time.Time) calendar.Roster, directory Directory, s *Settings) []Planned {
	plan := make([]Planned, len(t.Tiers))
	for i, tier := range t.Tiers {
		f := Facts{Now: tier.Due, Roster: roster(tier.Due), Directory: directory, Settings: s}
		d := &decision{t: t, f: f}
		r := d.reminder(i, nil)
		plan[i] = Planned{Tier: i + 1, At: tier.Due, Notify: tier.Notify, Mention: r.Mention, Gaps: r.Gaps, Roster: f.Roster, Message: r.Message, Page: pageFor(tier.Page, t.Ticket, s)}
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
