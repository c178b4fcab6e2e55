package message

import (
	"cmp"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// assigned tells whoever has a ticket now that they have, and whoever had it that they have not, once. Notes of this
// kind are the ones that ping: those people are not there to read it. Whoever said it is not pinged.
func assigned(n *escalation.Note, now time.Time) string {
	if n.Owner.User == n.User {
		return "You have " + ofTicket(n.Timeline) + " now" + insteadOf(n) + ", thank you! " + fromNowOn(n, now)
	}
	by := cmp.Or(mrkdwn.EscapeLine(n.Name, maxShown), "a colleague")
	return pingOf(*n.Owner) + " *" + by + " handed " + ofTicket(n.Timeline) + " over to you*" +
		insteadOf(n) + ". " + fromNowOn(n, now)
}

func insteadOf(n *escalation.Note) string {
	if n.Previous == nil || n.Previous.User == n.User {
		return ""
	}
	return ", in place of " + pingOf(*n.Previous)
}

// relieved tells whoever had a ticket that somebody else has taken it.
func relieved(n *escalation.Note, _ time.Time) string {
	return pingOf(*n.Previous) + " *" + whoever("a colleague", *n.Owner, nameless) + " has " + ofTicket(n.Timeline) + " now*, in place of you. You are free of it."
}

func pingOf(o escalation.Owner) string {
	return mrkdwn.Ping(circle.Recipient{Kind: circle.ToUser, ID: o.User})
}

// fromNowOn is what it means to have a ticket.
func fromNowOn(n *escalation.Note, now time.Time) string {
	words := "I remind you alone from now on"
	if n.Next != nil {
		words += ", next " + mrkdwn.When(n.Next.At, now)
	}
	switch {
	case n.Deadline.IsZero():
	case n.Deadline.Before(now):
		words += "; the deadline passed " + mrkdwn.When(n.Deadline, now)
	default:
		words += "; the deadline is " + mrkdwn.When(n.Deadline, now)
	}
	return words + "."
}

func handedOver(n *escalation.Note, _ time.Time) string {
	return "Thank you! " + mrkdwn.Capital(whoever("they", *n.Owner, nameless)) + " has " + ofTicket(n.Timeline) + " now, and I told them in its thread. Nothing is put off."
}

func alreadyTheirs(n *escalation.Note, _ time.Time) string {
	if n.Owner.User == n.User {
		return "You have " + ofTicket(n.Timeline) + " already. Nothing has changed."
	}
	return whoever("They", *n.Owner, nameless) + " has " + ofTicket(n.Timeline) + " already. Nothing has changed."
}

// notAssigned says why somebody cannot have a ticket, and what to say instead.
func notAssigned(n *escalation.Note, _ time.Time) string {
	who := "They"
	if n.Owner != nil {
		who = whoever("They", *n.Owner, nameless)
	}
	const nothing = " Nothing has changed."
	switch n.Refused {
	case escalation.RefusedStranger:
		return "Only full members of this workspace can have or hand over a ticket, no guests, no apps and nobody from outside." + nothing
	case escalation.RefusedUnsure:
		return "Sorry, I could not ask Slack just now who that is." + nothing + " Please try again in a minute."
	case escalation.RefusedUnread:
		return "I cannot see that you are in that ticket's channel." + nothing + " Join it, or ask to be invited, and then try again."
	case escalation.RefusedAway:
		return who + " is away, so I would remind nobody." + nothing + others(n)
	case escalation.RefusedOff:
		return who + " is not on shift, and whoever has a ticket is reminded alone." + nothing + others(n)
	}
	if who != "They" {
		return "I know nobody called " + who + "." + nothing + " Mention them: `assign @…`, or say `assign me`."
	}
	return "To whom? Mention them: `assign @…`, or say `assign me`." + nothing
}

// others are those who could have it.
func others(n *escalation.Note) string {
	if len(n.OnShift) == 0 {
		return ""
	}
	const shown = 6
	names := n.OnShift[:min(shown, len(n.OnShift))]
	return " On shift: " + mrkdwn.Escape(mrkdwn.List(names)) + "."
}
