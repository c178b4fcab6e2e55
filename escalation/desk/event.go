package desk

import (
	"time"
)

// EventKind is what a help desk says on its own account, by webhook.
type EventKind string

const (
	Replied EventKind = "replied"   // an agent replied publicly
	Closed  EventKind = "withdrawn" // solved, closed, merged away, spam or deleted; whether after a reply, it need not say
	Other   EventKind = "other"     // something else happened to the ticket, so we ask
)

// Event is what a help desk's signed webhook reports about one ticket.
type Event struct {
	Workspace string // whose help desk told it; "": it is that of every workspace there is
	TicketID  string
	Kind      EventKind
	At        time.Time // when it happened, by the desk's clock; zero where it does not say
	Cause     string    // Closed: in what way ("solved", "deleted", …)
	// Proof says that the event stands for itself, so the timeline may be closed without asking the
	// desk (rule 5 still weighs a reply's time). Without it, it is a reason to ask the desk now.
	Proof bool
	Facts []Fact // what it tells, none where it only says that something happened
}

// MayReopen says that a ticket that was solved may be open again after the event: a reply or an end do not open it.
func (e Event) MayReopen() bool { return e.Kind == Other }
