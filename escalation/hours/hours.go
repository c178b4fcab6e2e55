package hours

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Definition is what hours are made of. An open day goes before a closed one, and that before the week.
type Definition struct {
	Zone   *time.Location
	Week   [7][]Window // by time.Weekday; a day without windows is closed
	Closed []Closing
	Shut   []Span // times that calendars close on any but an open day, each with its reason
	Open   map[Date][]Window
}

// Closing closes whole days.
type Closing struct {
	From, To     Date // To is closed too
	Yearly       bool // From in every year; its own does not count
	Reason       string
	FromCalendar bool // named by a calendar, which may open it again
}

// Hours say when time counts. They never change. Nil is around the clock.
type Hours struct {
	zone         *time.Location
	week         [7][]Window
	length       [7]time.Duration // what the days of the week count, where the clock is not changed
	aWeek        time.Duration    // the same for all of them
	open         map[int][]Window // by the number of the day
	closed       map[int]string   // why
	yearly       map[int]string   // why, by place in the year
	shut         []Span           // in order, apart from each other
	special      []int            // days that do not follow the week, in order, but for the yearly ones
	places       []int            // in the year, of the yearly ones, in order
	version      string
	calendarDays string // the version of what calendars tell
}

// ErrNeverOpen is what New says of hours that never open.
var ErrNeverOpen = errors.New("these hours never open")

// New makes hours, if the week has windows that some day of the year leaves open, and no two of them overlap.
func New(d Definition) (*Hours, error) {
	h := &Hours{zone: d.Zone, open: map[int][]Window{}, closed: map[int]string{}, yearly: map[int]string{}, shut: merge(d.Shut)}
	for day, windows := range d.Week {
		h.week[day] = ordered(windows)
		h.length[day] = length(windows)
		h.aWeek += h.length[day]
	}
	for date, windows := range d.Open {
		h.open[date.number()] = ordered(windows)
	}
	for _, c := range d.Closed {
		if c.Yearly {
			h.yearly[placeInYear(c.From.Month, c.From.Day)] = c.Reason
			continue
		}
		for day := c.From.number(); day <= c.To.number(); day++ {
			h.closed[day] = c.Reason
		}
	}
	h.findSpecial()
	h.version = digest(h.zone, h.week, h.open, h.closed, h.yearly, h.shut)
	h.calendarDays = calendarDays(d)
	if h.aWeek == 0 || len(h.places) >= 365 {
		return nil, ErrNeverOpen
	}
	return h, h.overlap()
}

// findSpecial lists the days about which the week does not say all. The windows of the day before a time
// that is shut may reach into it.
func (h *Hours) findSpecial() {
	h.special = slices.AppendSeq(slices.Collect(maps.Keys(h.open)), maps.Keys(h.closed))
	for _, s := range h.shut {
		for day := h.dayOf(s.From) - 1; day <= h.dayOf(s.To); day++ {
			h.special = append(h.special, day)
		}
	}
	slices.Sort(h.special)
	h.special = slices.Compact(h.special)
	h.places = slices.Sorted(maps.Keys(h.yearly))
}

// overlap tells of two windows that share time, which would count twice.
func (h *Hours) overlap() error {
	for day := range 7 { // of the week alone: what closes a day may be taken back
		if err := clash(h.week[weekday(day-1)], h.week[weekday(day)], day); err != nil {
			return err
		}
	}
	for _, day := range slices.Sorted(maps.Keys(h.open)) {
		for _, day := range []int{day, day + 1} {
			if err := clash(h.windows(day-1), h.windows(day), day); err != nil {
				return fmt.Errorf("%s: %w", dateOf(day), err)
			}
		}
	}
	return nil
}

func clash(before, windows []Window, day int) error {
	for i, w := range windows {
		if i > 0 && windows[i-1].To > w.From {
			return fmt.Errorf("%s %s and %s overlap", short(day), windows[i-1], w)
		}
	}
	if n := len(before); n > 0 && len(windows) > 0 && before[n-1].To-minutesADay > windows[0].From {
		return fmt.Errorf("%s %s runs into %s %s", short(day-1), before[n-1], short(day), windows[0])
	}
	return nil
}

// windows are those that open on the day, before anything is shut.
func (h *Hours) windows(day int) []Window {
	if windows, ok := h.open[day]; ok {
		return windows
	}
	windows := h.week[weekday(day)]
	if len(windows) == 0 {
		return nil
	}
	if _, closed := h.closing(day); closed {
		return nil
	}
	return windows
}

// closing says why the day is closed, if it is one of those that are closed beside the week.
func (h *Hours) closing(day int) (reason string, ok bool) {
	if _, open := h.open[day]; open {
		return "", false
	}
	if reason, ok = h.closed[day]; ok || len(h.yearly) == 0 {
		return reason, ok
	}
	d := dateOf(day)
	reason, ok = h.yearly[placeInYear(d.Month, d.Day)]
	return reason, ok
}

// Zone is the one that the windows are in; UTC around the clock.
func (h *Hours) Zone() *time.Location {
	if h == nil {
		return time.UTC
	}
	return h.zone
}

// Day is how much working time a day is: it has no such length if open days differ.
func (h *Hours) Day() (d time.Duration, ok bool) {
	if h == nil {
		return minutesADay * time.Minute, true
	}
	all := h.length[:]
	for _, windows := range h.open {
		all = append(slices.Clip(all), length(windows))
	}
	for _, n := range all {
		if n > 0 && d > 0 && n != d {
			return d, false
		}
		d = max(d, n)
	}
	return d, true
}

// Week is how much working time a week is, if nothing is closed beside it.
func (h *Hours) Week() time.Duration {
	if h == nil {
		return 7 * minutesADay * time.Minute
	}
	return h.aWeek
}

// Version is a fingerprint of the hours: what was counted in hours of another version may come out otherwise.
func (h *Hours) Version() string {
	if h == nil {
		return ""
	}
	return h.version
}

// CalendarDays is a fingerprint of what calendars close; "" if nothing. Where it differs from before, due times that
// were counted then may come out otherwise.
func (h *Hours) CalendarDays() string {
	if h == nil {
		return ""
	}
	return h.calendarDays
}

func calendarDays(d Definition) string {
	days := slices.DeleteFunc(slices.Clone(d.Closed), func(c Closing) bool { return !c.FromCalendar })
	if len(days)+len(d.Shut) == 0 {
		return ""
	}
	return digest(days, merge(d.Shut))
}

func digest(parts ...any) string {
	sum := sha256.New()
	for _, part := range parts {
		spans, ok := part.([]Span)
		if !ok {
			fmt.Fprintln(sum, part) // fmt prints maps in the order of their keys
		}
		for _, s := range spans {
			fmt.Fprintln(sum, s.From.Unix(), s.To.Unix())
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
