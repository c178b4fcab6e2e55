package slackapp

import (
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// renderNote answers somebody who mentioned the bot. Notes ping nobody.
func renderNote(n *escalation.Note, now time.Time) *said {
	s := &said{}
	switch n.Kind {
	case escalation.NoteSnoozed:
		s.paragraph(snoozed(n, now))
	case escalation.NoteNothing:
		s.paragraph("There is nothing left to snooze: every tier of " + ofTicket(n.Timeline) + " has had its reminder.")
	case escalation.NoteClosed:
		s.paragraph(closed(n.Timeline, now) + " There is nothing to snooze.")
	case escalation.NoteDone:
		s.paragraph("Thank you! I have closed " + ofTicket(n.Timeline) + " and will not remind anybody of it again.")
	case escalation.NoteStatus:
		s.paragraph(status(n, now)...)
	case escalation.NoteHelp:
		s.paragraph(help(n)...)
	default:
		s.paragraph(untracked(n))
	}
	return s
}

func snoozed(n *escalation.Note, now time.Time) string {
	text := fmt.Sprintf("Snoozed for %s", lasting(n.For))
	if n.Capped {
		text += ", which is the most I can do"
	}
	if n.Next == nil {
		return fmt.Sprintf("%s. I am quiet until then, %s. The deadline stays as it is.", text, when(n.Until, now))
	}
	return fmt.Sprintf("%s. Next: %s %s, unless somebody replies first. The deadline stays as it is.", text, people(n.Next), when(n.Next.At, now))
}

func ofTicket(t *escalation.Timeline) string {
	if t == nil {
		return "this ticket"
	}
	return ticketName("ticket", t.Ticket)
}

// closed says how a timeline ended.
func closed(t *escalation.Timeline, now time.Time) string {
	if t == nil {
		return "This ticket is closed."
	}
	switch t.State {
	case escalation.Answered:
		return fmt.Sprintf("Somebody replied %s, so I stopped following %s.", when(t.AnsweredAt, now), ofTicket(t))
	case escalation.Withdrawn:
		return fmt.Sprintf("The help desk closed %s without a reply (%s), so I stopped following it %s.", ofTicket(t), escapeLine(t.Cause, maxShown), when(t.ClosedAt, now))
	}
	return fmt.Sprintf("I stopped following %s %s, because nobody replied for so long.", ofTicket(t), when(t.ClosedAt, now))
}

// status says where a timeline stands, a line a tier.
func status(n *escalation.Note, now time.Time) []string {
	t := n.Timeline
	if t == nil {
		return []string{"I have nothing to tell about this ticket."}
	}
	if t.State != escalation.Open {
		return []string{closed(t, now)}
	}
	lines := []string{
		fmt.Sprintf("The customer of %s has waited *%s*.", ofTicket(t), lasting(now.Sub(t.PostedAt))),
		aboutTicket(t.Ticket),
	}
	for i, tier := range t.Tiers {
		lines = append(lines, fmt.Sprintf("• Tier %d of %d: %s", i+1, len(t.Tiers), tierState(tier, now)))
	}
	return append(lines, deskState(t, now), nextState(n, now), deadlineState(t, now))
}

func tierState(t escalation.DueTier, now time.Time) string {
	switch t.State {
	case escalation.TierPosted:
		return "reminded " + when(t.PostedAt, now)
	case escalation.TierOwed:
		return "its reminder is on its way"
	case escalation.TierSuperseded:
		return "went along with a later one"
	case escalation.TierFailed:
		return "its reminder could not be posted"
	}
	return "due " + when(t.Due, now)
}

func deskState(t *escalation.Timeline, now time.Time) string {
	switch t.Desk.Status {
	case escalation.DeskUnanswered:
		return fmt.Sprintf("The help desk said %s that nobody has replied.", when(t.Desk.At, now))
	case escalation.DeskNone:
		return "There is no help desk for me to ask."
	}
	return "The help desk has told me of no reply so far."
}

func nextState(n *escalation.Note, now time.Time) string {
	if n.Next == nil {
		return "Everybody has been reminded; nothing more is due."
	}
	return fmt.Sprintf("Next: %s %s.", people(n.Next), when(n.Next.At, now))
}

func deadlineState(t *escalation.Timeline, now time.Time) string {
	at := when(t.Deadline, now)
	if left := t.Deadline.Sub(now); left > 0 {
		return fmt.Sprintf("The deadline is %s, in %s.", at, lasting(left))
	}
	return fmt.Sprintf("*The deadline passed* %s.", at)
}

func help(n *escalation.Note) []string {
	lines := []string{
		"I remind the team of tickets that wait for an answer. In a ticket's thread, mention me with",
		fmt.Sprintf("• nothing, or any words: I wait %s longer", lasting(n.Snooze)),
		fmt.Sprintf("• `45m` or `2h`: I wait so long, %s at most", lasting(n.MaxSnooze)),
		"• `status`: I tell where the ticket stands",
	}
	if n.CanDone {
		return append(lines, "• `done`: the customer has an answer, and I stop")
	}
	return append(lines, "When somebody replies in the help desk, I notice and stop by myself.")
}

func untracked(n *escalation.Note) string {
	return fmt.Sprintf("Hello! I look after tickets that wait for an answer, and this is not the thread of one that I follow. "+
		"In such a thread, mention me to put its reminders off by %s, or say `help` there.", lasting(n.Snooze))
}
