package message

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// gaps says why circles were empty, and who is reminded instead.
func gaps(r *escalation.Reminder) string {
	var why, unknown, gone []string
	gaveTo, here := 0, false
	for _, g := range r.Gaps {
		gaveTo, here = max(gaveTo, g.GaveTo), here || g.Here
		switch name := mrkdwn.EscapeLine(g.Circle, maxCircle); g.Reason {
		case circle.GapUnknown:
			unknown = withWord(unknown, name)
		case circle.GapGone:
			gone = withWord(gone, name)
		default:
			why = withWord(why, gap(g))
		}
	}
	if len(gone) > 0 {
		why = append(why, "Slack no longer has "+some(gone)+"; please tell whoever runs me.")
	}
	if len(unknown) > 0 {
		why = append(why, "I could not find "+some(unknown)+" in Slack or in the configuration; please tell whoever runs me.")
	}
	switch {
	case len(r.Mention) == 0:
		why = append(why, "So there is nobody I could ping: if you read this, please pass it on.")
	case here:
		why = append(why, "So I ping everybody who is active here.")
	case gaveTo > 0:
		why = append(why, "So I tell tier "+strconv.Itoa(gaveTo)+"'s people instead.")
	}
	return strings.Join(why, " ")
}

// withWord adds a word that is not there yet.
func withWord(words []string, word string) []string {
	if slices.Contains(words, word) {
		return words
	}
	return append(words, word)
}

func gap(g circle.Gap) string {
	switch g.Reason {
	case circle.GapNobody:
		return "Nobody is " + rostered(g.Circle) + " just now."
	case circle.GapNoRoster:
		return "I have no recent shift calendar to tell who is on shift."
	case circle.GapNoAccount:
		return "I know no Slack account of those who are " + rostered(g.Circle) + "; please check engineers in the configuration."
	case circle.GapNoAssignee:
		return "The help desk names no assignee."
	case circle.GapAssigneeOff:
		return "The assignee is not on shift."
	}
	return "The ticket's type names no product that somebody could be embedded with."
}

// some are the first few words, and how many more there are.
func some(words []string) string {
	const shown = 4
	if more := len(words) - shown; more > 1 {
		words = append(words[:shown:shown], strconv.Itoa(more)+" more")
	}
	return mrkdwn.List(words)
}

// rostered is a circle that the roster answers for, after "is".
func rostered(word string) string {
	switch word {
	case circle.NonEmbedded:
		return "on shift and non-embedded"
	case circle.Embedded:
		return "embedded with this product"
	}
	return "on shift"
}
