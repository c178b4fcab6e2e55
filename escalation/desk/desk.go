package desk

import (
	"context"
	"time"
)

// AnswerStatus is what a help desk says of one ticket.
type AnswerStatus string

const (
	Unchecked  AnswerStatus = ""           // no answer about this ticket
	Unanswered AnswerStatus = "unanswered" // no public reply by an agent yet
	Answered   AnswerStatus = "answered"
	Withdrawn  AnswerStatus = "withdrawn" // solved, closed, merged away, spam or deleted without a reply
	None       AnswerStatus = "none"      // there is no help desk to ask: people say when it is done
)

// Question asks whether a ticket has been answered since its message was posted.
type Question struct {
	TicketID string
	Since    time.Time
	InDetail bool // the facts are asked for as well: a call more for each ticket that has changed
}

// Answer is a help desk's word about one ticket.
type Answer struct {
	Status    AnswerStatus
	RepliedAt time.Time // Answered: the reply's own time; zero where the desk gives none
	Cause     string    // Withdrawn: in what way ("solved", "deleted", …)
	Link      string    // the ticket's page for agents, where the desk knows it; its survivor's if it was merged

	Ticket Ticket // as far as the desk tells it, whatever the Status says
	Facts  []Fact // tidy; some or all of those that there are, and all only if asked InDetail
}

// MaxQuestions is the most tickets one Ask may name.
const MaxQuestions = 100

// HelpDesk is asked for replies. Tickets it does not answer about are missing from the map, also
// when it answers about others and returns an error.
type HelpDesk interface {
	Ask(ctx context.Context, qs []Question) (map[string]Answer, error)
}

// AskShare is how long the help desk is waited for: all asks of one walk share it (rule 5).
const AskShare = 5 * time.Second

// Tolerance allows for clocks: a reply dated so long before the ticket's message still answers it (rule 5).
const Tolerance = time.Minute

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
	// Proof says that the event is enough by itself, so the timeline may be closed without asking the desk
	// (rule 5 still weighs a reply's time). Without it, it is a reason to ask the desk now.
	Proof bool
	Facts []Fact // what it tells, none where it only says that something happened
}

// MayReopen says that a ticket that was solved may be open again after the event: a reply or an end do not open it.
func (e Event) MayReopen() bool { return e.Kind == Other }
