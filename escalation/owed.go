package escalation

import (
	"cmp"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

// Owed time (rule 18): all that a policy with hours counts, it counts in them.

// hoursFor names the hours of a channel's tickets under a policy.
func hoursFor(s *Settings, channel string, p Policy) string {
	return cmp.Or(s.Channels[channel].Hours, p.Hours)
}

// HoursOf are the hours that a timeline counts in; nil is around the clock.
func (s *Settings) HoursOf(t Timeline) *hours.Hours { return s.Hours[t.Hours] }

// hours are those of the decision's timeline.
func (d *decision) hours() *hours.Hours { return d.f.Settings.HoursOf(d.t) }

// waitForOpening moves what is overdue while the hours are closed to when they open. What came due just now,
// exactly at close for example, is not overdue.
func (d *decision) waitForOpening() {
	h := d.hours()
	if h == nil || h.Open(d.f.Now) {
		return
	}
	opens := h.Add(d.f.Now, 0)
	for i := range d.t.Tiers {
		tier := &d.t.Tiers[i]
		if tier.State == TierPending && d.f.Now.Sub(tier.Due) >= decisionGoodFor {
			tier.Due, d.changed = opens, true
		}
	}
}
