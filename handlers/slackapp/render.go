package slackapp

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
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
	maxShown   = 300 // of a ticket's field
)

var errEmptyPost = errors.New("the post holds neither a reminder nor a note")

func render(p escalation.Post, now time.Time) (*said, error) {
	switch {
	case p.Reminder != nil:
		return renderReminder(p.Reminder), nil
	case p.Note != nil:
		return renderNote(p.Note, now), nil
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
	s.blocks = append(s.blocks, slack.NewSectionBlock(mrkdwn(text), nil, nil))
}

// aside adds a line in small print.
func (s *said) aside(text string) {
	s.texts = append(s.texts, text)
	s.blocks = append(s.blocks, smallPrint{Type: slack.MBTContext, Elements: []*slack.TextBlockObject{mrkdwn(text)}})
}

// smallPrint is a context block of texts. The library's own encodes itself twice over, which shows
// in every post.
type smallPrint struct {
	Type     slack.MessageBlockType   `json:"type"`
	Elements []*slack.TextBlockObject `json:"elements"`
}

// BlockType implements slack.Block.
func (p smallPrint) BlockType() slack.MessageBlockType { return p.Type }

// ID implements slack.Block.
func (p smallPrint) ID() string { return "" }

// mrkdwn is verbatim: Slack then looks for no names and addresses of its own in it, so that nothing
// pings but what is written as a mention.
func mrkdwn(text string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: text, Verbatim: true}
}

func renderReminder(r *escalation.Reminder) *said {
	s := &said{}
	s.paragraph(slices.Concat(pings(r.Mention), []string{headline(r), aboutTicket(r.Ticket)}, ownText(r.Message))...)
	s.paragraph(
		late(r),
		gaps(r),
		standing(r)+" "+desk(r),
		next(r)+" "+deadline(r),
	)
	s.aside("Need more time? Mention me here and I wait " + lasting(r.Snooze) + ", or say how long: `45m`, `2h`.")
	return s
}

// pings addresses everybody who is pinged, on as many lines as it takes.
func pings(rs []escalation.Recipient) []string {
	const perLine = 50
	var lines []string
	for some := range slices.Chunk(rs, perLine) {
		var line []string
		for _, r := range some {
			line = append(line, ping(r))
		}
		lines = append(lines, strings.Join(line, " "))
	}
	return lines
}

func headline(r *escalation.Reminder) string {
	waited := "*" + lasting(r.Waited()) + "*"
	if r.Repeat {
		return ticketName("Ticket", r.Ticket) + " still waits for an answer, " + waited + " now."
	}
	return ticketName("Ticket", r.Ticket) + " has waited " + waited + " for an answer."
}

// ticketName is the word with the ticket's id, linked if it can be.
func ticketName(word string, t escalation.Ticket) string {
	return hyperlink(t.Link, word+" "+escapeLine(t.ID, maxShown))
}

// aboutTicket is what is known of the ticket beside its id, as a quotation.
func aboutTicket(t escalation.Ticket) string {
	var facts []string
	for _, f := range []string{t.Subject, t.Customer} {
		if f != "" {
			facts = append(facts, escapeLine(f, maxShown))
		}
	}
	if t.Priority != "" {
		facts = append(facts, "priority "+escapeLine(t.Priority, maxShown))
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
		lines[i] = escapeLine(line, maxSection)
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
		return s + ", and " + word + " " + list(covered) + " with it: they came due meanwhile."
	case r.Repeat:
		return s + ", once more."
	}
	return s + "."
}

func late(r *escalation.Reminder) string {
	if r.Late <= 0 {
		return ""
	}
	return "Sorry, I am " + lasting(r.Late) + " late: this was due " + when(r.Due, r.DecidedAt) + "."
}

// gaps says why circles stood for nobody, and who is told instead.
func gaps(r *escalation.Reminder) string {
	var why []string
	gaveTo := 0
	for _, g := range r.Gaps {
		gaveTo = max(gaveTo, g.GaveTo)
		if told := gap(g); !slices.Contains(why, told) {
			why = append(why, told)
		}
	}
	switch {
	case len(r.Mention) == 0:
		why = append(why, "So there is nobody I could ping: if you read this, please pass it on.")
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
	case escalation.GapNoProduct:
		return "The ticket's type names no product that somebody could be embedded with."
	}
	return "I could not find " + escape(g.Circle) + " in Slack or in the configuration; please tell whoever runs me."
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
	at := when(r.DeskAt, r.DecidedAt)
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
	return "Next: " + people(r.Next) + " " + when(r.Next.At, r.DecidedAt) + "."
}

func deadline(r *escalation.Reminder) string {
	at := when(r.Deadline, r.DecidedAt)
	left := r.Deadline.Sub(r.DecidedAt)
	switch {
	case r.Breached && -left < time.Minute:
		return "*The deadline is now*, " + at + "."
	case r.Breached:
		return "*The deadline passed* " + lasting(-left) + " ago, " + at + "."
	}
	return "The deadline is " + at + ", in " + lasting(left) + "."
}
