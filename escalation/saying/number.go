package saying

import (
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/length"
)

// readNumber reads a number as people write it: 2, 1.5, 1,5, 1½, 1 1/2, a, two, twenty five, half an, a couple of,
// two and a half.
func readNumber(words []string) (n float64, rest []string, ok bool) {
	for _, phrase := range phrases {
		if rest := skip(words, phrase.words...); rest != nil {
			return phrase.n, rest, true
		}
	}
	if n, rest, ok = readFraction(words); ok {
		return n, rest, true
	}
	if n, rest, ok = readWhole(words); !ok {
		return 0, nil, false
	}
	if part, more, ok := readFraction(rest); ok {
		return n + part, more, true
	}
	if len(rest) > 1 && rest[0] == "and" {
		if part, more, ok := readFraction(rest[1:]); ok && len(more) > 0 && unitOf(more[0]) > 0 {
			return n + part, more, true
		}
	}
	if more := skip(rest, "and", "a", "half"); len(more) > 0 && unitOf(more[0]) > 0 {
		return n + 0.5, more, true
	}
	return n, rest, true
}

// readWhole reads a number of one word, or of two that make one: twenty five.
func readWhole(words []string) (n float64, rest []string, ok bool) {
	if len(words) == 0 {
		return 0, nil, false
	}
	first, rest := words[0], words[1:]
	if n, ok = numbers[first]; !ok {
		n, err := strconv.ParseFloat(strings.Replace(first, ",", ".", 1), 64)
		return n, rest, err == nil
	}
	if n >= 20 && len(rest) > 0 {
		if ones := numbers[rest[0]]; ones >= 1 && ones < 10 && rest[0] != "a" && rest[0] != "an" {
			return n + ones, rest[1:], true
		}
	}
	return n, rest, true
}

// readFraction reads ½ and 1/2.
func readFraction(words []string) (n float64, rest []string, ok bool) {
	if len(words) == 0 {
		return 0, nil, false
	}
	if n, ok := fractions[words[0]]; ok {
		return n, words[1:], true
	}
	for written, n := range fractions {
		if over := strings.Split(written, "/"); len(over) == 2 {
			if rest := skip(words, over[0], "/", over[1]); rest != nil {
				return n, rest, true
			}
		}
	}
	return 0, nil, false
}

type phrase struct {
	words []string
	n     float64
}

// phrases are numbers of several words, the longest first.
var phrases = []phrase{
	{[]string{"three", "quarters", "of", "an"}, 0.75}, {[]string{"a", "quarter", "of", "an"}, 0.25}, {[]string{"quarter", "of", "an"}, 0.25},
	{[]string{"a", "couple", "of"}, 2}, {[]string{"couple", "of"}, 2}, {[]string{"a", "couple"}, 2}, {[]string{"a", "few"}, 3},
	{[]string{"a", "hundred"}, 100}, {[]string{"one", "hundred"}, 100},
	{[]string{"half", "an"}, 0.5}, {[]string{"half", "a"}, 0.5}, {[]string{"a", "half"}, 0.5}, {[]string{"a", "quarter"}, 0.25},
}

var (
	numbers = map[string]float64{
		"a": 1, "an": 1, "another": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
		"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fortyfive": 45, "fifty": 50, "sixty": 60, "ninety": 90,
		"half": 0.5, "quarter": 0.25, "couple": 2, "few": 3,
	}
	fractions = map[string]float64{"½": 0.5, "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
)

func unitOf(word string) time.Duration {
	word = strings.TrimSuffix(strings.TrimRight(word, "'"), "'s") // in two hours' time, in an hour's time
	d, _ := length.Unit(word)
	return d
}
