package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/wording"
)

// due is the highest due tier with a reminder; -1 if there is none, or if one is under way. covers are the numbers of
// the lower tiers that its reminder covers: those pending, and those that an earlier reminder was to cover which was
// never posted. If two clocks are due at once, the one with the nearer deadline has the reminder, and it covers the
// other's tiers.
func (d *decision) due() (tier int, covers []int) {
	tier = -1
	if d.t.owed() >= 0 {
		d.hold()
		return tier, nil
	}
	var others []int // due tiers of other clocks, whose deadline is not as near
	for i := range d.t.Clocks {
		c := &d.t.Clocks[i]
		all := d.dueOf(c)
		switch {
		case len(all) == 0:
		case tier < 0:
			tier = all[len(all)-1]
		case c.Deadline.Before(d.t.ClockOf(tier).Deadline):
			others = append(others, d.dueOf(d.t.ClockOf(tier))...)
			tier = all[len(all)-1]
		default:
			others = append(others, all...)
		}
	}
	if tier < 0 {
		return tier, nil
	}
	for i := tier - 1; d.t.Tiers[tier].PostedAt.IsZero() && i >= d.t.ClockOf(tier).First && d.t.Tiers[i].PostedAt.IsZero(); i-- {
		if s := d.t.Tiers[i].State; d.t.Tiers[i].Reminds() && (s == TierPending || s == TierSuperseded) {
			covers = append(covers, i+1)
		}
	}
	for _, i := range others {
		covers = append(covers, i+1)
	}
	slices.Sort(covers)
	return tier, covers
}

// hold makes what comes due while a reminder is under way wait for that reminder's job, however long it takes.
func (d *decision) hold() {
	for i := range d.t.Clocks {
		if !d.t.Held && len(d.dueOf(&d.t.Clocks[i])) > 0 {
			d.t.Held, d.changed = true, true
		}
	}
}

// dueOf are the indices of a clock's due tiers that have a reminder, in their order.
func (d *decision) dueOf(c *Clock) (due []int) {
	for i, tier := range d.t.tiersOf(c) {
		if tier.State == TierPending && tier.Reminds() && !tier.Due.After(d.f.Now) {
			due = append(due, c.First+i)
		}
	}
	return due
}

// remind owes the reminder of a tier: it changes the tier's state, the history and the jobs.
func (d *decision) remind(i int, covers []int) *queue.New {
	for _, c := range covers {
		if d.t.Tiers[c-1].State == TierSuperseded {
			continue
		}
		d.t.Tiers[c-1].State = TierSuperseded
		d.event(Event{Kind: EventSuperseded, Tier: c, Details: Details{Cause: fmt.Sprintf("tier %d came due", i+1)}})
	}
	r := d.reminder(i, covers)
	tier := &d.t.Tiers[i]
	tier.State, tier.Digest, d.t.Held = TierOwed, "", false
	d.hold() // a repetition covers no lower tier, but an operator may have retried one
	tier.Round++
	d.t.PausedUntil = time.Time{} // a pause, if there was one, is over
	tier.Told = nil
	for _, m := range r.Mention {
		m.Shift = nil
		tier.Told = append(tier.Told, m)
	}
	due := tier.Due
	for _, c := range covers {
		due = earlier(due, d.t.Tiers[c-1].Due)
	}
	return d.owe(&r, i+1, tier.Round, due)
}

// owe makes the job of a reminder, and keeps the reminder in the history. since is when it should have come: of the jobs
// that wait for a channel, the ticket that has waited longest comes first, however often its reminder was decided.
func (d *decision) owe(r *Reminder, tier, round int, since time.Time) *queue.New {
	var pinged []string
	for _, m := range r.Mention {
		pinged = append(pinged, m.Key())
	}
	d.event(Event{Kind: EventDue, Tier: tier, Details: Details{
		Late: r.Late, Round: round, Mentioned: pinged, Desk: r.Desk, Reminder: r,
	}})
	post := Post{Thread: d.t.ThreadNow(), Timeline: d.t.ID, Round: round, Reminder: r}
	if tier > 0 { // the reminder of a deadline is in the ticket's thread
		d.reminds = &post
	}
	job := NewPostJob(d.f.NewID(), reminderKey(d.t.ID, tier, round), post, d.f.Now)
	job.Awaited, job.Expires = since, d.f.Now.Add(decisionGoodFor)
	d.jobs = append(d.jobs, job)
	d.retire(job)
	return &job
}

// retire takes the buttons from the reminder before, once a newer one is posted.
func (d *decision) retire(newer queue.New) {
	older := refreshes(d.t, d.f, d.t.Posts[max(len(d.t.Posts)-1, 0):])
	for i := range older {
		older[i].After = []string{newer.ID}
	}
	d.jobs = append(d.jobs, older...)
}

func (d *decision) reminder(i int, covers []int) Reminder {
	s := d.f.circleFacts(d.t)
	tier, clock := d.t.Tiers[i], d.t.ClockOf(i)
	number, of := d.t.Numbered(i)
	due := later(tier.Due, d.t.PausedUntil) // a pause that was asked for makes nothing late
	r := Reminder{
		Ticket: d.t.Ticket, Policy: d.t.Policy, Clock: clock.Kind.Short(), Tier: i + 1, Tiers: of,
		DecidedAt: d.f.Now, PostedAt: d.t.PostedAt, Due: due, Repeat: !tier.PostedAt.IsZero(),
		Covers: covers, Desk: d.f.Answer.Status, DeskAt: d.f.Now,
		Deadline: clock.Deadline, Breached: !d.f.Now.Before(clock.Deadline), Also: d.also(clock, covers),
		Left: d.left(clock), Used: d.used(clock),
		Snooze: d.f.Settings.Snooze, MaxSnooze: d.f.Settings.MaxSnooze,
	}
	if number != i+1 {
		r.Number = number
	}
	if !clock.Start.Equal(d.t.PostedAt) {
		r.Since = clock.Start
	}
	if late := d.f.Now.Sub(due); late >= worthAWord {
		r.Late = late
	}
	if d.t.Owner.onShift(s, d.f.Now) {
		r.Owner, r.Mention = true, []circle.Recipient{d.t.Owner.recipient(s)}
	} else {
		var covered [][]string
		for _, c := range covers {
			covered = append(covered, d.t.Tiers[c-1].Notify)
		}
		r.Mention, r.Gaps = s.Audience(words(d.t.Tiers[i:max(clock.First+clock.Tiers, i+1)]), number, covered)
	}
	r.Told, r.OnIt, r.SnoozedBy = d.t.told(r.Mention), d.t.Owner, d.t.SnoozedBy
	r.Next = nextTier(d.t, i, d.f)
	if tier.Repeat > 0 && i == clock.First+clock.Tiers-1 {
		r.RepeatAt = repeatDue(tier, d.f.Now, d.hours())
	}
	r.Message = wording.Fill(tier.Message, spokenOf(r))
	return r
}

// words are the words of notify of tiers, in order.
func words(tiers []DueTier) (all [][]string) {
	for _, t := range tiers {
		all = append(all, t.Notify)
	}
	return all
}

// spokenOf are the values that the tier's own message may use.
func spokenOf(r Reminder) wording.Values {
	t := r.Ticket
	return wording.Values{
		ID: t.ID, Priority: t.Priority, Type: t.Type, Customer: t.Customer, Subject: t.Subject, Link: t.Link,
		Policy: r.Policy, Tier: r.TierNumber(), Tiers: r.Tiers, Waited: r.Waited().Truncate(time.Minute), Deadline: r.Deadline,
	}
}

// told are those whom the timeline's posted reminders have mentioned, except for but.
func (t Timeline) told(but []circle.Recipient) (told []circle.Recipient) {
	for _, tier := range t.Tiers {
		if !tier.PostedAt.IsZero() {
			told = circle.Union(told, tier.Told)
		}
	}
	return slices.DeleteFunc(told, func(r circle.Recipient) bool {
		return slices.ContainsFunc(but, func(b circle.Recipient) bool { return b.Key() == r.Key() })
	})
}

// nextTier is the pending tier after tier i whose reminder comes next, or tier i's own repetition. i may be -1. Of the
// tiers that wait for the end of a pause it is the highest: its reminder covers the others.
func nextTier(t Timeline, i int, f Facts) *Next {
	now, s := f.Now, f.circleFacts(t)
	held := f.Settings.pausedUntil(t.Channel, now)
	if t.PausedUntil.After(now) {
		held = later(held, t.PausedUntil)
	}
	var next *Next
	for k, tier := range t.Tiers {
		if tier.State != TierPending || k <= i && tier.Clock == t.Tiers[i].Clock {
			continue
		}
		if at := later(tier.Due, held); next == nil || !at.After(next.At) {
			next = &Next{At: at, Notify: tier.Words()}
		}
	}
	if number, of := t.Numbered(i); next == nil && i >= 0 && number == of && t.Tiers[i].Repeat > 0 {
		next = &Next{At: repeatDue(t.Tiers[i], now, f.Settings.HoursOf(t)), Notify: t.Tiers[i].Notify}
	}
	if next == nil {
		return nil
	}
	if t.Owner.onShift(s, next.At) {
		return &Next{At: next.At, Names: []string{t.Owner.Name}, Owner: true}
	}
	next.Names = s.Names(next.Notify)
	return next
}

// repeatDue is the first time after now that is a whole number of intervals after the tier's due time.
func repeatDue(t DueTier, now time.Time, h *hours.Hours) time.Time {
	n := h.Elapsed(t.Due, later(now, t.Due), nil)/t.Repeat + 1
	return h.Add(t.Due, max(n, 1)*t.Repeat)
}

// also names the other clocks that a reminder covers.
func (d *decision) also(clock *Clock, covers []int) (also []OtherClock) {
	for i := range d.t.Clocks {
		c := &d.t.Clocks[i]
		if c != clock && slices.ContainsFunc(covers, func(n int) bool { return d.t.ClockOf(n-1) == c }) {
			also = append(also, OtherClock{Clock: c.Kind, Deadline: c.Deadline})
		}
	}
	return also
}

// used and left are how much working time of a promise is used and left; 0 where working time is real time.
func (d *decision) used(c *Clock) time.Duration {
	if d.hours() == nil && c.CountsFrom.IsZero() {
		return 0
	}
	return c.usedUntil(d.f.Now, d.hours())
}

func (d *decision) left(c *Clock) time.Duration {
	if d.hours() == nil || !d.f.Now.Before(c.Deadline) {
		return 0
	}
	return d.hours().Elapsed(d.f.Now, c.Deadline, nil)
}
