package escalation

import (
	"cmp"
	"slices"
	"time"
)

// What a help desk tells of a ticket, beside whether somebody has replied (rules 5 and 16):
// how the ticket stands now (DeskTicket), and what happened to it (DeskFact), in words that are the same
// for every desk.
//
// Three things hold for all of it. What is zero or missing was not told, and means nothing: no clock may
// stop or break for it. Times are the desk's own; a time that has not come yet, or that the desk does not
// give, is zero, and the fact holds from when it was first heard. A fact is told again in later answers,
// so whoever keeps facts keeps each Same one once.

// DeskStatus is where a ticket stands in the help desk, in one vocabulary for all of them. The strings
// are stored and exported.
type DeskStatus string

const (
	StatusUnknown DeskStatus = ""        // not told, or a word that means nothing here
	StatusOpen    DeskStatus = "open"    // the team has to do something
	StatusPending DeskStatus = "pending" // it waits for the customer
	StatusHold    DeskStatus = "hold"    // it waits for somebody else
	StatusSolved  DeskStatus = "solved"  // done; the customer may come back to it
	StatusClosed  DeskStatus = "closed"  // done for good
)

// Over reports whether nobody has to do anything any more.
func (s DeskStatus) Over() bool { return s == StatusSolved || s == StatusClosed }

// DeskPerson is whom a help desk names. Either may be missing.
type DeskPerson struct {
	Email string `json:"email,omitempty"`
	Name  string `json:"name,omitempty"`
}

// String is the e-mail address, or else the name; "" for nobody.
func (p DeskPerson) String() string { return cmp.Or(p.Email, p.Name) }

// DeskTicket is how a ticket stands in the help desk.
type DeskTicket struct {
	Status        DeskStatus `json:"status,omitempty"`
	Said          string     `json:"said,omitempty"`     // the desk's own word for the status
	Priority      string     `json:"priority,omitempty"` // in the desk's own words, small letters: urgent, high, …
	Type          string     `json:"type,omitempty"`
	Group         string     `json:"group,omitempty"`
	Assignee      DeskPerson `json:"assignee,omitzero"`
	CustomerWrote time.Time  `json:"customer_wrote,omitzero"` // the customer's last message
	WaitingSince  time.Time  `json:"waiting_since,omitzero"`  // the oldest message of the customer's that nobody has answered
	LastReply     time.Time  `json:"last_reply,omitzero"`     // the last public reply by a person
	SolvedAt      time.Time  `json:"solved_at,omitzero"`      // zero while it is not solved
}

// DeskFactKind says what happened to a ticket in the help desk. The strings are stored, exported, and
// words of the generic desk's webhook.
type DeskFactKind string

const (
	FactCustomerWrote DeskFactKind = "customer_wrote" // the ticket itself included
	FactReplied       DeskFactKind = "replied"        // publicly, by a person of the team: no bot, no auto-reply, no AI
	FactStatus        DeskFactKind = "status"         // Value: the new DeskStatus
	FactPriority      DeskFactKind = "priority"       // Value: the new one, as in DeskTicket
	FactType          DeskFactKind = "type"
	FactGroup         DeskFactKind = "group"
	FactAssigned      DeskFactKind = "assigned" // Value: the assignee's e-mail address or name; "": nobody
)

// DeskFactKinds are all of them.
func DeskFactKinds() []DeskFactKind {
	return []DeskFactKind{FactReplied, FactCustomerWrote, FactStatus, FactPriority, FactType, FactGroup, FactAssigned}
}

// Words is what people call it.
func (k DeskFactKind) Words() string {
	switch k {
	case FactCustomerWrote:
		return "customer's messages"
	case FactReplied:
		return "replies"
	case FactAssigned:
		return "assignee"
	}
	return string(k)
}

// DeskFact is one thing that happened to a ticket in the help desk.
type DeskFact struct {
	Kind  DeskFactKind `json:"kind"`
	At    time.Time    `json:"at,omitzero"`
	Value string       `json:"value,omitempty"`
	By    string       `json:"by,omitempty"` // who did it, as far as the desk says: an e-mail address or a name
	ID    string       `json:"id,omitempty"` // the desk's own for it, where it has one
}

// Same reports whether both tell of the same thing.
func (f DeskFact) Same(g DeskFact) bool {
	if f.Kind != g.Kind || f.Value != g.Value {
		return false
	}
	if f.ID != "" && g.ID != "" {
		return f.ID == g.ID
	}
	return f.At.Equal(g.At)
}

// TidyFacts are facts as they may be used: in the order of their times, those without one last, each
// once, and none ahead of now by more than clocks differ.
func TidyFacts(facts []DeskFact, now time.Time) []DeskFact {
	var tidy []DeskFact
	for _, f := range facts {
		if f.At.After(now.Add(replyTolerance)) {
			f.At = time.Time{}
		}
		if !slices.ContainsFunc(tidy, f.Same) {
			tidy = append(tidy, f)
		}
	}
	slices.SortStableFunc(tidy, func(f, g DeskFact) int {
		if f.At.IsZero() != g.At.IsZero() {
			if f.At.IsZero() {
				return 1
			}
			return -1
		}
		return f.At.Compare(g.At)
	})
	return tidy
}

// Messages sums up who wrote when: the customer's last message, the oldest one that no reply has come
// after, and the last reply. It takes tidy facts, and leaves out those without a time: with one of the
// customer's among them, nobody knows which was the last.
func Messages(facts []DeskFact) (customerWrote, waitingSince, lastReply time.Time) {
	for _, f := range facts {
		switch {
		case f.At.IsZero() && f.Kind == FactCustomerWrote:
			customerWrote = time.Time{}
		case f.At.IsZero():
		case f.Kind == FactCustomerWrote:
			customerWrote = f.At
			if waitingSince.IsZero() {
				waitingSince = f.At
			}
		case f.Kind == FactReplied:
			lastReply, waitingSince = f.At, time.Time{}
		}
	}
	return customerWrote, waitingSince, lastReply
}
