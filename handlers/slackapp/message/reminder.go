package message

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// renderReminder says what a reminder has to (rule 9), in the order of what its reader needs: whom it pings and
// how much time is left, the ticket, what to do, who is next; the rest in small print.
func renderReminder(r *escalation.Reminder, names whois) *said {
	s := &said{title: title(r.Ticket)}
	s.opening(r)
	s.paragraph(broken(r), moved(r), alone(r), unreached(r), unasked(r), next(named(r, names))+lastWords(r, names))
	s.aside(smallPrint(r, deskSaid(r), names))
	return s
}

// title is what a notification begins with.
func title(t escalation.Ticket) string {
	subject := mrkdwn.Quote(t.Subject, maxShown)
	if subject == "" {
		subject = "Ticket " + mrkdwn.EscapeLine(t.ID, maxShown)
	}
	if customer := mrkdwn.Quote(t.Customer, maxShown); customer != "" {
		subject += " · " + customer
	}
	return subject
}

// opening is whom a reminder pings, how much time is left, and of which ticket.
func (s *said) opening(r *escalation.Reminder) {
	lines := pings(r.Mention)
	left := timeLeft(r)
	if n := len(lines); n > 0 {
		lines[n-1] += " " + left
	} else {
		lines = []string{left}
	}
	s.paragraph(slices.Concat(lines, []string{ticketLine(r)}, ownText(r.Message))...)
}

// timeLeft is how much time is left of the promise, working and real where they differ, and what else is due.
func timeLeft(r *escalation.Reminder) string {
	left := r.Deadline.Sub(r.DecidedAt)
	var words, until string
	switch {
	case r.Breached && -left < time.Minute:
		words = "*The deadline is now*"
	case r.Breached:
		words = "*The deadline passed " + mrkdwn.Lasting(-left) + " ago*"
	case r.Left > 0 && differ(r.Left, left):
		words = "*" + mrkdwn.Lasting(r.Left) + " of working time left*"
		until = ", until " + mrkdwn.Moment(r.Deadline, r.DecidedAt)
	default:
		words = "*" + mrkdwn.Lasting(left) + " left*"
	}
	if r.Clock.Full() != policy.FirstReply {
		words += " for the " + r.Clock.Words()
	}
	words += until
	for _, other := range r.Also {
		words += "; the " + other.Clock.Words() + " is due, too, " + mrkdwn.When(other.Deadline, r.DecidedAt)
	}
	return words
}

// differ says that two lengths are not the same in words.
func differ(a, b time.Duration) bool { return mrkdwn.Lasting(a) != mrkdwn.Lasting(b) }

// ticketLine is the ticket in one line.
func ticketLine(r *escalation.Reminder) string {
	waiting := "waiting " + mrkdwn.Lasting(r.Waited())
	if r.Repeat {
		waiting = "still " + waiting
	}
	if r.Used > 0 && differ(r.Used, r.Waited()) {
		waiting += ", " + mrkdwn.Lasting(r.Used) + " of working time"
	}
	return strings.Join(slices.Concat(ticketFacts(r.Ticket), []string{mrkdwn.EscapeLine(r.Policy, maxShown), waiting}), " · ")
}

// ticketFacts are the ticket's subject, linked if it can be, its customer and its priority.
func ticketFacts(t escalation.Ticket) []string {
	facts := []string{ticketName("Ticket", t)}
	if t.Subject != "" {
		facts[0] = mrkdwn.Hyperlink(t.Link, mrkdwn.Quote(t.Subject, maxShown))
	}
	if t.Customer != "" {
		facts = append(facts, mrkdwn.Quote(t.Customer, maxShown))
	}
	if t.Priority != "" {
		facts = append(facts, "priority "+mrkdwn.EscapeLine(t.Priority, maxShown))
	}
	return facts
}

// aboutTicket is what is known of the ticket beside its id, as a quotation.
func aboutTicket(t escalation.Ticket) string {
	if t.Subject == "" && t.Customer == "" && t.Priority == "" {
		return ""
	}
	plain := t
	plain.Link = ""
	facts := ticketFacts(plain)
	if t.Subject == "" {
		facts = facts[1:]
	}
	return "> " + strings.Join(facts, " · ")
}

// broken says why there is a reminder though no tier came due (rule 21).
func broken(r *escalation.Reminder) string {
	if !r.AtDeadline {
		return ""
	}
	return "*The promise is broken:* nobody has answered, and the reminders were put off beyond the deadline."
}

// moved says why a reminder is posted in the channel and not in a thread.
func moved(r *escalation.Reminder) string {
	if !r.Moved {
		return ""
	}
	return "The ticket's message here was deleted, so this thread takes its place: mention me in it, or use the buttons."
}

// alone says why a tier pings the owner and not its circle.
func alone(r *escalation.Reminder) string {
	if !r.Owner {
		return ""
	}
	return "You are on it, so I tell nobody else for now."
}

// pings pings the recipients, on as many lines as it takes.
func pings(rs []circle.Recipient) []string {
	const perLine = 50
	var lines []string
	for some := range slices.Chunk(rs, perLine) {
		var line []string
		for _, r := range some {
			line = append(line, mrkdwn.Ping(r))
		}
		lines = append(lines, strings.Join(line, " "))
	}
	return lines
}

// ownText is a tier's own message, line by line, with the formatting that its author wrote. The ticket's words in it are
// plain already. It pings nobody.
func ownText(message string) []string {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	for i, line := range lines {
		lines[i] = mrkdwn.EscapeFormatted(line, maxSection)
	}
	return lines
}

// ticketName is the word with the ticket's id, linked if it can be.
func ticketName(word string, t escalation.Ticket) string {
	return mrkdwn.Hyperlink(t.Link, word+" "+mrkdwn.EscapeLine(t.ID, maxShown))
}

// unreached says whom a reminder could not reach, if it reaches nobody.
func unreached(r *escalation.Reminder) string {
	if len(r.Mention) > 0 {
		return ""
	}
	return gaps(r)
}

// unasked says that the help desk could not be asked, and what people can do in its place.
func unasked(r *escalation.Reminder) string {
	switch r.Desk {
	case desk.Unchecked:
		return deskSaid(r)
	case desk.None:
		return "There is no help desk for me to ask: once the customer has an answer, mention me with `done`."
	}
	return ""
}

// deskSaid is what the help desk said, and when.
func deskSaid(r *escalation.Reminder) string {
	at := mrkdwn.When(r.DeskAt, r.DecidedAt)
	switch r.Desk {
	case desk.Unanswered, desk.Answered:
		return "The help desk said " + at + " that nobody has replied."
	case desk.None:
		return "There is no help desk for me to ask."
	}
	return "The help desk told me nothing " + at + ", so I could not check for a reply. Please look first."
}

// named adds the names of people whom the next tier names by their ids.
func named(r *escalation.Reminder, names whois) *escalation.Reminder {
	if r.Next == nil {
		return r
	}
	shown, coming := *r, *r.Next
	coming.Names = slices.Clone(coming.Names)
	for _, word := range coming.Notify {
		if !mrkdwn.IsID(word) {
			continue
		}
		if name := names(word); name != "" && !slices.Contains(coming.Names, name) {
			coming.Names = append(coming.Names, name)
		}
	}
	shown.Next = &coming
	return &shown
}

// next is who is next, and when.
func next(r *escalation.Reminder) string {
	if r.Next == nil {
		return "This is the last tier."
	}
	return "Next: " + mrkdwn.People(r.Next) + " " + mrkdwn.When(r.Next.At, r.DecidedAt) + "."
}

// lastWords say who is on the ticket, and who put it off, in a reminder after which nobody comes.
func lastWords(r *escalation.Reminder, names whois) string {
	if r.Next != nil && !r.Repeat && !r.AtDeadline {
		return ""
	}
	var words string
	if r.OnIt.User != "" && !r.Owner {
		words += " " + whoever("A colleague", r.OnIt, names) + " is on it."
	}
	if r.SnoozedBy != "" {
		words += " " + cmp.Or(mrkdwn.EscapeLine(names(r.SnoozedBy), maxShown), "A colleague") + " snoozed it."
	}
	return words
}

// smallPrint is what few people need: which tier of which clock, what the help desk said, who was mentioned so far.
func smallPrint(r *escalation.Reminder, answer string, names whois) string {
	var parts []string
	if r.Ticket.Subject != "" {
		parts = append(parts, "Ticket "+mrkdwn.EscapeLine(r.Ticket.ID, maxShown))
	}
	parts = append(parts, standing(r))
	if r.Late > 0 {
		parts = append(parts, "Sorry, I am "+mrkdwn.Lasting(r.Late)+" late: this was due "+mrkdwn.When(r.Due, r.DecidedAt)+".")
	}
	if len(r.Mention) > 0 {
		parts = append(parts, gaps(r))
	}
	if r.Desk == desk.Unanswered {
		parts = append(parts, answer)
	}
	if told := quietly(r.Told, names); told != "" {
		parts = append(parts, "Told so far: "+told+".")
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// standing is which tier of which clock it is, and which lower tiers it covers.
func standing(r *escalation.Reminder) string {
	if r.AtDeadline {
		return ""
	}
	s := "Tier " + strconv.Itoa(r.TierNumber()) + " of " + strconv.Itoa(r.Tiers)
	if r.Clock.Full() != policy.FirstReply {
		s += " of the " + r.Clock.Words()
	}
	var covered []string
	for _, c := range r.Covers {
		if n := c - (r.Tier - r.TierNumber()); n >= 1 && n < r.TierNumber() {
			covered = append(covered, strconv.Itoa(n))
		}
	}
	switch {
	case len(covered) == 1:
		return s + ", and tier " + covered[0] + " with it"
	case len(covered) > 1:
		return s + ", and tiers " + mrkdwn.List(covered) + " with it"
	case r.Repeat:
		return s + ", once more"
	}
	return s
}
