package hours

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const (
	minutesADay = 24 * 60
	secondsADay = minutesADay * 60
)

// Window is open time on the clock on the wall, in minutes since the midnight that its day begins with. To
// is beyond 24:00 where the window ends on the next day.
type Window struct{ From, To int }

// String is the window as people write it.
func (w Window) String() string {
	to := w.To
	if to > minutesADay {
		to -= minutesADay
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.From/60, w.From%60, to/60, to%60)
}

func ordered(windows []Window) []Window {
	return slices.SortedFunc(slices.Values(windows), func(a, b Window) int { return cmp.Compare(a.From, b.From) })
}

func length(windows []Window) (d time.Duration) {
	for _, w := range windows {
		d += time.Duration(w.To-w.From) * time.Minute
	}
	return d
}

// Date is a day, in whatever zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String is the date as people write it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// number counts days from 1970-01-01.
func (d Date) number() int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

func dateOf(day int) Date {
	y, m, d := time.Unix(int64(day)*secondsADay, 0).UTC().Date()
	return Date{y, m, d}
}

// DateOf is the day of t in the zone that t is in.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// dayOf is the number of the day that t falls on.
func (h *Hours) dayOf(t time.Time) int { return DateOf(t.In(h.Zone())).number() }

// weekday is that of the day of this number; 1970-01-01 was a Thursday.
func weekday(day int) time.Weekday { return time.Weekday((day + 4 + 7*longAgo) % 7) }

// longAgo is more weeks than there are before 1970, so that no day has a number below zero there.
const longAgo = 1_000_000_000

func short(day int) string { return weekday(day).String()[:3] }

// placeInYear orders the days of a year, each at the same place in all of them.
func placeInYear(m time.Month, day int) int { return int(m)*32 + day }

// Span is the time from From until To, which is not in it.
type Span struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Open   bool      `json:"open"`
	Reason string    `json:"reason,omitempty"`
}

// merge puts spans in order, and makes one of those that overlap.
func merge(spans []Span) []Span {
	var merged []Span
	for _, s := range slices.SortedStableFunc(slices.Values(spans), func(a, b Span) int { return a.From.Compare(b.From) }) {
		switch last := len(merged) - 1; {
		case !s.From.Before(s.To):
		case last >= 0 && !s.From.After(merged[last].To):
			merged[last].To = later(merged[last].To, s.To)
		default:
			merged = append(merged, s)
		}
	}
	return merged
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
