package app

import (
	"context"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/handlers/fair"
)

// lookBack makes reports and replays one at a time: each reads everything that happened in its span, while the bot has
// other work to do. Workspaces take turns: if one asks for a hundred, another waits for only one of them (rule 29).
type lookBack struct{ workspaces, all fair.Shares }

// mostLookBacks is how many requests of a workspace may wait: as many as people there are answered at once.
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

// weekServes is how long a team's week is shown before it is counted again: many people look, and a count reads much.
const weekServes = 10 * time.Minute

// teamWeeks remember how the teams did in the last seven days.
type teamWeeks struct {
	mu    sync.Mutex
	known map[string]teamWeek // by workspace
}

type teamWeek struct {
	at          time.Time
	now, before report.Counts
}

// week is what became of the first replies of the last seven days, and of the seven before.
func (a *App) week(ctx context.Context, workspace string) (now, before report.Counts, err error) {
	at := a.now()
	if w, ok := a.weeks.get(workspace, at); ok {
		return w.now, w.before, nil
	}
	leave, err := a.lookBack.enter(ctx, workspace)
	if err != nil {
		return report.Counts{}, report.Counts{}, err
	}
	defer leave()
	if w, ok := a.weeks.get(workspace, at); ok { // somebody else has looked meanwhile
		return w.now, w.before, nil
	}
	r, err := report.Make(ctx, a.store, report.Query{From: at.AddDate(0, 0, -7), To: at, Workspace: workspace}, a.past(), a.now(), a.zone())
	if err != nil {
		return report.Counts{}, report.Counts{}, err
	}
	w := teamWeek{at, r.Whole(), r.WholeBefore()}
	a.weeks.put(workspace, w)
	return w.now, w.before, nil
}

func (t *teamWeeks) get(workspace string, now time.Time) (teamWeek, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, ok := t.known[workspace]
	return w, ok && now.Sub(w.at) < weekServes
}

// put stores a week, and forgets those that are too old.
func (t *teamWeeks) put(workspace string, w teamWeek) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for other, old := range t.known {
		if w.at.Sub(old.at) >= weekServes {
			delete(t.known, other)
		}
	}
	if t.known == nil {
		t.known = map[string]teamWeek{}
	}
	t.known[workspace] = w
}
