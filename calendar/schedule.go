package calendar

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Schedule is a reading, matched: who is on shift, embedded and away, and when.
type Schedule struct {
	ReadAt     time.Time // when the calendar was read; zero: never
	From, To   time.Time // the time that was read; To is exclusive
	Entries    []Entry
	Unresolved []Unresolved

	said []Entry // absences that people said beside the calendar; they hold without it
}

// Entry is what one event means for one engineer.
type Entry struct {
	Engineer
	Title      string    // the event's; "" where it is private
	Start, End time.Time // of the event; End is exclusive
	Away       bool      // away while the event lasts; false: on shift

	// From EmbeddedFrom until EmbeddedTo, whole support days, the engineer is also embedded, with
	// EmbeddedIn; both are zero otherwise.
	EmbeddedFrom, EmbeddedTo time.Time
	EmbeddedIn               []string
}

// Unresolved is an event that names nobody we know.
type Unresolved struct {
	Title      string
	Start, End time.Time
}

// Schedule matches a reading.
func (m Matching) Schedule(reading Reading) Schedule {
	s := Schedule{ReadAt: reading.ReadAt, From: reading.From, To: reading.To}
	by := newMatcher(m)
	for _, event := range reading.Events {
		means := by.meaningOf(event)
		if len(means.on)+len(means.off) == 0 && !means.settled {
			s.Unresolved = append(s.Unresolved, Unresolved{event.shown(), event.Start, event.End})
		}
		for _, name := range means.on {
			s.Entries = append(s.Entries, by.shift(event, means, by.byName[name]))
		}
		for _, name := range means.off {
			s.Entries = append(s.Entries, Entry{Engineer: by.byName[name], Title: event.shown(), Start: event.Start, End: event.End, Away: true})
		}
	}
	return s
}

func (m *matcher) shift(event Event, means meaning, who Engineer) Entry {
	e := Entry{Engineer: who, Title: event.shown(), Start: event.Start, End: event.End}
	if means.embeds {
		e.EmbeddedFrom, e.EmbeddedTo = m.matching.supportDays(event)
		e.EmbeddedIn = m.productsOf(event)
		if len(e.EmbeddedIn) == 0 {
			e.EmbeddedIn = who.Products
		}
	}
	return e
}

// At is the roster at t. The schedule is of use for staleAfter after it was read, if it covers t;
// absences that people told the bot hold all the same.
func (s Schedule) At(t time.Time, staleAfter time.Duration) Roster {
	roster := Roster{At: t}
	var entries []Entry
	if s.usable(t, staleAfter) {
		roster.AsOf = s.ReadAt
		entries = s.Entries
	}
	away, onShift, embedded := map[string]Engineer{}, map[string]Engineer{}, map[string]Embedded{}
	for _, known := range [][]Entry{entries, s.said} {
		for _, e := range known {
			if e.Away && covers(e.Start, e.End, t) {
				away[e.Name] = e.Engineer
			}
		}
	}
	for _, e := range entries {
		if _, isAway := away[e.Name]; isAway {
			continue
		}
		if covers(e.Start, e.End, t) {
			onShift[e.Name] = e.Engineer
			roster.addShift(e)
		}
		if covers(e.EmbeddedFrom, e.EmbeddedTo, t) {
			in := slices.Concat(embedded[e.Name].Products, e.EmbeddedIn)
			embedded[e.Name] = Embedded{e.Engineer, distinct(in)}
		}
	}
	roster.Away = byName(away, func(e Engineer) string { return e.Name })
	roster.OnShift = byName(onShift, func(e Engineer) string { return e.Name })
	roster.Embedded = byName(embedded, func(e Embedded) string { return e.Name })
	return roster
}

// addShift notes which event puts somebody on shift: of several, the one that ends last.
func (r *Roster) addShift(e Entry) {
	if have, ok := r.Shifts[e.Name]; ok && !e.End.After(have.End) {
		return
	}
	if r.Shifts == nil {
		r.Shifts = map[string]Shift{}
	}
	r.Shifts[e.Name] = Shift{Title: e.Title, Start: e.Start, End: e.End}
}

func (s Schedule) usable(t time.Time, staleAfter time.Duration) bool {
	return covers(s.From, s.To, t) && t.Sub(s.ReadAt) <= staleAfter
}

func covers(start, end, t time.Time) bool { return !t.Before(start) && t.Before(end) }

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

func byName[T any](people map[string]T, name func(T) string) []T {
	return slices.SortedFunc(maps.Values(people), func(a, b T) int {
		return cmp.Compare(name(a), name(b))
	})
}
