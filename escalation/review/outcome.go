package review

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// Outcome is what became of the first reply, which every policy promises. Package report tells of each clock. The strings are exported.
type Outcome string

const (
	Met       Outcome = "met"       // an agent replied by the deadline
	Breached  Outcome = "breached"  // the deadline passed without a reply, whatever came of the ticket later
	Withdrawn Outcome = "withdrawn" // nothing was left to answer, and no breach is known
	Expired   Outcome = "expired"   // given up before its deadline: give_up is shorter
	Open      Outcome = "open"      // the deadline is still to come
	Unchecked Outcome = "unchecked" // the deadline has passed, and nobody has said yet whether there was a reply
)

// OutcomeOf tells what became of the promise by now. A breach is what was recorded as one: the deadline
// passed, and somebody confirmed that there was no reply, or the reply is dated later. One that was taken
// back, because a reply turned out to be dated in time, is none.
func OutcomeOf(t escalation.Timeline, now time.Time) Outcome {
	switch {
	case !t.FirstReply().BreachedAt.IsZero():
		return Breached
	case t.State == escalation.Answered, !t.AnsweredAt.IsZero(): // a policy that promises more goes on
		return Met
	case t.State == escalation.Withdrawn:
		return Withdrawn
	case t.State == escalation.Expired:
		return Expired
	case now.Before(t.FirstReply().Deadline):
		return Open
	}
	return Unchecked
}

// Unneeded is the state of a tier whose timeline was closed before it was reminded of.
const Unneeded escalation.TierState = "unneeded"

// tierState is how a tier came out: its state, but that one whose reminder is in the thread was posted, also if it
// waits to be posted again, and that nothing is pending any more once its timeline is closed.
func tierState(t escalation.Timeline, d escalation.DueTier, stands bool) escalation.TierState {
	switch {
	case d.State != escalation.TierPending && d.State != escalation.TierOwed:
		return d.State
	case stands:
		return escalation.TierPosted
	case t.State != escalation.Open:
		return Unneeded
	}
	return d.State
}
