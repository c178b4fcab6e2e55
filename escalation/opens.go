package escalation

import (
	"slices"
	"strings"
)

// OpenOutcome says what became of a ticket's message. The strings are metric labels.
type OpenOutcome string

const (
	OpenedNew         OpenOutcome = "opened"
	OpenedDuplicate   OpenOutcome = "duplicate"    // the same message again
	OpenedAlready     OpenOutcome = "already_open" // another message's timeline about the ticket is open
	OpenedIgnoredType OpenOutcome = "ignored_type"
	OpenedTooOld      OpenOutcome = "too_old"
	OpenedUnwatched   OpenOutcome = "unwatched"
)

// PolicyName is what the policy found under a key is called: the policies that channels have for
// themselves share one name.
func (s *Settings) PolicyName(key string) string {
	if p := s.Policies[key]; p.Name != "" {
		return p.Name
	}
	return key
}

// Ignores says that a ticket's type opens nothing (rule 3).
func (s *Settings) Ignores(t Ticket) bool {
	return slices.ContainsFunc(s.IgnoreTypes, func(ignored string) bool { return strings.EqualFold(ignored, strings.TrimSpace(t.Type)) })
}

// Opens says which policy a message would run through, or why it would open nothing.
func Opens(m Message, s *Settings) (p Policy, whyNot string) {
	_, watched := s.Channels[m.Channel]
	switch {
	case !watched:
		return Policy{}, "channel " + m.Channel + " is not watched"
	case m.Ticket.ID == "":
		return Policy{}, "no ticket can be read from the message"
	case s.Ignores(m.Ticket):
		return Policy{}, "tickets of type " + m.Ticket.Type + " are ignored"
	}
	return s.Policies[s.PolicyFor(m.Channel, m.Ticket)], ""
}
