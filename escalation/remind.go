package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// due is the highest due tier with a reminder, -1 if there is none or one is under way, with the numbers
// of the lower ones that its reminder covers: those pending, and those that a reminder was to cover
// which never was posted.
func (d *decision) due() (tier int, covers []int) {
	tier = -1
	if d.t.owed() >= 0 {
		return tier, nil
	}
	for i, dt := range d.t.Tiers {
		if dt.State == TierPending && dt.reminds() && !dt.Due.After(d.f.Now) {
			tier = i
		}
	}
	if tier < 0 || !d.t.Tiers[tier].PostedAt.IsZero() {
		return tier, nil // a repetition covers nothing
	}
	for i := tier - 1; i >= 0 && d.t.Tiers[i].PostedAt.IsZero(); i-- {
		if s := d.t.Tiers[i].State; d.t.Tiers[i].reminds() && (s == TierPending || s == TierSuperseded) {
			covers = append(covers, i+1)
		}
	}
	slices.Reverse(covers)
	return tier, covers
}

// remind owes the reminder of a tier: the tier's state, the history and the job change together.
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
	tier.State = TierOwed
	tier.Round++
	d.t.PausedUntil = time.Time{} // whatever pause there was is over
	var pinged []string
	for _, m := range r.Mention {
		pinged = append(pinged, m.Key())
	}
	d.event(Event{Kind: EventDue, Tier: i + 1, Details: Details{
		Late: r.Late, Round: tier.Round, Mentioned: pinged, Desk: r.Desk,
	}})
	job := NewPostJob(d.f.NewID(), ReminderKey(d.t.ID, i+1, tier.Round), Post{Thread: d.t.Thread, Timeline: d.t.ID, Round: tier.Round, Reminder: &r}, d.f.Now)
	job.Expires = d.f.Now.Add(decisionGoodFor)
	d.jobs = append(d.jobs, job)
	return &job
}

func (d *decision) reminder(i int, covers []int) Reminder {
	s := d.f.around(d.t)
	tier := d.t.Tiers[i]
	due := later(tier.Due, d.t.PausedUntil) // a pause that was asked for makes nothing late
	r := Reminder{
		Ticket: d.t.Ticket, Policy: d.t.Policy, Tier: i + 1, Tiers: len(d.t.Tiers),
		DecidedAt: d.f.Now, PostedAt: d.t.PostedAt, Due: due, Repeat: !tier.PostedAt.IsZero(),
		Covers: covers, Desk: d.f.Answer.Status, DeskAt: d.f.Now,
		Deadline: d.t.FirstReply().Deadline, Breached: !d.f.Now.Before(d.t.FirstReply().Deadline),
		Snooze: d.f.Settings.Snooze, MaxSnooze: d.f.Settings.MaxSnooze,
	}
	if late := d.f.Now.Sub(due); late >= worthAWord {
		r.Late = late
	}
	after := d.t
	if s.has(d.t.Owner, d.f.Now) {
		r.Owner, r.Mention = true, []Recipient{s.recipient(d.t.Owner)}
		after.Owner.Told = true
	} else {
		r.Mention, r.Gaps = audience(d.t.Tiers, i, covers, s)
	}
	r.Next = nextTier(after, i, d.f.Now, s)
	r.Message = tierMessage(tier.Message, r)
	return r
}

// nextTier is the pending tier after tier i that will be reminded of next, or its own repetition. i may
// be -1. Tiers that wait for the end of a pause go in the highest of them.
func nextTier(t Timeline, i int, now time.Time, s surroundings) *Next {
	held := s.settings.pausedUntil(t.Channel, now)
	if t.PausedUntil.After(now) {
		held = later(held, t.PausedUntil)
	}
	var next *Next
	for _, tier := range t.Tiers[i+1:] {
		if tier.State != TierPending {
			continue
		}
		if at := later(tier.Due, held); next == nil || !at.After(next.At) {
			next = &Next{At: at, Notify: tier.Words()}
		}
	}
	if next == nil && i >= 0 && i == len(t.Tiers)-1 && t.Tiers[i].Repeat > 0 {
		next = &Next{At: repeatDue(t.Tiers[i], now), Notify: t.Tiers[i].Notify}
	}
	if next == nil {
		return nil
	}
	if s.has(t.Owner, next.At) {
		return &Next{At: next.At, Names: []string{t.Owner.Name}, Owner: true}
	}
	next.Names = s.names(next.Notify)
	return next
}

// repeatDue is the first time after now that is a whole number of intervals after the tier's due time.
func repeatDue(t DueTier, now time.Time) time.Time {
	n := now.Sub(t.Due)/t.Repeat + 1
	return t.Due.Add(max(n, 1) * t.Repeat)
}
