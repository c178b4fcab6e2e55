package escalation

import (
	"slices"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// No deadline passes untold (rule 21). If a deadline comes while its clock's tiers are put off beyond it, it has a
// reminder of its own. That belongs to no tier, and changes none.
//
//	deadline ── a tier is due, or on its way ──▶ its reminder tells of it
//	   │ ├───── nothing is put off, or a reminder was posted since ──▶ nothing
//	   │ └───── it is late, and the hours are closed (rule 18) ──▶ the same when they open
//	   ▼
//	owed ──posted──▶ done
//	 │ └──given up──▶ logged for the operator, like any other
//	 └──too late──▶ decided again

// remindAtDeadlines owes the reminder of the first clock whose deadline has just passed untold.
func (d *decision) remindAtDeadlines() {
	for _, kind := range d.passed {
		c := d.t.Clock(kind)
		if c == nil || !c.Running() || d.t.owed() >= 0 || !d.putOff(c) || d.toldSince() {
			continue
		}
		if opens := d.hours().Add(d.f.Now, 0); d.f.Now.Sub(c.Deadline) >= decisionGoodFor && opens.After(d.f.Now) {
			c.TellAt, d.changed = opens, true
			continue
		}
		d.remindAtDeadline(c)
		return
	}
}

// putOff says that a tier which was due by the deadline comes after it, because somebody snoozed it, is on it, or paused
// its channel. A tier that comes within a minute does not count: its reminder tells of the deadline as well.
func (d *decision) putOff(c *Clock) bool {
	paused := d.t.PausedUntil.After(d.f.Now)
	if !paused && !d.t.SnoozedUntil.After(d.f.Now) {
		return false
	}
	return slices.ContainsFunc(d.t.tiersOf(c), func(tier DueTier) bool {
		own := c.ownDue(tier, d.hours())
		return tier.State == TierPending && tier.Reminds() && !own.After(c.Deadline) && (paused || tier.Due.Sub(d.f.Now) >= worthAWord)
	})
}

// toldSince says that a reminder was posted after the last time that something was put off.
func (d *decision) toldSince() bool {
	since := later(d.t.SnoozedAt, d.t.Owner.Since)
	return !since.IsZero() && slices.ContainsFunc(d.t.Tiers, func(tier DueTier) bool { return tier.PostedAt.After(since) })
}

// remindAtDeadline owes the reminder that a deadline has passed.
func (d *decision) remindAtDeadline(c *Clock) {
	s := d.f.circleFacts(d.t)
	d.t.DeadlinesTold++
	r := Reminder{
		Ticket: d.t.Ticket, Policy: d.t.Policy, Clock: c.Kind.Short(), AtDeadline: true, Tiers: c.Tiers,
		DecidedAt: d.f.Now, PostedAt: d.t.PostedAt, Due: c.Deadline, Desk: d.f.Answer.Status, DeskAt: d.f.Now,
		Deadline: c.Deadline, Breached: true, Used: d.used(c),
		Snooze: d.f.Settings.Snooze, MaxSnooze: d.f.Settings.MaxSnooze,
		Next: nextTier(d.t, -1, d.f),
	}
	if !c.Start.Equal(d.t.PostedAt) {
		r.Since = c.Start
	}
	if late := d.f.Now.Sub(c.Deadline); late >= worthAWord {
		r.Late = late
	}
	if r.Mention = d.whoPutOff(s); len(r.Mention) == 0 {
		r.Mention, r.Gaps = d.highestReminded(c, s)
	}
	r.Told, r.OnIt, r.SnoozedBy = d.t.told(r.Mention), d.t.Owner, d.t.SnoozedBy
	d.owe(&r, 0, d.t.DeadlinesTold, c.Deadline)
}

// whoPutOff are the timeline's owner and who snoozed it last, if they are on shift.
func (d *decision) whoPutOff(s circle.Facts) (rs []circle.Recipient) {
	if d.t.Owner.onShift(s, d.f.Now) {
		rs = append(rs, d.t.Owner.recipient(s))
	}
	if d.t.SnoozedUntil.After(d.f.Now) && d.t.SnoozedBy != "" && isOn(d.t.SnoozedBy, s) {
		rs = circle.Union(rs, []circle.Recipient{s.User(d.t.SnoozedBy)})
	}
	return rs
}

// isOn says that somebody is on shift. Without a roster everybody counts as on shift.
func isOn(user string, s circle.Facts) bool {
	return s.Roster.AsOf.IsZero() || slices.ContainsFunc(s.Roster.OnShift, s.Is(user))
}

// highestReminded is the highest circle of a clock that was reminded so far; its first, if none was.
func (d *decision) highestReminded(c *Clock, s circle.Facts) (mention []circle.Recipient, gaps []circle.Gap) {
	highest := c.First
	for i := range d.t.tiersOf(c) {
		if !d.t.Tiers[c.First+i].PostedAt.IsZero() {
			highest = c.First + i
		}
	}
	return s.Audience(words(d.t.Tiers[highest:c.First+c.Tiers]), highest-c.First+1, nil)
}

// outdatedAtDeadline says why the reminder of a deadline must not be posted any more; "" if it may.
func (t *Timeline) outdatedAtDeadline(p Post) string {
	c := t.Clock(p.Reminder.Clock.Full())
	told := func(tier DueTier) bool { return tier.PostedAt.After(p.Reminder.DecidedAt) }
	switch {
	case p.Round != t.DeadlinesTold:
		return "it was decided again"
	case c == nil, !c.Running(), c.Deadline.After(p.Reminder.DecidedAt):
		return "its deadline counts no more"
	case slices.ContainsFunc(t.Tiers, told):
		return "a reminder was posted meanwhile"
	}
	return ""
}

// passAgain makes the walker decide about a deadline again, because its reminder was not posted in time.
func (t *Timeline) passAgain(k policy.ClockKind) {
	if c := t.Clock(k.Full()); c != nil && c.Running() {
		c.DeadlinePassed = false
	}
}
