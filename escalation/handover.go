package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
)

// Handing over a shift (rule 24): a card at each change, and an outlook each week, both in the channel that
// handover.channel names. Package handover makes them.

// HandoverSettings say where changes of shift are told, and when the week ahead is.
type HandoverSettings struct {
	Channel string         // "": nowhere
	Outlook *weekly.Moment // nil: never
}

// Handover is the card of a change of shift, as data.
type Handover struct {
	At    time.Time        `json:"at"`
	Goes  []string         `json:"goes,omitempty"`
	Comes []string         `json:"comes,omitempty"`
	On    []string         `json:"on,omitempty"`
	Open  []HandoverTicket `json:"open,omitempty"` // the nearest deadline first
	More  int              `json:"more,omitempty"` // so many more are open
}

// HandoverTicket is an open timeline on the card.
type HandoverTicket struct {
	Timeline string    `json:"timeline"`
	Ticket   Ticket    `json:"ticket"`
	Channel  string    `json:"channel"`
	Deadline time.Time `json:"deadline"`
	Owner    string    `json:"owner,omitempty"`    // by name
	OwnerID  string    `json:"owner_id,omitempty"` // Slack user id, where no name is known
	Snoozed  time.Time `json:"snoozed,omitzero"`
}

// Outlook is when nobody is on shift in the time ahead.
type Outlook struct {
	From  time.Time           `json:"from"`
	Until time.Time           `json:"until"` // the calendar was read that far, a week at most
	Gaps  []calendar.Interval `json:"gaps,omitempty"`
}
