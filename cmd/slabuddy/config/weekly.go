package config

import (
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// weekly reads where and when something is posted once a week.
func (r *reader) weekly(v value, what string, into *escalation.Weekly) {
	r.object(v, what,
		field{"channel", r.id(&into.Channel, what+".channel", slackid.IsChannel, "Write the channel's id, C… or G…: in Slack, open the channel's details; it stands at the bottom.")},
		field{"at", func(v value) {
			s, ok := r.name(v, what+".at")
			if !ok {
				return
			}
			at, err := weekly.Parse(s)
			if err != nil {
				r.fail(v.at, "Write a day and a time, such as mon 09:00; it is on the clock of calendar.timezone.", "%s cannot be %q", what+".at", s)
				return
			}
			into.At = at
		}},
	)
}
