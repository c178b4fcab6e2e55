package escalation

import (
	"time"
)

// DeskEventKind is what a help desk says on its own account, by webhook.
type DeskEventKind string

const (
	DeskReplied DeskEventKind = "replied"   // an agent replied publicly
	DeskClosed  DeskEventKind = "withdrawn" // solved, closed, merged away, spam or deleted; whether after a reply, it need not say
	DeskOther   DeskEventKind = "other"     // something else happened to the ticket, so we ask
)

// DeskEvent is what a help desk's signed webhook reports about one ticket.
type DeskEvent struct {
	TicketID string
	Kind     DeskEventKind
	At       time.Time // when it happened, by the desk's clock; zero where it does not say
	Cause    string    // DeskClosed: in what way ("solved", "deleted", …)
	// Proof says that the event stands for itself, so the timeline may be closed without asking the
	// desk (rule 5 still weighs a reply's time). Without it, it is a reason to ask the desk now.
	Proof bool
	Facts []DeskFact // what it tells, none where it only says that something happened
}
