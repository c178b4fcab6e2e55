package escalation

import (
	"time"
)

// Pause has a timeline wait until then; a zero time ends its pause now.
func Pause(t Timeline, until time.Time, by string, now time.Time) (Change, bool) {
	until = storable(until)
	if until.IsZero() {
		until = storable(now)
	}
	if t.State != Open || t.PausedUntil.Equal(until) || !until.After(now) && !t.PausedUntil.After(now) {
		return Change{}, false
	}
	t = t.clone()
	t.PausedUntil = until
	return Change{Timeline: &t, Events: []Event{pauseEvent(t, by, "", now)}}, true
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

// paused says that nobody is to be reminded now, and has the timeline wait for the end of the pause.
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

// resume ends a pause that its channel no longer has.
func (d *decision) resume() {
	if d.t.PausedUntil.After(d.f.Now) && d.f.Settings.pausedUntil(d.t.Channel, d.f.Now).IsZero() {
		d.t.PausedUntil = storable(d.f.Now)
		d.event(pauseEvent(d.t, "", "the channel is not paused any more", d.f.Now))
	}
}
