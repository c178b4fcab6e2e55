package act

import (
	"context"
	"fmt"
	"slices"

	"github.com/slabuddy/slabuddy/escalation"
)

// MineStore is what Mine needs of the database.
type MineStore interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error)
}

// Mine are the open timelines of a workspace that are somebody's, the nearest deadline first: those
// whose owner they are, and those with a reminder in their thread that mentions them by name. It looks
// through the first n. Whom a user group stands for only Slack knows.
func Mine(ctx context.Context, s MineStore, workspace, user string, n int) ([]escalation.Timeline, error) {
	ts, err := s.ListOpen(ctx, escalation.OpenQuery{Workspace: workspace, By: escalation.ByDeadline, Limit: n})
	if err != nil {
		return nil, fmt.Errorf("list open timelines: %w", err)
	}
	ids := make([]string, len(ts))
	for i, t := range ts {
		ids[i] = t.ID
	}
	posted, err := s.Happened(ctx, ids, escalation.EventPosted)
	if err != nil {
		return nil, fmt.Errorf("read the reminders of open timelines: %w", err)
	}
	mine := map[string]bool{}
	for _, e := range posted {
		if slices.Contains(e.Mentioned, user) {
			mine[e.Timeline] = true
		}
	}
	return slices.DeleteFunc(ts, func(t escalation.Timeline) bool { return t.Owner.User != user && !mine[t.ID] }), nil
}
