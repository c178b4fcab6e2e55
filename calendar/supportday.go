package calendar

import (
	"fmt"
	"time"
)

// TimeOfDay is a wall-clock time: so many whole minutes after midnight. The zero value is midnight.
type TimeOfDay time.Duration

// ParseTimeOfDay reads a time from 00:00 to 23:59.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time of day; write it as '02:00'", s)
	}
	return TimeOfDay(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), nil
}

func (t TimeOfDay) String() string {
	hour, minute := t.clock()
	return fmt.Sprintf("%02d:%02d", hour, minute)
}

func (t TimeOfDay) clock() (hour, minute int) {
	minutes := int(time.Duration(t) / time.Minute)
	return minutes / 60, minutes % 60
}

// On is the first instant of the date at which clocks in loc show t or later. Where they jump over
// t that is the jump; where they show t twice, the first time. time.Date promises neither.
func (t TimeOfDay) On(year int, month time.Month, day int, loc *time.Location) time.Time {
	hour, minute := t.clock()
	at := time.Date(year, month, day, hour, minute, 0, 0, loc)
	want := time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	zoneStart, zoneEnd := at.ZoneBounds()
	switch shown := wall(at); {
	case shown.Before(want):
		return zoneEnd
	case shown.After(want):
		return zoneStart
	}
	if zoneStart.IsZero() {
		return at
	}
	_, offset := at.Zone()
	_, before := zoneStart.Add(-time.Nanosecond).Zone()
	first := at.Add(time.Duration(offset-before) * time.Second)
	if first.Before(zoneStart) && wall(first).Equal(want) {
		return first
	}
	return at
}

// wall is what clocks show at t, as if it were UTC.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// SupportDay returns the support day that t falls in, its end exclusive. It is counted in calendar
// dates, so that it lasts 23 or 25 hours when clocks change.
func (m Matching) SupportDay(t time.Time) (start, end time.Time) {
	loc := m.Location
	if loc == nil {
		loc = time.UTC
	}
	year, month, day := t.In(loc).Date()
	starts := func(days int) time.Time { return m.DayStarts.On(year, month, day+days, loc) }
	switch {
	case starts(0).After(t):
		return starts(-1), starts(0)
	case !starts(1).After(t): // the clocks were put back over midnight since the day started
		return starts(1), starts(2)
	default:
		return starts(0), starts(1)
	}
}

// supportDays returns the support days that the event overlaps, as one interval. An event of no
// length lies in the day it starts in.
func (m Matching) supportDays(e Event) (from, to time.Time) {
	last := e.End.Add(-time.Nanosecond)
	if last.Before(e.Start) {
		last = e.Start
	}
	from, _ = m.SupportDay(e.Start)
	_, to = m.SupportDay(last)
	return from, to
}
