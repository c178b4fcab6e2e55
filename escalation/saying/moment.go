package saying

import (
	"strings"
	"time"
)

// wholeMoment reads words that ask to wait until a time of day or a day, and for nothing else.
func wholeMoment(words []string, now time.Time) (at time.Time, ok bool) {
	_, ok = led(words, func(w []string) bool {
		until := untils[w[0]]
		if until {
			w = w[1:]
		}
		moment, rest, found := readMoment(w, now, until)
		if after := skip(w, "after"); !found && len(after) > 0 { // "until after 5pm"
			w, until = after, true
			moment, rest, found = readMoment(w, now, until)
		}
		if found && len(rest) > 0 && (rest[0] == "utc" || rest[0] == "gmt") {
			moment, rest, found = readMoment(w, now.UTC(), until)
			rest = rest[min(1, len(rest)):]
		}
		if !found || !ended(rest) {
			return false
		}
		at = moment
		return true
	})
	return at, ok
}

var untils = set(`until till til at by before`)

// readMoment reads a day, a time of day, or both in either order. A time that has passed today is tomorrow's.
// bare says that a mere number may be an hour.
func readMoment(words []string, now time.Time, bare bool) (at time.Time, rest []string, ok bool) {
	days, rest, hasDay := readDay(words, now)
	if hasDay && len(rest) > 0 && (rest[0] == "at" || rest[0] == ",") {
		if _, _, found := readTime(rest[1:], true); found {
			rest = rest[1:]
		}
	}
	bare = bare || hasDay
	t, rest, hasTime := readTime(rest, bare)
	if hasTime && !hasDay {
		days, rest, hasDay = readDay(rest, now)
	}
	if !hasDay && !hasTime {
		return time.Time{}, nil, false
	}
	if !hasTime {
		t.hour = morning
	}
	if hasDay && t.dial && t.hour < earliest {
		t.hour += 12 // "tomorrow at 3"
	}
	on := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, t.hour, t.minute, 0, 0, now.Location())
	}
	at = on(days)
	if t.dial && !hasDay && !at.After(now) {
		t.hour += 12 // "until 5", said at two
		if at = on(days); !at.After(now) {
			t.hour -= 12
		}
	}
	switch {
	case at.After(now):
	case hasDay && !hasTime, hasDay && days != 0, hasDay && words[0] == "today", t.today:
		return time.Time{}, nil, false
	default:
		at = on(days + 1)
	}
	return at, rest, true
}

// readDay reads tomorrow, a weekday (the next one of that name), or a date, as how many days ahead it is.
func readDay(words []string, now time.Time) (days int, rest []string, ok bool) {
	for _, monday := range [][]string{{"next", "week"}, {"after", "the", "weekend"}, {"over", "the", "weekend"}, {"the", "weekend"}} {
		if rest := skip(words, monday...); rest != nil {
			return (7-int(now.Weekday()))%7 + 1, rest, true
		}
	}
	for _, later := range [][]string{{"day", "after", "tomorrow"}, {"the", "day", "after", "tomorrow"}} {
		if rest := skip(words, later...); rest != nil {
			return 2, rest, true
		}
	}
	if len(words) > 1 && (words[0] == "next" || words[0] == "on" || words[0] == "this") && words[1] != "today" {
		if days, rest, ok = readDay(words[1:], now); ok {
			return days, rest, ok
		}
	}
	if len(words) == 0 {
		return 0, words, false
	}
	first, rest := words[0], words[1:]
	switch first {
	case "today":
		return 0, rest, true
	case "tomorrow", "tmrw", "tmr", "tmw", "overnight":
		return 1, rest, true
	}
	for ahead := 1; ahead <= 7 && len(first) >= 3; ahead++ {
		name := strings.ToLower(now.AddDate(0, 0, ahead).Weekday().String())
		if first == name || first == name[:3] || first == "tues" && name == "tuesday" || first == "thurs" && name == "thursday" {
			if len(rest) > 1 && rest[0] == "." {
				rest = rest[1:] // "Mon. 9:00"
			}
			return ahead, rest, true
		}
	}
	if day, err := time.ParseInLocation(time.DateOnly, first, now.Location()); err == nil {
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		return int(day.Sub(midnight).Round(24*time.Hour) / (24 * time.Hour)), rest, true
	}
	return 0, words, false
}
