package escalation

import (
	"encoding/json"
	"fmt"
	"slices"
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
	VerdictRemind    Verdict = "remind"    // the highest due tier is owed
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
	if d.answersEarlier() {
		d.f.Answer = Answer{Status: DeskUnanswered}
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
		if d.t.DeadlinePassed {
			d.breach() // nobody ever said that it was answered
		}
		d.close(Expired, EventExpired, "nobody replied before give_up")
		return VerdictExpired
	}
	if d.t.owed() >= 0 {
		return VerdictNothing
	}
	if tier, covers := d.due(); tier >= 0 {
		d.remind(tier, covers)
		return VerdictRemind
	}
	return VerdictNothing
}

// noteAnswer remembers what the help desk said. That nobody has replied is what is assumed anyway,
// so a first "unanswered" is no change worth an event.
func (d *decision) noteAnswer() {
	status := d.f.Answer.Status
	if status == Unchecked {
		return
	}
	was := d.t.Desk.Status
	d.t.Desk = DeskAnswer{Status: status, At: d.f.Now}
	d.t.AskedAt = d.f.Now
	if status == was || (was == "" && (status == DeskUnanswered || status == DeskNone)) {
		return
	}
	d.event(Event{Kind: EventDesk, Details: Details{Desk: status, ReplyAt: d.f.Answer.RepliedAt, Cause: d.f.Answer.Cause}})
}

// answersEarlier holds the help desk's word against rule 5: a reply older than the message answers an
// earlier question, and leaves this one unanswered; one without a date is trusted.
func (d *decision) answersEarlier() bool {
	a := d.f.Answer
	return a.Status == DeskAnswered && !a.RepliedAt.IsZero() && a.RepliedAt.Before(d.t.PostedAt.Add(-replyTolerance))
}

func (d *decision) closeAnswered() {
	at := d.f.Answer.RepliedAt
	if at.IsZero() || at.After(d.f.Now) {
		at = d.f.Now
	}
	d.t.AnsweredAt = at
	if at.After(d.t.Deadline) {
		d.breach()
	} else {
		d.t.BreachedAt = time.Time{} // the help desk was late with its word, not the agent with the reply
	}
	d.close(Answered, EventAnswered, d.f.Answer.Cause)
}

func (d *decision) close(s TimelineState, kind EventKind, cause string) {
	d.t.State, d.t.ClosedAt, d.t.Cause = s, d.f.Now, cause
	d.event(Event{Kind: kind, Details: Details{Cause: cause, ReplyAt: d.t.AnsweredAt}})
}

// passDeadline records the breach once the deadline has passed and somebody confirmed that there was
// no reply. A help desk that does not answer confirms nothing: then the next poll does.
func (d *decision) passDeadline() {
	if d.f.Now.Before(d.t.Deadline) {
		return
	}
	if !d.t.DeadlinePassed {
		d.t.DeadlinePassed = true
		d.changed = true
	}
	if d.f.Answer.Status != Unchecked {
		d.breach()
	}
}

func (d *decision) breach() {
	if !d.t.BreachedAt.IsZero() {
		return
	}
	d.t.BreachedAt = d.t.Deadline
	d.event(Event{Kind: EventBreached, At: d.t.Deadline})
}

// due is the highest due tier, -1 if there is none, with the numbers of the lower ones that its
// reminder covers: those pending, and those that a reminder was to cover which never was posted.
func (d *decision) due() (tier int, covers []int) {
	tier = -1
	for i, dt := range d.t.Tiers {
		if dt.State == TierPending && !dt.Due.After(d.f.Now) {
			tier = i
		}
	}
	if tier < 0 || !d.t.Tiers[tier].PostedAt.IsZero() {
		return tier, nil // a repetition covers nothing
	}
	for i := tier - 1; i >= 0 && d.t.Tiers[i].PostedAt.IsZero(); i-- {
		if s := d.t.Tiers[i].State; s == TierPending || s == TierSuperseded {
			covers = append(covers, i+1)
		}
	}
	slices.Reverse(covers)
	return tier, covers
}

// remind owes the reminder of a tier: the tier's state, the history and the job change together.
func (d *decision) remind(i int, covers []int) {
	for _, c := range covers {
		if d.t.Tiers[c-1].State == TierSuperseded {
			continue
		}
		d.t.Tiers[c-1].State = TierSuperseded
		d.event(Event{Kind: EventSuperseded, Tier: c, Details: Details{Cause: fmt.Sprintf("tier %d came due", i+1)}})
	}
	r := d.reminder(i, covers)
	tier := &d.t.Tiers[i]
	tier.State = TierOwed
	tier.Round++
	var pinged []string
	for _, m := range r.Mention {
		pinged = append(pinged, m.key())
	}
	d.event(Event{Kind: EventDue, Tier: i + 1, Details: Details{
		Late: r.Late, Round: tier.Round, Mentioned: pinged, Desk: r.Desk,
	}})
	key := fmt.Sprintf("reminder/%s/%d/%d", d.t.ID, i+1, tier.Round)
	job := NewPostJob(d.f.NewID(), key, Post{Thread: d.t.Thread, Timeline: d.t.ID, Round: tier.Round, Reminder: &r}, d.f.Now)
	job.Expires = d.f.Now.Add(decisionGoodFor)
	d.jobs = append(d.jobs, job)
}

func (d *decision) reminder(i int, covers []int) Reminder {
	s := d.f.around(d.t)
	tier := d.t.Tiers[i]
	r := Reminder{
		Ticket: d.t.Ticket, Policy: d.t.Policy, Tier: i + 1, Tiers: len(d.t.Tiers),
		DecidedAt: d.f.Now, PostedAt: d.t.PostedAt, Due: tier.Due, Repeat: !tier.PostedAt.IsZero(),
		Covers: covers, Desk: d.f.Answer.Status, DeskAt: d.f.Now,
		Deadline: d.t.Deadline, Breached: !d.f.Now.Before(d.t.Deadline),
		Snooze: d.f.Settings.Snooze,
	}
	if late := d.f.Now.Sub(tier.Due); late >= worthAWord {
		r.Late = late
	}
	r.Mention, r.Gaps = audience(d.t.Tiers, i, covers, s)
	r.Next = nextTier(d.t.Tiers, i, d.f.Now, s)
	r.Message = tierMessage(tier.Message, r)
	return r
}

// nextTier is the pending tier after tier i, or its own repetition. i may be -1.
func nextTier(tiers []DueTier, i int, now time.Time, s surroundings) *Next {
	for _, t := range tiers[i+1:] {
		if t.State == TierPending {
			return &Next{At: t.Due, Notify: t.Notify, Names: s.names(t.Notify)}
		}
	}
	if i >= 0 && i == len(tiers)-1 && tiers[i].Repeat > 0 {
		return &Next{At: repeatDue(tiers[i], now), Notify: tiers[i].Notify, Names: s.names(tiers[i].Notify)}
	}
	return nil
}

// repeatDue is the first time after now that is a whole number of intervals after the tier's due time.
func repeatDue(t DueTier, now time.Time) time.Time {
	n := now.Sub(t.Due)/t.Repeat + 1
	return t.Due.Add(max(n, 1) * t.Repeat)
}

func (d *decision) event(e Event) {
	e.Timeline = d.t.ID
	if e.At.IsZero() {
		e.At = d.f.Now
	}
	d.events = append(d.events, e)
	d.changed = true
}

// NewPostJob is the job that owes p to Slack.
func NewPostJob(id, key string, p Post, at time.Time) queue.New {
	payload, err := json.Marshal(p)
	if err != nil { // strings, numbers and times: there is nothing in a Post that could fail
		payload = nil
	}
	return queue.New{
		ID: id, Key: key, Queue: QueueSlack, Payload: payload, RunAt: at,
		Pace:      PaceChannel(p.Workspace, p.Channel),
		Gates:     []string{GateWorkspace(p.Workspace), GateMethod(p.Workspace, MethodPost)},
		LookGates: []string{GateWorkspace(p.Workspace), GateMethod(p.Workspace, MethodReplies)},
	}
}
