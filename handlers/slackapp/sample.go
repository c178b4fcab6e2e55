package slackapp

import (
	"errors"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// Sample is a Slack message from a file, as it would be read if it came as an event.
type Sample struct {
	escalation.Thread // what the file does not say is empty: a message alone names no channel
	PostedAt          time.Time
	Tickets           []escalation.Ticket
	Nothing           string // why the message opens no timeline; "" if it may
}

// ReadSample reads a message, an event of type message, or an event_callback envelope. It fails if
// data is none of these.
func ReadSample(data []byte, r *ticket.Reader) (Sample, error) {
	var e envelope
	if err := tolerant.Decode(data, &e); err != nil {
		return Sample{}, fmt.Errorf("this is not JSON: %w", err)
	}
	m := e.Event
	if e.Type != typeCallback {
		m = Message{}
		if err := tolerant.Decode(data, &m); err != nil {
			return Sample{}, fmt.Errorf("this is not JSON: %w", err)
		}
	}
	if m.TS == "" && m.Text == "" && m.Attachments == nil && m.Blocks == nil {
		return Sample{}, errors.New("this is no Slack message: it has no ts, text, attachments or blocks. Copy one from an event, or from conversations.history")
	}
	s := Sample{Thread: escalation.Thread{Workspace: e.workspace(), Channel: string(m.Channel), TS: string(m.TS)}}
	if at, err := escalation.TimeOf(s.TS); err == nil {
		s.PostedAt = at
	}
	read := r.Read(&m.Message)
	s.Tickets, s.Nothing = read.Tickets, nothing(&m, read)
	return s, nil
}

// nothing says why a message opens nothing; "" if it opens something.
func nothing(m *Message, read ticket.Reading) string {
	switch {
	case read.Verdict == ticket.Old && m.Subtype != "":
		return fmt.Sprintf("it is of subtype %q: only new messages open timelines", string(m.Subtype))
	case read.Verdict == ticket.Old:
		return "it is a reply in a thread"
	case read.Verdict == ticket.Person:
		return "tickets are read from what apps and workflows post, and this was posted by somebody else; see tickets.from"
	case read.Verdict == ticket.Update:
		return "it tells of what happened to a ticket, and not of a new one; see tickets.updates"
	case read.Verdict == ticket.None && m.Shares():
		return "it carries no ticket of its own: it shares another message"
	case read.Verdict == ticket.None:
		return "it carries no ticket: nothing in it looks like a ticket id"
	case read.Verdict == ticket.Unreadable:
		return read.Problem.Sentence()
	}
	return ""
}
