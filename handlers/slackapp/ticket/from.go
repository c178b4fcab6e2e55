package ticket

import (
	"slices"

	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// From says whose posts are read. The zero value reads those of apps and workflows.
type From struct {
	Anyone bool
	Bots   []string // only these, by their bot ids (B…) or app ids (A…)
}

func (f From) allows(m *Message) bool {
	switch {
	case f.Anyone:
		return true
	case len(f.Bots) > 0:
		return slices.Contains(f.Bots, string(m.BotID)) || slices.Contains(f.Bots, string(m.AppID))
	}
	return m.BotID != "" || m.AppID != "" || m.Subtype == "bot_message"
}

// Opens says that a message is of the kind that may open a timeline (rule 1): a new one at the top level of
// its channel.
func (m *Message) Opens() bool {
	switch m.Subtype {
	case "", "bot_message", "file_share":
		return m.ThreadTS == "" || m.ThreadTS == m.TS
	}
	return false
}

// Shares says that a message passes another one on.
func (m *Message) Shares() bool {
	var attachments []attachment
	_ = tolerant.Decode(m.Attachments, &attachments) // what is no list of attachments has none
	return slices.ContainsFunc(attachments, func(a attachment) bool { return a.told() })
}
