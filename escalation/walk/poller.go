package walk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// Poller asks about open timelines between their due times, so that an answered ticket closes within minutes (rule 5).
// Replicas share one budget: each call takes a turn, and no two of them ask about the same timeline.
type Poller struct {
	flow.Deps
	Store PollerStore
	Hold  func() bool
	Idle  time.Duration // how long to rest when there is nothing to ask about
}

// PollerStore is what a Poller needs of the database.
type PollerStore interface {
	// TakeTurn shuts the gate key until now+every if it is open, and says when it opens next if not.
	TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error)
	// ToAsk returns up to n open timelines last asked about no later than before and not due now,
	// the longest unasked first, and marks them as asked at now.
	ToAsk(ctx context.Context, now, before time.Time, n int) ([]escalation.Timeline, error)
	// ToLookAgain returns up to n closed timelines whose ticket may have come back. It returns them again from next on.
	ToLookAgain(ctx context.Context, now, next time.Time, n int) ([]escalation.Timeline, error)
	flow.Saver
}

// Run polls until ctx ends.
func (p *Poller) Run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := p.Idle
		if s := p.Settings(""); s.HasDesk && s.PollBudget > 0 && !p.Hold() {
			var err error
			if wait, err = p.poll(ctx, s); err != nil && ctx.Err() == nil {
				p.Logger.Warn("polling the help desk failed, trying on", "error", err)
			}
		}
		_ = sleep.For(ctx, wait)
	}
}

// poll makes one call if the budget has room for it, and says how long to rest.
func (p *Poller) poll(ctx context.Context, s *escalation.Settings) (rest time.Duration, err error) {
	now := p.Now()
	every := flow.AskEvery(s)
	reading, cancelReading := context.WithTimeout(ctx, storeTimeout)
	defer cancelReading()
	ok, next, err := p.Store.TakeTurn(reading, flow.TurnDesk, now, every)
	if err != nil {
		return p.Idle, fmt.Errorf("take a turn: %w", err)
	}
	if !ok {
		return max(next.Sub(now), time.Millisecond), nil
	}
	ts, err := p.Store.ToAsk(reading, now, now.Add(-s.Poll), desk.MaxQuestions)
	if err != nil {
		return p.Idle, fmt.Errorf("read timelines to ask about: %w", err)
	}
	solved, err := p.Store.ToLookAgain(reading, now, now.Add(escalation.ReopenEvery), desk.MaxQuestions-len(ts))
	if err != nil {
		return p.Idle, fmt.Errorf("read solved tickets to look at again: %w", err)
	}
	if ts = append(ts, solved...); len(ts) == 0 {
		return p.Idle, nil
	}
	asking, cancel := context.WithTimeout(ctx, desk.AskShare)
	defer cancel()
	answers := ask(asking, p.Deps, slog.LevelWarn, ts).wait(asking, desk.AskShare)
	told, _ := split(ts, answers)
	return every, saveDecisions(ctx, p.Deps, p.Store, told, answers)
}
