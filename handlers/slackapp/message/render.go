package message

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// said is a message ready to be posted: blocks for people who see it, and the same as text for
// notifications, screen readers and search.
type said struct {
	texts  []string
	blocks []slack.Block
}

func (s *said) text() string { return strings.Join(s.texts, "\n") }

// Slack's limit on a section is 3000 characters, and on a message 50 blocks. These leave room.
const (
	maxSection = 2900
	maxAside   = 1900
	maxShown   = 300 // of a ticket's field
	maxCircle  = 80  // of a word that names recipients
)

var errEmptyPost = errors.New("the post holds nothing that could be said")

// render makes of a post what is said. The thanks that a note begins with depend on the job alone, so
// that all its attempts say the same.
func render(jobID string, p escalation.Post, now time.Time) (*said, error) {
	switch {
	case p.Reminder != nil:
		s := renderReminder(p.Reminder)
		if p.Timeline != "" {
			s.blocks = append(s.blocks, buttons.Row(buttons.Ref{Timeline: p.Timeline, Tier: p.Reminder.Tier, Round: p.Round}, p.Reminder, buttons.Stands{Pending: p.Reminder.Next != nil}))
		}
		return s, nil
	case p.Note != nil:
		s, err := renderNote(p.Note, now)
		if err == nil && p.Note.Kind == escalation.NoteSnoozed {
			if p.Note.BeyondDeadline {
				s.paragraph(thanks(jobID)) // the deadline goes first
			} else {
				s = s.after(thanks(jobID))
			}
			if p.Timeline != "" {
				s.blocks = append(s.blocks, buttons.Undo(p.Timeline))
			}
		}
		return s, err
	case p.Fault != nil:
		return renderFault(p.Fault), nil
	}
	return nil, errEmptyPost
}

// paragraph adds a section, or as many as its lines need.
func (s *said) paragraph(lines ...string) {
	var section strings.Builder
	for _, line := range lines {
		if line == "" {
			continue
		}
		line = mrkdwn.CutMarkup(line, maxSection) // Slack refuses the whole message over one line too long
		if section.Len() > 0 {
			if section.Len()+1+len(line) > maxSection {
				s.section(section.String())
				section.Reset()
			} else {
				section.WriteByte('\n')
			}
		}
		section.WriteString(line)
	}
	if section.Len() > 0 {
		s.section(section.String())
	}
}

func (s *said) section(text string) {
	s.texts = append(s.texts, text)
	s.blocks = append(s.blocks, block.Section(text))
}

// aside adds a line in small print.
func (s *said) aside(text string) {
	text = mrkdwn.CutMarkup(text, maxAside)
	s.texts = append(s.texts, text)
	s.blocks = append(s.blocks, block.Small(text))
}

func renderReminder(r *escalation.Reminder) *said {
	s := &said{}
	s.opening(r)
	s.paragraph(
		alone(r),
		late(r),
		gaps(r),
		standing(r)+" "+desk(r),
		next(r)+" "+deadline(r),
	)
	s.aside(howToSnooze(r.Snooze, r.Next != nil))
	return s
}

// opening is whom a reminder pings, and of what.
func (s *said) opening(r *escalation.Reminder) {
	s.paragraph(slices.Concat(pings(r.Mention), []string{headline(r), aboutTicket(r.Ticket)}, ownText(r.Message))...)
}

// howToSnooze promises nothing where no reminder is left that could be put off.
func howToSnooze(by time.Duration, anythingLeft bool) string {
	if !anythingLeft {
		return "Need more time? All reminders are out, so nothing is left to snooze here; in another ticket's thread, mention me or say how long: `45m`, `2h`."
	}
	return "Need more time? Mention me here and I wait " + mrkdwn.Lasting(by) + ", or say how long: `45m`, `2h`."
}

// pings addresses everybody who is pinged, on as many lines as it takes.
func pings(rs []escalation.Recipient) []string {
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

func headline(r *escalation.Reminder) string {
	waited := "*" + mrkdwn.Lasting(r.Waited()) + "*"
	if r.Repeat {
		return ticketName("Ticket", r.Ticket) + " still waits for an answer, " + waited + " now."
	}
	return ticketName("Ticket", r.Ticket) + " has waited " + waited + " for an answer."
}

// ticketName is the word with the ticket's id, linked if it can be.
func ticketName(word string, t escalation.Ticket) string {
	return mrkdwn.Hyperlink(t.Link, word+" "+mrkdwn.EscapeLine(t.ID, maxShown))
}

// aboutTicket is what is known of the ticket beside its id, as a quotation.
func aboutTicket(t escalation.Ticket) string {
	var facts []string
	for _, f := range []string{t.Subject, t.Customer} {
		if f != "" {
			facts = append(facts, mrkdwn.EscapeLine(f, maxShown))
		}
	}
	if t.Priority != "" {
		facts = append(facts, "priority "+mrkdwn.EscapeLine(t.Priority, maxShown))
	}
	if len(facts) == 0 {
		return ""
	}
	return "> " + strings.Join(facts, " · ")
}

// ownText is a tier's own message, line by line. It is text from the configuration and from the
// ticket in one, so it pings nobody.
func ownText(message string) []string {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	for i, line := range lines {
		lines[i] = mrkdwn.EscapeLine(line, maxSection)
	}
	return lines
}

func standing(r *escalation.Reminder) string {
	s := "Tier " + strconv.Itoa(r.Tier) + " of " + strconv.Itoa(r.Tiers)
	switch {
	case len(r.Covers) > 0:
		var covered []string
		for _, c := range r.Covers {
			covered = append(covered, strconv.Itoa(c))
		}
		word := "tier"
		if len(covered) > 1 {
			word = "tiers"
		}
		return s + ", and " + word + " " + mrkdwn.List(covered) + " with it: they came due meanwhile."
	case r.Repeat:
		return s + ", once more."
	}
	return s + "."
}

// alone says why a tier pings somebody else than its circle.
func alone(r *escalation.Reminder) string {
	if !r.Owner {
		return ""
	}
	return "You said that you are on it, so I tell nobody else for now."
}

func late(r *escalation.Reminder) string {
	if r.Late <= 0 {
		return ""
	}
	return "Sorry, I am " + mrkdwn.Lasting(r.Late) + " late: this was due " + mrkdwn.When(r.Due, r.DecidedAt) + "."
}

// gaps says why circles stood for nobody, and who is told instead.
func gaps(r *escalation.Reminder) string {
	var why, unknown []string
	gaveTo, here := 0, false
	for _, g := range r.Gaps {
		gaveTo, here = max(gaveTo, g.GaveTo), here || g.Here
		if name := mrkdwn.EscapeLine(g.Circle, maxCircle); g.Reason == escalation.GapUnknown {
			if !slices.Contains(unknown, name) {
				unknown = append(unknown, name)
			}
		} else if told := gap(g); !slices.Contains(why, told) {
			why = append(why, told)
		}
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

func gap(g escalation.Gap) string {
	switch g.Reason {
	case escalation.GapNobody:
		return "Nobody is " + rostered(g.Circle) + " just now."
	case escalation.GapNoRoster:
		return "I have no recent shift calendar to tell who is on shift."
	case escalation.GapNoAccount:
		return "I know no Slack account of those who are " + rostered(g.Circle) + "; please check engineers in the configuration."
	case escalation.GapNoAssignee:
		return "The help desk names no assignee."
	case escalation.GapAssigneeOff:
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
func rostered(circle string) string {
	switch circle {
	case escalation.CircleNonEmbedded:
		return "on shift and non-embedded"
	case escalation.CircleEmbedded:
		return "embedded with this product"
	}
	return "on shift"
}

func desk(r *escalation.Reminder) string {
	at := mrkdwn.When(r.DeskAt, r.DecidedAt)
	switch r.Desk {
	case escalation.DeskUnanswered:
		return "The help desk said " + at + " that nobody has replied."
	case escalation.DeskNone:
		return "There is no help desk for me to ask: once the customer has an answer, mention me with `done`."
	}
	return "The help desk told me nothing " + at + ", so I could not check for a reply. Please look first."
}

func next(r *escalation.Reminder) string {
	if r.Next == nil {
		return "This is the last tier: nobody else is told after you."
	}
	return "Next: " + mrkdwn.People(r.Next) + " " + mrkdwn.When(r.Next.At, r.DecidedAt) + "."
}

func deadline(r *escalation.Reminder) string {
	at := mrkdwn.When(r.Deadline, r.DecidedAt)
	left := r.Deadline.Sub(r.DecidedAt)
	switch {
	case r.Breached && -left < time.Minute:
		return "*The deadline is now*, " + at + "."
	case r.Breached:
		return "*The deadline passed* " + mrkdwn.Lasting(-left) + " ago, " + at + "."
	}
	return "The deadline is " + at + ", in " + mrkdwn.Lasting(left) + "."
}
