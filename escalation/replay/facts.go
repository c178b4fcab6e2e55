package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// input is something that happened to a timeline from outside: what somebody did, or what the help desk told at once.
type input struct {
	at    time.Time
	event escalation.Event // of what people do
	told  bool             // by the help desk
	facts []desk.Fact
	since time.Time // when the latest of what it told happened; zero: it did not say
}

// word is what the help desk said of a ticket from a moment on.
type word struct {
	at     time.Time
	answer desk.Answer
}

// facts are what a record tells of the world around its timeline.
type facts struct {
	inputs   []input
	original original
	words    []word // in the order of their times
	blind    []span // the bot did not look, or Slack took nothing
	silent   []span // the help desk did not answer
}

// factsOf reads them out of a history. h are the hours that the timeline counted in.
func factsOf(r review.Record, h *hours.Hours) facts {
	f := facts{blind: blindSpans(r, h), silent: silentSpans(r)}
	for i, e := range r.History {
		switch e.Kind {
		case escalation.EventSnoozed, escalation.EventUnsnoozed, escalation.EventOwned, escalation.EventPaused, escalation.EventResumed:
			f.inputs = append(f.inputs, input{at: e.At, event: e})
		case escalation.EventDesk:
			f.says(e.At, desk.Answer{Status: e.Desk, RepliedAt: e.ReplyAt, Cause: e.Cause})
			f.tells(e.At, e.ReplyAt)
		case escalation.EventFact:
			if e.Fact == nil || !f.original.take(e) {
				continue
			}
			at := cmp.Or(e.Heard, e.At)
			f.tells(at, e.Fact.At, *e.Fact)
			if e.Fact.Kind == desk.FactStatus {
				f.stands(at, desk.Status(e.Fact.Value))
			}
		case escalation.EventPolicy:
			if i == 0 || r.History[i-1].Kind != escalation.EventFact { // a second message about it: its words are not kept
				f.original.unknown = true
			}
		case escalation.EventAnswered, escalation.EventWithdrawn:
			f.closes(e)
		}
	}
	slices.SortStableFunc(f.inputs, func(a, b input) int { return a.at.Compare(b.at) })
	return f
}

// says notes what the help desk answered from a moment on.
func (f *facts) says(at time.Time, a desk.Answer) {
	a.Ticket = f.answered(at).Ticket
	f.words = append(f.words, word{at, a})
}

// stands notes the ticket's status from a moment on.
func (f *facts) stands(at time.Time, s desk.Status) {
	a := f.answered(at)
	a.Ticket.Status = s
	f.words = append(f.words, word{at, a})
}

// tells notes that the help desk told something that happened at since: all that it told at one moment is heard at once.
func (f *facts) tells(at, since time.Time, told ...desk.Fact) {
	if n := len(f.inputs); n > 0 && f.inputs[n-1].told && f.inputs[n-1].at.Equal(at) {
		last := &f.inputs[n-1]
		last.facts = append(last.facts, told...)
		if since.After(last.since) {
			last.since = since
		}
		return
	}
	f.inputs = append(f.inputs, input{at: at, told: true, facts: told, since: since})
}

// closes notes the word that closed a timeline, where the history does not have it.
func (f *facts) closes(e escalation.Event) {
	was, status := f.answered(e.At), desk.Answered
	if e.Kind == escalation.EventWithdrawn {
		status = desk.Withdrawn
	}
	if was.Status == status || was.Ticket.Status.Over() {
		return
	}
	f.says(e.At, desk.Answer{Status: status, RepliedAt: e.ReplyAt, Cause: e.Cause})
	f.tells(e.At, e.ReplyAt)
}

// answered is the last word at a moment; where there was none, nobody had replied.
func (f *facts) answered(at time.Time) desk.Answer {
	for _, w := range slices.Backward(f.words) {
		if !w.at.After(at) {
			return w.answer
		}
	}
	return desk.Answer{Status: desk.Unanswered}
}

// answer is what the help desk says when it is asked at a moment.
func (f *facts) answer(at time.Time, s *escalation.Settings) desk.Answer {
	a := f.answered(at)
	switch {
	case slices.ContainsFunc(f.silent, func(s span) bool { return s.holds(at) }):
		return desk.Answer{}
	case a.Status == desk.Unanswered && !s.HasDesk:
		a.Status = desk.None
	}
	return a
}

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
