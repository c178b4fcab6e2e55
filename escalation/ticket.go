package escalation

import (
	"fmt"
	"strconv"
	"time"
)

// TimeOf reads a Slack ts as a time. It goes by digits: as a float, the last ones would be lost.
func TimeOf(ts string) (time.Time, error) {
	const wholePart, fraction = 10, 6
	if len(ts) < wholePart+1+fraction || ts[len(ts)-fraction-1] != '.' {
		return time.Time{}, fmt.Errorf("%q is not a Slack ts (seconds, a dot, six digits)", ts)
	}
	s, errS := strconv.ParseUint(ts[:len(ts)-fraction-1], 10, 34)
	us, errU := strconv.ParseUint(ts[len(ts)-fraction:], 10, 32)
	if errS != nil || errU != nil {
		return time.Time{}, fmt.Errorf("%q is not a Slack ts (seconds, a dot, six digits)", ts)
	}
	return time.Unix(int64(s), int64(us)*1000).UTC(), nil
}

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
