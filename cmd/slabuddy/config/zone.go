package config

import (
	"fmt"
	"strings"
	"time"
)

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
