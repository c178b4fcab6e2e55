package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Facts are all that a decision depends on beside the timeline itself.
type Facts struct {
	Now       time.Time
	Answer    Answer // what the help desk says of this ticket; Unchecked if it said nothing
	Roster    calendar.Roster
	Directory Directory
	Settings  *Settings
	NewID     func() string // ids for new jobs
}

// Verdict says what was decided, and so what is told of it in logs and metrics.
type Verdict string

const (
	VerdictNothing   Verdict = "nothing"   // no tier is due, and the ticket is not answered
	VerdictRemind    Verdict = "remind"    // the highest due tier is owed, and the pages that go with it
	VerdictPage      Verdict = "page"      // a page is owed, and no reminder
	VerdictAnswered  Verdict = "answered"  // closed: an agent replied
	VerdictWithdrawn Verdict = "withdrawn" // closed: nothing is left to answer
	VerdictExpired   Verdict = "expired"   // closed: given up
)

// Decide says what is to be done about a timeline now: remind whom of which tier and why, close it,
// or nothing. It is pure; t is not changed. A change without a timeline means that there is nothing
// to save.
func Decide(t Timeline, f Facts) (Change, Verdict) {
	if t.State != Open {
		return Change{}, VerdictNothing
	}
	d := &decision{t: t.clone(), f: f}
	verdict := d.decide()
	if !d.changed {
		return Change{}, verdict
	}
	return Change{Timeline: &d.t, Events: d.events, Jobs: d.jobs}, verdict
}

// decision gathers what one Decide changes.
type decision struct {
	t       Timeline
	f       Facts
	changed bool
	events  []Event
	jobs    []queue.New
}

func (d *decision) decide() Verdict {
	if Earlier(d.t, d.f.Answer) {
		d.f.Answer.Status, d.f.Answer.RepliedAt = DeskUnanswered, time.Time{}
	}
	d.noteAnswer()
	switch d.f.Answer.Status {
	case DeskAnswered:
		d.closeAnswered()
		return VerdictAnswered
	case DeskWithdrawn:
		d.close(Withdrawn, EventWithdrawn, d.f.Answer.Cause)
		return VerdictWithdrawn
	}
	d.passDeadline()
	if !d.f.Now.Before(d.t.ExpiresAt) {
		if d.t.FirstReply().DeadlinePassed {
			d.breach() // nobody ever said that it was answered
		}
		d.close(Expired, EventExpired, "nobody replied before give_up")
		return VerdictExpired
	}
	d.resume()
	tier, covers := d.due()
	pages := d.duePages(tier)
	if tier < 0 && len(pages) == 0 || d.paused() {
		return VerdictNothing
	}
	verdict := VerdictPage
	var reminder *queue.New
	if tier >= 0 {
		verdict, reminder = VerdictRemind, d.remind(tier, covers)
	}
	d.page(pages, tier, reminder)
	return verdict
}

// noteAnswer remembers what the help desk said. That nobody has replied is what is assumed anyway,
// so a first "unanswered" is no change worth an event.
func (d *decision) noteAnswer() {
	status := d.f.Answer.Status
	if status == Unchecked {
		return
	}
	if link := d.f.Answer.Link; link != "" {
		d.t.Ticket.Link = link
	}
	was := d.t.Desk.Status
	d.t.Desk = DeskAnswer{Status: status, At: d.f.Now}
	d.t.AskedAt = d.f.Now
	if status == was || (was == "" && (status == DeskUnanswered || status == DeskNone)) {
		return
	}
	d.event(Event{Kind: EventDesk, Details: Details{Desk: status, ReplyAt: d.f.Answer.RepliedAt, Cause: d.f.Answer.Cause}})
}

// Earlier holds the help desk's word against rule 5: a reply older than the message answers an
// earlier question, and leaves this one unanswered, unless it came after all that the customer wrote;
// one without a date is trusted.
func Earlier(t Timeline, a Answer) bool {
	if a.Status != DeskAnswered || a.RepliedAt.IsZero() || !t.predates(a.RepliedAt) {
		return false
	}
	wrote := a.Ticket.CustomerWrote
	return wrote.IsZero() || !a.RepliedAt.After(wrote)
}

// predates says that something is older than the ticket's message, by more than clocks may differ (rule 5).
func (t Timeline) predates(at time.Time) bool { return at.Before(t.PostedAt.Add(-replyTolerance)) }

func (d *decision) closeAnswered() {
	at := d.f.Answer.RepliedAt
	if at.IsZero() || at.After(d.f.Now) {
		at = d.f.Now
	}
	d.t.AnsweredAt = at
	if at.After(d.t.FirstReply().Deadline) {
		d.breach()
	} else {
		d.t.FirstReply().BreachedAt = time.Time{} // the help desk was late with its word, not the agent with the reply
	}
	d.close(Answered, EventAnswered, d.f.Answer.Cause)
}

// close ends the timeline, and has every reminder that stands tell so.
func (d *decision) close(s TimelineState, kind EventKind, cause string) {
	d.jobs = append(d.jobs, refreshes(d.t, d.f, d.t.unsettled())...)
	d.t.State, d.t.ClosedAt, d.t.Cause = s, d.f.Now, cause
	d.resolvePages()
	d.event(Event{Kind: kind, Details: Details{Cause: cause, ReplyAt: d.t.AnsweredAt}})
}

// passDeadline records the breach once the deadline has passed and somebody confirmed that there was
// no reply. A help desk that does not answer confirms nothing: then the next poll does.
func (d *decision) passDeadline() {
	if d.f.Now.Before(d.t.FirstReply().Deadline) {
		return
	}
	if !d.t.FirstReply().DeadlinePassed {
		d.t.FirstReply().DeadlinePassed = true
		d.changed = true
	}
	if d.f.Answer.Status != Unchecked {
		d.breach()
	}
}

func (d *decision) breach() {
	if !d.t.FirstReply().BreachedAt.IsZero() {
		return
	}
	d.t.FirstReply().BreachedAt = d.t.FirstReply().Deadline
	d.event(Event{Kind: EventBreached, At: d.t.FirstReply().Deadline})
}

func (d *decision) event(e Event) {
	e.Timeline = d.t.ID
	if e.At.IsZero() {
		e.At = d.f.Now
	}
	d.events = append(d.events, e)
	d.changed = true
}
