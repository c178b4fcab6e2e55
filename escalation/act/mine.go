package act

import (
	"context"
	"fmt"
	"slices"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// MineStore is what Mine needs of the database.
type MineStore interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
}

// Mine are the open timelines of a workspace that are somebody's, the nearest deadline first: those
// whose owner they are, and those with a reminder in their thread that mentions them by name. It looks
// through the first n. Whom a user group stands for only Slack knows.
func Mine(ctx context.Context, s MineStore, workspace, user string, n int) ([]escalation.Timeline, error) {
	ts, err := s.ListOpen(ctx, escalation.OpenQuery{Workspace: workspace, By: escalation.ByDeadline, Limit: n})
	if err != nil {
		return nil, fmt.Errorf("list open timelines: %w", err)
	}
	var keys []string
	timelineOf := map[string]string{} // by the key of a reminder's job
	for _, t := range ts {
		for _, p := range t.Posts {
			key := escalation.ReminderKey(t.ID, p.Tier, p.Round)
			keys, timelineOf[key] = append(keys, key), t.ID
		}
	}
	mine := map[string]bool{}
	for some := range slices.Chunk(keys, 5000) {
		jobs, err := s.JobsByKey(ctx, some)
		if err != nil {
			return nil, fmt.Errorf("read the reminders of open timelines: %w", err)
		}
		for _, j := range jobs {
			if r := escalation.ReminderOf(j); r != nil && addresses(r, user) {
				mine[timelineOf[j.Key]] = true
			}
		}
	}
	return slices.DeleteFunc(ts, func(t escalation.Timeline) bool { return t.Owner.User != user && !mine[t.ID] }), nil
}

func addresses(r *escalation.Reminder, user string) bool {
	return slices.ContainsFunc(r.Mention, func(m escalation.Recipient) bool { return m.Kind == escalation.ToUser && m.ID == user })
}
