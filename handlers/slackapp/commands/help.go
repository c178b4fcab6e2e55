package commands

import (
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

func notUnderstood(word string) string {
	return "Sorry, I do not understand “" + mrkdwn.EscapeLine(word, 80) + "”. This is what I can do:"
}

// help says what there is, after a word on why it is said.
func help(why string) *block.Answer {
	a := &block.Answer{}
	a.Say(why)
	return a.Say(
		"• `/sla`: the open tickets of this channel, the next reminder first",
		"• `/sla all`: those of every channel, the nearest deadline first",
		"• `/sla report`: how the team did in the last 7 days; or `/sla report 30d`, of this channel (`here`) or of `all`",
		"• `/sla who`: who is on shift, embedded and away, now and in the next 24 hours",
		"• `/sla hours`: when time counts in this channel; `/sla hours 4711`: how that ticket's time was counted",
		"• `/sla away`: you are away until your shift ends; or `/sla away for 2h`, `tomorrow`, `until 17:00`, `until 2026-12-01`, `off`",
		"• `/sla swap @bob`: Bob takes over until your shift ends; or `for 2h`, `tomorrow`, `until …`, `off`",
		"• `/sla assign 4711 @bob`: Bob has that ticket, and is reminded alone; or `me`",
		"• `/sla pause 2h`: I remind nobody in this channel for so long (more than an hour takes an admin), and `/sla resume` ends that",
		"• `/sla-setup`: how this channel is watched, and `/add-support-engineer`: who is in the team",
		"• `/sla-setup report`: where and when I post the week's report, and `/sla-setup handover`: where I tell changes of shift",
	).Small("In a ticket's thread, mention me to put its reminders off, or say `help` there.")
}
