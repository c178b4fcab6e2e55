package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Told is what an event does to an open timeline. One about a time before the ticket's message is
// about an earlier question (rule 5). One that does not say enough, or proves nothing, has the ticket
// asked about next.
func Told(t Timeline, e desk.Event, f Facts) (Change, Verdict) {
	if t.State != Open || t.predates(e.At) {
		return Change{}, VerdictNothing
	}
	f.Answer = desk.Answer{Facts: e.Facts}
	switch {
	case !e.Proof || e.Kind == desk.Other:
		return hearAndAsk(t, f)
	case e.Kind == desk.Closed:
		f.Answer.Status, f.Answer.Cause = desk.Withdrawn, e.Cause
	default:
		f.Answer.Status, f.Answer.RepliedAt = desk.Answered, e.At
	}
	return Decide(t, f)
}

// aheadOfAll is how long ago a timeline counts as asked about that is to be asked about next.
const aheadOfAll = 24 * time.Hour

// hearAndAsk takes in what an event tells, and puts the timeline at the head of those that the poller asks
// about. Its turn comes within seconds, and keeps to the budget however much the help desk tells.
func hearAndAsk(t Timeline, f Facts) (Change, Verdict) {
	d := &decision{t: t.clone(), f: f}
	d.hear()
	verdict := d.ending()
	if head := t.PostedAt.Add(-aheadOfAll); verdict == VerdictNothing && t.AskedAt.After(head) {
		d.t.AskedAt, d.changed = head, true
	}
	if !d.changed {
		return Change{}, VerdictNothing
	}
	return Change{Timeline: &d.t, Events: d.events, Jobs: d.jobs, Breaches: d.breaches}, verdict
}
