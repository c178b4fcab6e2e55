package escalation

import (
	"context"
	"fmt"
	"slices"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// MineStore is what Mine needs of the database.
type MineStore interface {
	ListOpen(ctx context.Context, q OpenQuery) ([]Timeline, error)
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
}

// Mine are the open timelines of a workspace that are somebody's, the nearest deadline first: those
// whose owner they are, and those with a reminder in their thread that mentions them by name. It looks
// through the first n. Whom a user group stands for only Slack knows.
func Mine(ctx context.Context, s MineStore, workspace, user string, n int) ([]Timeline, error) {
	ts, err := s.ListOpen(ctx, OpenQuery{Workspace: workspace, By: ByDeadline, Limit: n})
	if err != nil {
		return nil, fmt.Errorf("list open timelines: %w", err)
	}
	var keys []string
	timelineOf := map[string]string{} // by the key of a reminder's job
	for _, t := range ts {
		for _, p := range t.Posts {
			key := reminderKey(t.ID, p.Tier, p.Round)
			keys, timelineOf[key] = append(keys, key), t.ID
		}
	}
	mine := map[string]bool{}
	for some := range slices.Chunk(keys, 500) {
		jobs, err := s.JobsByKey(ctx, some)
		if err != nil {
			return nil, fmt.Errorf("read the reminders of open timelines: %w", err)
		}
		for _, j := range jobs {
			if r := reminderOf(j); r != nil && addresses(r, user) {
				mine[timelineOf[j.Key]] = true
			}
		}
	}
	return slices.DeleteFunc(ts, func(t Timeline) bool { return t.Owner.User != user && !mine[t.ID] }), nil
}

func addresses(r *Reminder, user string) bool {
	return slices.ContainsFunc(r.Mention, func(m Recipient) bool { return m.Kind == ToUser && m.ID == user })
}
