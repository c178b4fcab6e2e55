package hours

import (
	"math"
	"slices"
	"time"
)

// reader reads open time from a moment on, day by day.
type reader struct {
	h     *Hours
	clock clock
	in    *time.Location // of the times it gives
	day   int            // whose windows are next
	from  time.Time      // what is before does not count
	plain int            // up to this day, not included, days are as the week says
	first int            // that may be passed over as a whole
	spans []Span         // of one day; their room is used again
}

// read begins with the day before t, whose windows may end on the next, and one more: the clock may be put
// back over midnight.
func (h *Hours) read(t time.Time) *reader {
	day := h.dayOf(t)
	return &reader{h: h, clock: clock{zone: h.zone}, in: t.Location(), day: day - 2, first: day + 1, from: t}
}

// lastDay is the last on which windows may have opened before t: the clock may be put back over midnight.
func (h *Hours) lastDay(t time.Time) int { return h.dayOf(t) + 1 }

// next is the open time of the next day that has not been read yet. It is good until the next call.
func (r *reader) next() []Span {
	spans := r.on(r.day)
	r.day++
	rest := spans[:0]
	for _, s := range spans {
		if s.From = later(s.From, r.from); s.From.Before(s.To) {
			rest = append(rest, s)
		}
	}
	return rest
}

// skip passes over whole days that hold less than most together, and come before the day until.
func (r *reader) skip(most time.Duration, until int) (passed time.Duration) {
	if r.day < r.first {
		return 0
	}
	if r.day >= r.plain {
		r.plain = r.h.plainUntil(r.day, &r.clock)
	}
	until = min(until, r.plain)
	if weeks := time.Duration(until-r.day) / 7; weeks > 0 && r.h.aWeek > 0 {
		weeks = min(weeks, (most-1)/r.h.aWeek)
		passed = weeks * r.h.aWeek
		r.day += 7 * int(weeks)
	}
	for r.day < until {
		n := r.h.length[weekday(r.day)]
		if passed+n >= most {
			break
		}
		passed += n
		r.day++
	}
	return passed
}

// on is what is open of the windows that open on the day. Where the clock is put back, an opening may come
// before the closing that it follows: the time between belongs to the window that opened first.
func (r *reader) on(day int) []Span {
	r.spans = r.spans[:0]
	windows := r.h.windows(day)
	if len(windows) == 0 {
		return r.spans
	}
	midnight := int64(day) * secondsADay
	taken := int64(math.MinInt64)
	if before := r.h.windows(day - 1); len(before) > 0 {
		taken = r.clock.last(midnight + int64(before[len(before)-1].To-minutesADay)*60)
	}
	for _, w := range windows {
		from, to := max(taken, r.clock.first(midnight+int64(w.From)*60)), r.clock.last(midnight+int64(w.To)*60)
		taken = max(taken, to)
		if from < to {
			r.spans = append(r.spans, Span{From: time.Unix(from, 0).In(r.in), To: time.Unix(to, 0).In(r.in), Open: true})
		}
	}
	if _, open := r.h.open[day]; !open && len(r.h.shut) > 0 {
		r.spans = without(r.spans, r.h.shut)
	}
	return r.spans
}

// without is what the cuts leave of the spans. Both are in order.
func without(spans, cuts []Span) (left []Span) {
	for _, s := range spans {
		i, _ := slices.BinarySearchFunc(cuts, s.From, func(c Span, t time.Time) int {
			if c.To.After(t) {
				return 1
			}
			return -1
		})
		for _, c := range cuts[i:] {
			if !c.From.Before(s.To) {
				break
			}
			if s.From.Before(c.From) {
				left = append(left, Span{From: s.From, To: c.From, Open: s.Open, Reason: s.Reason})
			}
			s.From = c.To.In(s.From.Location())
		}
		if s.From.Before(s.To) {
			left = append(left, s)
		}
	}
	return left
}

// plainUntil is the first day from day on that is not as the week says, or in whose nights the clock is changed.
func (h *Hours) plainUntil(day int, c *clock) int {
	wall := int64(day) * secondsADay
	c.seek(wall)
	s := c.before
	if wall-s.offset >= s.to {
		s = c.after
	}
	if wall-around < s.from {
		return day
	}
	until := max(day, int((s.to-around)/secondsADay))
	if i, _ := slices.BinarySearch(h.special, day); i < len(h.special) {
		until = min(until, h.special[i])
	}
	return min(until, h.nextYearly(day))
}

// nextYearly is the first day from day on that is closed every year.
func (h *Hours) nextYearly(day int) int {
	if len(h.places) == 0 {
		return day + horizon
	}
	d := dateOf(day)
	i, _ := slices.BinarySearch(h.places, placeInYear(d.Month, d.Day))
	if i == len(h.places) {
		i, d.Year = 0, d.Year+1
	}
	return Date{d.Year, time.Month(h.places[i] / 32), h.places[i] % 32}.number()
}
