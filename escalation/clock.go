package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Clock is one promise of a policy on one ticket.
//
//	idle ──start──▶ running ──stop──▶ idle      its tiers are pending while it runs, and idle while it does not
//	                 │   ▲
//	               pause │
//	                 ▼   │ resume: what was used stays used, and the rest is laid from now
//	                paused
//
// A deadline is where the promise breaks. Only starting, resuming and another policy move it; snoozing never
// does.
type Clock struct {
	Kind           policy.ClockKind
	Start          time.Time     // when it began to count; zero: it has not started yet
	Target         time.Duration // the promise's length, in the policy's hours
	Pause          []desk.Status // it pauses while the ticket has one of these statuses in the help desk
	Deadline       time.Time     // while it is paused: as it was before
	ChangedAt      time.Time     // when a change moved the deadline; zero: none has. No breach is dated earlier than this
	DeadlinePassed bool          // the walk at the deadline is over, with or without an answer of the help desk
	TellAt         time.Time     // the deadline passed in closed hours: when a reminder tells of it, unless one has by then; zero: none has to
	BreachedAt     time.Time     // when the promise broke, once that is known; otherwise zero
	DoubtfulUntil  time.Time     // a breach counts once its clock has ended, or the desk confirms it after this; zero: it counts
	StoppedAt      time.Time     // when the promise was kept, or void; zero while it runs
	PausedAt       time.Time     // zero: it is not paused
	CountsFrom     time.Time     // after a pause or a change: when it began to count again; zero: it has counted since Start
	Used           time.Duration // what was used before CountsFrom
	First, Tiers   int           // which of the timeline's tiers are its own: the index of the first, and how many
}

// Running reports whether time counts, in the policy's hours.
func (c Clock) Running() bool {
	return !c.Start.IsZero() && c.StoppedAt.IsZero() && c.PausedAt.IsZero()
}

// from is when the time began that is not in Used yet.
func (c Clock) from() time.Time {
	if c.CountsFrom.IsZero() {
		return c.Start
	}
	return c.CountsFrom
}

// usedUntil is how much of the target is used at a moment. Of a clock that is paused or stopped it is how much was
// used by then.
func (c Clock) usedUntil(at time.Time, h *hours.Hours) time.Duration {
	switch {
	case c.Start.IsZero():
		return 0
	case !c.PausedAt.IsZero():
		return c.Used
	case !c.StoppedAt.IsZero():
		at = c.StoppedAt
	}
	return c.Used + h.Elapsed(c.from(), later(at, c.from()), nil)
}

// broken is when the promise breaks, or broke. Where a change put the deadline into the past, it broke at the moment
// of the change.
func (c Clock) broken() time.Time { return later(c.Deadline, c.ChangedAt) }

// add gives a timeline the clock of a promise, idle, with its tiers. They keep their numbers for ever.
func (t *Timeline) add(kind policy.ClockKind, p policy.Promise) *Clock {
	c := Clock{Kind: kind, Target: p.Target(), Pause: p.Pause, First: len(t.Tiers), Tiers: len(p.Tiers)}
	for _, tier := range p.Tiers {
		t.Tiers = append(t.Tiers, DueTier{Tier: tier, Clock: kind, State: TierIdle})
	}
	t.Clocks = append(t.Clocks, c)
	return &t.Clocks[len(t.Clocks)-1]
}

// start runs a clock from an instant, for the first time or again.
func (t *Timeline) start(c *Clock, at time.Time, h *hours.Hours) {
	*c = Clock{Kind: c.Kind, Start: at, Target: c.Target, Pause: c.Pause, First: c.First, Tiers: c.Tiers}
	for i := range t.tiersOf(c) {
		tier := &t.tiersOf(c)[i]
		tier.State, tier.PostedAt, tier.TS = TierPending, time.Time{}, ""
		tier.Paging, tier.PageAt = PagePending, time.Time{}
	}
	t.lay(c, h)
}

// lay gives a running clock its deadline, and its pending tiers their due times. This is the only place where due
// times are made. A tier whose time is used up already is due at once.
func (t *Timeline) lay(c *Clock, h *hours.Hours) {
	c.Deadline = c.after(c.Target, h)
	for i := range t.tiersOf(c) {
		if tier := &t.tiersOf(c)[i]; tier.State == TierPending {
			tier.Due = c.due(tier.Tier, h)
		}
	}
}

// after is when so much of the promise's time is used.
func (c Clock) after(d time.Duration, h *hours.Hours) time.Time {
	return h.Add(c.from(), max(d-c.Used, 0))
}

// due is a tier's own time, by its clock alone.
func (c Clock) due(tier policy.Tier, h *hours.Hours) time.Time {
	if tier.Before > 0 {
		return later(h.Add(c.Deadline, -tier.Before), h.Add(c.from(), 0))
	}
	return c.after(tier.After, h)
}

// ownDue is when a pending tier would be due if nobody had put it off.
func (c Clock) ownDue(t DueTier, h *hours.Hours) time.Time {
	own := c.due(t.Tier, h)
	if t.PostedAt.IsZero() || t.Repeat == 0 {
		return own
	}
	t.Due = own
	return repeatDue(t, t.PostedAt, h) // it is posted, and repeats
}

// OwnDue is when a tier would be due by its clock if nobody had put it off.
func (t *Timeline) OwnDue(tier int, h *hours.Hours) time.Time {
	return t.ClockOf(tier).ownDue(t.Tiers[tier], h)
}

// stop ends a clock's run at an instant: its tiers have nothing left to remind of.
func (t *Timeline) stop(c *Clock, at time.Time) {
	c.StoppedAt = at
	t.idle(c)
}

// pause stops time for a while. What is used by then stays used.
func (t *Timeline) pause(c *Clock, at time.Time, h *hours.Hours) {
	at = later(at, c.from())
	c.Used = c.usedUntil(at, h)
	c.PausedAt = at
	t.idle(c)
}

// resume ends a pause: the rest of the promise is laid from here.
func (t *Timeline) resume(c *Clock, at, now time.Time, h *hours.Hours) {
	c.CountsFrom, c.PausedAt, c.ChangedAt = later(at, c.PausedAt), time.Time{}, now
	for i := range t.tiersOf(c) {
		if tier := &t.tiersOf(c)[i]; tier.State == TierIdle {
			tier.State = TierPending
		}
	}
	t.lay(c, h)
}

// idle takes back what a clock still had to remind of. A job under way notices.
func (t *Timeline) idle(c *Clock) {
	for i := range t.tiersOf(c) {
		tier := &t.tiersOf(c)[i]
		if tier.State == TierPending || tier.State == TierOwed {
			tier.State = TierIdle
		}
	}
}

// tiersOf are the tiers of a clock, within the timeline's.
func (t *Timeline) tiersOf(c *Clock) []DueTier { return t.Tiers[c.First : c.First+c.Tiers] }

// Clock is the clock of a kind; nil if the policy has none.
func (t *Timeline) Clock(kind policy.ClockKind) *Clock {
	for i := range t.Clocks {
		if t.Clocks[i].Kind == kind {
			return &t.Clocks[i]
		}
	}
	return nil
}

// ClockOf is the clock of the tier with this index. A tier of a policy that the ticket had before belongs to the
// clock of the same kind.
func (t *Timeline) ClockOf(tier int) *Clock {
	if tier >= 0 && tier < len(t.Tiers) {
		if c := t.Clock(t.Tiers[tier].Clock); c != nil {
			return c
		}
	}
	return t.FirstReply()
}

// FirstReply is the clock that every timeline has.
func (t *Timeline) FirstReply() *Clock {
	if len(t.Clocks) == 0 {
		t.Clocks = []Clock{{Kind: policy.FirstReply, Tiers: len(t.Tiers)}}
	}
	return &t.Clocks[0]
}

// Nearest is the running clock with the nearest deadline; the first reply's if none runs.
func (t *Timeline) Nearest() *Clock {
	nearest := t.FirstReply()
	for i := range t.Clocks {
		c := &t.Clocks[i]
		if c.Running() && (!nearest.Running() || c.Deadline.Before(nearest.Deadline)) {
			nearest = c
		}
	}
	return nearest
}

// Numbered is how people number a tier: the number-th of its clock's tiers, and how many those are. i is its index.
func (t *Timeline) Numbered(i int) (number, of int) {
	c := t.ClockOf(i)
	if i < c.First || i >= c.First+c.Tiers {
		return i + 1, len(t.Tiers)
	}
	return i - c.First + 1, c.Tiers
}
