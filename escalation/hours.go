package escalation

import (
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/length"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Working hours (rule 18): a policy with hours counts all its time in them.

// HoursOf are the hours that a timeline counts in; nil is around the clock. If those that it was opened with are gone,
// its channel's hours count: somebody who gave a channel other hours does not want its open tickets to ring at night.
func (s *Settings) HoursOf(t Timeline) *hours.Hours {
	if h, known := s.Hours[t.Hours]; known || t.Hours == "" || t.Hours == policy.AroundTheClock {
		return h
	}
	return s.Hours[s.Channels[t.Channel].Hours]
}

// ZoneOf is the time zone in which somebody means a time of day: their own if it is known, otherwise that of the
// timeline's hours, otherwise UTC (rule 10).
func (f Facts) ZoneOf(user string, t Timeline) *time.Location {
	if f.Directory != nil {
		if own := f.Directory.Zone(t.Workspace, user); own != nil {
			return own
		}
	}
	if h := f.Settings.HoursOf(t); h != nil {
		return h.Zone()
	}
	return time.UTC
}

// sum says in words how the time of a clock that runs is counted until its deadline; "" around the clock.
func (s *Settings) sum(t Timeline, c Clock) string {
	h := s.HoursOf(t)
	if h == nil || !c.Running() {
		return ""
	}
	words := h.Breakdown(c.from(), c.Deadline, nil)
	if c.Used > 0 {
		words = length.Format(c.Used) + " used before · " + words
	}
	return words
}

// Sums say in words how the time of each clock that runs is counted until its deadline; nil around the clock.
func (s *Settings) Sums(t Timeline) (sums map[policy.ClockKind]string) {
	for _, c := range t.Clocks {
		if sum := s.sum(t, c); sum != "" {
			if sums == nil {
				sums = map[policy.ClockKind]string{}
			}
			sums[c.Kind] = sum
		}
	}
	return sums
}

// hours are those of the decision's timeline.
func (d *decision) hours() *hours.Hours { return d.f.Settings.HoursOf(d.t) }

// waitForOpening: what is overdue while the hours are closed is due when they open. What came due just now, for example
// exactly when they closed, is not overdue.
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

// Relay lays the running clocks of an open timeline again, because calendars close other days than when they were laid.
// Snoozed tiers stay where they were put. With the same hours nothing changes.
func Relay(t Timeline, f Facts) Change {
	if t.State != Open {
		return Change{}
	}
	d := &decision{t: t.clone(), f: f}
	for i := range d.t.Clocks {
		if c := &d.t.Clocks[i]; c.Running() && f.Now.Before(c.Deadline) {
			d.relay(c)
		}
	}
	if d.changed {
		d.event(Event{Kind: EventRelaid, Details: Details{Cause: "calendars close other days now", Until: d.t.Nearest().Deadline}})
	}
	return d.change()
}

func (d *decision) relay(c *Clock) {
	before, tiers := c.Deadline, slices.Clone(d.t.tiersOf(c))
	d.t.lay(c, d.hours())
	c.Deadline = later(c.Deadline, d.f.Now)
	if !c.Deadline.Equal(before) {
		c.ChangedAt, d.changed = d.f.Now, true
	}
	for i, was := range tiers {
		tier := &d.t.tiersOf(c)[i]
		if d.t.SnoozedUntil.After(d.f.Now) || !was.Due.After(d.f.Now) {
			tier.Due = was.Due
		}
		if tier.Due = later(tier.Due, earlier(was.Due, d.f.Now)); !tier.Due.Equal(was.Due) {
			d.changed = true
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
