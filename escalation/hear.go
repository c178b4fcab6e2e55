package escalation

import (
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// maxHeard is how many of the latest facts a timeline remembers, so that each counts once.
const maxHeard = 100

// hear takes in the facts of the help desk that are new. They go into the history (rule 16), and the clocks follow them
// (rule 17), in the order of the facts' own times.
func (d *decision) hear() {
	for _, fact := range d.news() {
		d.t.Desk.Heard = append(slices.Clip(d.t.Desk.Heard), fact)
		d.t.Desk.Heard = d.t.Desk.Heard[max(len(d.t.Desk.Heard)-maxHeard, 0):]
		at := fact.At
		if at.IsZero() {
			at = d.f.Now
		}
		told := Details{Fact: &fact, Was: d.before(fact)}
		if !at.Equal(d.f.Now) {
			told.Heard = d.f.Now
		}
		d.event(Event{Kind: EventFact, At: at, Details: told})
		if !d.outOfOrder(fact) {
			d.take(fact, at)
		}
	}
	d.followStatus()
	d.remember()
}

// before is the ticket's priority or type before a fact changed it. A replay begins with that.
func (d *decision) before(f desk.Fact) *string {
	was := d.t.Ticket
	switch f.Kind {
	case desk.FactPriority:
		return &was.Priority
	case desk.FactType:
		return &was.Type
	}
	return nil
}

// outOfOrder says that a later fact of the same kind was heard before. Facts may come out of order, and only the latest
// counts for a ticket's status, priority and type.
func (d *decision) outOfOrder(f desk.Fact) bool {
	switch f.Kind {
	case desk.FactStatus, desk.FactPriority, desk.FactType:
		return slices.ContainsFunc(d.t.Desk.Heard, func(heard desk.Fact) bool {
			return heard.Kind == f.Kind && !f.At.IsZero() && heard.At.After(f.At)
		})
	}
	return false
}

// followStatus pauses or resumes the resolution's clock if the ticket's status says so now, and the facts have come to
// something else: a desk's clock may be wrong.
func (d *decision) followStatus() {
	c, s := d.t.Clock(policy.Resolution), d.f.Answer.Ticket.Status
	if c == nil || s == desk.StatusUnknown || s.Over() || c.Start.IsZero() || !c.StoppedAt.IsZero() {
		return
	}
	if slices.Contains(c.Pause, s) == c.Running() {
		fact := desk.Fact{Kind: desk.FactStatus, At: d.f.Now, Value: string(s)}
		d.event(Event{Kind: EventFact, Details: Details{Fact: &fact}})
		d.take(fact, d.f.Now)
	}
}

// news are the facts that are new: those that the help desk told, and those that follow from comparing the ticket as it
// is now with the ticket as it was.
func (d *decision) news() []desk.Fact {
	facts := slices.DeleteFunc(desk.Tidy(d.f.Answer.Facts, d.f.Now), func(f desk.Fact) bool { return slices.ContainsFunc(d.t.Desk.Heard, f.Same) })
	was, is := d.t.Desk.Ticket, d.f.Answer.Ticket
	infer := func(f desk.Fact) {
		if !slices.ContainsFunc(d.t.Desk.Heard, f.Same) && !slices.ContainsFunc(facts, f.Same) {
			facts = append(facts, f)
		}
	}
	changed := func(kind desk.FactKind, was, is string, at time.Time) {
		told := func(f desk.Fact) bool { return f.Kind == kind && strings.EqualFold(f.Value, is) }
		if is != "" && was != is && !slices.ContainsFunc(facts, told) {
			facts = append(facts, desk.Fact{Kind: kind, Value: is, At: at})
		}
	}
	if len(d.t.Clocks) > 1 {
		if d.f.Answer.Status == desk.Answered && d.t.AnsweredAt.IsZero() {
			infer(desk.Fact{Kind: desk.FactReplied, At: d.f.Answer.RepliedAt})
		}
		if !is.WaitingSince.IsZero() && !is.WaitingSince.After(d.f.Now) {
			infer(desk.Fact{Kind: desk.FactCustomerWrote, At: is.WaitingSince})
		}
		if !is.LastReply.IsZero() && !is.LastReply.After(d.f.Now) {
			infer(desk.Fact{Kind: desk.FactReplied, At: is.LastReply})
		}
	}
	solved := time.Time{}
	if is.Status.Over() && !is.SolvedAt.After(d.f.Now) {
		solved = is.SolvedAt
	}
	changed(desk.FactStatus, string(was.Status), string(is.Status), solved)
	if was.Status != "" || d.t.Ticket.Priority == "" {
		changed(desk.FactPriority, was.Priority, is.Priority, time.Time{})
	}
	if was.Status != "" || d.t.Ticket.Type == "" {
		changed(desk.FactType, was.Type, is.Type, time.Time{})
	}
	changed(desk.FactAssigned, was.Assignee.String(), is.Assignee.String(), time.Time{})
	return desk.Tidy(facts, d.f.Now)
}

// remember keeps the ticket as the help desk has it now. What it did not tell stays as it was.
func (d *decision) remember() {
	is, kept := d.f.Answer.Ticket, &d.t.Desk.Ticket
	if is == (desk.Ticket{}) {
		return
	}
	is.Status = keepKnown(is.Status, kept.Status)
	is.Priority = keepKnown(is.Priority, kept.Priority)
	is.Type = keepKnown(is.Type, kept.Type)
	is.Group = keepKnown(is.Group, kept.Group)
	if is.Status.Over() {
		is.SolvedAt = keepKnown(kept.SolvedAt, is.SolvedAt)
	}
	*kept = is
}

// keepKnown is what was told, or, if nothing was, what was known before.
func keepKnown[T comparable](told, known T) T {
	var nothing T
	if told == nothing {
		return known
	}
	return told
}

// take has the clocks follow one fact. A fact that is unknown, too old or out of order closes nothing and breaks
// nothing.
func (d *decision) take(f desk.Fact, at time.Time) {
	switch f.Kind {
	case desk.FactReplied:
		d.replied(at)
	case desk.FactCustomerWrote:
		d.customerWrote(at)
	case desk.FactStatus:
		d.statusIs(desk.Status(f.Value), at)
		if desk.Status(f.Value).Over() {
			d.solved = f.At
		}
	case desk.FactPriority:
		d.t.Desk.Ticket.Priority = f.Value
		d.chooseAgain(func(t *Ticket) { t.Priority = f.Value })
	case desk.FactType:
		d.t.Desk.Ticket.Type = f.Value
		d.chooseAgain(func(t *Ticket) { t.Type = f.Value })
	}
}

// replied takes in a public reply by a person. The first one ends the first reply's clock, a later one the next
// reply's. A reply to an earlier question does not count (rule 5).
func (d *decision) replied(at time.Time) {
	if len(d.t.Clocks) == 1 || Earlier(d.t, desk.Answer{Status: desk.Answered, RepliedAt: at, Ticket: d.f.Answer.Ticket}) {
		return
	}
	if first := d.t.FirstReply(); first.StoppedAt.IsZero() {
		d.answered(at)
		d.end(first, at)
	}
	if next := d.t.Clock(policy.NextReply); next != nil && next.Running() && !at.Before(next.Start) {
		d.settle(next, at)
		d.end(next, at)
	}
}

// customerWrote starts the next reply's clock, once there was a first reply. It counts from the customer's oldest
// message that has no answer.
func (d *decision) customerWrote(at time.Time) {
	next := d.t.Clock(policy.NextReply)
	switch {
	case next == nil, d.t.FirstReply().StoppedAt.IsZero(), !at.After(d.t.AnsweredAt), d.t.Desk.Ticket.Status.Over():
		return
	case next.Running() && !at.Before(next.Start), !next.StoppedAt.IsZero() && !at.After(next.StoppedAt):
		return
	}
	again := next.Running()
	d.t.start(next, at, d.hours())
	if again {
		next.ChangedAt = d.f.Now // we heard of the older message late: no promise was broken before that
	}
	d.event(Event{Kind: EventStarted, At: at, Details: Details{Clock: policy.NextReply, Until: next.Deadline}})
}

// statusIs pauses and resumes the resolution's clock. Solved voids the next reply's.
func (d *decision) statusIs(s desk.Status, at time.Time) {
	d.t.Desk.Ticket.Status, d.t.Desk.Ticket.SolvedAt = s, time.Time{}
	if s.Over() {
		d.t.Desk.Ticket.SolvedAt = at
	}
	c := d.t.Clock(policy.Resolution)
	if c == nil || s == desk.StatusUnknown || s.Over() {
		return
	}
	pauses := slices.Contains(c.Pause, s)
	switch {
	case pauses && c.Running():
		if at.After(c.Deadline) {
			d.breach(c)
		}
		d.t.pause(c, at, d.hours())
		d.changed = true
	case !pauses && !c.PausedAt.IsZero():
		d.t.resume(c, at, d.f.Now, d.hours())
		d.changed = true
	}
}

// stopAll ends every clock of a ticket that is over: the resolution is kept or broken, the others are void. A clock
// whose deadline had passed when the ticket was solved was broken, even if nobody looked at the time.
func (d *decision) stopAll() {
	at := d.f.Now
	if solved := d.t.Desk.Ticket.SolvedAt; !solved.IsZero() && solved.Before(at) {
		at = solved
	}
	for i := range d.t.Clocks {
		c := &d.t.Clocks[i]
		if c.Running() && d.solved.After(c.Deadline) {
			d.breach(c)
		}
		if len(d.t.Clocks) == 1 || c.Start.IsZero() || !c.StoppedAt.IsZero() {
			continue
		}
		if c.Kind == policy.Resolution {
			if c.PausedAt.IsZero() {
				d.settle(c, at)
			}
			d.end(c, at)
			continue
		}
		d.t.stop(c, at)
		d.event(Event{Kind: EventVoid, At: at, Details: Details{Clock: c.Kind.Short()}})
	}
}

// Settles reports whether, by what the help desk says, a tier has nothing left to remind or page of: there is a first
// reply, or the tier's other clock has stopped. i is the tier's index.
func Settles(t Timeline, i int, f Facts) bool {
	d := &decision{t: t.clone(), f: f}
	d.hear()
	return d.ending() || !d.t.ClockOf(i).Running()
}

// Hear is what an event of the help desk does to a timeline. An event from before the ticket's message is about an
// earlier question, and changes nothing (rule 5). After an event that does not say enough, or proves nothing, the help
// desk is asked about the ticket next.
func Hear(t Timeline, e desk.Event, f Facts) Change {
	switch {
	case t.predates(e.At):
		return Change{}
	case t.State != Open:
		return hearSolved(t, e, f)
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

// aheadOfAll: a timeline that is to be asked about next counts as last asked about so long before its message. So it
// comes before all others.
const aheadOfAll = 24 * time.Hour

// hearAndAsk takes in what an event tells, and makes the timeline the next that the poller asks about. That is within
// seconds, and within the budget, however much the help desk tells.
func hearAndAsk(t Timeline, f Facts) Change {
	d := &decision{t: t.clone(), f: f}
	d.hear()
	if head := t.PostedAt.Add(-aheadOfAll); !d.ending() && t.AskedAt.After(head) {
		d.t.AskedAt, d.changed = head, true
	}
	return d.change()
}
