package calendar

import "time"

// Change is what somebody said beside the calendar: that Who is away, or, with By, that By takes over
// Who's shifts. It holds from From until To, which is exclusive.
type Change struct {
	Who      Engineer
	By       Engineer // without a name: nobody takes over, Who is away
	From, To time.Time
}

// With is the schedule with changes applied to it in the order in which they were made, so that a
// shift taken over can be handed on. An absence holds even where nothing is known of the calendar.
//
// Whoever takes over a shift is on shift for the other; what the other was embedded in is not
// theirs, and the other is neither on shift nor embedded meanwhile. s is not changed.
func (s Schedule) With(changes []Change) Schedule {
	for _, c := range changes {
		if !c.From.Before(c.To) {
			continue
		}
		if c.By.Name == "" {
			s.said = append(s.said[:len(s.said):len(s.said)], Entry{Engineer: c.Who, Start: c.From, End: c.To, Away: true})
			continue
		}
		s.Entries = handOver(s.Entries, c)
	}
	return s
}

// handOver gives what Who has of shifts during the change to By.
func handOver(entries []Entry, c Change) []Entry {
	var after []Entry
	for _, e := range entries {
		if e.Name != c.Who.Name || e.Away {
			after = append(after, e)
			continue
		}
		if before := e.clip(time.Time{}, c.From); before.counts() {
			after = append(after, before)
		}
		taken := e.clip(c.From, c.To)
		taken.Engineer, taken.EmbeddedFrom, taken.EmbeddedTo, taken.EmbeddedIn = c.By, time.Time{}, time.Time{}, nil
		if taken.counts() {
			after = append(after, taken)
		}
		if rest := e.clip(c.To, time.Time{}); rest.counts() {
			after = append(after, rest)
		}
	}
	return after
}

// clip is what of an entry lies between from and to; zero ones bound nothing.
func (e Entry) clip(from, to time.Time) Entry {
	e.Start, e.End = clip(e.Start, e.End, from, to)
	e.EmbeddedFrom, e.EmbeddedTo = clip(e.EmbeddedFrom, e.EmbeddedTo, from, to)
	return e
}

// counts says that the entry puts somebody anywhere.
func (e Entry) counts() bool { return !e.End.IsZero() || !e.EmbeddedTo.IsZero() }

// clip bounds an interval; both ends are zero where nothing is left of it.
func clip(start, end, from, to time.Time) (time.Time, time.Time) {
	if start.Before(from) {
		start = from
	}
	if !to.IsZero() && end.After(to) {
		end = to
	}
	if !start.Before(end) {
		return time.Time{}, time.Time{}
	}
	return start, end
}
