package escalation

import "time"

// ClockKind is which promise a clock measures. The strings are stored, exported, and labels of metrics.
type ClockKind string

// FirstReply runs from the ticket's message to the first public reply, and never pauses.
const FirstReply ClockKind = "first_reply"

// Clock is one promise of a policy on one ticket: it runs from its start, and its deadline is when the
// promise is broken. A timeline's tiers name the clock that they belong to.
type Clock struct {
	Kind           ClockKind
	Start          time.Time // the tiers' due times and the deadline count from here
	Deadline       time.Time // snoozing never moves it
	DeadlinePassed bool      // the walk at the deadline is over, whatever it could find out
	BreachedAt     time.Time // the deadline, once it is known to have passed with the promise not kept; else zero
}

// arm starts a clock at an instant: its deadline, and when each of its tiers is due. This is where a time
// becomes due times, and the only place.
func arm(kind ClockKind, start time.Time, p Policy) (Clock, []DueTier) {
	tiers := make([]DueTier, len(p.Tiers))
	for i, tier := range p.Tiers {
		tiers[i] = DueTier{Tier: tier, Clock: kind, Due: start.Add(tier.After), State: TierPending}
	}
	deadline := p.Deadline
	if deadline == 0 {
		deadline = p.Tiers[len(p.Tiers)-1].After
	}
	return Clock{Kind: kind, Start: start, Deadline: start.Add(deadline)}, tiers
}

// FirstReply is the clock that every timeline has.
func (t *Timeline) FirstReply() *Clock {
	if len(t.Clocks) == 0 {
		t.Clocks = []Clock{{Kind: FirstReply}}
	}
	return &t.Clocks[0]
}
