package act

import (
	"context"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
)

// WaitingStore is what ReadWaiting needs of the database.
type WaitingStore interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error)
}

// Waiting are the open timelines of a workspace, the nearest deadline first, and whom their reminders mention by name.
// Only Slack knows who is in a user group.
type Waiting struct {
	timelines []escalation.Timeline
	mentions  map[mention]bool
}

type mention struct{ timeline, user string }

// ReadWaiting looks through the first n timelines.
func ReadWaiting(ctx context.Context, s WaitingStore, workspace string, n int) (w Waiting, err error) {
	w.timelines, err = s.ListOpen(ctx, escalation.OpenQuery{Workspace: workspace, By: escalation.ByDeadline, Limit: n})
	if err != nil {
		return w, fmt.Errorf("list open timelines: %w", err)
	}
	ids := make([]string, len(w.timelines))
	for i, t := range w.timelines {
		ids[i] = t.ID
	}
	posted, err := s.Happened(ctx, ids, escalation.EventPosted)
	if err != nil {
		return w, fmt.Errorf("read the reminders of open timelines: %w", err)
	}
	w.mentions = map[mention]bool{}
	for _, e := range posted {
		for _, user := range e.Mentioned {
			w.mentions[mention{e.Timeline, user}] = true
		}
	}
	return w, nil
}

// Of are the timelines that concern somebody: they are the owner, or a reminder in the thread mentions them.
func (w Waiting) Of(user string) (theirs []escalation.Timeline) {
	for _, t := range w.timelines {
		if t.Owner.User == user || w.mentions[mention{t.ID, user}] {
			theirs = append(theirs, t)
		}
	}
	return theirs
}
