package act

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// Pauses stamps the open timelines of a channel that somebody pauses, or resumes early. What counts
// is Settings.Paused, which is to be set, or taken back, before: timelines that are stamped
// otherwise, or not at all, follow it when they are next looked at.
type Pauses struct {
	flow.Deps
	Store PausesStore
}

// PausesStore is what Pauses needs of the database.
type PausesStore interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	flow.Saver
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
	return p.Update(ctx, p.Store, by, func() ([]escalation.Change, error) {
		ts, err := p.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: workspace, Channel: channel, By: escalation.ByNext, Limit: maxPaused})
		if err != nil {
			return nil, fmt.Errorf("list the channel's open timelines: %w", err)
		}
		var changes []escalation.Change
		for _, t := range ts {
			if c, changed := escalation.Pause(t, until, by, p.Now()); changed {
				changes = append(changes, c)
			}
		}
		return changes, nil
	})
}

// Days lays open timelines again once calendars close other days than before (rule 20).
type Days struct {
	flow.Deps
	Store DaysStore
}

// DaysStore is what Days needs of the database.
type DaysStore interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	flow.Saver
}

// maxRelaid is how many open timelines of one workspace are laid again: the nearest deadlines first.
const maxRelaid = 10_000

// Changed lays the open timelines of a workspace again that count in hours which changed. Called again, it
// changes nothing.
func (d *Days) Changed(ctx context.Context, workspace string, changed func(hours string) bool) error {
	return d.Update(ctx, d.Store, "", func() ([]escalation.Change, error) {
		ts, err := d.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: workspace, By: escalation.ByDeadline, Limit: maxRelaid})
		if err != nil {
			return nil, fmt.Errorf("list open timelines: %w", err)
		}
		var changes []escalation.Change
		for _, t := range ts {
			if !changed(t.Hours) {
				continue
			}
			if c, relaid := escalation.Relay(t, d.Facts(workspace)); relaid {
				changes = append(changes, c)
			}
		}
		return changes, nil
	})
}
