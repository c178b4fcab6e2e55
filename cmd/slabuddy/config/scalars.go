package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// text reads a plain value; a number is taken as it is written.
func (r *reader) text(v value, name string) (string, bool) {
	if v.node == nil {
		r.fail(v.at, "Write it, or leave it out.", "%s is empty", name)
		return "", false
	}
	s, ok := scalarText(v.node)
	if !ok {
		r.fail(v.at, "Write a single value.", "%s is one value, not %s", name, kindOf(v.node))
		return "", false
	}
	return s, true
}

// name is text without the space around it, and not empty.
func (r *reader) name(v value, name string) (string, bool) {
	s, ok := r.text(v, name)
	s = strings.TrimSpace(s)
	if ok && s == "" {
		r.fail(v.at, "Write it, or leave it out.", "%s is empty", name)
		return "", false
	}
	return s, ok
}

// names are the texts of a list.
func (r *reader) names(v value, name string) []string {
	var ss []string
	for _, item := range r.list(v, name) {
		if s, ok := r.name(item, "a name in "+name); ok {
			ss = append(ss, s)
		}
	}
	return ss
}

// duration sets d to a length of time greater than zero.
func (r *reader) duration(d *time.Duration, name string) func(value) {
	return func(v value) {
		s, ok := r.name(v, name)
		if !ok {
			return
		}
		got, err := ParseDuration(s)
		switch {
		case err != nil:
			r.fail(v.at, sentence(err), "%s is a duration, not %q", name, s)
		case got <= 0:
			r.fail(v.at, "Write a duration such as 90s, 10m, 12h or 30d.", "%s must be longer than nothing, not %s", name, s)
		default:
			*d = got
		}
	}
}

// number sets n to a whole number within bounds.
func (r *reader) number(n *int, name string, least, most int) func(value) {
	return func(v value) {
		s, ok := r.name(v, name)
		if !ok {
			return
		}
		got, err := strconv.Atoi(s)
		if err != nil || got < least || got > most {
			r.fail(v.at, fmt.Sprintf("Write a whole number from %d to %d.", least, most), "%s cannot be %q", name, s)
			return
		}
		*n = got
	}
}

// pattern reads a regular expression.
func (r *reader) pattern(v value, name string) (*regexp.Regexp, bool) {
	s, ok := r.text(v, name)
	if !ok {
		return nil, false
	}
	re, err := regexp.Compile(s)
	if err != nil {
		r.fail(v.at, "Patterns are Go regular expressions: https://pkg.go.dev/regexp/syntax.",
			"%s is not a pattern: %s", name, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil, false
	}
	return re, true
}

// sentence makes one of an error's text.
func sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// zone sets loc to a time zone.
func (r *reader) zone(v value, name string, loc **time.Location) {
	s, ok := r.name(v, name)
	if !ok {
		return
	}
	got, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		fix := "Write an IANA name such as Europe/Berlin, America/New_York or UTC."
		if at, found := zoneByCity(s); found {
			fix = fmt.Sprintf("Did you mean %q?", at)
		}
		r.fail(v.at, fix, "there is no time zone %q", s)
		return
	}
	*loc = got
}

// zoneByCity finds the zone of a city named without its continent, the commonest slip.
func zoneByCity(city string) (string, bool) {
	city = strings.ReplaceAll(city, " ", "_")
	for _, area := range []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic"} {
		if loc, err := time.LoadLocation(area + "/" + city); err == nil {
			return loc.String(), true
		}
	}
	return "", false
}
