// Package overview says in a few lines where tickets and people stand: for commands and for the home
// tab, which tell the same in different places. Nothing in it pings.
package overview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

const maxShown = 80 // of a ticket's field, in a list

// hidden takes the place of a subject that its reader may not see. No ticket's is this one: they are printable.
const hidden = "\x00"

// Ticket says where an open timeline stands, in two or three lines. With where, it says the channel
// too; thread is the address of its thread, if that is known.
func Ticket(t escalation.Timeline, where bool, thread string, f escalation.Facts) string {
	lines := []string{headline(t, where, thread, f.Now), strings.Join(ahead(t, f), " · ")}
	if more := meanwhile(t, f.Now); len(more) > 0 {
		lines = append(lines, strings.Join(more, " · "))
	}
	return strings.Join(lines, "\n")
}

func headline(t escalation.Timeline, where bool, thread string, now time.Time) string {
	facts := []string{"*" + mrkdwn.Hyperlink(t.Ticket.Link, "Ticket "+mrkdwn.EscapeLine(t.Ticket.ID, maxShown)) + "*"}
	for _, field := range []string{t.Ticket.Subject, t.Ticket.Customer} {
		switch field {
		case "":
		case hidden:
			facts = append(facts, "in a channel that you do not read")
		default:
			facts = append(facts, mrkdwn.Quote(field, maxShown))
		}
	}
	if t.Ticket.Priority != "" {
		facts = append(facts, "priority "+mrkdwn.EscapeLine(t.Ticket.Priority, maxShown))
	}
	if where {
		facts = append(facts, Channel(t.Channel))
	}
	facts = append(facts, "has waited "+mrkdwn.Lasting(now.Sub(t.PostedAt)))
	if thread != "" && t.Ticket.Subject != hidden {
		facts = append(facts, mrkdwn.Hyperlink(thread, "thread"))
	}
	return strings.Join(facts, " · ")
}

// Veiled are the first n of ts as somebody may read them: of a channel that they may not read they see no more
// than that something waits. mayRead is asked about their channels all at once.
func Veiled(ts []escalation.Timeline, n int, mayRead func(channels []string) map[string]bool) []escalation.Timeline {
	ts = slices.Clone(ts)
	var channels []string
	for _, t := range ts[:min(n, len(ts))] {
		channels = append(channels, t.Channel)
	}
	may := mayRead(channels)
	for i := range ts {
		if t := &ts[i]; !may[t.Channel] {
			t.Ticket = escalation.Ticket{ID: t.Ticket.ID, Priority: t.Ticket.Priority, Subject: hidden}
		}
	}
	return ts
}

// Channel is a channel's name, linked. Whoever may not see it reads that it is private.
func Channel(id string) string { return "<#" + mrkdwn.Escape(id) + ">" }

// ahead is what comes: who is told next, and the deadline.
func ahead(t escalation.Timeline, f escalation.Facts) []string {
	return []string{next(t, f), Deadline(t, f.Now)}
}

func next(t escalation.Timeline, f escalation.Facts) string {
	_, status := escalation.Respond(t, escalation.Mention{}, escalation.Request{Kind: escalation.RequestStatus}, f)
	switch {
	case status.Owed > 0:
		return fmt.Sprintf("tier %d's reminder is on its way", status.Owed)
	case status.Next == nil:
		return "everybody has been reminded"
	}
	return "next: " + mrkdwn.People(status.Next) + " " + mrkdwn.When(status.Next.At, f.Now)
}

// Deadline says how much time is left, or that none is.
func Deadline(t escalation.Timeline, now time.Time) string {
	left := t.FirstReply().Deadline.Sub(now)
	if left > 0 {
		return "*" + mrkdwn.Lasting(left) + "* left until the deadline " + mrkdwn.When(t.FirstReply().Deadline, now)
	}
	return ":warning: *the deadline passed* " + mrkdwn.When(t.FirstReply().Deadline, now)
}

// meanwhile is what people have done about it.
func meanwhile(t escalation.Timeline, now time.Time) []string {
	var said []string
	if t.Owner.User != "" && !t.Owner.Ended(now) {
		said = append(said, mrkdwn.EscapeLine(ownerName(t.Owner), maxShown)+" is on it")
	}
	if t.SnoozedUntil.After(now) {
		said = append(said, "snoozed until "+mrkdwn.Moment(t.SnoozedUntil, now))
	}
	if t.PausedUntil.After(now) {
		said = append(said, "paused until "+mrkdwn.Moment(t.PausedUntil, now))
	}
	return said
}

func ownerName(o escalation.Owner) string {
	if o.Name != "" {
		return o.Name
	}
	return "somebody"
}

// Tickets are the first most of ts, and how many more there are. all says that ts holds every one there
// is, and links where their threads are.
func Tickets(ts []escalation.Timeline, most int, all, where bool, links map[escalation.Thread]string, f func(escalation.Timeline) escalation.Facts) []string {
	var lines []string
	for i, t := range ts {
		if i == most {
			more := fmt.Sprintf("…and %d more.", len(ts)-most)
			if !all {
				more = fmt.Sprintf("…and more than %d more.", len(ts)-most)
			}
			return append(lines, more)
		}
		lines = append(lines, Ticket(t, where, links[t.ThreadNow()], f(t)))
	}
	return lines
}
