package policy

import "cmp"

// ClockKind is the kind of promise that a clock measures. The strings are stored, exported, and labels of metrics.
type ClockKind string

// The clocks that a policy may have (rule 17).
const (
	FirstReply ClockKind = "first_reply" // from the ticket's message to the first public reply; never pauses
	NextReply  ClockKind = "next_reply"  // from the customer's oldest message without an answer to a public reply; never pauses
	Resolution ClockKind = "resolution"  // from the ticket's message to solved; pauses while the customer has to act
)

// ClockKinds are all kinds, in the order in which people read them.
func ClockKinds() []ClockKind {
	return []ClockKind{FirstReply, NextReply, Resolution}
}

// Words is what people call the clock.
func (k ClockKind) Words() string {
	switch k {
	case NextReply:
		return "next reply"
	case Resolution:
		return "resolution"
	}
	return "first reply"
}

// Short is the kind as it is stored: the first reply's is "", because it was the only one once.
func (k ClockKind) Short() ClockKind {
	if k == FirstReply {
		return ""
	}
	return k
}

// Full is the kind that Short stands for.
func (k ClockKind) Full() ClockKind { return cmp.Or(k, FirstReply) }
