package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Counts are promises by what became of them.
type Counts struct {
	Kept      int `json:"kept"`
	Breached  int `json:"breached"`
	Withdrawn int `json:"withdrawn"`
	Open      int `json:"open"`
}

// All is how many promises there are.
func (c Counts) All() int { return c.Kept + c.Breached + c.Withdrawn + c.Open }

// Attainment is the part of the decided promises that was kept, in percent; ok is false where none is decided.
func (c Counts) Attainment() (percent float64, ok bool) {
	decided := c.Kept + c.Breached
	if decided == 0 {
		return 0, false
	}
	return 100 * float64(c.Kept) / float64(decided), true
}

// Add counts one promise by what became of it.
func (c *Counts) Add(o Outcome) {
	switch o {
	case Kept:
		c.Kept++
	case Breached:
		c.Breached++
	case Withdrawn:
		c.Withdrawn++
	case Open:
		c.Open++
	}
}

// Tally is the promises of one clock: all of them, or those of one policy, priority or week.
type Tally struct {
	Clock    policy.ClockKind `json:"clock"`
	Policy   string           `json:"policy,omitempty"`
	Priority string           `json:"priority,omitempty"`
	Week     string           `json:"week,omitempty"` // its Monday: 2026-11-23
	Day      string           `json:"day,omitempty"`  // 2026-11-26
	Counts
}

// tallies add up by what they are of.
type tallies map[Tally]*Counts

func (ts tallies) count(of Tally, o Outcome) {
	c := ts[of]
	if c == nil {
		c = &Counts{}
		ts[of] = c
	}
	c.Add(o)
}

// sorted are the tallies clock by clock, the whole before its parts.
func (ts tallies) sorted() []Tally {
	all := make([]Tally, 0, len(ts))
	for of, c := range ts {
		of.Counts = *c
		all = append(all, of)
	}
	slices.SortFunc(all, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(slices.Index(policy.ClockKinds(), a.Clock), slices.Index(policy.ClockKinds(), b.Clock)),
			strings.Compare(a.Policy, b.Policy), strings.Compare(a.Week, b.Week), strings.Compare(a.Day, b.Day), strings.Compare(a.Priority, b.Priority))
	})
	return all
}

// wholeFirst are tallies by policy. The first reply is always told of, also where there was no ticket.
func (ts tallies) wholeFirst() []Tally {
	first := Tally{Clock: policy.FirstReply}
	if ts[first] == nil {
		ts[first] = &Counts{}
	}
	return ts.sorted()
}
