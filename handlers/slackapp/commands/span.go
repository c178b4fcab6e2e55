package commands

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/length"
)

// span is a time that somebody named. To is exclusive.
type span struct{ From, To time.Time }

// Bounds of what may be said.
const (
	longestAway  = 366 * 24 * time.Hour
	longestPause = 24 * time.Hour
	usualPause   = time.Hour
)

var (
	errSpan = errors.New("say for how long: `for 2h`, `today`, `tomorrow`, `until 17:00` or `until 2026-12-01`")
	errPast = errors.New("that time has passed already")
	errLong = errors.New("that is more than a year: say a nearer day, and renew it then")
	errNone = errors.New("that is no time at all")
)

// parseSpan reads "for 2h", "today", "tomorrow", "until 17:00", "until 2026-12-01" or a weekday, with
// nothing said as today. Days and times of day are those of now's zone. "until" a day means until that
// day is over, and until a time of day, when clocks next show it.
func parseSpan(words []string, now time.Time) (span, error) {
	s, err := readSpan(words, now)
	switch {
	case err != nil:
		return span{}, err
	case !s.To.After(now):
		return span{}, errPast
	case s.To.Sub(now) > longestAway:
		return span{}, errLong
	}
	return s, nil
}

func readSpan(words []string, now time.Time) (span, error) {
	if len(words) == 0 {
		return span{now, midnight(now, 1)}, nil
	}
	first, rest := words[0], words[1:]
	switch {
	case first == "today" && len(rest) == 0:
		return span{now, midnight(now, 1)}, nil
	case first == "tomorrow" && len(rest) == 0:
		return span{midnight(now, 1), midnight(now, 2)}, nil
	case first == "until" || first == "till" || first == "to":
		to, err := parseUntil(rest, now)
		return span{now, to}, err
	case first == "for":
		words = rest
	}
	d, err := parseLength(strings.Join(words, " "))
	if err != nil {
		return span{}, err
	}
	return span{now, now.Add(d)}, nil
}

// midnight is when the day begins that comes so many days after now's.
func midnight(now time.Time, days int) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, now.Location())
}

func parseUntil(words []string, now time.Time) (time.Time, error) {
	switch len(words) {
	case 1:
		if hour, minute, ok := clock(words[0]); ok {
			at := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, now.Location())
			if !at.After(now) {
				at = time.Date(now.Year(), now.Month(), now.Day()+1, hour, minute, 0, 0, now.Location())
			}
			return at, nil
		}
		if day, ok := date(words[0], now); ok {
			return midnight(day, 1), nil
		}
	case 2:
		day, isDay := date(words[0], now)
		hour, minute, isTime := clock(words[1])
		if isDay && isTime {
			return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, now.Location()), nil
		}
	}
	return time.Time{}, errSpan
}

// date reads 2026-12-01, today, tomorrow, or a weekday: the next one of that name, today included.
func date(word string, now time.Time) (time.Time, bool) {
	switch word {
	case "today":
		return now, true
	case "tomorrow":
		return midnight(now, 1), true
	}
	if len(word) >= 3 {
		for days := range 7 {
			day := midnight(now, days)
			if strings.HasPrefix(strings.ToLower(day.Weekday().String()), word) {
				return day, true
			}
		}
	}
	day, err := time.ParseInLocation(time.DateOnly, word, now.Location())
	return day, err == nil
}

var clockTime = regexp.MustCompile(`^(\d{1,2})(?::(\d{2}))?(am|pm)?$`)

// clock reads 17:00, 9:30, 5pm or 5:30pm. A bare number is no time.
func clock(word string) (hour, minute int, ok bool) {
	m := clockTime.FindStringSubmatch(word)
	if m == nil || m[2] == "" && m[3] == "" {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(m[1])
	minute, _ = strconv.Atoi(m[2])
	if m[3] != "" {
		if hour < 1 || hour > 12 {
			return 0, 0, false
		}
		hour %= 12
		if m[3] == "pm" {
			hour += 12
		}
	}
	return hour, minute, hour < 24 && minute < 60
}

// parseLength is setup's, for lengths that are more than none.
func parseLength(text string) (time.Duration, error) {
	d, err := length.Parse(text)
	switch {
	case err != nil:
		return 0, errSpan
	case d <= 0:
		return 0, errNone
	}
	return d, nil
}

// endOfShift is when somebody's shift ends that lasts at now, or, where none does, the next one that begins on the
// same day of now's zone; shifts that follow each other without a break are one. False: there is none.
func endOfShift(turns []calendar.Turn, name string, now time.Time) (end time.Time, ok bool) {
	latest := midnight(now, 1)
	for _, t := range turns { // by their start
		switch {
		case t.Name != name || !t.End.After(now):
		case !ok && t.Start.Before(latest):
			end, ok = t.End, true
		case ok && !t.Start.After(end) && t.End.After(end):
			end = t.End
		}
	}
	return end, ok
}
