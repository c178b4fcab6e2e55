package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
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
		if unit := unitOf(strings.ToLower(m[2])); unit != "" {
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
