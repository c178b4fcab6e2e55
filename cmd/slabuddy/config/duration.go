package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/length"
)

const day = 24 * time.Hour

// maxDays keeps days within what a time.Duration holds (292 years).
const maxDays = 100_000

// ParseDuration reads a duration as Go writes them, with days before the rest: 90s, 10m, 30d, 1d12h.
// Its error says what would be right.
func ParseDuration(s string) (time.Duration, error) { return parseDuration(s, day) }

// parseDuration is ParseDuration where a day is as long as given.
func parseDuration(s string, day time.Duration) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, durationError(s)
		}
		return d, nil
	}
	n, err := strconv.Atoi(days)
	if err != nil || n > maxDays || n < -maxDays {
		return 0, durationError(s)
	}
	d := time.Duration(n) * day
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 || n < 0 {
		return 0, durationError(s)
	}
	return d + more, nil
}

var spelledOut = regexp.MustCompile(`^(\d+)\s*([A-Za-z]+)$`)

func durationError(s string) error {
	if _, err := strconv.Atoi(s); err == nil {
		return fmt.Errorf("add a unit: %ss, %sm, %sh or %sd", s, s, s, s)
	}
	if m := spelledOut.FindStringSubmatch(s); m != nil {
		switch unit := unitOf(strings.ToLower(m[2])); m[1] + unit {
		case m[1]:
		case s:
			return fmt.Errorf("write less: so long a time cannot be counted")
		default:
			return fmt.Errorf("write %s%s", m[1], unit)
		}
	}
	return fmt.Errorf("write a duration such as 90s, 10m, 12h or 30d")
}

func unitOf(word string) string {
	switch word {
	case "s", "sec", "secs", "second", "seconds":
		return "s"
	case "m", "min", "mins", "minute", "minutes":
		return "m"
	case "h", "hr", "hrs", "hour", "hours":
		return "h"
	case "d", "day", "days":
		return "d"
	}
	return ""
}

// FormatDuration writes a duration the way people write it in the file: 30d, 12h, 10m.
func FormatDuration(d time.Duration) string {
	if d != 0 && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return FormatWorkTime(d)
}

// workTime is how a policy's durations are read: a day is so much working time as its hours have in one.
type workTime struct {
	name   string // of the hours; "": around the clock
	hours  *hours.Hours
	inDays *bool // some duration is said in days
}

// format writes a length of it. Around the clock a day is 24 hours.
func (w workTime) format(d time.Duration) string {
	if w.hours == nil {
		return FormatDuration(d)
	}
	return FormatWorkTime(d)
}

// workTime sets d to a length of working time greater than zero.
func (r *reader) workTime(d *time.Duration, name string, in workTime) func(value) {
	return func(v value) {
		before := len(r.problems)
		r.duration(d, name)(v)
		s, _ := scalarText(v.node)
		if len(r.problems) > before || !strings.Contains(s, "d") {
			return
		}
		*in.inDays = true
		got, err := ParseWorkTime(strings.TrimSpace(s), in.hours)
		if err != nil {
			r.fail(v.at, sentence(err), "%s cannot be %q: the open days of hours.%s are not equally long", name, s, in.name)
			return
		}
		*d = got
	}
}

// ParseWorkTime is ParseDuration for working time: a day is as long as the open days of the hours are. Where
// they differ it has no length, and the error says how many hours to write.
func ParseWorkTime(s string, h *hours.Hours) (time.Duration, error) {
	day, even := h.Day()
	d, err := parseDuration(s, day)
	if err == nil && !even && strings.Contains(s, "d") {
		err = fmt.Errorf("write hours: %s if a day is to be %s", FormatWorkTime(d), FormatWorkTime(day))
	}
	return d, err
}

// sameDays refuses hours for a policy whose days are longer or shorter in hours of its own.
func (r *reader) sameDays(at place, c *Config, name, policy string) {
	own, inDays := r.inDays[policy]
	if !inDays {
		return
	}
	mine, even := c.Hours[name].Day()
	if day, _ := own.Day(); !even || mine != day {
		r.fail(at, fmt.Sprintf("Write the times of policies.%s in hours.", policy),
			"policies.%s counts in days of %s, and those of hours.%s are not as long", policy, FormatWorkTime(day), name)
	}
}

// FormatWorkTime writes working time, of which a day has no fixed length: 40h, 1h30m.
func FormatWorkTime(d time.Duration) string { return length.FormatWork(d) }
