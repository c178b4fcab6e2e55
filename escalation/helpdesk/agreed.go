package helpdesk

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slabuddy/slabuddy/escalation/desk"
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

func agreedEvents(body []byte) ([]desk.Event, error) {
	var said agreedEvent
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, fmt.Errorf("%w: it is no JSON object", ErrMalformed)
	}
	return said.events()
}

func (a agreedEvent) events() ([]desk.Event, error) {
	ticket, word := strings.TrimSpace(string(a.TicketID)), strings.ToLower(strings.TrimSpace(a.Event))
	if ticket == "" || word == "" {
		return nil, fmt.Errorf("%w: it needs ticket_id and event", ErrMalformed)
	}
	at, err := timeOf(a.Timestamp)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	e := desk.Event{TicketID: ticket, Kind: desk.Other, At: at}
	switch word {
	case "replied":
		e.Kind, e.Proof = desk.Replied, true
	case "withdrawn", "solved", "resolved", "closed", "merged", "spam", "deleted":
		e.Kind, e.Cause = desk.Closed, word
	}
	if f, ok := a.fact(word); ok {
		f.At = at
		e.Facts = []desk.Fact{f}
	}
	return []desk.Event{e}, nil
}

// fact is what the event says, where it says enough.
func (a agreedEvent) fact(word string) (f desk.Fact, ok bool) {
	status := meaning(plainStatuses, a.Status)
	switch word {
	case "replied":
		return desk.Fact{Kind: desk.FactReplied}, true
	case "customer_wrote":
		return desk.Fact{Kind: desk.FactCustomerWrote}, true
	case "solved", "resolved", "closed":
		return desk.Fact{Kind: desk.FactStatus, Value: string(meaning(plainStatuses, word))}, true
	case "reopened":
		return desk.Fact{Kind: desk.FactStatus, Value: string(desk.StatusOpen)}, true
	case "status":
		return desk.Fact{Kind: desk.FactStatus, Value: string(status)}, status != desk.StatusUnknown
	case "priority":
		return desk.Fact{Kind: desk.FactPriority, Value: priority(string(a.Priority))}, a.Priority != ""
	case "assigned":
		return desk.Fact{Kind: desk.FactAssigned, Value: strings.TrimSpace(a.Assignee)}, a.Assignee != ""
	}
	return desk.Fact{}, false
}

// plainStatuses are our own words, and their usual synonyms.
var plainStatuses = []StatusWord{
	{"new", desk.StatusOpen}, {"open", desk.StatusOpen}, {"pending", desk.StatusPending},
	{"hold", desk.StatusHold}, {"solved", desk.StatusSolved}, {"resolved", desk.StatusSolved},
	{"closed", desk.StatusClosed},
}

// priority is a priority as it is compared: small letters, no space around.
func priority(said string) string { return strings.ToLower(strings.TrimSpace(said)) }
