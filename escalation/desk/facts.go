package desk

import (
	"cmp"
	"slices"
	"time"
)

// Status is where a ticket stands in the help desk, in one vocabulary for all of them. The strings
// are stored and exported.
type Status string

const (
	StatusUnknown Status = ""        // not told, or a word that means nothing here
	StatusOpen    Status = "open"    // the team has to do something
	StatusPending Status = "pending" // it waits for the customer
	StatusHold    Status = "hold"    // it waits for somebody else
	StatusSolved  Status = "solved"  // done; the customer may come back to it
	StatusClosed  Status = "closed"  // done for good
)

// Over reports whether nobody has to do anything any more.
func (s Status) Over() bool { return s == StatusSolved || s == StatusClosed }

// Person is whom a help desk names. Either may be missing.
type Person struct {
	Email string `json:"email,omitempty"`
	Name  string `json:"name,omitempty"`
}

// String is the e-mail address, or else the name; "" for nobody.
func (p Person) String() string { return cmp.Or(p.Email, p.Name) }

// Ticket is how a ticket stands in the help desk.
type Ticket struct {
	Status        Status    `json:"status,omitempty"`
	Said          string    `json:"said,omitempty"`     // the desk's own word for the status
	Priority      string    `json:"priority,omitempty"` // in the desk's own words, small letters: urgent, high, …
	Type          string    `json:"type,omitempty"`
	Group         string    `json:"group,omitempty"`
	Assignee      Person    `json:"assignee,omitzero"`
	CustomerWrote time.Time `json:"customer_wrote,omitzero"` // the customer's last message
	WaitingSince  time.Time `json:"waiting_since,omitzero"`  // the oldest message of the customer's that nobody has answered
	LastReply     time.Time `json:"last_reply,omitzero"`     // the last public reply by a person
	SolvedAt      time.Time `json:"solved_at,omitzero"`      // zero while it is not solved
}

// FactKind says what happened to a ticket in the help desk. The strings are stored, exported, and
// words of the generic desk's webhook.
type FactKind string

const (
	FactCustomerWrote FactKind = "customer_wrote" // the ticket itself included
	FactReplied       FactKind = "replied"        // publicly, by a person of the team: no bot, no auto-reply, no AI
	FactStatus        FactKind = "status"         // Value: the new Status
	FactPriority      FactKind = "priority"       // Value: the new one, as in Ticket
	FactType          FactKind = "type"
	FactGroup         FactKind = "group"
	FactAssigned      FactKind = "assigned" // Value: the assignee's e-mail address or name; "": nobody
)

// FactKinds are all kinds of fact.
func FactKinds() []FactKind {
	return []FactKind{FactReplied, FactCustomerWrote, FactStatus, FactPriority, FactType, FactGroup, FactAssigned}
}

// Words is what people call the kind of fact.
func (k FactKind) Words() string {
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

// Fact is one thing that happened to a ticket in the help desk.
type Fact struct {
	Kind  FactKind  `json:"kind"`
	At    time.Time `json:"at,omitzero"`
	Value string    `json:"value,omitempty"`
	By    string    `json:"by,omitempty"` // who did it, as far as the desk says: an e-mail address or a name
	ID    string    `json:"id,omitempty"` // the desk's own for it, where it has one
}

// Same reports whether both tell of the same thing.
func (f Fact) Same(g Fact) bool {
	if f.Kind != g.Kind || f.Value != g.Value {
		return false
	}
	if f.ID != "" && g.ID != "" {
		return f.ID == g.ID
	}
	return f.At.Equal(g.At)
}

// Tidy are facts as they may be used: in the order of their times, those without one last, each
// once, and none ahead of now by more than clocks differ.
func Tidy(facts []Fact, now time.Time) []Fact {
	var tidy []Fact
	for _, f := range facts {
		if f.At.After(now.Add(Tolerance)) {
			f.At = time.Time{}
		}
		if !slices.ContainsFunc(tidy, f.Same) {
			tidy = append(tidy, f)
		}
	}
	slices.SortStableFunc(tidy, func(f, g Fact) int {
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
func Messages(facts []Fact) (customerWrote, waitingSince, lastReply time.Time) {
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
