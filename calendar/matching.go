package calendar

import (
	"regexp"
	"time"
)

// Matching says what the events of a calendar mean. Regexps are matched against titles, and say more than
// package title understands by itself; a nil one matches nothing. It is not changed once it is
// in use.
type Matching struct {
	Embedded *regexp.Regexp // its named groups product and name, if it has them, say where those are
	Away     *regexp.Regexp
	Ignore   *regexp.Regexp

	NoAwayWords   bool // the usual words for absence mean nothing
	NoIgnoreWords bool // those for birthdays do not

	DayStarts  TimeOfDay      // a support day runs from here to the same time of the next date
	Location   *time.Location // of DayStarts; nil: UTC
	StaleAfter time.Duration  // for how long a reading is used when the calendar does not answer

	Engineers []Engineer
	Products  map[string][]string // product to the words (ticket types) that mean it
}

// DefaultMatching is that of a configuration that names only a calendar.
func DefaultMatching() Matching {
	return Matching{
		Embedded:   regexp.MustCompile(`(?i)embedded`),
		DayStarts:  TimeOfDay(2 * time.Hour),
		Location:   time.UTC,
		StaleAfter: 12 * time.Hour,
	}
}

func matches(re *regexp.Regexp, s string) bool { return re != nil && re.MatchString(s) }

// group returns what the named group of re matched in s, and whether it matched anything.
func group(re *regexp.Regexp, name, s string) (string, bool) {
	if re == nil {
		return "", false
	}
	i := re.SubexpIndex(name)
	if i < 0 {
		return "", false
	}
	m := re.FindStringSubmatch(s)
	if m == nil || m[i] == "" {
		return "", false
	}
	return m[i], true
}
