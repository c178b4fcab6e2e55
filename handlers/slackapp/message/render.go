package message

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
	"github.com/slabuddy/slabuddy/handlers/slackapp/summary"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// said is a message ready to be posted: blocks for people who see it, and the same as text for
// notifications, screen readers and search.
type said struct {
	title  string // the beginning of the text, which is not in the blocks: notifications are cut
	texts  []string
	blocks []slack.Block

	table []slack.Block // the blocks with the rows as a table, where Slack takes that
	brief []slack.Block // the blocks with a line for each row, where Slack takes no more; nil: there are no rows
	rows  tolerant.Text // of a digest: the numbers of its rows, for the metadata
	marks tolerant.Text // of its reminders, for the metadata
}

// withTable is the same message with the table, if it has one.
func (s *said) withTable() *said {
	if s.table == nil {
		return s
	}
	return &said{texts: s.texts, blocks: s.table, rows: s.rows, marks: s.marks}
}

func (s *said) text() string {
	words := strings.Join(s.texts, "\n")
	if s.title != "" {
		words = s.title + "\n" + words
	}
	return words
}

// Slack's limit on a section is 3000 characters, and on a message 50 blocks. These leave room.
const (
	maxSection = 2900
	maxAside   = 1900
	maxShown   = 300 // of a ticket's field
	maxCircle  = 80  // of a word that names recipients
)

var errEmptyPost = errors.New("the post holds nothing that could be said")

// render puts a post into words. The thanks that a note begins with depend only on the job, so that all its attempts say
// the same.
func render(jobID string, p escalation.Post, names whois, now time.Time) (*said, error) {
	switch {
	case p.Reminder != nil:
		s := renderReminder(p.Reminder, names)
		s.marks = marksOf(p)
		if p.Timeline != "" {
			s.blocks = append(s.blocks, buttons.Row(buttons.Ref{Timeline: p.Timeline, Tier: p.Reminder.Tier, Round: p.Round}, p.Reminder, buttons.State{Pending: p.Reminder.Next != nil, Owned: p.Reminder.OnIt.User != "" || p.Reminder.Owner}))
		}
		return s, nil
	case p.Note != nil && p.Note.Kind == escalation.NoteAssigned:
		n := *p.Note
		n.Name = cmp.Or(n.Name, names(n.User))
		s, err := renderNote(&n, now)
		if err == nil && p.Timeline != "" {
			s.blocks = append(s.blocks, buttons.HandOn(p.Timeline))
		}
		return s, err
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
	case p.Handover != nil:
		return renderHandover(p.Handover, names), nil
	case p.Outlook != nil:
		return renderOutlook(p.Outlook), nil
	case p.Fault != nil:
		return renderFault(p.Fault), nil
	case p.Summary != nil:
		return renderSummary(*p.Summary), nil
	}
	return nil, errEmptyPost
}

// renderSummary tells how the team did, or the details of it.
func renderSummary(s escalation.Summary) *said {
	m := summary.Of(s)
	if s.Under != "" {
		m = summary.Details(s)
	}
	return &said{texts: []string{m.Text}, blocks: m.Plain, table: m.Rich}
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
