package escalation

import "time"

// Ticket is what the help desk posted in a watched channel. Only ID is always there.
type Ticket struct {
	ID       string `json:"id"`
	Priority string `json:"priority,omitempty"`
	Type     string `json:"type,omitempty"`
	Customer string `json:"customer,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Link     string `json:"link,omitempty"`
}

// Thread is the place of a ticket's message, and of everything said about it.
type Thread struct {
	Workspace string // Slack team id, T…
	Channel   string // C… or G…
	TS        string // Slack's ts of the ticket message: seconds, a dot, six digits; a key, never a float
}

// Message is a top-level message of a watched channel that carries a ticket.
type Message struct {
	Thread
	PostedAt time.Time // Thread.TS as a time
	Ticket   Ticket
}
