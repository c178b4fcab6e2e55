package message

import (
	"cmp"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// renderHandover is the card of a change of shift: who goes, who comes, and what waits. It pings nobody: whoever
// comes on shift looks.
func renderHandover(h *escalation.Handover, names whois) *said {
	s := &said{}
	s.paragraph("*Change of shift*, "+mrkdwn.Dated(h.At)+": "+whoChanges(h), waiting(h))
	head := len(s.blocks)
	var lines []string
	for i, row := range h.Open {
		words := handoverRow(row, names, h.At)
		s.texts = append(s.texts, words)
		s.blocks = append(s.blocks, block.SectionWith(buttons.TakeOver(i+1, row.Timeline, row.Ticket.ID), words))
		lines = append(lines, ticketName("Ticket", row.Ticket)+" · "+handoverDeadline(row, h.At))
	}
	tail := len(s.blocks)
	if h.More > 0 {
		s.aside("…and " + mrkdwn.Plural(h.More, "ticket") + " more: `/sla all` lists them.")
	}
	s.shorten(head, tail, lines)
	return s
}

func whoChanges(h *escalation.Handover) string {
	goes, comes := escaped(h.Goes), escaped(h.Comes)
	switch {
	case len(h.On) == 0:
		return goes + verb(len(h.Goes), " goes", " go") + ", and *nobody is on shift now*."
	case goes == "":
		return comes + verb(len(h.Comes), " comes", " come") + "."
	case comes == "":
		return goes + verb(len(h.Goes), " goes", " go") + ". Still on: " + escaped(h.On) + "."
	}
	return goes + verb(len(h.Goes), " goes", " go") + ", " + comes + verb(len(h.Comes), " comes", " come") + "."
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func waiting(h *escalation.Handover) string {
	switch n := len(h.Open) + h.More; n {
	case 0:
		return "No ticket waits for an answer."
	case 1:
		return "*1 ticket* waits for an answer:"
	default:
		return "*" + mrkdwn.Plural(n, "ticket") + "* wait for an answer, the nearest deadline first:"
	}
}

func handoverRow(row escalation.HandoverTicket, names whois, now time.Time) string {
	words := ticketFacts(row.Ticket)
	line := mrkdwn.List(words[:1])
	for _, fact := range words[1:] {
		line += " · " + fact
	}
	line += " · <#" + mrkdwn.Escape(row.Channel) + ">\n" + handoverDeadline(row, now)
	if row.OwnerID != "" {
		line += " · " + whoever("a colleague", escalation.Owner{User: row.OwnerID, Name: row.Owner}, names) + " is on it"
	}
	if !row.Snoozed.IsZero() {
		line += " · snoozed until " + mrkdwn.Moment(row.Snoozed, now)
	}
	return line
}

func handoverDeadline(row escalation.HandoverTicket, now time.Time) string {
	if now.Before(row.Deadline) {
		return "deadline " + mrkdwn.When(row.Deadline, now)
	}
	return "*deadline passed* " + mrkdwn.When(row.Deadline, now)
}

// maxGaps is how many times without anybody an outlook names.
const maxGaps = 20

// renderOutlook is when nobody is on shift in the week ahead.
func renderOutlook(o *escalation.Outlook) *said {
	s := &said{}
	if len(o.Gaps) == 0 {
		s.paragraph("*The week ahead:* somebody is on shift all the time that tickets count.")
	} else {
		lines := []string{"*The week ahead: nobody is on shift for " + mrkdwn.Lasting(lasting(o.Gaps)) + "*, as the calendar is now:"}
		for _, g := range o.Gaps[:min(len(o.Gaps), maxGaps)] {
			lines = append(lines, "• "+mrkdwn.Dated(g.Start)+" until "+mrkdwn.Dated(g.End)+", "+mrkdwn.Lasting(g.End.Sub(g.Start)))
		}
		if more := len(o.Gaps) - maxGaps; more > 0 {
			lines = append(lines, "…and "+mrkdwn.Plural(more, "time")+" more.")
		}
		s.paragraph(lines...)
		s.aside("Reminders of these hours go to the next tier that reaches somebody. `/sla who` tells who is on.")
	}
	if read := o.Until.Sub(o.From); read < 7*24*time.Hour-time.Minute {
		s.aside("The calendar was read until " + mrkdwn.Dated(o.Until) + " only.")
	}
	return s
}

func lasting(gaps []calendar.Interval) (sum time.Duration) {
	for _, g := range gaps {
		sum += g.End.Sub(g.Start)
	}
	return sum
}

// escaped are names as one says them.
func escaped(all []string) string {
	var words []string
	for _, name := range all {
		words = append(words, mrkdwn.EscapeLine(cmp.Or(name, "somebody"), maxShown))
	}
	return mrkdwn.List(words)
}
