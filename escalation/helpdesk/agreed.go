package helpdesk

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
)

// agreedEvent is the body that we ask for where we, or our users, may choose it.
type agreedEvent struct {
	TicketID  id              `json:"ticket_id"`
	Event     string          `json:"event"`
	Timestamp json.RawMessage `json:"timestamp"`
	Status    string          `json:"status"`
	Priority  id              `json:"priority"`
	Assignee  string          `json:"assignee"`
}

func agreedEvents(body []byte) ([]escalation.DeskEvent, error) {
	var said agreedEvent
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, fmt.Errorf("%w: it is no JSON object", ErrMalformed)
	}
	return said.events()
}

func (a agreedEvent) events() ([]escalation.DeskEvent, error) {
	ticket, word := strings.TrimSpace(string(a.TicketID)), strings.ToLower(strings.TrimSpace(a.Event))
	if ticket == "" || word == "" {
		return nil, fmt.Errorf("%w: it needs ticket_id and event", ErrMalformed)
	}
	at, err := timeOf(a.Timestamp)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	e := escalation.DeskEvent{TicketID: ticket, Kind: escalation.DeskOther, At: at}
	switch word {
	case "replied":
		e.Kind, e.Proof = escalation.DeskReplied, true
	case "withdrawn", "solved", "resolved", "closed", "merged", "spam", "deleted":
		e.Kind, e.Cause = escalation.DeskClosed, word
	}
	if f, ok := a.fact(word); ok {
		f.At = at
		e.Facts = []escalation.DeskFact{f}
	}
	return []escalation.DeskEvent{e}, nil
}

// fact is what the event says, where it says enough.
func (a agreedEvent) fact(word string) (f escalation.DeskFact, ok bool) {
	status := meaning(plainStatuses, a.Status)
	switch word {
	case "replied":
		return escalation.DeskFact{Kind: escalation.FactReplied}, true
	case "customer_wrote":
		return escalation.DeskFact{Kind: escalation.FactCustomerWrote}, true
	case "solved", "resolved", "closed":
		return escalation.DeskFact{Kind: escalation.FactStatus, Value: string(meaning(plainStatuses, word))}, true
	case "reopened":
		return escalation.DeskFact{Kind: escalation.FactStatus, Value: string(escalation.StatusOpen)}, true
	case "status":
		return escalation.DeskFact{Kind: escalation.FactStatus, Value: string(status)}, status != escalation.StatusUnknown
	case "priority":
		return escalation.DeskFact{Kind: escalation.FactPriority, Value: priority(string(a.Priority))}, a.Priority != ""
	case "assigned":
		return escalation.DeskFact{Kind: escalation.FactAssigned, Value: strings.TrimSpace(a.Assignee)}, a.Assignee != ""
	}
	return escalation.DeskFact{}, false
}

// plainStatuses are our own words, and their usual synonyms.
var plainStatuses = []StatusWord{
	{"new", escalation.StatusOpen}, {"open", escalation.StatusOpen}, {"pending", escalation.StatusPending},
	{"hold", escalation.StatusHold}, {"solved", escalation.StatusSolved}, {"resolved", escalation.StatusSolved},
	{"closed", escalation.StatusClosed},
}

// priority is a priority as it is compared: small letters, no space around.
func priority(said string) string { return strings.ToLower(strings.TrimSpace(said)) }
