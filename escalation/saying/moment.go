package saying

import (
	"strconv"
	"strings"
	"time"
)

// morning is when a day begins for somebody who names the day alone.
const morning = 9

// wholeMoment reads words that ask to wait until a time of day or a day, and for nothing else.
func wholeMoment(words []string, now time.Time) (at time.Time, ok bool) {
	_, ok = led(words, func(w []string) bool {
		until := w[0] == "until" || w[0] == "till" || w[0] == "til" || w[0] == "at"
		if until {
			w = w[1:]
		}
		moment, rest, found := readMoment(w, now, until)
		if !found || !ended(rest) {
			return false
		}
		at = moment
		return true
	})
	return at, ok
}

// readMoment reads a day, a time of day, or both in either order. A time that has passed today is tomorrow's.
// bare says that a mere number may be an hour.
func readMoment(words []string, now time.Time, bare bool) (at time.Time, rest []string, ok bool) {
	days, rest, hasDay := readDay(words, now)
	if hasDay && len(rest) > 0 && (rest[0] == "at" || rest[0] == ",") {
		if _, _, _, found := readTime(rest[1:], true); found {
			rest, bare = rest[1:], true
		}
	}
	said := rest
	hour, minute, rest, hasTime := readTime(rest, bare)
	if hasTime && !hasDay {
		days, rest, hasDay = readDay(rest, now)
	}
	if !hasDay && !hasTime {
		return time.Time{}, nil, false
	}
	if !hasTime {
		hour = morning
	}
	on := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, hour, minute, 0, 0, now.Location())
	}
	at = on(days)
	if onTheDial(said, rest, hour) && !hasDay && !at.After(now) {
		hour += 12 // "until 5", said at two
		at = on(days)
	}
	switch {
	case at.After(now):
	case hasDay && !hasTime, hasDay && days != 0, hasDay && words[0] == "today":
		return time.Time{}, nil, false
	default:
		at = on(days + 1)
	}
	return at, rest, true
}

// onTheDial says that an hour was said as a mere number that may be of the morning and of the afternoon.
func onTheDial(said, rest []string, hour int) bool {
	return hour > 0 && hour < 12 && len(said) == len(rest)+1 && said[0] == strconv.Itoa(hour)
}

// readDay reads tomorrow, a weekday (the next one of that name), or a date, as how many days ahead it is.
func readDay(words []string, now time.Time) (days int, rest []string, ok bool) {
	if len(words) > 1 && (words[0] == "next" || words[0] == "on") {
		words = words[1:]
	}
	if len(words) == 0 {
		return 0, words, false
	}
	first, rest := words[0], words[1:]
	switch first {
	case "today":
		return 0, rest, true
	case "tomorrow", "tmrw", "tmr":
		return 1, rest, true
	}
	for ahead := 1; ahead <= 7 && len(first) >= 3; ahead++ {
		name := strings.ToLower(now.AddDate(0, 0, ahead).Weekday().String())
		if first == name || first == name[:3] {
			return ahead, rest, true
		}
	}
	if day, err := time.ParseInLocation(time.DateOnly, first, now.Location()); err == nil {
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		return int(day.Sub(midnight).Round(24*time.Hour) / (24 * time.Hour)), rest, true
	}
	return 0, words, false
}

// readTime reads 15:00, 3pm, 3:30 pm, 15h, noon; and 15 and 15.30, if bare.
func readTime(words []string, bare bool) (hour, minute int, rest []string, ok bool) {
	if len(words) == 0 {
		return 0, 0, words, false
	}
	first, rest := words[0], words[1:]
	switch first {
	case "noon", "midday", "lunch":
		return 12, 0, rest, true
	case "midnight":
		return 0, 0, rest, true
	case "morning":
		return morning, 0, rest, true
	case "afternoon":
		return 14, 0, rest, true
	}
	hours, minutes, colon := strings.Cut(first, ":")
	if h, m, dot := strings.Cut(first, "."); bare && dot && len(m) == 2 { // 15.30
		hours, minutes, colon = h, m, true
	}
	hour, errH := strconv.Atoi(hours)
	if colon {
		minute, _ = strconv.Atoi(minutes)
	}
	if errH != nil || minute > 59 {
		return 0, 0, words, false
	}
	half := ""
	if len(rest) > 0 {
		switch half = strings.ReplaceAll(rest[0], ".", ""); {
		case half == "am" || half == "pm":
			rest = rest[1:]
		case bare && (half == "h" || half == "uhr" || half == "o'clock" || half == "o’clock"):
			rest, half, colon = rest[1:], "", true
		default:
			half = ""
		}
	}
	switch {
	case half != "" && (hour < 1 || hour > 12), half == "" && !colon && !bare, hour > 23:
		return 0, 0, words, false
	case half != "":
		hour %= 12
		if half == "pm" {
			hour += 12
		}
	}
	return hour, minute, rest, true
}
