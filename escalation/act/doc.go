// Package act does what people ask for in Slack: with the buttons of a reminder, with commands, on the home
// tab.
//
//	button ──▶ Actions ─▶ Snooze, Own, Assign, CheckAgain ═══▶ change, note to who clicked
//	           Actions.Why: the reminder as it was decided
//	command ─▶ Pauses ──▶ Pause, for each open timeline of the channel
//	home tab ▶ Waiting: the timelines that concern somebody
//	calendar of closed days ─▶ Days ═══▶ the open timelines that count in these hours, laid again
package act
