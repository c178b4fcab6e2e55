package act

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// Pauses writes a channel's pause into its open timelines when somebody pauses the channel, or resumes it early. What
// counts is Settings.Paused, which has to be set or taken back before. A timeline that differs from it follows it when
// the walker next looks at it.
type Pauses struct {
	flow.Deps
	Store OpenStore
}

// Pause pauses a channel's open timelines: nobody is reminded before until. It may be longer or shorter than the pause
// before. by is the Slack id of who asked for it.
func (p *Pauses) Pause(ctx context.Context, workspace, channel, by string, until time.Time) error {
	return p.stamp(ctx, workspace, channel, by, until)
}

// Resume ends a channel's pause early. Each timeline with tiers that came due meanwhile is reminded of now, once.
func (p *Pauses) Resume(ctx context.Context, workspace, channel, by string) error {
	return p.stamp(ctx, workspace, channel, by, time.Time{})
}

func (p *Pauses) stamp(ctx context.Context, workspace, channel, by string, until time.Time) error {
	open := escalation.OpenQuery{Workspace: workspace, Channel: channel, By: escalation.ByNext, Limit: mostOpen}
	return p.UpdateEach(ctx, p.Store, by, listed(ctx, p.Store, open), func(t escalation.Timeline) escalation.Change {
		return escalation.Pause(t, until, by, p.Now())
	})
}

// Days lays open timelines again once calendars close other days than before (rule 20).
type Days struct {
	flow.Deps
	Store OpenStore
}

// Changed lays the open timelines of a workspace again that count in hours which changed. Called again, it
// changes nothing.
func (d *Days) Changed(ctx context.Context, workspace string, changed func(hours string) bool) error {
	open := escalation.OpenQuery{Workspace: workspace, By: escalation.ByDeadline, Limit: mostOpen}
	return d.UpdateEach(ctx, d.Store, "", listed(ctx, d.Store, open), func(t escalation.Timeline) escalation.Change {
		if !changed(t.Hours) {
			return escalation.Change{}
		}
		return escalation.Relay(t, d.Facts(workspace))
	})
}

// OpenStore is what Pauses and Days need of the database.
type OpenStore interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	flow.Saver
}

// mostOpen is how many open timelines are changed at once: far more than anybody can answer.
const mostOpen = 10_000

// listed lists open timelines whenever it is called.
func listed(ctx context.Context, store OpenStore, q escalation.OpenQuery) func() ([]escalation.Timeline, error) {
	return func() ([]escalation.Timeline, error) {
		ts, err := store.ListOpen(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list open timelines: %w", err)
		}
		return ts, nil
	}
}
