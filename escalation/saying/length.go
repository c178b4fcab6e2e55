package saying

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/length"
)

// longest is far beyond any snooze there is, and what a longer one is read as.
const longest = 10_000 * 24 * time.Hour

// wholeLength reads words that ask for a length and for nothing else.
func wholeLength(words []string) (d time.Duration, ok bool) {
	rest, ok := led(words, func(w []string) bool {
		length, after, found := readLength(w)
		if !found || !ended(after) {
			return false
		}
		d = length
		return true
	})
	return d, ok && len(rest) > 0 && d > 0
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
	return len(rest) == 1 || ended(rest[1:])
}

// between skips what stands between the parts of a length, if another part follows.
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
	if hours, minutes, found := strings.Cut(words[0], ":"); found && len(words) > 1 && unitOf(words[1]) == time.Hour {
		h, errH := strconv.Atoi(hours)
		m, errM := strconv.Atoi(minutes)
		return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, time.Hour, words[2:], errH == nil && errM == nil && m < 60
	}
	n, rest, ok := readNumber(words)
	if more := skip(rest, "more"); ok && len(more) > 0 {
		rest = more // "2 more hours"
	}
	if !ok || len(rest) == 0 {
		return 0, 0, nil, false
	}
	if unit = unitOf(rest[0]); unit == 0 {
		return 0, 0, nil, false
	}
	rest = rest[1:]
	if len(rest) > 1 && rest[0] == "." && n > 0 { // "30 min. please"
		rest = rest[1:]
	}
	if n > float64(longest/unit) {
		return longest, unit, rest, true
	}
	return time.Duration(n * float64(unit)).Round(time.Second), unit, rest, true
}

// readNumber reads a number as people write it: 2, 1.5, 1,5, 1½, a, two, half an, a couple of, two and a half.
func readNumber(words []string) (n float64, rest []string, ok bool) {
	for _, phrase := range phrases {
		if rest := skip(words, phrase.words...); rest != nil {
			return phrase.n, rest, true
		}
	}
	first, rest := words[0], words[1:]
	if n, ok = numbers[first]; !ok {
		var err error
		if n, err = strconv.ParseFloat(strings.Replace(first, ",", ".", 1), 64); err != nil {
			return 0, nil, false
		}
		if len(rest) > 0 && fractions[rest[0]] > 0 {
			return n + fractions[rest[0]], rest[1:], true
		}
	}
	if more := skip(rest, "and", "a", "half"); len(more) > 0 && unitOf(more[0]) > 0 {
		return n + 0.5, more, true
	}
	return n, rest, true
}

// skip is what follows these words; nil if others stand there.
func skip(words []string, these ...string) []string {
	if len(words) < len(these) || !slices.Equal(words[:len(these)], these) {
		return nil
	}
	if words = words[len(these):]; words == nil {
		return []string{}
	}
	return words
}

type phrase struct {
	words []string
	n     float64
}

// phrases are numbers of several words, the longest first.
var phrases = []phrase{
	{[]string{"three", "quarters", "of", "an"}, 0.75}, {[]string{"a", "quarter", "of", "an"}, 0.25}, {[]string{"quarter", "of", "an"}, 0.25},
	{[]string{"a", "couple", "of"}, 2}, {[]string{"couple", "of"}, 2}, {[]string{"a", "couple"}, 2}, {[]string{"a", "few"}, 3},
	{[]string{"half", "an"}, 0.5}, {[]string{"half", "a"}, 0.5}, {[]string{"a", "half"}, 0.5}, {[]string{"a", "quarter"}, 0.25},
	{[]string{"forty", "-", "five"}, 45}, {[]string{"forty", "five"}, 45},
}

var (
	numbers = map[string]float64{
		"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
		"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fortyfive": 45, "fifty": 50, "sixty": 60, "ninety": 90,
		"half": 0.5, "quarter": 0.25, "½": 0.5, "¼": 0.25, "¾": 0.75,
	}
	fractions = map[string]float64{"½": 0.5, "¼": 0.25, "¾": 0.75}
)

// elsewhere are units as they are called by teams that do not write English.
var elsewhere = map[string]time.Duration{
	"std": time.Hour, "stunde": time.Hour, "stunden": time.Hour, "minuten": time.Minute, "tag": 24 * time.Hour, "tage": 24 * time.Hour,
	"heure": time.Hour, "heures": time.Hour, "jour": 24 * time.Hour, "jours": 24 * time.Hour,
	"hora": time.Hour, "horas": time.Hour, "minuto": time.Minute, "minutos": time.Minute, "día": 24 * time.Hour, "días": 24 * time.Hour, "dia": 24 * time.Hour, "dias": 24 * time.Hour,
}

func unitOf(word string) time.Duration {
	if d, ok := length.Unit(word); ok {
		return d
	}
	return elsewhere[word]
}
