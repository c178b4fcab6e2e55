package escalation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/policy"
)

// PolicyFor is the key of the policy that a channel has for a ticket.
func (s *Settings) PolicyFor(channel string, t Ticket) string {
	return s.Channels[channel].Pick(policy.Traits{Priority: t.Priority, Type: t.Type, Product: s.Product(t.Type), Customer: t.Customer})
}

// chooseAgain chooses the policy again because the help desk changed the ticket. Where the same policy is chosen,
// nothing changes: a reload of the configuration does not move an open timeline.
func (d *decision) chooseAgain(change func(*Ticket)) {
	was := d.t.Ticket
	change(&d.t.Ticket)
	if d.t.Ticket == was {
		return
	}
	d.changed = true
	s := d.f.Settings
	if _, watched := s.Channels[d.t.Channel]; !watched {
		return
	}
	key := s.PolicyFor(d.t.Channel, d.t.Ticket)
	if p, known := s.Policies[key]; known && key != s.PolicyFor(d.t.Channel, was) && s.PolicyName(key) != d.t.Policy {
		d.adopt(p, s.PolicyName(key), "the help desk changed the ticket")
	}
}

// adopt moves the timeline to another policy. Its clocks keep when they started and how much of them is used. Tiers
// of the new policy whose time has passed are due at once. Tiers of the old policy are over.
func (d *decision) adopt(p policy.Policy, name, why string) {
	was, before, hoursBefore := d.t.Policy, d.t.Clocks, d.hours()
	for i := range d.t.Tiers {
		if s := d.t.Tiers[i].State; s == TierPending || s == TierOwed || s == TierIdle || s == TierPosted {
			d.t.Tiers[i].State = TierSuperseded
		}
	}
	d.t.Policy, d.t.Hours, d.t.Clocks = name, d.f.Settings.Channels[d.t.Channel].HoursOf(p), nil
	for _, promised := range p.Promises() {
		c := d.t.add(promised.Clock, promised.Promise)
		i := slices.IndexFunc(before, func(b Clock) bool { return b.Kind == promised.Clock })
		switch {
		case i >= 0 && !before[i].Start.IsZero():
			d.carryOver(c, before[i], before[i].usedUntil(d.f.Now, hoursBefore))
		case promised.Clock == policy.Resolution:
			d.t.start(c, d.t.PostedAt, d.hours())
			c.ChangedAt = d.f.Now
		}
	}
	d.event(Event{Kind: EventPolicy, Details: Details{Cause: fmt.Sprintf("%s: %s, was %s", why, name, was)}})
}

// carryOver lets a clock of the new policy go on where the old policy's clock was.
func (d *decision) carryOver(c *Clock, was Clock, used time.Duration) {
	carried := was
	carried.Target, carried.Pause, carried.First, carried.Tiers = c.Target, c.Pause, c.First, c.Tiers
	carried.ChangedAt = d.f.Now
	if was.Running() {
		carried.Used, carried.CountsFrom = used, d.f.Now
	}
	*c = carried
	if !c.Running() {
		return
	}
	for i := range d.t.tiersOf(c) {
		d.t.tiersOf(c)[i].State = TierPending
	}
	d.t.lay(c, d.hours())
	if c.Deadline.After(d.f.Now) {
		c.DeadlinePassed, c.BreachedAt, c.DoubtfulUntil = false, time.Time{}, time.Time{}
	}
}

// Stricter moves an open timeline to the policy of a second message about its ticket, if that promises the
// first reply sooner (rule 1). It is pure; a change without a timeline means that nothing is to be done.
func Stricter(t Timeline, m Message, f Facts) Change {
	s := f.Settings
	key := s.PolicyFor(m.Channel, m.Ticket)
	p, known := s.Policies[key]
	if t.State != Open || !known || s.PolicyName(key) == t.Policy {
		return Change{}
	}
	if promise := p.Promises()[0].Target(); promise >= t.FirstReply().Target {
		return Change{}
	}
	d := &decision{t: t.clone(), f: f}
	d.t.Ticket.Priority = keepKnown(m.Ticket.Priority, t.Ticket.Priority)
	d.adopt(p, s.PolicyName(key), "another message about the ticket")
	return d.change()
}

// PolicyName is the name of the policy under a key. Policies that channels have for themselves share one name.
func (s *Settings) PolicyName(key string) string {
	if p := s.Policies[key]; p.Name != "" {
		return p.Name
	}
	return key
}

// Ignores says that a ticket's type opens nothing (rule 3).
func (s *Settings) Ignores(t Ticket) bool {
	return slices.ContainsFunc(s.IgnoreTypes, func(ignored string) bool { return strings.EqualFold(ignored, strings.TrimSpace(t.Type)) })
}

// Opens says which policy a message would run through, or why it would open nothing.
func Opens(m Message, s *Settings) (p policy.Policy, whyNot string) {
	_, watched := s.Channels[m.Channel]
	switch {
	case !watched:
		return policy.Policy{}, "channel " + m.Channel + " is not watched"
	case m.Ticket.ID == "":
		return policy.Policy{}, "no ticket can be read from the message"
	case s.Ignores(m.Ticket):
		return policy.Policy{}, "tickets of type " + m.Ticket.Type + " are ignored"
	}
	return s.Policies[s.PolicyFor(m.Channel, m.Ticket)], ""
}
