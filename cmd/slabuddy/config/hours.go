package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Hours are working hours as they are configured. What the calendars close comes on top.
type Hours struct {
	hours.Definition
	Calendars []string // ids of Google calendars of closed days
}

// ClosedCalendars are the ids of all calendars of closed days, in order.
func (c *Config) ClosedCalendars() []string {
	var ids []string
	for _, h := range c.WorkingHours {
		ids = append(ids, h.Calendars...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// hours reads the working hours by name.
func (r *reader) hours(v value, c *Config) {
	c.WorkingHours, c.Hours = map[string]Hours{}, map[string]*hours.Hours{}
	for _, e := range r.entries(v, "hours") {
		switch e.key {
		case "":
			r.fail(e.at, "Give them a name.", "some hours have no name")
		case policy.AroundTheClock:
			r.fail(e.at, "Give them another name.", "hours.%s is built in: it is around the clock", e.key)
		default:
			before := len(r.problems)
			written, made := r.hoursOf(e)
			c.WorkingHours[e.key], c.Hours[e.key] = written, made
			if len(r.problems) > before {
				c.Hours[e.key] = nil // so that policies may name what is wrong elsewhere
			}
		}
	}
}

func (r *reader) hoursOf(e entry) (Hours, *hours.Hours) {
	where := "hours." + e.key
	h := Hours{Definition: hours.Definition{Open: map[hours.Date][]hours.Window{}}}
	before := len(r.problems)
	opens := map[hours.Date]place{}
	found := r.object(e.value, where,
		field{"timezone", func(v value) { r.zone(v, where+".timezone", &h.Zone) }},
		field{"week", func(v value) { r.week(v, where+".week", &h.Week) }},
		field{"closed", func(v value) { r.closed(v, where+".closed", &h) }},
		field{"open", func(v value) { r.openDays(v, where+".open", h.Open, opens) }},
	)
	if _, ok := found["timezone"]; !ok && len(r.problems) == before {
		r.fail(e.at, "Add timezone: Europe/Berlin, or wherever the hours are.", "%s has no timezone", where)
	}
	week, ok := found["week"]
	if !ok && len(r.problems) == before {
		r.fail(e.at, "Add week: {mon-fri: '09:00-17:00'}.", "%s has no week", where)
	}
	if len(r.problems) > before {
		return h, nil
	}
	return h, r.made(h.Definition, where, week, opens)
}

// made makes the hours: of the week first, and then with each open day, so that what is wrong has a place.
func (r *reader) made(d hours.Definition, where string, week place, opens map[hours.Date]place) *hours.Hours {
	dates := slices.SortedFunc(maps.Keys(d.Open), func(a, b hours.Date) int { return strings.Compare(a.String(), b.String()) })
	all, at := d.Open, week
	d.Open = map[hours.Date][]hours.Window{}
	made, err := hours.New(d)
	for _, date := range dates {
		if err != nil {
			break
		}
		d.Open[date], at = all[date], opens[date]
		made, err = hours.New(d)
	}
	switch {
	case errors.Is(err, hours.ErrNeverOpen):
		r.fail(at, "Add a day with windows to week, such as {mon-fri: '09:00-17:00'}, or take days out of closed.", "%s: these hours never open", where)
	case err != nil:
		r.fail(at, "End the one before the other begins, or make them one window.", "%s: %v", where, err)
	}
	return made
}

func (r *reader) week(v value, where string, week *[7][]hours.Window) {
	if text, ok := scalarText(v.node); ok && text == policy.AroundTheClock {
		for day := range week {
			week[day] = []hours.Window{{To: 24 * 60}}
		}
		return
	}
	named := map[time.Weekday]string{}
	for _, e := range r.entries(v, where) {
		days, err := hours.ParseDays(e.key)
		switch {
		case err != nil && strings.ContainsAny(e.key, "0123456789"): // what is behind a comma, without quotes
			r.fail(e.at, "Put a day's windows in quotes: '09:00-12:00, 13:00-17:30'.", "%q is no day of the week", e.key)
			continue
		case err != nil:
			r.fail(e.at, write(err), "%q is no day of the week", e.key)
			continue
		}
		windows, ok := r.windows(e.value, where+"."+e.key)
		for _, day := range days {
			if other, twice := named[day]; twice {
				r.fail(e.at, "Name each day once.", "%s has %s twice: under %s, and under %s", where, day, other, e.key)
			} else if named[day] = e.key; ok {
				week[day] = windows
			}
		}
	}
}

func (r *reader) windows(v value, where string) ([]hours.Window, bool) {
	s, ok := r.name(v, where)
	if !ok {
		return nil, false
	}
	windows, err := hours.ParseWindows(s)
	if err != nil {
		r.fail(v.at, write(err), "%s cannot be %q", where, s)
	}
	return windows, err == nil
}

// closed are dates, ranges of dates, and calendars, which have an @.
func (r *reader) closed(v value, where string, h *Hours) {
	for _, item := range r.list(v, where) {
		s, ok := r.name(item, "a day in "+where)
		if !ok {
			continue
		}
		if strings.Contains(s, "@") {
			if slices.Contains(h.Calendars, s) {
				r.fail(item.at, "Keep one of them.", "%s has the calendar %s twice", where, s)
			}
			h.Calendars = append(h.Calendars, s)
			continue
		}
		days, err := hours.ParseClosed(s)
		if err != nil {
			r.fail(item.at, write(err), "%s cannot be %q", where, s)
		}
		h.Closed = append(h.Closed, days...)
	}
}

func (r *reader) openDays(v value, where string, open map[hours.Date][]hours.Window, opens map[hours.Date]place) {
	for _, e := range r.entries(v, where) {
		date, err := hours.ParseDate(e.key)
		if err != nil {
			r.fail(e.at, write(err), "%s has no day %q", where, e.key)
			continue
		}
		if windows, ok := r.windows(e.value, where+"."+e.key); ok {
			open[date], opens[date] = windows, e.value.at
		}
	}
}

// write makes advice of an error that says what would be right.
func write(err error) string { return fmt.Sprintf("Write %s.", err) }

// hoursName reads the name of hours. "" is around the clock.
func (r *reader) hoursName(v value, where string, c *Config) string {
	s, ok := r.name(v, where)
	if _, known := c.Hours[s]; ok && !known && s != policy.AroundTheClock {
		names := append(slices.Sorted(maps.Keys(c.Hours)), policy.AroundTheClock)
		r.fail(v.at, didYouMean(s, names, "Hours here"), "there are no hours %q", s)
		return ""
	}
	return s
}
