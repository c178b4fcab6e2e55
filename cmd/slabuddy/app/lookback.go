package app

import (
	"context"

	"github.com/slabuddy/slabuddy/handlers/fair"
)

// lookBack has reports and replays made one at a time: each reads all that happened in its span, beside a bot that has
// other things to do. Workspaces take turns, so whoever asks for a hundred holds up another's by one (rule 29).
type lookBack struct{ workspaces, all fair.Shares }

// mostLookBacks is how many of a workspace wait: as many as people there are answered at once.
const mostLookBacks = 24

func newLookBack() *lookBack {
	return &lookBack{
		workspaces: fair.Shares{AtOnce: 1, Waiting: mostLookBacks},
		all:        fair.Shares{AtOnce: 1, Waiting: 10_000},
	}
}

// enter waits for a workspace's turn; "" is the operator.
func (l *lookBack) enter(ctx context.Context, workspace string) (leave func(), err error) {
	leaveOwn, err := l.workspaces.Enter(ctx, workspace)
	if err != nil {
		return nil, err
	}
	leaveAll, err := l.all.Enter(ctx, "")
	if err != nil {
		leaveOwn()
		return nil, err
	}
	return func() { leaveAll(); leaveOwn() }, nil
}
