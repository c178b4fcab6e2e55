package config

import (
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
)

// weekly reads where and when something is posted once a week.
func (r *reader) weekly(v value, what string, into *escalation.Weekly) {
	found := r.object(v, what,
		field{"channel", r.channelID(&into.Channel, what+".channel")},
		field{"at", r.moment(what+".at", func(m weekly.Moment) { into.At = m })},
	)
	r.hasChannel(found, what, "at")
}

// handover reads where changes of shift are told, and when the week ahead is.
func (r *reader) handover(v value, c *Config) {
	found := r.object(v, "handover",
		field{"channel", r.channelID(&c.Handover.Channel, "handover.channel")},
		field{"outlook", r.moment("handover.outlook", func(m weekly.Moment) { c.Handover.Outlook = &m })},
	)
	r.hasChannel(found, "handover", "outlook")
}

// hasChannel refuses a time for what is posted nowhere.
func (r *reader) hasChannel(found map[string]place, what, key string) {
	_, named := found["channel"]
	if at, ok := found[key]; ok && !named {
		r.fail(at, "Add channel: C…, where it is to be posted.", "%s.%s has no channel", what, key)
	}
}

// moment reads a time of the week.
func (r *reader) moment(name string, set func(weekly.Moment)) func(value) {
	return func(v value) {
		s, ok := r.name(v, name)
		if !ok {
			return
		}
		m, err := weekly.Parse(s)
		if err != nil {
			r.fail(v.at, "Write a day and a time, such as 'mon 09:00', in the calendar's time zone.", "%s cannot be %q", name, s)
			return
		}
		set(m)
	}
}
