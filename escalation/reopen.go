package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// ReopenEvery is how often the help desk is asked whether a solved ticket has come back.
const ReopenEvery = 15 * time.Minute

// mayReopen: the help desk is asked now and then about a timeline that closes with a solved ticket. If the customer
// comes back to it, the resolution's clock goes on with what was used (rule 17).
func (d *decision) mayReopen() {
	if len(d.t.Clocks) > 1 && d.t.Desk.Ticket.Status == desk.StatusSolved {
		d.t.LookAt = d.f.Now.Add(ReopenEvery)
	}
}

// reopen is what the help desk's answer does to a closed timeline: mostly nothing.
func reopen(t Timeline, f Facts) Change {
	status := f.Answer.Ticket.Status
	switch {
	case t.LookAt.IsZero(), status == desk.StatusUnknown, status == desk.StatusSolved && f.Now.Before(t.ExpiresAt):
		return Change{}
	case status.Over(), !f.Now.Before(t.ExpiresAt):
		t = t.clone()
		t.LookAt = time.Time{}
		return Change{Timeline: &t}
	}
	d := &decision{t: t.clone(), f: f}
	d.jobs = refreshes(d.t, d.f, d.t.unsettled())
	d.t.State, d.t.ClosedAt, d.t.Cause, d.t.LookAt = Open, time.Time{}, "", time.Time{}
	at := d.reopenedAt()
	d.event(Event{Kind: EventReopened, At: at})
	d.restart(d.t.Clock(policy.Resolution), at)
	if d.t.AnsweredAt.IsZero() {
		d.restart(d.t.FirstReply(), at)
	}
	d.noteAnswer()
	d.hear()
	return d.change()
}

// hearSolved is what an event does to a timeline whose ticket is solved and may come back. If the event says that it is
// open, the timeline is open again at once, otherwise the help desk is asked about it next.
func hearSolved(t Timeline, e desk.Event, f Facts) Change {
	if t.LookAt.IsZero() || !e.MayReopen() {
		return Change{}
	}
	for _, fact := range e.Facts {
		status := desk.Status(fact.Value)
		if fact.Kind != desk.FactStatus || status == desk.StatusUnknown || status.Over() || !e.At.After(t.Desk.Ticket.SolvedAt) {
			continue
		}
		f.Answer = desk.Answer{Status: desk.Unchecked, Ticket: desk.Ticket{Status: status}, Facts: e.Facts}
		c := reopen(t, f)
		if c.Timeline != nil {
			c.Timeline.AskedAt = t.PostedAt.Add(-aheadOfAll)
		}
		return c
	}
	if !t.LookAt.After(f.Now) {
		return Change{}
	}
	t = t.clone()
	t.LookAt = f.Now
	return Change{Timeline: &t}
}

// reopenedAt is when the ticket came back, as far as the help desk says.
func (d *decision) reopenedAt() time.Time {
	at := d.f.Now
	for _, f := range desk.Tidy(d.f.Answer.Facts, d.f.Now) {
		if f.Kind == desk.FactStatus && !desk.Status(f.Value).Over() && f.At.After(d.t.Desk.Ticket.SolvedAt) {
			at = f.At
		}
	}
	return at
}

// restart lets a stopped clock run again. The resolution goes on with what was used by then. The first reply's clock
// never pauses: it goes on as if it had not stopped.
func (d *decision) restart(c *Clock, at time.Time) {
	if c == nil || c.StoppedAt.IsZero() {
		return
	}
	if c.Kind == policy.Resolution {
		c.Used, c.CountsFrom = c.usedUntil(c.StoppedAt, d.hours()), at
	}
	c.StoppedAt, c.PausedAt, c.ChangedAt = time.Time{}, time.Time{}, d.f.Now
	for i := range d.t.tiersOf(c) {
		if tier := &d.t.tiersOf(c)[i]; tier.State == TierIdle {
			tier.State = TierPending
		}
	}
	d.t.lay(c, d.hours())
	if c.Deadline.After(d.f.Now) {
		c.DeadlinePassed = false
	}
}
