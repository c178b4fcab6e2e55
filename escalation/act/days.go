package act

import (
	"context"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

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
