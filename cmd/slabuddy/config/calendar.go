package config

import (
	"regexp"
	"slices"

	"github.com/slabuddy/slabuddy/calendar"
)

func (r *reader) calendar(v value, c *Calendar) {
	before := len(r.problems)
	found := r.object(v, "calendar",
		field{"id", func(v value) { c.ID, _ = r.name(v, "calendar.id") }},
		field{"embedded", r.titlePattern(&c.Embedded, "calendar.embedded", "product", "name")},
		field{"away", r.furtherPattern(&c.Away, &c.NoAwayWords, "calendar.away")},
		field{"ignore", r.furtherPattern(&c.Ignore, &c.NoIgnoreWords, "calendar.ignore")},
		field{"day_starts", func(v value) { r.dayStarts(v, &c.Matching) }},
		field{"timezone", func(v value) { r.zone(v, "calendar.timezone", &c.Location) }},
		field{"stale_after", r.duration(&c.StaleAfter, "calendar.stale_after")},
	)
	if _, ok := found["id"]; !ok && (len(found) > 0 || len(r.problems) == before) {
		r.fail(v.at, "Add id: … (in Google Calendar: Settings, Integrate calendar, Calendar ID).", "calendar has no id")
	}
}

// googleCalendars are the ids of the calendars that Google is asked for, so that its credentials are needed.
func (c *Config) googleCalendars() []string {
	ids := c.ClosedCalendars()
	if c.Calendar.IsConfigured() {
		ids = append(ids, c.Calendar.ID)
	}
	return ids
}

// titlePattern sets re to a pattern over event titles; an empty one switches it off. groups are the
// named groups that mean something in it.
func (r *reader) titlePattern(re **regexp.Regexp, name string, groups ...string) func(value) {
	return func(v value) {
		got, ok := r.pattern(v, name)
		if !ok {
			return
		}
		if got.String() == "" {
			*re = nil
			return
		}
		if got.MatchString("") {
			r.fail(v.at, "Look for an empty alternative, as in 'birthday|'. To switch it off, write ''.", "%s matches every title", name)
			return
		}
		for _, g := range got.SubexpNames() {
			if g != "" && !slices.Contains(groups, g) {
				fix := "No named group is used here: write (?:…)."
				if len(groups) > 0 {
					fix = didYouMean(g, groups, "Named groups here")
				}
				r.fail(v.at, fix, "%s has a group named %q, which means nothing", name, g)
				return
			}
		}
		*re = got
	}
}

// furtherPattern is a titlePattern beside words that are known; an empty one switches those off.
func (r *reader) furtherPattern(re **regexp.Regexp, noWords *bool, name string) func(value) {
	set := r.titlePattern(re, name)
	return func(v value) {
		before := len(r.problems)
		set(v)
		*noWords = *re == nil && len(r.problems) == before
	}
}

func (r *reader) dayStarts(v value, matching *calendar.Matching) {
	s, ok := r.name(v, "calendar.day_starts")
	if !ok {
		return
	}
	t, err := calendar.ParseTimeOfDay(s)
	if err != nil {
		r.fail(v.at, "Write a time of day as HH:MM, such as '02:00'.", "calendar.day_starts is a time of day, not %q", s)
		return
	}
	matching.DayStarts = t
}
