package escalation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Pauses stamps the open timelines of a channel that somebody pauses, or resumes early. What counts
// is Settings.Paused, which is to be set, or taken back, before: timelines that are stamped
// otherwise, or not at all, follow it when they are next looked at.
type Pauses struct {
	Store  PausesStore
	Now    func() time.Time
	Logger *slog.Logger
}

// PausesStore is what Pauses needs of the database.
type PausesStore interface {
	ListOpen(ctx context.Context, q OpenQuery) ([]Timeline, error)
	Save(ctx context.Context, changes []Change) ([]Saved, error)
}

// maxPaused is how many open timelines of one channel are stamped: far more than anybody can answer.
const maxPaused = 10_000

// Pause stamps a channel's open timelines: nobody is reminded before until. It may be longer or shorter
// than a pause before. by is the Slack id of who asked for it.
func (p *Pauses) Pause(ctx context.Context, workspace, channel, by string, until time.Time) error {
	return p.stamp(ctx, workspace, channel, by, until)
}

// Resume ends a channel's pause early: what came due meanwhile is reminded of now, each timeline once.
func (p *Pauses) Resume(ctx context.Context, workspace, channel, by string) error {
	return p.stamp(ctx, workspace, channel, by, time.Time{})
}

func (p *Pauses) stamp(ctx context.Context, workspace, channel, by string, until time.Time) error {
	for range patience {
		ts, err := p.Store.ListOpen(ctx, OpenQuery{Workspace: workspace, Channel: channel, By: ByNext, Limit: maxPaused})
		if err != nil {
			return fmt.Errorf("list the channel's open timelines: %w", err)
		}
		var changes []Change
		for _, t := range ts {
			if c, changed := stamped(t, until, by, p.Now()); changed {
				changes = append(changes, c)
			}
		}
		if len(changes) == 0 {
			return nil
		}
		saved, err := p.Store.Save(ctx, changes)
		if err != nil {
			return fmt.Errorf("save the channel's timelines: %w", err)
		}
		for i, s := range saved {
			if s == SavedOK {
				tellOf(p.Logger, changes[i], by)
			}
		}
	}
	return errBusyChannel
}

var errBusyChannel = errors.New("the channel's timelines kept changing meanwhile; please try again")

// stamped has a timeline wait until then; a zero time ends its pause now.
func stamped(t Timeline, until time.Time, by string, now time.Time) (Change, bool) {
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
