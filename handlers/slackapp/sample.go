package slackapp

import (
	"errors"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// Sample is a Slack message from a file, as it would be read if it came as an event.
type Sample struct {
	escalation.Message        // what the file does not say is zero: a message alone names no channel
	Text               string // what the patterns of tickets.fields were matched against
	Nothing            string // why the message opens no timeline; "" if it may
}

// ReadSample reads a message, an event of type message, or an event_callback envelope. It fails if
// data is none of these.
func ReadSample(data []byte, r *Reader) (Sample, error) {
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
	s := Sample{Text: flatten(&m).text}
	s.Thread = escalation.Thread{Workspace: e.workspace(), Channel: string(m.Channel), TS: string(m.TS)}
	if at, err := escalation.TimeOf(s.TS); err == nil {
		s.PostedAt = at
	}
	var found finding
	s.Ticket, found = r.Read(&m)
	switch {
	case !m.Opens() && m.Subtype != "":
		s.Nothing = fmt.Sprintf("it is of subtype %q: only new messages open timelines", string(m.Subtype))
	case !m.Opens():
		s.Nothing = "it is a reply in a thread"
	case found == NoTicket:
		s.Nothing = "it carries no ticket: nothing in it looks like a ticket id"
	case found == Unreadable:
		s.Nothing = "it looks like a ticket, but its id cannot be read; see tickets.fields.id"
	}
	return s, nil
}
