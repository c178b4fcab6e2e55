package config

import (
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// handover reads where changes of shift are told, and when the week ahead is.
func (r *reader) handover(v value, c *Config) {
	found := r.object(v, "handover",
		field{"channel", r.id(&c.Handover.Channel, "handover.channel", slackid.IsChannel, "Write the channel's id, C… or G…: in Slack, open the channel's details; it stands at the bottom.")},
		field{"outlook", func(v value) {
			s, ok := r.name(v, "handover.outlook")
			if !ok {
				return
			}
			m, err := weekly.Parse(s)
			if err != nil {
				r.fail(v.at, "Write a day and a time, such as 'mon 09:00', in the calendar's time zone.", "handover.outlook cannot be %q", s)
				return
			}
			c.Handover.Outlook = &m
		}},
	)
	_, named := found["channel"]
	if at, ok := found["outlook"]; ok && !named {
		r.fail(at, "Add channel: C…, where it is to be posted.", "handover.outlook has no channel")
	}
}
