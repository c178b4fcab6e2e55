package report

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/review"
)

// Around is what is known of workspaces beside their timelines.
type Around interface {
	// Known is asked once for each workspace.
	Known(ctx context.Context, workspace string) (Known, error)
}

// Make reads what is stored and reports on it.
func Make(ctx context.Context, s review.Store, q Query, around Around, now time.Time, zone *time.Location) (Report, error) {
	b := NewBuilder(q, now, zone)
	met := map[string]Known{}
	for r, err := range review.All(ctx, s, q.Workspace, b.before.From) {
		if err != nil {
			return Report{}, err
		}
		workspace := r.Timeline.Workspace
		known, asked := met[workspace]
		if !asked {
			if known, err = around.Known(ctx, workspace); err != nil {
				return Report{}, err
			}
			met[workspace] = known
		}
		b.Add(r, known)
	}
	return b.Report(), nil
}
