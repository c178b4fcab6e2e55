package walk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// walkSize is how many timelines one walk takes at most. After an outage the rest follows at once. So the first
// reminders are posted while the rest is read, and less is in memory at a time.
const walkSize = 1000

// Walker passes over the due timelines, asks the help desk about them, and hands the decisions to the store. Any number
// of walkers may walk the same store: of several decisions about a timeline only the first is saved.
type Walker struct {
	flow.Deps
	Store WalkerStore
	// Ready are closed once the roster and the user groups have been read. The first walk waits for them, five seconds
	// at most.
	Ready []<-chan struct{}
	// Hold, while it returns true, keeps the walker from walking: its clock is not to be trusted.
	Hold func() bool
	// Share is which of how many replicas at work this one is. Nil: the only one.
	Share func() (i, of int)
	// Tick is the longest sleep between two walks.
	Tick time.Duration

	lastWalk atomic.Int64 // Unix microseconds by Now
	beside   beside
}

// WalkerStore is what a Walker needs of the database.
type WalkerStore interface {
	// Due returns up to n open timelines whose NextAt is not after now, the earliest first, and
	// when the next after those becomes due.
	Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error)
	// Coming counts, by channel (a thread without ts), the open timelines whose NextAt is after now and not
	// after until.
	Coming(ctx context.Context, now, until time.Time) (map[escalation.Thread]int, error)
	flow.Saver
}

// firstWalkWaits is how long the first walk waits for roster and groups at most (rule 8).
const firstWalkWaits = 5 * time.Second

// LastWalk is when a walk last came to its end; zero before the first.
func (w *Walker) LastWalk() time.Time {
	us := w.lastWalk.Load()
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Run walks until ctx ends. Between walks it sleeps until the next due time, a Tick at most. No walk waits for tickets
// that the help desk has not answered yet.
func (w *Walker) Run(ctx context.Context) {
	defer w.beside.asks.Wait()
	w.awaitReady(ctx)
	var failing bool
	for ctx.Err() == nil {
		if w.Hold() {
			_ = sleep.For(ctx, w.Tick)
			continue
		}
		next, err := w.walk(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failing {
				w.Logger.Error("walking failed, trying on", "error", err)
			}
			failing = true
			_ = sleep.For(ctx, w.Tick)
			continue
		case failing:
			failing = false
			w.Logger.Info("walking again")
		}
		ended := w.Now()
		w.lastWalk.Store(ended.UnixMicro())
		w.Metrics.WalkEnded(ended)
		wait := w.Tick
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(w.Now()), 0))
		}
		_ = sleep.For(ctx, wait)
	}
}

func (w *Walker) awaitReady(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, firstWalkWaits)
	defer cancel()
	for _, ready := range w.Ready {
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
	}
}

// Walk makes one pass over the due timelines, to its end, and returns when the next becomes due; zero if none.
func (w *Walker) Walk(ctx context.Context) (next time.Time, err error) {
	next, err = w.walk(ctx)
	w.beside.asks.Wait()
	return next, errors.Join(err, w.beside.failed())
}

// walk makes one pass. Tickets without an answer are asked about beside the next walk.
func (w *Walker) walk(ctx context.Context) (next time.Time, err error) {
	if err := w.beside.failed(); err != nil {
		return time.Time{}, err
	}
	start := w.Now()
	reading, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	size := walkSize + w.beside.count()
	due, next, err := w.Store.Due(reading, start, size)
	if err != nil {
		return time.Time{}, fmt.Errorf("read due timelines: %w", err)
	}
	full := len(due) == size
	due = w.mine(w.beside.without(due), start)
	if len(due) == 0 {
		if full { // of timelines that others are at work on; behind them may be more
			next = start.Add(walkPatience)
		}
		return next, nil
	}
	due, gathered, err := w.gather(reading, due, start)
	if err != nil {
		return time.Time{}, err
	}
	if !gathered.IsZero() && (next.IsZero() || gathered.Before(next)) {
		next = gathered
	}
	if err := w.decide(ctx, due); err != nil {
		return time.Time{}, err
	}
	w.Metrics.Walked(w.Now().Sub(start))
	if full {
		next = start
	}
	return next, nil
}

// decide asks about the due timelines and saves the decisions. Timelines with an answer do not wait for the others. For
// those the help desk is waited for, and asked once more, beside the walk.
func (w *Walker) decide(ctx context.Context, due []escalation.Timeline) error {
	shared, cancel := context.WithTimeout(ctx, desk.AskShare)
	first := ask(shared, w.Deps, slog.LevelDebug, due) // whoever has no answer is asked about again
	answers := first.wait(shared, walkPatience)
	answered, open := split(due, answers)
	if len(open) == 0 {
		defer cancel()
	} else {
		w.beside.begin(open, func() error {
			defer cancel()
			return w.decideLate(ctx, shared, first, open)
		})
	}
	return saveDecisions(ctx, w.Deps, w.Store, answered, answers)
}

// decideLate decides about the timelines that had no answer at once. shared ends when the time of all asks is over.
func (w *Walker) decideLate(ctx, shared context.Context, first *inquiry, open []escalation.Timeline) error {
	answers := first.wait(shared, askPatience-walkPatience)
	answered, open := split(open, answers)
	if err := saveDecisions(ctx, w.Deps, w.Store, answered, answers); err != nil || len(open) == 0 {
		return err
	}
	_ = sleep.For(shared, beforeAgain)
	answers = ask(shared, w.Deps, slog.LevelWarn, open).wait(shared, desk.AskShare)
	if _, silent := split(open, answers); len(silent) > 0 {
		late := first.wait(shared, desk.AskShare) // it may have been slow, not silent
		maps.Copy(late, answers)
		answers = late
	}
	if err := ctx.Err(); err != nil {
		return err // the shutdown cut it short: that does not mean that the help desk is silent
	}
	return saveDecisions(ctx, w.Deps, w.Store, open, answers)
}

// split divides the timelines into those that have an answer and those that have none.
func split(ts []escalation.Timeline, answers map[string]desk.Answer) (answered, open []escalation.Timeline) {
	answered = make([]escalation.Timeline, 0, len(ts)) // all of them, as a rule
	for _, t := range ts {
		if _, ok := answers[t.ID]; ok {
			answered = append(answered, t)
		} else {
			open = append(open, t)
		}
	}
	return answered, open
}
