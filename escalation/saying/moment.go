package saying

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// wholeMoment reads words that ask to wait until a time of day or a day, and for nothing else.
func wholeMoment(words []string, now time.Time) (at time.Time, ok bool) {
	_, ok = led(words, func(w []string) bool {
		until := untils[w[0]]
		if until {
			w = w[1:]
		}
		moment, rest, found := readMoment(w, now, until)
		if !found && len(w) > 1 && (w[0] == "after" || until && near[w[0]]) { // "until after 5pm"
			moment, rest, found = readMoment(w[1:], now, true)
		}
		if !found || !ended(rest) {
			return false
		}
		at = moment
		return true
	})
	return at, ok
}

var (
	untils = set(`until till til at by before`)
	near   = set(`about around approx approximately roughly`)
)

// day is a day that somebody names.
type day struct {
	ahead  int  // of today
	weekly bool // it is called by its weekday: if it has passed, the next of that name is meant
}

// readMoment reads a day, a time of day, or both in either order. A time that has passed today is tomorrow's.
// bare says that a mere number may be an hour.
func readMoment(words []string, now time.Time, bare bool) (at time.Time, rest []string, ok bool) {
	d, rest, hasDay := readDay(words, now)
	if hasDay && len(rest) > 0 && (rest[0] == "at" || setsOff(rest[0])) {
		if _, _, found := readTime(rest[1:], true); found {
			rest = rest[1:]
		}
	}
	t, rest, hasTime := readTime(rest, bare || hasDay)
	if zone := behind(rest); hasTime && len(zone) > 0 && (zone[0] == "utc" || zone[0] == "gmt") {
		if now.Location() != time.UTC {
			return readMoment(words, now.UTC(), bare)
		}
		rest = zone[1:]
	}
	if hasTime && !hasDay {
		if named, after, found := readDay(behind(rest), now); found {
			d, rest, hasDay = named, after, true
		}
	}
	switch {
	case hasTime && !saysMore(rest):
		at, ok = t.on(d, hasDay, now)
	case hasDay && !hasTime && !slices.ContainsFunc(rest, isNumber): // "Friday, March 13" is a date
		at, ok = wholeDay(d, now)
	}
	return at, rest, ok
}

// wholeDay is the morning of a day that is to come.
func wholeDay(d day, now time.Time) (at time.Time, ok bool) {
	if d.weekly && d.ahead == 0 {
		d.ahead = 7
	}
	at = clock{hour: morning}.at(d.ahead, now)
	return at, at.After(now)
}

func (t clock) at(ahead int, now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+ahead, t.hour, t.minute, 0, 0, now.Location())
}

// on is the time of day on that day, or if none is named, when it comes next.
func (t clock) on(d day, named bool, now time.Time) (at time.Time, ok bool) {
	switch {
	case !t.dial:
	case named && t.hour < earliest, !named && !t.at(0, now).After(now) && (clock{hour: t.hour + 12, minute: t.minute}).at(0, now).After(now):
		t.hour += 12 // "tomorrow at 3"; "until 5", said at two
	}
	at = t.at(d.ahead, now)
	switch {
	case at.After(now):
		return at, true
	case named && d.weekly:
		return t.at(d.ahead+7, now), true
	case named, t.today:
		return time.Time{}, false
	}
	return t.at(1, now), true
}

// behind is what follows a mark that sets off what belongs to the words before it.
func behind(words []string) []string {
	if len(words) > 0 && setsOff(words[0]) {
		return words[1:]
	}
	return words
}

func setsOff(word string) bool { return strings.Contains("(,:-–—", word) }

// saysMore says that what is behind a time's mark may change it: a date or a range ("5/3", "15:00-16:00"), another zone
// ("3pm (PST)", "3pm, their time").
func saysMore(rest []string) bool {
	if len(rest) < 2 || !isMark(rest[0]) {
		return false
	}
	words := rest[1:]
	if end := slices.IndexFunc(words, isMark); end >= 0 {
		words = words[:end]
	}
	switch {
	case len(words) == 0 || kind[words[0]]:
		return false
	case isNumber(words[0]):
		return strings.Contains("/.:-–—", rest[0])
	}
	return setsOff(rest[0]) && (len(words) == 1 || words[len(words)-1] == "time")
}

func isNumber(word string) bool { return unicode.IsDigit(rune(word[0])) }

// readDay reads tomorrow, a weekday (the next one of that name), or a date.
func readDay(words []string, now time.Time) (d day, rest []string, ok bool) {
	for _, monday := range [][]string{{"next", "week"}, {"after", "the", "weekend"}, {"over", "the", "weekend"}, {"for", "the", "weekend"}} {
		if rest := skip(words, monday...); rest != nil {
			return day{ahead: (7-int(now.Weekday()))%7 + 1}, rest, true
		}
	}
	for _, later := range [][]string{{"day", "after", "tomorrow"}, {"the", "day", "after", "tomorrow"}} {
		if rest := skip(words, later...); rest != nil {
			return day{ahead: 2}, rest, true
		}
	}
	if len(words) == 0 {
		return day{}, words, false
	}
	first, rest := words[0], words[1:]
	switch first {
	case "next", "on", "this":
		if d, rest, ok = readDay(rest, now); !ok || words[1] == "today" {
			return day{}, words, false
		}
		if first == "next" && d.weekly && d.ahead == 0 {
			d.ahead = 7
		}
		return d, rest, true
	case "today":
		return day{}, rest, true
	case "tomorrow", "tmrw", "tmr", "tmw", "overnight":
		return day{ahead: 1}, rest, true
	}
	for ahead := 0; ahead < 7 && len(first) >= 3; ahead++ {
		name := strings.ToLower(now.AddDate(0, 0, ahead).Weekday().String())
		if first == name || first == name[:3] || first == "tues" && name == "tuesday" || first == "thurs" && name == "thursday" {
			if len(rest) > 1 && rest[0] == "." {
				rest = rest[1:] // "Mon. 9:00"
			}
			return day{ahead: ahead, weekly: true}, rest, true
		}
	}
	if on, err := time.ParseInLocation(time.DateOnly, first, now.Location()); err == nil {
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		return day{ahead: int(on.Sub(midnight).Round(24*time.Hour) / (24 * time.Hour))}, rest, true
	}
	return day{}, words, false
}
