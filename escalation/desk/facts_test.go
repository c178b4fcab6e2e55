package desk_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

var at = escalationtest.At

func TestTidy(t *testing.T) {
	fact := func(kind FactKind, when time.Time, id string) Fact {
		return Fact{Kind: kind, At: when, ID: id}
	}
	now := at(12)
	for _, tt := range []struct {
		name       string
		told, want []Fact
	}{
		{"nothing", nil, nil},
		{"out of order", []Fact{fact(FactReplied, at(5), "2"), fact(FactCustomerWrote, at(3), "1")},
			[]Fact{fact(FactCustomerWrote, at(3), "1"), fact(FactReplied, at(5), "2")}},
		{"told twice", []Fact{fact(FactReplied, at(5), ""), fact(FactReplied, at(5), "")}, []Fact{fact(FactReplied, at(5), "")}},
		{"two of one second", []Fact{fact(FactReplied, at(5), "1"), fact(FactReplied, at(5), "2")},
			[]Fact{fact(FactReplied, at(5), "1"), fact(FactReplied, at(5), "2")}},
		{"a clock a little ahead", []Fact{fact(FactReplied, now.Add(time.Minute), "")}, []Fact{fact(FactReplied, now.Add(time.Minute), "")}},
		{"dated ahead: when is not known", []Fact{fact(FactCustomerWrote, at(99), "9"), fact(FactReplied, at(5), "")},
			[]Fact{fact(FactReplied, at(5), ""), fact(FactCustomerWrote, time.Time{}, "9")}},
	} {
		t.Run(tt.name, func(t *testing.T) { escalationtest.Equal(t, "facts", Tidy(tt.told, now), tt.want) })
	}
}

// A message waits from when the oldest unanswered one was written, whatever was written after it.
func TestMessages(t *testing.T) {
	wrote := func(when time.Time) Fact { return Fact{Kind: FactCustomerWrote, At: when} }
	replied := func(when time.Time) Fact { return Fact{Kind: FactReplied, At: when} }
	var none time.Time
	for _, tt := range []struct {
		name                    string
		facts                   []Fact
		wrote, waiting, replied time.Time
	}{
		{"nothing is known", nil, none, none, none},
		{"nobody has replied", []Fact{wrote(at(1)), wrote(at(2))}, at(2), at(1), none},
		{"answered", []Fact{wrote(at(1)), wrote(at(2)), replied(at(3))}, at(2), none, at(3)},
		{"wrote again", []Fact{wrote(at(1)), replied(at(3)), wrote(at(4)), wrote(at(5))}, at(5), at(4), at(3)},
		{"changes are no messages", []Fact{wrote(at(1)), {Kind: FactStatus, At: at(2), Value: "solved"}}, at(1), at(1), none},
		{"nobody knows when they wrote", []Fact{wrote(at(1)), wrote(none)}, none, at(1), none},
		{"nobody knows when it was answered", []Fact{wrote(at(1)), replied(none)}, at(1), at(1), none},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wrote, waiting, replied := Messages(tt.facts)
			escalationtest.Equal(t, "customer wrote", wrote, tt.wrote)
			escalationtest.Equal(t, "waiting since", waiting, tt.waiting)
			escalationtest.Equal(t, "last reply", replied, tt.replied)
		})
	}
}
