package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

// Wait is how far pending tiers are put off (rule 10).
type Wait struct {
	For   time.Duration // working time
	Until time.Time     // in place of For: the next tier waits until then, and the others keep their distance from it
	Most  time.Duration // no tier is put later than so much working time from now; 0: no bound
}

// Snooze moves every pending tier back, and keeps their spacing. An overdue tier moves from now. A reminder that is
// already owed moves with them: its job notices that before it sends. by is how far the next tier moved; 0 if nothing
// moved, because nothing is pending, or all of it is as late already. The deadline stays.
func Snooze(t Timeline, w Wait, now time.Time, h *hours.Hours) (snoozed Timeline, by time.Duration) {
	t = t.clone()
	first := t.nextSnoozable(now)
	if first.IsZero() {
		return t, 0
	}
	until := time.Time{}
	for i := range t.Tiers {
		if moved := t.Tiers[i].snooze(func(due time.Time) time.Time { return w.put(due, first, now, h) }); !moved.IsZero() && (until.IsZero() || moved.Before(until)) {
			until = moved
		}
	}
	if !until.IsZero() {
		t.SnoozedUntil = until
		by = h.Elapsed(first, until, nil)
	}
	return t, by
}

// put is when something is due now that was due at due. first is when the next of all was due.
func (w Wait) put(due, first, now time.Time, h *hours.Hours) time.Time {
	from := later(due, now)
	to := h.Add(from, w.For)
	if !w.Until.IsZero() {
		to = h.Add(h.Add(w.Until, 0), h.Elapsed(first, from, nil))
	}
	if latest := h.Add(now, w.Most); w.Most > 0 && to.After(latest) {
		to = latest
	}
	return later(due, to)
}

// nextSnoozable is when the next thing is due that can be put off; now if it is overdue; zero if there is none.
func (t *Timeline) nextSnoozable(now time.Time) (first time.Time) {
	for _, tier := range t.Tiers {
		if due := tier.snoozable(); !due.IsZero() && (first.IsZero() || later(due, now).Before(first)) {
			first = later(due, now)
		}
	}
	return first
}

// snoozable is when a pending or owed tier is due, or otherwise its page, if that was not sent yet; zero if there is
// nothing to put off.
func (t *DueTier) snoozable() time.Time {
	switch {
	case t.State == TierPending || t.State == TierOwed:
		return t.Due
	case t.Paging == PageOwed, t.Paging == PageWaits, !t.nextPage().IsZero():
		return t.pageDue()
	}
	return time.Time{}
}

// snooze moves the tier's reminder or page, and returns when it is due now; zero if nothing moved.
func (t *DueTier) snooze(put func(due time.Time) time.Time) time.Time {
	due := t.snoozable()
	if due.IsZero() {
		return time.Time{}
	}
	to := put(due)
	if !to.After(due) {
		return time.Time{}
	}
	reminder := t.State == TierPending || t.State == TierOwed
	if t.Paging == PageOwed || t.Paging == PageWaits {
		t.again() // its job notices
	}
	if reminder {
		t.Due = to
	} else {
		t.PageAt = to
	}
	return to
}

// Unsnooze gives the pending tiers of an open timeline their own due times again. Those whose time has passed are due
// now (rule 10), or when the hours open (rule 18).
func Unsnooze(t Timeline, c Click, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedUnsnooze, t, c.User, f)
	}
	back := t.clone()
	moved := false
	for i := range back.Tiers {
		tier := &back.Tiers[i]
		if tier.State == TierPending {
			h := f.Settings.HoursOf(t)
			own := back.ClockOf(i).ownDue(*tier, h)
			if own.Before(f.Now) {
				own = h.Add(f.Now, 0)
			}
			if own.Before(tier.Due) {
				tier.Due, moved = own, true
			}
		}
		if tier.PageAt.After(f.Now) {
			tier.PageAt, moved = later(tier.Due, f.Now), true
		}
	}
	if !moved {
		return Change{}, about(NoteNotSnoozed, t, c.User, f)
	}
	back.SnoozedUntil, back.SnoozedBy, back.SnoozedAt, back.SnoozedFor = time.Time{}, "", time.Time{}, 0
	note := noteFor(c.User, f)
	note.Kind, note.Next = NoteUnsnoozed, nextSnoozed(back, f)
	return Change{
		Timeline: &back, Events: []Event{{Timeline: t.ID, At: f.Now, Kind: EventUnsnoozed, Details: Details{By: c.User}}},
		Jobs: refreshes(t, f, t.newest(c.posting())),
	}, note
}

// Pause makes a timeline wait until then; a zero time ends its pause now.
func Pause(t Timeline, until time.Time, by string, now time.Time) Change {
	until = storable(until)
	if until.IsZero() {
		until = storable(now)
	}
	if t.State != Open || t.PausedUntil.Equal(until) || !until.After(now) && !t.PausedUntil.After(now) {
		return Change{}
	}
	t = t.clone()
	t.PausedUntil = until
	return Change{Timeline: &t, Events: []Event{pauseEvent(t, by, "", now)}}
}

func pauseEvent(t Timeline, by, cause string, now time.Time) Event {
	e := Event{Timeline: t.ID, At: now, Kind: EventPaused, Details: Details{By: by, Until: t.PausedUntil, Cause: cause}}
	if !t.PausedUntil.After(now) {
		e.Kind, e.Until = EventResumed, time.Time{}
	}
	return e
}

// storable is a time as it is read back from a store, so that the two compare equal.
func storable(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// pausedUntil is when the pause of a channel ends; zero if it is not paused at now.
func (s *Settings) pausedUntil(channel string, now time.Time) time.Time {
	if until := s.Paused[channel]; until.After(now) {
		return storable(until)
	}
	return time.Time{}
}

// paused says that the channel is paused. Then the timeline waits for the end of the pause.
func (d *decision) paused() bool {
	until := d.f.Settings.pausedUntil(d.t.Channel, d.f.Now)
	if until.IsZero() {
		return false
	}
	if !d.t.PausedUntil.Equal(until) {
		d.t.PausedUntil = until
		d.event(pauseEvent(d.t, "", "the channel is paused", d.f.Now))
	}
	return true
}

// resume ends the timeline's pause if its channel is no longer paused.
func (d *decision) resume() {
	if d.t.PausedUntil.After(d.f.Now) && d.f.Settings.pausedUntil(d.t.Channel, d.f.Now).IsZero() {
		d.t.PausedUntil = storable(d.f.Now)
		d.event(pauseEvent(d.t, "", "the channel is not paused any more", d.f.Now))
	}
}
