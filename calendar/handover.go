package calendar

import (
	"slices"
	"time"
)

// Handover is a moment at which other people are on shift than just before, by their names.
type Handover struct {
	At    time.Time
	Goes  []string // were on shift until then
	Comes []string // are on shift since then
	On    []string // all who are on shift since then
}

// Handovers are the changes of shift after from, and until to.
func (s Schedule) Handovers(from, to time.Time, staleAfter time.Duration) (all []Handover) {
	for _, at := range s.changes(from, to) {
		before, after := s.At(at.Add(-1), staleAfter), s.At(at, staleAfter)
		if before.AsOf.IsZero() || after.AsOf.IsZero() {
			continue // not known, which is no change
		}
		h := Handover{At: at, On: namesOf(after.OnShift)}
		was := namesOf(before.OnShift)
		h.Goes, h.Comes = without(was, h.On), without(h.On, was)
		if len(h.Goes)+len(h.Comes) > 0 {
			all = append(all, h)
		}
	}
	return all
}

// changes are the times after from, and until to, at which a shift or an absence begins or ends, in order.
func (s Schedule) changes(from, to time.Time) (times []time.Time) {
	for _, e := range slices.Concat(s.Entries, s.said) {
		for _, t := range []time.Time{e.Start, e.End} {
			if t.After(from) && !t.After(to) {
				times = append(times, t)
			}
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return slices.CompactFunc(times, time.Time.Equal)
}

func namesOf(es []Engineer) (names []string) {
	for _, e := range es {
		names = append(names, e.Name)
	}
	return names
}
