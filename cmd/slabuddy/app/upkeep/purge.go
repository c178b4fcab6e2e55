package upkeep

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/store"
)

const (
	purgeEvery    = time.Hour
	purgeBatch    = 500
	purgePause    = 100 * time.Millisecond // between batches, so that nobody waits for the purge
	mentionsKept  = 24 * time.Hour         // much longer than the hour in which an early mention may be applied, and than Slack's retries
	purgeTimeout  = time.Minute
	startUpRespit = time.Minute
)

// Purger deletes what the retention no longer covers, in small batches.
type Purger struct {
	Store interface {
		Purge(ctx context.Context, closedBefore, jobsBefore, mentionsBefore time.Time, n int) (int, error)
		Installations(ctx context.Context) ([]setup.Installation, error)
		EraseWorkspace(ctx context.Context, workspace string, endedBefore time.Time, n int) (int, error)
	}
	Retention func() Retention
	Hold      func() bool // while it is true nothing is deleted: the clock is off
	Now       func() time.Time
	Logger    *slog.Logger
}

// Retention is how long closed timelines, finished jobs, and workspaces that removed the bot are kept.
type Retention struct {
	Timelines   time.Duration
	Jobs        time.Duration
	Uninstalled time.Duration
}

// Run deletes every hour until ctx ends.
func (p *Purger) Run(ctx context.Context) {
	for wait := startUpRespit; sleep.For(ctx, wait) == nil; wait = purgeEvery {
		if p.Hold() {
			continue
		}
		if err := errors.Join(p.purge(ctx), p.eraseLeft(ctx)); err != nil && ctx.Err() == nil {
			p.Logger.Warn("purging old rows failed, trying again in an hour", "error", err)
		}
	}
}

// eraseLeft deletes all of the workspaces that removed the bot long enough ago.
func (p *Purger) eraseLeft(ctx context.Context) error {
	call, cancel := context.WithTimeout(ctx, purgeTimeout)
	installations, err := p.Store.Installations(call)
	cancel()
	if err != nil {
		return err
	}
	before := p.Now().Add(-p.Retention().Uninstalled)
	for _, i := range installations {
		if i.EndedAt.IsZero() || !i.EndedAt.Before(before) {
			continue
		}
		total, err := EraseWorkspace(ctx, p.Store, i.Workspace, before)
		switch {
		case errors.Is(err, store.ErrInstalled): // again, meanwhile
		case err != nil:
			return err
		default:
			p.Logger.Info("erased a workspace that had removed the bot", "workspace", i.Workspace, "removed", i.EndedAt, "rows", total)
		}
	}
	return nil
}

// EraseWorkspace deletes all of a workspace that the bot left before endedBefore, in small batches, and
// returns how many rows that were. Errors: store.ErrInstalled, where the bot is there still.
func EraseWorkspace(ctx context.Context, s interface {
	EraseWorkspace(ctx context.Context, workspace string, endedBefore time.Time, n int) (int, error)
}, workspace string, endedBefore time.Time) (total int, err error) {
	for {
		call, cancel := context.WithTimeout(ctx, purgeTimeout)
		n, err := s.EraseWorkspace(call, workspace, endedBefore, purgeBatch)
		cancel()
		if err != nil || n == 0 {
			return total, err
		}
		total += n
		if err := sleep.For(ctx, purgePause); err != nil {
			return total, err
		}
	}
}

func (p *Purger) purge(ctx context.Context) error {
	var total int
	for {
		now, keep := p.Now(), p.Retention()
		call, cancel := context.WithTimeout(ctx, purgeTimeout)
		n, err := p.Store.Purge(call, now.Add(-keep.Timelines), now.Add(-keep.Jobs), now.Add(-mentionsKept), purgeBatch)
		cancel()
		if err != nil {
			return err
		}
		if total += n; n == 0 {
			break
		}
		if err := sleep.For(ctx, purgePause); err != nil {
			return err
		}
	}
	if total > 0 {
		p.Logger.Info("purged rows past their retention", "rows", total)
	}
	return nil
}
