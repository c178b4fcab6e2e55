package report

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// Outcome is what became of one promise by now. All four together are all promises.
type Outcome string

const (
	Kept      Outcome = "kept"      // by the deadline
	Breached  Outcome = "breached"  // the deadline passed before; a ticket that still waits then counts here too
	Withdrawn Outcome = "withdrawn" // nothing was left to promise, and no breach is known
	Open      Outcome = "open"      // not decided yet: the deadline is still to come, or the clock is paused
)

// Promise is one run of a clock. The first reply and the resolution run once; the next reply each time that the
// customer has written.
type Promise struct {
	Clock      policy.ClockKind
	Start      time.Time
	Deadline   time.Time // the last one known of this run; zero: not known any more
	Outcome    Outcome
	BreachedAt time.Time // the deadline, or the moment of the change that put it into the past
	EndedAt    time.Time // zero: it has not ended
	Void       bool      // it has ended, and what was promised was never done
}

// Promises are all that was promised of a ticket, and what became of it by now.
func Promises(r review.Record, now time.Time) []Promise {
	t := r.Timeline
	all := make([]Promise, 0, len(t.Clocks))
	for _, c := range t.Clocks {
		switch {
		case c.Kind == policy.NextReply:
			all = append(all, nextReplies(r, c, now)...)
		case !c.Start.IsZero():
			all = append(all, promise(t, c, now))
		}
	}
	return all
}

// promise judges a clock as it stands.
func promise(t escalation.Timeline, c escalation.Clock, now time.Time) Promise {
	p := Promise{Clock: c.Kind, Start: c.Start, Deadline: c.Deadline, EndedAt: c.StoppedAt, BreachedAt: c.BreachedAt}
	if p.EndedAt.IsZero() {
		p.EndedAt = t.ClosedAt
	}
	if c.Kind == policy.FirstReply && !t.AnsweredAt.IsZero() {
		p.EndedAt = t.AnsweredAt
	}
	p.Void = !p.EndedAt.IsZero() && c.StoppedAt.IsZero()
	if c.Kind == policy.FirstReply {
		p.Void = !p.EndedAt.IsZero() && t.AnsweredAt.IsZero()
	}
	p.Outcome = outcome(t, c, p, now)
	if p.Outcome == Breached && p.BreachedAt.IsZero() {
		p.BreachedAt = p.Deadline
		if c.ChangedAt.After(p.Deadline) {
			p.BreachedAt = c.ChangedAt
		}
	}
	return p
}

func outcome(t escalation.Timeline, c escalation.Clock, p Promise, now time.Time) Outcome {
	replied := c.Kind == policy.FirstReply && !t.AnsweredAt.IsZero()
	waits := t.State == escalation.Open || t.State == escalation.Expired // given up is not answered
	switch {
	case !p.BreachedAt.IsZero():
		return Breached
	case replied, c.Kind == policy.Resolution && !c.StoppedAt.IsZero():
		return Kept
	case !waits, !c.StoppedAt.IsZero():
		return Withdrawn
	case !c.PausedAt.IsZero(), now.Before(c.Deadline):
		return Open
	}
	return Breached
}

// nextReplies are the runs of the next reply's clock: the history tells of those before the last, and the
// clock itself of the last.
func nextReplies(r review.Record, c escalation.Clock, now time.Time) []Promise {
	var all []Promise
	var run *Promise
	end := func(o Outcome, at time.Time) {
		if run != nil && run.EndedAt.IsZero() {
			if run.Outcome != Breached {
				run.Outcome = o
			}
			run.EndedAt, run.Void = at, o == Withdrawn
		}
	}
	for _, e := range r.History {
		replied := e.Kind == escalation.EventFact && e.Fact != nil && e.Fact.Kind == desk.FactReplied
		switch {
		case replied:
			if run != nil && run.Outcome == Breached && !e.At.Before(run.Start) {
				end(Breached, e.At)
			}
		case e.Clock != policy.NextReply:
		case e.Kind == escalation.EventStarted && run != nil && run.EndedAt.IsZero():
			run.Start, run.Deadline = e.At, e.Until // an older message was heard late
		case e.Kind == escalation.EventStarted:
			all = append(all, Promise{Clock: policy.NextReply, Start: e.At, Deadline: e.Until, Outcome: Open})
			run = &all[len(all)-1]
		case e.Kind == escalation.EventBreached && run != nil:
			run.Outcome, run.BreachedAt = Breached, e.At
		case e.Kind == escalation.EventKept:
			end(Kept, e.At)
		case e.Kind == escalation.EventVoid:
			end(Withdrawn, e.At)
		}
	}
	if run != nil && run.EndedAt.IsZero() && !c.Start.IsZero() {
		*run = promise(r.Timeline, c, now)
	}
	return all
}
