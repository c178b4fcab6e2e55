package review

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// RosterStore is what a Recorder needs of the database.
type RosterStore interface {
	// AddRoster stores a roster unless the latest one says the same or is no older.
	AddRoster(ctx context.Context, workspace string, r RosterSince) (added bool, err error)
	// Rosters returns the roster that a workspace had at from, and those that began by to.
	Rosters(ctx context.Context, workspace string, from, to time.Time) (Rosters, error)
}

// Shifts know the rosters of workspaces. *setup.Rosters are such.
type Shifts interface {
	HasCalendar(workspace string) bool
	// Between calls f with the roster at each moment after from at which it may have changed, and with that of now.
	Between(workspace string, from time.Time, f func(at time.Time, roster calendar.Roster))
}

// Recorder stores who is on shift whenever that changed (rule 16). It is looked after by one goroutine.
type Recorder struct {
	Store  RosterStore
	Shifts Shifts
	Now    func() time.Time

	last map[string]RosterSince // by workspace: what was stored, and when it was last looked at
}

// Record stores what changed in workspaces since it last looked. After a start that is what changed since the last
// roster that was stored, by the calendar as it is known now.
func (r *Recorder) Record(ctx context.Context, workspaces []string) error {
	for _, w := range workspaces {
		if !r.Shifts.HasCalendar(w) {
			continue
		}
		if err := r.record(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (r *Recorder) record(ctx context.Context, workspace string) error {
	last, known := r.last[workspace]
	if !known {
		now := r.Now()
		stored, err := r.Store.Rosters(ctx, workspace, now, now)
		if err != nil {
			return err
		}
		last = RosterSince{At: now}
		if len(stored) > 0 {
			last = stored[0]
		}
	}
	var changed Rosters
	before := last.Roster
	r.Shifts.Between(workspace, last.At, func(at time.Time, roster calendar.Roster) {
		if s := roster.Snapshot(); !s.Equal(before) || !known {
			changed, before, known = append(changed, RosterSince{at, s}), s, true
		}
		last.At = at
	})
	for _, c := range changed {
		if _, err := r.Store.AddRoster(ctx, workspace, c); err != nil {
			return err // and all of it again at the next look
		}
	}
	if r.last == nil {
		r.last = map[string]RosterSince{}
	}
	r.last[workspace] = RosterSince{last.At, before}
	return nil
}
