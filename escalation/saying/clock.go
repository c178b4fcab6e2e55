package saying

import (
	"strconv"
	"strings"
	"time"
)

const (
	// morning is when a day begins for somebody who names the day alone.
	morning = 9
	// earliest is the first hour that is meant of the morning where a day is named with it: "tomorrow at 3" is three in
	// the afternoon.
	earliest = 6
	// lateMorning is the first hour that is meant of the morning where it is written with its minutes: "until 9:00",
	// said in the afternoon, is the next morning's, and "until 3:30" the afternoon's.
	lateMorning = 8
)

// clock is a time of day.
type clock struct {
	hour, minute int
	dial         bool // it may be of the morning and of the afternoon
	today        bool // and of no other day
	bare         bool // it is none by itself: "good morning"
}

// partsOfTheDay are times of day as they are called.
var partsOfTheDay = map[string]clock{
	"noon": {hour: 12}, "midday": {hour: 12}, "lunch": {hour: 12}, "lunchtime": {hour: 12}, "after lunch": {hour: 13}, "midnight": {},
	"morning": {hour: morning, bare: true}, "afternoon": {hour: 14, bare: true}, "evening": {hour: 18, bare: true}, "night": {hour: 20, bare: true},
	"in the morning": {hour: morning}, "in the afternoon": {hour: 14}, "in the evening": {hour: 18}, "tonight": {hour: 18, today: true}, "this afternoon": {hour: 14, today: true}, "this evening": {hour: 18, today: true}, "this morning": {hour: morning, today: true},
	"eod": {hour: 17, today: true}, "cob": {hour: 17, today: true}, "eob": {hour: 17, today: true}, "end of day": {hour: 17, today: true}, "end of the day": {hour: 17, today: true},
	"end of business": {hour: 17, today: true}, "close of business": {hour: 17, today: true}, "the end of the day": {hour: 17, today: true}, "rest of the day": {hour: 17, today: true}, "the rest of the day": {hour: 17, today: true},
}

// halves say which half of the day an hour is of.
var halves = map[string]int{
	"this morning": 0, "in the morning": 0, "this afternoon": 12, "in the afternoon": 12, "this evening": 12, "in the evening": 12, "tonight": 12, "at night": 12,
}

// readTime reads 15:00, 3pm, 3:30 pm, half past three, quarter to 4, 3 o'clock, noon; and morning, 15, 15.30, 15h and
// three, if bare.
func readTime(words []string, bare bool) (t clock, rest []string, ok bool) {
	if part, rest, ok := longestOf(partsOfTheDay, words); ok {
		return part, rest, bare || !part.bare
	}
	if t, rest, ok = readSpoken(words); !ok {
		if t, rest, ok = readDigits(words, bare); !ok {
			return clock{}, words, false
		}
	}
	if half, after, found := longestOf(halves, rest); found && t.dial {
		t.hour, t.dial, rest = t.hour%12+half, false, after
	}
	return t, rest, true
}

// longestOf finds the longest of named phrases that words begin with.
func longestOf[T any](named map[string]T, words []string) (found T, rest []string, ok bool) {
	for n := min(5, len(words)); n > 0; n-- {
		if found, ok = named[strings.Join(words[:n], " ")]; ok {
			return found, words[n:], true
		}
	}
	return found, words, false
}

// readSpoken reads half past three, a quarter to 4, ten past five; and halb vier, which is half past three.
func readSpoken(words []string) (t clock, rest []string, ok bool) {
	minutes, rest := 0, words
	if after := skip(rest, "a"); after != nil {
		rest = after
	}
	switch {
	case skip(rest, "half", "past") != nil:
		minutes, rest = 30, rest[2:]
	case skip(rest, "half") != nil:
		minutes, rest = 30, rest[1:]
	case skip(rest, "halb") != nil:
		minutes, rest = -30, rest[1:]
	default:
		n, after, found := readNumber(rest)
		if n == 0.25 {
			n = 15
		}
		if behind := skip(after, "minutes"); behind != nil {
			after = behind
		}
		if !found || len(after) == 0 || n != float64(int(n)) || n > 30 {
			return clock{}, words, false
		}
		switch minutes, rest = int(n), after[1:]; after[0] {
		case "past":
		case "to":
			minutes = -minutes
		default:
			return clock{}, words, false
		}
	}
	hour, rest, ok := readHour(rest)
	if !ok || hour > 12 || len(rest) > 0 && unitOf(rest[0]) > 0 {
		return clock{}, words, false
	}
	of := (hour*60 + minutes + 24*60) % (24 * 60)
	return clock{hour: of / 60, minute: of % 60, dial: true}, rest, true
}

// readHour reads an hour of the day: 15, three.
func readHour(words []string) (hour int, rest []string, ok bool) {
	if len(words) == 0 {
		return 0, words, false
	}
	if n, err := strconv.Atoi(words[0]); err == nil {
		return n, words[1:], n < 24
	}
	n := numbers[words[0]]
	return int(n), words[1:], n >= 1 && n <= 12 && n == float64(int(n)) && len(words[0]) > 2 && words[0] != "couple" && words[0] != "few" && words[0] != "another"
}

// readDigits reads a time that begins with the hour.
func readDigits(words []string, bare bool) (t clock, rest []string, ok bool) {
	if len(words) == 0 {
		return t, words, false
	}
	first, minutes, colon := strings.Cut(words[0], ":")
	day := false                                                             // 5.03 is in March, and 5. may be
	if h, m, dot := strings.Cut(words[0], "."); bare && dot && len(m) == 2 { // 15.30
		first, minutes, colon = h, m, true
		day = m > "00" && m <= "12"
	}
	unit := len(words) > 1 && unitOf(words[1]) == time.Hour
	if !colon && isDial(first) && (bare || unit) { // 1500
		first, minutes, colon = first[:2], first[2:], true
	}
	hour, rest, ok := readHour(append([]string{first}, words[1:]...))
	minute, err := 0, error(nil)
	if colon {
		minute, err = strconv.Atoi(minutes)
	}
	if !ok || err != nil || minute > 59 {
		return t, words, false
	}
	half := ""
	if len(rest) > 0 {
		half = strings.ReplaceAll(rest[0], ".", "")
	}
	switch {
	case half == "am" || half == "pm":
		if hour < 1 || hour > 12 {
			return t, words, false
		}
		return clock{hour: hour%12 + map[string]int{"am": 0, "pm": 12}[half], minute: minute}, rest[1:], true
	case half == "uhr", half == "o'clock":
		rest, bare, unit = rest[1:], true, true
	case half != "" && unitOf(half) == time.Hour && (bare || colon):
		rest, unit = rest[1:], true
	}
	if day && !unit || bare && !colon && !unit && skip(rest, ".") != nil {
		return t, words, false
	}
	if bare && !colon && len(rest) > 0 { // 17h30, 3 and a half
		if after := skip(rest, "and", "a", "half"); after != nil {
			minute, rest = 30, after
		} else if m, err := strconv.Atoi(rest[0]); err == nil && len(rest[0]) == 2 && m < 60 && numbers[first] == 0 {
			minute, rest, colon = m, rest[1:], true
		}
	}
	dial := hour > 0 && hour < 12 && !strings.HasPrefix(first, "0") && (!colon || hour < lateMorning)
	return clock{hour: hour, minute: minute, dial: dial}, rest, colon || bare
}
