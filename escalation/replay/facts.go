package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// input is something that happened to a timeline from outside.
type input struct {
	at    time.Time
	event escalation.Event
}

// span is a time: from its begin until before its end.
type span struct{ from, to time.Time }

func (s span) holds(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }

// original is what a ticket said when it was posted, as far as it is known.
type original struct {
	priority, kind *string
	unknown        bool // it was changed, and nobody kept what it had been
}

// take goes back to what the ticket said before the first change that was told, and says whether the fact can be
// told again: one of which it is not known what it changed cannot.
func (o *original) take(e escalation.Event) bool {
	of := &o.priority
	switch e.Fact.Kind {
	case desk.FactPriority:
	case desk.FactType:
		of = &o.kind
	default:
		return true
	}
	if e.Was == nil {
		o.unknown = true
		return false
	}
	if *of == nil {
		*of = e.Was
	}
	return true
}

// ticket is how the ticket was posted.
func (o original) ticket(now escalation.Ticket) escalation.Ticket {
	if o.priority != nil {
		now.Priority = *o.priority
	}
	if o.kind != nil {
		now.Type = *o.kind
	}
	return now
}

// facts are what a record tells of the world around its timeline.
type facts struct {
	inputs    []input
	original  original
	blind     []span    // the bot did not look
	silent    []span    // the help desk did not answer
	replied   time.Time // the first reply's own time; zero: there is none
	knownAt   time.Time // from when the help desk told of it
	withdrawn time.Time // zero: it was not
	cause     string
}

// factsOf reads them out of a history.
func factsOf(r review.Record) facts {
	t := r.Timeline
	f := facts{replied: t.AnsweredAt, knownAt: t.AnsweredAt}
	if t.OpenedAt.After(t.PostedAt) {
		f.blind = append(f.blind, span{t.PostedAt, t.OpenedAt})
	}
	var silentSince time.Time
	for i, e := range r.History {
		switch e.Kind {
		case escalation.EventPolicy:
			if i == 0 || r.History[i-1].Kind != escalation.EventFact { // a second message about it: its words are not kept
				f.original.unknown = true
			}
		case escalation.EventSnoozed, escalation.EventUnsnoozed, escalation.EventOwned, escalation.EventPaused, escalation.EventResumed:
			f.inputs = append(f.inputs, input{e.At, e})
		case escalation.EventFact:
			if e.Fact != nil && f.original.take(e) {
				f.inputs = append(f.inputs, input{cmp.Or(e.Heard, e.At), e})
			}
		case escalation.EventDue:
			if e.Late > 0 {
				f.blind = append(f.blind, span{e.At.Add(-e.Late), e.At})
			}
			if silentSince.IsZero() && e.Desk == desk.Unchecked {
				silentSince = e.At
			}
			if e.Desk == desk.Unanswered && !f.replied.IsZero() && !e.At.Before(f.replied) {
				f.knownAt = time.Time{} // the desk itself did not know yet
			}
		case escalation.EventSuperseded: // it came due while nobody looked
			if e.Tier >= 1 && e.Tier <= len(t.Tiers) && t.Tiers[e.Tier-1].Due.Before(e.At) {
				f.blind = append(f.blind, span{t.Tiers[e.Tier-1].Due, e.At})
			}
		case escalation.EventAnswered, escalation.EventWithdrawn:
			f.cause = e.Cause
			if e.Kind == escalation.EventWithdrawn {
				f.withdrawn = e.At
			}
			if f.knownAt.IsZero() && !f.replied.IsZero() {
				f.knownAt = e.At
			}
		}
		if !silentSince.IsZero() && (e.Desk != desk.Unchecked || e.Kind == escalation.EventAnswered || e.Kind == escalation.EventWithdrawn) {
			f.silent, silentSince = append(f.silent, span{silentSince, e.At}), time.Time{}
		}
	}
	if !silentSince.IsZero() {
		f.silent = append(f.silent, span{silentSince, silentSince.Add(time.Minute)})
	}
	for _, at := range []time.Time{f.knownAt, f.withdrawn} {
		if !at.IsZero() {
			f.inputs = append(f.inputs, input{at: at})
		}
	}
	slices.SortStableFunc(f.inputs, func(a, b input) int { return a.at.Compare(b.at) })
	return f
}

// answer is what the help desk says at a moment.
func (f facts) answer(at time.Time, s *escalation.Settings) desk.Answer {
	switch {
	case !f.withdrawn.IsZero() && !at.Before(f.withdrawn):
		return desk.Answer{Status: desk.Withdrawn, Cause: f.cause}
	case slices.ContainsFunc(f.silent, func(s span) bool { return s.holds(at) }):
		return desk.Answer{}
	case !f.knownAt.IsZero() && !at.Before(f.knownAt):
		return desk.Answer{Status: desk.Answered, RepliedAt: f.replied, Cause: f.cause}
	case !s.HasDesk:
		return desk.Answer{Status: desk.None}
	}
	return desk.Answer{Status: desk.Unanswered}
}

// awake is when the bot looks that would have looked at a moment.
func (f facts) awake(at time.Time) time.Time {
	for again := true; again; {
		again = false
		for _, s := range f.blind {
			if s.holds(at) {
				at, again = s.to, true
			}
		}
	}
	return at
}
