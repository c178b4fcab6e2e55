package hours

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Breakdown writes the working time from from to a due time, span by span, in the zone of the hours:
//
//	Fri 16:40–17:00 20 min · Sat, Sun closed · Mon 09:00–09:30 30 min → due Mon 09:30
func (h *Hours) Breakdown(from, due time.Time, pauses []Span) string {
	if due.Sub(from) > longestTold {
		return h.Sum(from, due, pauses) + " → due " + due.In(h.Zone()).Format("Mon 2 Jan 2006 15:04")
	}
	b := h.breakdown(from, due, pauses)
	return strings.TrimPrefix(b.String()+" → due "+b.ending(due.In(h.Zone())), " → ")
}

// Sum is Breakdown without the due time.
func (h *Hours) Sum(from, to time.Time, pauses []Span) string {
	if to.Sub(from) > longestTold {
		return duration(h.Elapsed(from, to, pauses)) + " in more than a year"
	}
	return h.breakdown(from, to, pauses).String()
}

// breakdown is what a sum in words is made of.
type breakdown struct {
	h       *Hours
	dates   bool // a day of the week could be one of several
	steps   []step
	last    time.Time // where the last open step ends
	working map[int]bool
}

// step is one part of the sum.
type step struct {
	words string
	open  time.Duration
	day   int
}

// longestTold is what is written day by day: whoever opens for a minute a week and promises a month would have years
// of them looked through.
const longestTold = 366 * 24 * time.Hour

// fewDays is how long days of the week are enough to tell days apart.
const fewDays = 6 * 24 * time.Hour

func (h *Hours) breakdown(from, to time.Time, pauses []Span) *breakdown {
	b := &breakdown{h: h, dates: to.Sub(from) > fewDays, working: map[int]bool{}}
	spans := h.Spans(from.In(h.Zone()), to.In(h.Zone()), pauses)
	for _, s := range spans {
		if s.Open {
			b.working[h.dayOf(s.From)] = true
			b.working[h.dayOf(s.To.Add(-1))] = true
		}
	}
	for rest := spans; len(rest) > 0; {
		switch s := rest[0]; {
		case s.Open:
			n := 1
			for n < len(rest) && rest[n].Open {
				n++
			}
			s.To, rest = rest[n-1].To, rest[n:]
			b.add(s, duration(s.To.Sub(s.From)), s.To.Sub(s.From))
			b.last = s.To
		case s.Reason == paused:
			b.add(s, paused, 0)
			rest = rest[1:]
		case s.Reason != h.reason(h.dayOf(s.From)): // shut for a time
			b.add(s, "closed ("+s.Reason+")", 0)
			rest = rest[1:]
		default:
			rest = b.closedDays(rest)
		}
	}
	return b
}

// add adds a step that begins and ends at times of day.
func (b *breakdown) add(s Span, what string, open time.Duration) {
	day := b.h.dayOf(s.From)
	from := clockTime(s.From)
	if n := len(b.steps); n == 0 || b.steps[n-1].day != day {
		from = b.name(s.From) + " " + from
	}
	to := clockTime(s.To)
	switch last := b.h.dayOf(s.To.Add(-1)); {
	case isMidnight(s.To) && last == day:
		to = "24:00"
	case isMidnight(s.To):
		day = last
		to = b.name(s.To.Add(-1)) + " 24:00"
	case last != day:
		day = last
		to = b.name(s.To) + " " + to
	}
	b.steps = append(b.steps, step{words: fmt.Sprintf("%s–%s %s", from, to, what), open: open, day: day})
}

// closedDays adds the days without working time that spans begin with, as far as they are closed for one
// reason, and returns the spans behind them.
func (b *breakdown) closedDays(spans []Span) []Span {
	var names []string
	var reason string
	rest := spans
	for len(rest) > 0 && !rest[0].Open {
		s, day := rest[0], b.h.dayOf(rest[0].From)
		why, named := b.h.closing(day)
		if s.Reason != b.h.reason(day) || len(names) > 0 && why != reason {
			break
		}
		rest, reason = rest[1:], why
		for last := b.h.dayOf(s.To.Add(-1)); day <= last; day++ { // one closing may last for days
			if !b.working[day] && (named || s.Reason != outside) {
				names = append(names, b.nameOf(dateOf(day)))
			}
		}
	}
	switch n := len(names); {
	case n == 0:
		return rest
	case n > 3:
		names = []string{names[0] + "–" + names[n-1]}
	}
	words := strings.Join(names, ", ") + " closed"
	if reason != "" {
		words += " (" + reason + ")"
	}
	b.steps = append(b.steps, step{words: words, day: -longAgo})
	return rest
}

// fewSteps is how many are written one by one.
const fewSteps = 9

func (b *breakdown) String() string {
	var words []string
	for _, s := range b.steps {
		words = append(words, s.words)
	}
	if n := len(words); n > fewSteps {
		const first, last = 4, 3
		var open time.Duration
		for _, s := range b.steps[first : n-last] {
			open += s.open
		}
		words = slices.Replace(words, first, n-last, fmt.Sprintf("… %d more, %s …", n-first-last, duration(open)))
	}
	return strings.Join(words, " · ")
}

// ending is the due time. At the end of a day it is written as that day's.
func (b *breakdown) ending(due time.Time) string {
	if isMidnight(due) && due.Equal(b.last) {
		return b.name(due.Add(-1)) + " 24:00 (midnight)"
	}
	return b.name(due) + " " + clockTime(due)
}

func (b *breakdown) name(t time.Time) string { return b.nameOf(DateOf(t)) }

func (b *breakdown) nameOf(d Date) string {
	form := "Mon"
	if b.dates {
		form = "Mon 2 Jan"
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(form)
}

func isMidnight(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 }

func clockTime(t time.Time) string {
	if t.Second() != 0 {
		return t.Format(time.TimeOnly)
	}
	return t.Format("15:04")
}

// duration is a length of time in words: 1 h 30 min.
func duration(d time.Duration) string {
	d = d.Round(time.Second)
	var words []string
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.length; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, unit.name))
			d %= unit.length
		}
	}
	if len(words) == 0 {
		return "0 min"
	}
	return strings.Join(words, " ")
}
