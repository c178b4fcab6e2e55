package message

import (
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// paused tells a channel that nobody is reminded in it for a while, and by whom.
func paused(n *escalation.Note, now time.Time) string {
	return fmt.Sprintf("%s paused me here until %s: I remind nobody until then. Tickets and their deadlines go on; `/sla resume` wakes me earlier.",
		whoAsked(n), mrkdwn.Moment(n.Until, now))
}

func resumed(n *escalation.Note, _ time.Time) string {
	return whoAsked(n) + " woke me up: I remind the team in this channel again, of what came due meanwhile too."
}

func whoAsked(n *escalation.Note) string {
	if n.Name == "" {
		return "Somebody"
	}
	return mrkdwn.EscapeLine(n.Name, maxShown)
}
