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

// hear takes in what the help desk tells that was not heard before: it goes into the history (rule 16), and
// the clocks follow it (rule 17), in the order of the facts' own times.
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

// before is what the ticket said before a fact changed it, so that a replay can begin with it.
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

// outOfOrder says that something later of the same kind was heard before: facts may come out of order, and a ticket's
// status, priority and type are what was said of them last.
func (d *decision) outOfOrder(f desk.Fact) bool {
	switch f.Kind {
	case desk.FactStatus, desk.FactPriority, desk.FactType:
		return slices.ContainsFunc(d.t.Desk.Heard, func(heard desk.Fact) bool {
			return heard.Kind == f.Kind && !f.At.IsZero() && heard.At.After(f.At)
		})
	}
	return false
}

// followStatus has the resolution's clock stand still just where the desk says now that the ticket is at one of its
// pauses, whatever the facts came to: a desk's clock may be wrong.
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

// news are the facts that are new: those told, and those that follow from how the ticket stands now compared
// with how it stood before.
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

// remember keeps how the ticket stands, as far as it was told.
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

// keepKnown is what is told, or what was known before where nothing is.
func keepKnown[T comparable](told, known T) T {
	var nothing T
	if told == nothing {
		return known
	}
	return told
}

// take has the clocks follow one fact. What is unknown to us, too old or out of order closes and breaks
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

// replied is a public reply by a person. It ends the first reply's clock, and later the next reply's. One that
// answers an earlier question counts for nothing (rule 5).
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

// customerWrote starts the next reply's clock, once there was a first reply; it counts from the oldest message
// without an answer.
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
		next.ChangedAt = d.f.Now // the older message was heard late: no promise was broken before we knew
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

// stopAll ends every clock of a ticket that is over: the resolution is kept or broken, the others are void. One whose
// deadline had passed when the ticket was solved was broken by then, though nobody looked at the time.
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

// Settles reports whether what the help desk says leaves a tier nothing to remind or page of. For the first
// reply a reply is enough; the other clocks have to have stopped. i is the tier's index.
func Settles(t Timeline, i int, f Facts) bool {
	d := &decision{t: t.clone(), f: f}
	d.hear()
	return d.ending() || !d.t.ClockOf(i).Running()
}

// Hear is what an event does to a timeline. One about a time before the ticket's message is
// about an earlier question (rule 5). One that does not say enough, or proves nothing, has the ticket
// asked about next.
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

// aheadOfAll is how long ago a timeline counts as asked about that is to be asked about next.
const aheadOfAll = 24 * time.Hour

// hearAndAsk takes in what an event tells, and puts the timeline at the head of those that the poller asks
// about. Its turn comes within seconds, and keeps to the budget however much the help desk tells.
func hearAndAsk(t Timeline, f Facts) Change {
	d := &decision{t: t.clone(), f: f}
	d.hear()
	if head := t.PostedAt.Add(-aheadOfAll); !d.ending() && t.AskedAt.After(head) {
		d.t.AskedAt, d.changed = head, true
	}
	return d.change()
}
