// Package weekly knows times of the week, such as `mon 09:00`, at which something is posted once a week.
package weekly

import (
	"fmt"
	"strings"
	"time"
)

// Moment is a time of the week, on whatever clock it is read by.
type Moment struct {
	Day          time.Weekday
	Hour, Minute int
}

// Parse reads `mon 09:00`.
func Parse(s string) (Moment, error) {
	day, clock, _ := strings.Cut(strings.ToLower(strings.TrimSpace(s)), " ")
	at, err := time.Parse("15:04", strings.TrimSpace(clock))
	if err == nil {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if name := strings.ToLower(d.String()); day == name || day == name[:3] {
				return Moment{d, at.Hour(), at.Minute()}, nil
			}
		}
	}
	return Moment{}, fmt.Errorf("%q is no time of the week: write a day and a time, such as mon 09:00", s)
}

// String is what Parse reads.
func (m Moment) String() string {
	return fmt.Sprintf("%s %02d:%02d", strings.ToLower(m.Day.String()[:3]), m.Hour, m.Minute)
}

// MarshalText implements encoding.TextMarshaler.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *Moment) UnmarshalText(text []byte) (err error) {
	*m, err = Parse(string(text))
	return err
}

// Last is when the moment last came, at now or before, on the clock of a zone. A time that the clock skips comes
// later, by as much as the clock skips.
func (m Moment) Last(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	back := (int(local.Weekday()) - int(m.Day) + 7) % 7
	at := m.on(local, -back)
	if at.After(now) {
		at = m.on(local, -back-7)
	}
	return at
}

// Next is when it comes next, after now.
func (m Moment) Next(now time.Time, zone *time.Location) time.Time {
	return m.on(m.Last(now, zone), 7)
}

// Due says when the moment last came, if that was no longer ago than within.
func (m Moment) Due(now time.Time, zone *time.Location, within time.Duration) (at time.Time, due bool) {
	at = m.Last(now, zone)
	return at, now.Sub(at) <= within
}

func (m Moment) on(day time.Time, later int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+later, m.Hour, m.Minute, 0, 0, day.Location())
}
