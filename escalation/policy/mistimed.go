package policy

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

// Mistimed is a tier of a promise whose time cannot be kept.
type Mistimed struct {
	Tier    int // as people count
	Why     TimeFault
	Due     time.Duration // of the tier, from its clock's start
	Than    int           // NotLater: the tier before it
	ThanDue time.Duration
}

// TimeFault says why a time cannot be kept.
type TimeFault int

const (
	NoDeadline     TimeFault = iota // it counts back from a deadline, and there is none
	BeforeStart                     // it counts back from the deadline to before the start
	NotLater                        // it is due no later than the tier before it
	DeadlineBefore                  // it is the first, and the deadline passes before it tells anybody
	NeverComes                      // the ticket is given up before so much working time has passed
)

// Mistimed are the tiers whose times cannot be kept in these hours by a timeline that is given up after so long. It skips
// tiers without a time.
func (p Promise) Mistimed(giveUp time.Duration, h *hours.Hours) (all []Mistimed) {
	last, lastDue, target := 0, time.Duration(0), p.Target()
	for i, t := range p.Tiers {
		m := Mistimed{Tier: i + 1, Due: t.After, Than: last, ThanDue: lastDue}
		add := func(why TimeFault, is bool) {
			if m.Why = why; is {
				all = append(all, m)
			}
		}
		if t.After == 0 {
			m.Due = target - t.Before
			add(NoDeadline, t.Before > 0 && target == 0)
			add(BeforeStart, target > 0 && t.Before >= target)
		}
		if m.Due <= 0 || t.After == 0 && t.Before == 0 {
			continue
		}
		add(NotLater, last > 0 && m.Due <= lastDue)
		add(DeadlineBefore, last == 0 && p.Deadline > 0 && m.Due > p.Deadline)
		add(NeverComes, giveUp > 0 && float64(m.Due)/float64(h.Week())*float64(7*24*time.Hour) >= float64(giveUp))
		last, lastDue = m.Tier, m.Due
	}
	return all
}
