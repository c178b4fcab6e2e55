package saying

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// longest is far beyond any snooze there is, and what a longer one is read as.
	longest = 10_000 * 24 * time.Hour
	// shortest is the least that somebody means: "one sec" is a manner of speaking.
	shortest = 10 * time.Second
)

// further are the words that belong to the length before them: "2h more", "2h snooze".
var further = set("more longer extra max tops snooze wait")

func lengthEnded(rest []string) bool {
	if len(rest) > 0 && further[rest[0]] {
		rest = rest[1:]
	}
	return ended(rest)
}

// wholeLength reads words that ask for a length and for nothing else.
func wholeLength(words []string) (d time.Duration, ok bool) {
	rest, ok := led(words, func(w []string) bool {
		length, after, found := readLength(w)
		if !found || !lengthEnded(after) {
			return false
		}
		d = length
		return true
	})
	return d, ok && len(rest) > 0 && d >= shortest
}

// readLength reads a length that words begin with: numbers with their units, added up.
func readLength(words []string) (d time.Duration, rest []string, ok bool) {
	rest = words
	for {
		part, unit, after, found := readPart(rest)
		if !found {
			break
		}
		d, rest, ok = min(d+part, longest), after, true
		if unit == time.Hour && len(rest) > 0 && isMinutes(rest) {
			n, _ := strconv.Atoi(rest[0])
			return min(d+time.Duration(n)*time.Minute, longest), rest[1:], true
		}
		if more := skip(rest, "and", "a", "half"); more != nil {
			d, rest = min(d+unit/2, longest), more
		}
		rest = between(rest)
	}
	return d, rest, ok
}

// isMinutes recognizes what is written after hours without a unit: 1h30, 1h 30.
func isMinutes(rest []string) bool {
	n, err := strconv.Atoi(rest[0])
	if err != nil || n >= 60 {
		return false
	}
	return lengthEnded(rest[1:])
}

// between skips what is between the parts of a length, if another part follows.
func between(words []string) []string {
	if len(words) > 1 && (words[0] == "," || words[0] == "and") {
		if _, _, _, found := readPart(words[1:]); found {
			return words[1:]
		}
	}
	return words
}

// readPart reads one number with its unit.
func readPart(words []string) (d, unit time.Duration, rest []string, ok bool) {
	if len(words) == 0 {
		return 0, 0, nil, false
	}
	for _, hour := range []string{"next", "the", "this"} { // "for the next hour", "within the hour"
		if rest := skip(words, hour, "hour"); rest != nil {
			return time.Hour, time.Hour, rest, true
		}
	}
	if rest := skip(words, "hour", "and", "a", "half"); rest != nil {
		return 90 * time.Minute, time.Hour, rest, true
	}
	if hours, minutes, found := strings.Cut(words[0], ":"); found && len(words) > 1 && unitOf(words[1]) == time.Hour {
		h, errH := strconv.Atoi(hours)
		m, errM := strconv.Atoi(minutes)
		return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, time.Hour, words[2:], errH == nil && errM == nil && m < 60
	}
	n, rest, ok := readNumber(words)
	if !ok || len(rest) == 0 {
		return 0, 0, nil, false
	}
	if more := skip(rest, "more"); len(more) > 0 {
		rest = more // "2 more hours"
	}
	if upTo := inRange(n, rest); upTo != nil {
		rest = upTo // "2-3h" is two: who is reminded early can snooze again
	}
	if unit = unitOf(rest[0]); unit == 0 || unit == time.Hour && isDial(words[0]) {
		return 0, 0, nil, false
	}
	rest = rest[1:]
	if len(rest) > 1 && rest[0] == "." { // "1 Std. 30 Min."
		if _, after, more := readNumber(rest[1:]); more && len(after) > 0 && unitOf(after[0]) > 0 {
			rest = rest[1:]
		}
	}
	if n > float64(longest/unit) {
		return longest, unit, rest, true
	}
	return time.Duration(n * float64(unit)).Round(time.Second), unit, rest, true
}

// inRange skips the greater number of a range, if a unit follows; nil: it is none.
func inRange(from float64, rest []string) []string {
	if len(rest) < 3 || !isDash(rest[0]) && rest[0] != "to" && rest[0] != "or" {
		return nil
	}
	if to, after, ok := readNumber(rest[1:]); ok && to > from && len(after) > 0 && unitOf(after[0]) > 0 {
		return after
	}
	return nil
}

func isDash(word string) bool { return word == "-" || word == "–" || word == "—" }

// isDial recognizes a time of day of four digits: 1500h.
func isDial(word string) bool {
	n, err := strconv.Atoi(word)
	return err == nil && len(word) == 4 && n/100 < 24 && n%100 < 60
}

// skip is what follows these words; nil if others are there.
func skip(words []string, these ...string) []string {
	if len(words) < len(these) || !slices.Equal(words[:len(these)], these) {
		return nil
	}
	if words = words[len(these):]; words == nil {
		return []string{}
	}
	return words
}
