package calendar

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Interval is the time from Start until End, which is exclusive.
type Interval struct {
	Start, End time.Time
}

// Turn is somebody's time on shift, as one event gives it, without the hours in which they are away.
type Turn struct {
	Engineer
	Shift
}

// Outlook is what a schedule knows of a stretch of time.
type Outlook struct {
	From, Until time.Time    // the part of it that the calendar was read for; zero: none
	Turns       []Turn       // those that overlap it, by their start
	Gaps        []Interval   // when nobody is on shift
	Unresolved  []Unresolved // events that overlap it and name nobody we know, by their start
}

// Ahead says who is on shift when, between from and to, as far as the calendar was read.
func (s Schedule) Ahead(from, to time.Time) Outlook {
	from, to = clip(from, to, s.From, s.To)
	o := Outlook{From: from, Until: to}
	if s.ReadAt.IsZero() || to.IsZero() {
		return Outlook{}
	}
	away := s.awayTimes()
	for _, e := range s.Entries {
		if e.Away {
			continue
		}
		for _, i := range uncovered(Interval{e.Start, e.End}, away[e.Name]) {
			if i.Start.Before(to) && i.End.After(from) {
				o.Turns = append(o.Turns, Turn{e.Engineer, Shift{Title: e.Title, Start: i.Start, End: i.End}})
			}
		}
	}
	slices.SortFunc(o.Turns, func(a, b Turn) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Name, b.Name))
	})
	covered := make([]Interval, len(o.Turns))
	for i, t := range o.Turns {
		covered[i] = Interval{t.Start, t.End}
	}
	o.Gaps = uncovered(Interval{from, to}, covered)
	for _, u := range s.Unresolved {
		if u.Start.Before(to) && u.End.After(from) {
			o.Unresolved = append(o.Unresolved, u)
		}
	}
	slices.SortStableFunc(o.Unresolved, func(a, b Unresolved) int { return a.Start.Compare(b.Start) })
	return o
}

// Gaps are the times between from and to when nobody is on shift, as far as the calendar was read.
func (s Schedule) Gaps(from, to time.Time) []Interval { return s.Ahead(from, to).Gaps }

// awayTimes are when everybody is away, by name and in order.
func (s Schedule) awayTimes() map[string][]Interval {
	away := map[string][]Interval{}
	for _, e := range slices.Concat(s.Entries, s.said) {
		if e.Away {
			away[e.Name] = append(away[e.Name], Interval{e.Start, e.End})
		}
	}
	for _, times := range away {
		slices.SortFunc(times, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	}
	return away
}

// uncovered is what is left of a stretch of time when others, ordered by their start, are taken out.
func uncovered(whole Interval, others []Interval) []Interval {
	var left []Interval
	from := whole.Start
	for _, o := range others {
		if !o.Start.Before(whole.End) {
			break
		}
		if o.Start.After(from) {
			left = append(left, Interval{from, o.Start})
		}
		if o.End.After(from) {
			from = o.End
		}
	}
	if from.Before(whole.End) {
		left = append(left, Interval{from, whole.End})
	}
	return left
}

// Handover is a moment at which other people are on shift than just before, by their names.
type Handover struct {
	At    time.Time
	Goes  []string // were on shift until then
	Comes []string // are on shift since then
	On    []string // all who are on shift since then
}

// Handovers are the changes of shift after from, and until to.
func (s Schedule) Handovers(from, to time.Time, staleAfter time.Duration) (all []Handover) {
	for _, at := range s.Moments(from, to) {
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

func namesOf(es []Engineer) (names []string) {
	for _, e := range es {
		names = append(names, e.Name)
	}
	return names
}

// Moments are when the roster may change, after from and until to, in order: somebody's shift, embedding or
// absence begins or ends.
func (s Schedule) Moments(from, to time.Time) []time.Time {
	var all []time.Time
	for _, e := range slices.Concat(s.Entries, s.said) {
		for _, at := range []time.Time{e.Start, e.End, e.EmbeddedFrom, e.EmbeddedTo} {
			if at.After(from) && !at.After(to) {
				all = append(all, at)
			}
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}
