// Package length reads and writes lengths of time as people type them in a configuration or a form: "10m", "1h30m",
// "2 hours", "1d". Package saying understands what they say in a thread.
package length

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

const (
	day = 24 * time.Hour
	// most is far beyond any limit there is, and what a longer one is read as.
	most = 100_000 * day
)

var (
	spelled  = regexp.MustCompile(`^(?:\d+ ?[a-z]+[ ,]*)+$`)
	numbered = regexp.MustCompile(`(\d+) ?([a-z]+)`)
)

var errUnread = errors.New("write a time such as 10m, 2h or 1d")

// Parse reads a length of time as people type it: "10m", "1h30m", "2 hours", "1d". Its error says
// what would be right.
func Parse(text string) (time.Duration, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if !spelled.MatchString(text) {
		if _, err := strconv.Atoi(text); err == nil {
			return 0, errors.New("add a unit: " + text + "m or " + text + "h")
		}
		return 0, errUnread
	}
	d, ok := read(text)
	if !ok || d == most {
		return 0, errUnread
	}
	return d, nil
}

// ParseWork is Parse for time in hours: a day is as long as an open day of theirs. Where those differ it has no
// length, and the error says how many hours to write (rule 18).
func ParseWork(text string, h *hours.Hours) (time.Duration, error) {
	d, err := Parse(text)
	if err != nil || h == nil {
		return d, err
	}
	oneDay, even := h.Day()
	inDays := false
	d = 0
	for _, part := range numbered.FindAllStringSubmatch(strings.ToLower(text), -1) {
		n, _ := strconv.Atoi(part[1]) // it was read before
		unit := units[part[2]]
		switch unit {
		case day:
			unit, inDays = oneDay, true
		case 7 * day:
			unit = h.Week()
		}
		d = min(d+time.Duration(n)*unit, most)
	}
	if inDays && !even {
		return 0, errors.New("write hours, as the days are not equally long: " + FormatWork(d) + " if a day is to be " + FormatWork(oneDay))
	}
	return d, nil
}

// read adds up numbers with their units, most at most. ok is false where one is no unit.
func read(words string) (d time.Duration, ok bool) {
	for _, part := range numbered.FindAllStringSubmatch(words, -1) {
		unit, known := units[part[2]]
		if !known {
			return 0, false
		}
		n, err := strconv.Atoi(part[1])
		if err != nil || n > 100_000 {
			return most, true
		}
		d = min(d+time.Duration(n)*unit, most)
	}
	return d, true
}

// Unit is how long a unit is, by one of its names in small letters.
func Unit(name string) (d time.Duration, known bool) {
	d, known = units[name]
	return d, known
}

var units = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": day, "day": day, "days": day, "w": 7 * day, "week": 7 * day, "weeks": 7 * day,
}

// Format writes a length so that Parse reads it: "1d12h", "1h30m", "10m".
func Format(d time.Duration) string {
	var b strings.Builder
	if days := d / day; days > 0 {
		b.WriteString(strconv.Itoa(int(days)) + "d")
		d -= days * day
	}
	if d > 0 || b.Len() == 0 {
		b.WriteString(FormatWork(d))
	}
	return b.String()
}

// FormatWork is Format for working time, in which a day is not 24 hours: "40h", "1h30m".
func FormatWork(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
