package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
)

func TestTidyFacts(t *testing.T) {
	fact := func(kind DeskFactKind, when time.Time, id string) DeskFact {
		return DeskFact{Kind: kind, At: when, ID: id}
	}
	now := at(12)
	for _, tt := range []struct {
		name       string
		told, want []DeskFact
	}{
		{"nothing", nil, nil},
		{"out of order", []DeskFact{fact(FactReplied, at(5), "2"), fact(FactCustomerWrote, at(3), "1")},
			[]DeskFact{fact(FactCustomerWrote, at(3), "1"), fact(FactReplied, at(5), "2")}},
		{"told twice", []DeskFact{fact(FactReplied, at(5), ""), fact(FactReplied, at(5), "")}, []DeskFact{fact(FactReplied, at(5), "")}},
		{"two of one second", []DeskFact{fact(FactReplied, at(5), "1"), fact(FactReplied, at(5), "2")},
			[]DeskFact{fact(FactReplied, at(5), "1"), fact(FactReplied, at(5), "2")}},
		{"a clock a little ahead", []DeskFact{fact(FactReplied, now.Add(time.Minute), "")}, []DeskFact{fact(FactReplied, now.Add(time.Minute), "")}},
		{"dated ahead: when is not known", []DeskFact{fact(FactCustomerWrote, at(99), "9"), fact(FactReplied, at(5), "")},
			[]DeskFact{fact(FactReplied, at(5), ""), fact(FactCustomerWrote, time.Time{}, "9")}},
	} {
		t.Run(tt.name, func(t *testing.T) { equal(t, "facts", TidyFacts(tt.told, now), tt.want) })
	}
}

// A message waits from when the oldest unanswered one was written, whatever was written after it.
func TestMessages(t *testing.T) {
	wrote := func(when time.Time) DeskFact { return DeskFact{Kind: FactCustomerWrote, At: when} }
	replied := func(when time.Time) DeskFact { return DeskFact{Kind: FactReplied, At: when} }
	var none time.Time
	for _, tt := range []struct {
		name                    string
		facts                   []DeskFact
		wrote, waiting, replied time.Time
	}{
		{"nothing is known", nil, none, none, none},
		{"nobody has replied", []DeskFact{wrote(at(1)), wrote(at(2))}, at(2), at(1), none},
		{"answered", []DeskFact{wrote(at(1)), wrote(at(2)), replied(at(3))}, at(2), none, at(3)},
		{"wrote again", []DeskFact{wrote(at(1)), replied(at(3)), wrote(at(4)), wrote(at(5))}, at(5), at(4), at(3)},
		{"changes are no messages", []DeskFact{wrote(at(1)), {Kind: FactStatus, At: at(2), Value: "solved"}}, at(1), at(1), none},
		{"nobody knows when they wrote", []DeskFact{wrote(at(1)), wrote(none)}, none, at(1), none},
		{"nobody knows when it was answered", []DeskFact{wrote(at(1)), replied(none)}, at(1), at(1), none},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wrote, waiting, replied := Messages(tt.facts)
			equal(t, "customer wrote", wrote, tt.wrote)
			equal(t, "waiting since", waiting, tt.waiting)
			equal(t, "last reply", replied, tt.replied)
		})
	}
}

// Rule 5: a reply older than the message answers an earlier question, unless the customer has written
// nothing since.
func TestEarlier(t *testing.T) {
	for _, tt := range []struct {
		name           string
		replied, wrote time.Time
		earlier        bool
	}{
		{"after the message", at(5), time.Time{}, false},
		{"a minute before it", at(-1), time.Time{}, false},
		{"longer before it", at(-2), time.Time{}, true},
		{"longer before it, and the customer wrote since", at(-2), at(-1.5), true},
		{"longer before it, and after all that the customer wrote", at(-2), at(-30), false},
		{"without a date", time.Time{}, time.Time{}, false},
	} {
		a := Answer{Status: DeskAnswered, RepliedAt: tt.replied, Ticket: DeskTicket{CustomerWrote: tt.wrote}}
		if got := Earlier(enterprise(), a); got != tt.earlier {
			t.Errorf("a reply %s counts as an earlier one: %v", tt.name, got)
		}
	}
}
