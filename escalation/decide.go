package escalation

import (
	"cmp"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Facts are all that a decision depends on beside the timeline itself.
type Facts struct {
	Now       time.Time
	Answer    desk.Answer // what the help desk says of this ticket; Unchecked if it said nothing
	Roster    calendar.Roster
	Directory circle.Directory
	Settings  *Settings
	NewID     func() string // ids for new jobs
}

// Decide says what is to be done about a timeline now: remind whom of which tier and why, close it,
// or nothing. It is pure; t is not changed. A change without a timeline means that there is nothing
// to save.
func Decide(t Timeline, f Facts) Change {
	if t.State != Open {
		return reopen(t, f)
	}
	d := &decision{t: t.clone(), f: f}
	d.decide()
	return d.change()
}

// decision gathers what one Decide changes.
type decision struct {
	t       Timeline
	f       Facts
	changed bool
	events  []Event
	jobs    []queue.New
	passed  []policy.ClockKind // the clocks whose deadline has passed since the last walk
	solved  time.Time          // when the ticket was solved, where the help desk says so

	breaches []policy.ClockKind // that became certain
	reminds  *Post              // the reminder among jobs
}

// change is all that was decided.
func (d *decision) change() Change {
	if !d.changed {
		return Change{}
	}
	return Change{Timeline: &d.t, Events: d.events, Jobs: d.jobs, Breaches: d.breaches, Reminds: d.reminds}
}

func (d *decision) decide() {
	if Earlier(d.t, d.f.Answer) {
		d.f.Answer.Status, d.f.Answer.RepliedAt = desk.Unanswered, time.Time{}
	}
	d.noteAnswer()
	d.hear()
	if d.ending() {
		return
	}
	d.passDeadlines()
	if !d.f.Now.Before(d.t.ExpiresAt) {
		d.expire()
		return
	}
	d.resume()
	d.waitForOpening()
	tier, covers := d.due()
	pages := d.duePages(tier)
	if tier < 0 && len(pages) == 0 || d.paused() {
		d.remindAtDeadlines()
		return
	}
	var reminder *queue.New
	if tier >= 0 {
		reminder = d.remind(tier, covers)
	}
	d.page(pages, tier, reminder)
}

// noteAnswer remembers what the help desk said. A first "unanswered" is no event: until the help desk answers,
// a ticket counts as unanswered anyway.
func (d *decision) noteAnswer() {
	status := d.f.Answer.Status
	if status == desk.Unchecked {
		return
	}
	if link := d.f.Answer.Link; link != "" {
		d.t.Ticket.Link = link
	}
	was := d.t.Desk.Status
	d.t.Desk.Status, d.t.Desk.At = status, d.f.Now
	d.t.AskedAt = d.f.Now
	if status == was || (was == "" && (status == desk.Unanswered || status == desk.None)) {
		return
	}
	d.event(Event{Kind: EventDesk, Details: Details{Desk: status, ReplyAt: d.f.Answer.RepliedAt, Cause: d.f.Answer.Cause}})
}

// Earlier reports whether the reply that the help desk knows answers an earlier question (rule 5): it is older than
// the ticket's message, and older than what the customer wrote last, if the help desk tells when that was. A reply
// without a date is trusted.
func Earlier(t Timeline, a desk.Answer) bool {
	if a.Status != desk.Answered || a.RepliedAt.IsZero() || !t.predates(a.RepliedAt) {
		return false
	}
	wrote := a.Ticket.CustomerWrote
	return wrote.IsZero() || !a.RepliedAt.After(wrote)
}

// predates says that something is older than the ticket's message, by more than clocks may differ (rule 5).
func (t Timeline) predates(at time.Time) bool { return at.Before(t.PostedAt.Add(-desk.Tolerance)) }

// ending closes the timeline if there is nothing left to promise, and reports whether it did. Where the policy
// promises a first reply alone, that is at the first reply, otherwise once the ticket is solved.
func (d *decision) ending() bool {
	alone := len(d.t.Clocks) == 1 || !d.f.Settings.HasDesk
	replied := !d.t.AnsweredAt.IsZero()
	switch {
	case alone && d.f.Answer.Status == desk.Answered:
		d.answered(d.f.Answer.RepliedAt)
		d.close(Answered, EventAnswered, d.f.Answer.Cause)
		return true
	case d.f.Answer.Status == desk.Withdrawn, !alone && d.t.Desk.Ticket.Status.Over():
		d.stopAll()
		cause := cmp.Or(d.f.Answer.Cause, string(d.t.Desk.Ticket.Status))
		if replied {
			d.close(Answered, EventAnswered, cause)
		} else {
			d.close(Withdrawn, EventWithdrawn, cause)
		}
		return true
	}
	return false
}

// answered records the first reply. The help desk may tell of it late. Where the reply has no time, or one that is
// still to come, it counts from now.
func (d *decision) answered(at time.Time) {
	if at.IsZero() || at.After(d.f.Now) {
		at = d.f.Now
	}
	d.t.AnsweredAt = at
	d.settle(d.t.FirstReply(), at)
	d.changed = true
}

// expire gives the timeline up.
func (d *decision) expire() {
	for i := range d.t.Clocks {
		if c := &d.t.Clocks[i]; c.DeadlinePassed && c.Running() {
			d.breach(c) // nobody ever said that it was answered
		}
	}
	d.close(Expired, EventExpired, "nobody replied before give_up")
}

// close ends the timeline, and has every posted reminder say so.
func (d *decision) close(s TimelineState, kind EventKind, cause string) {
	d.jobs = append(d.jobs, refreshes(d.t, d.f, d.t.unsettled())...)
	d.t.State, d.t.ClosedAt, d.t.Cause = s, d.f.Now, cause
	for i := range d.t.Clocks {
		d.certain(&d.t.Clocks[i])
	}
	d.mayReopen()
	d.resolvePages()
	d.event(Event{Kind: kind, Details: Details{Cause: cause, ReplyAt: d.t.AnsweredAt}})
}

// passDeadlines records each breach, once the deadline has passed and the help desk has confirmed that there was no
// reply. If the help desk does not answer now, the next poll asks it again.
func (d *decision) passDeadlines() {
	for i := range d.t.Clocks {
		c := &d.t.Clocks[i]
		if !c.Running() || d.f.Now.Before(c.Deadline) {
			continue
		}
		if !c.DeadlinePassed {
			c.DeadlinePassed, d.changed = true, true
			d.passed = append(d.passed, c.Kind)
		} else if !c.TellAt.IsZero() && !d.f.Now.Before(c.TellAt) {
			d.passed = append(d.passed, c.Kind)
			c.TellAt, d.changed = time.Time{}, true
		}
		if d.f.Answer.Status == desk.Unchecked {
			continue
		}
		d.breach(c)
		if d.f.Answer.Status == desk.None || !d.f.Now.Before(c.DoubtfulUntil) {
			d.certain(c)
		}
	}
}

// settle says whether a clock's promise was kept at a moment.
func (d *decision) settle(c *Clock, at time.Time) {
	if at.After(c.Deadline) {
		d.breach(c)
	} else {
		c.BreachedAt, c.DoubtfulUntil = time.Time{}, time.Time{} // the help desk was late with its word, not the agent
	}
}

// end stops a clock whose promise was kept or broken.
func (d *decision) end(c *Clock, at time.Time) {
	d.t.stop(c, at)
	d.certain(c)
	d.changed = true
	if c.BreachedAt.IsZero() {
		d.event(Event{Kind: EventKept, At: at, Details: Details{Clock: c.Kind.Short(), For: c.usedUntil(at, d.hours())}})
	}
}

func (d *decision) breach(c *Clock) {
	if !c.BreachedAt.IsZero() {
		return
	}
	c.BreachedAt = c.broken()
	c.DoubtfulUntil = d.f.Now.Add(max(d.f.Settings.Poll, decisionGoodFor))
	d.event(Event{Kind: EventBreached, At: c.BreachedAt, Details: Details{Clock: c.Kind.Short()}})
}

// certain counts a breach: nothing takes it back any more.
func (d *decision) certain(c *Clock) {
	if c.BreachedAt.IsZero() || c.DoubtfulUntil.IsZero() {
		return
	}
	c.DoubtfulUntil, d.changed = time.Time{}, true
	d.breaches = append(d.breaches, c.Kind)
}

func (d *decision) event(e Event) {
	e.Timeline = d.t.ID
	if e.At.IsZero() {
		e.At = d.f.Now
	}
	d.events = append(d.events, e)
	d.changed = true
}
