package escalation

import (
	"time"
)

// Told is what an event does to an open timeline. One about a time before the ticket's message is
// about an earlier question (rule 5). One that does not say enough, or proves nothing, has the ticket
// asked about next.
func Told(t Timeline, e DeskEvent, f Facts) (Change, Verdict) {
	if t.State != Open || t.predates(e.At) {
		return Change{}, VerdictNothing
	}
	if !e.Proof || e.Kind == DeskOther {
		return askNext(t)
	}
	f.Answer = Answer{Status: DeskAnswered, RepliedAt: e.At}
	if e.Kind == DeskClosed {
		f.Answer = Answer{Status: DeskWithdrawn, Cause: e.Cause}
	}
	return Decide(t, f)
}

// aheadOfAll is how long ago a timeline counts as asked about that is to be asked about next.
const aheadOfAll = 24 * time.Hour

// askNext puts a timeline at the head of those that the poller asks about. Its turn comes within
// seconds, and keeps to the budget however much the help desk tells.
func askNext(t Timeline) (Change, Verdict) {
	head := t.PostedAt.Add(-aheadOfAll)
	if !t.AskedAt.After(head) {
		return Change{}, VerdictNothing
	}
	t = t.clone()
	t.AskedAt = head
	return Change{Timeline: &t}, VerdictNothing
}
