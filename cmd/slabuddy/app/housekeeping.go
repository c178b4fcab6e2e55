package app

import (
	"context"
	"log/slog"
	"time"
)

const (
	purgeEvery    = time.Hour
	purgeBatch    = 500
	purgePause    = 100 * time.Millisecond // between batches, so that nobody waits for the purge
	mentionsKept  = 24 * time.Hour         // well beyond the hour an early one may be applied in, and Slack's retries
	purgeTimeout  = time.Minute
	startUpRespit = time.Minute
)

// purger deletes what the retention no longer covers, in small batches.
type purger struct {
	store interface {
		Purge(ctx context.Context, closedBefore, jobsBefore, mentionsBefore time.Time, n int) (int, error)
	}
	retention func() Retention
	hold      func() bool // while it is true nothing is deleted: the clock is off
	now       func() time.Time
	logger    *slog.Logger
}

// Retention is how long closed timelines and finished jobs are kept.
type Retention struct {
	Timelines time.Duration
	Jobs      time.Duration
}

func (p *purger) run(ctx context.Context) {
	timer := time.NewTimer(startUpRespit)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if p.hold() {
			timer.Reset(purgeEvery)
			continue
		}
		if err := p.purge(ctx); err != nil && ctx.Err() == nil {
			p.logger.Warn("purging old rows failed, trying again in an hour", "error", err)
		}
		timer.Reset(purgeEvery)
	}
}

func (p *purger) purge(ctx context.Context) error {
	var total int
	for {
		now, keep := p.now(), p.retention()
		call, cancel := context.WithTimeout(ctx, purgeTimeout)
		n, err := p.store.Purge(call, now.Add(-keep.Timelines), now.Add(-keep.Jobs), now.Add(-mentionsKept), purgeBatch)
		cancel()
		if err != nil {
			return err
		}
		if total += n; n == 0 {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(purgePause):
		}
	}
	if total > 0 {
		p.logger.Info("purged rows past their retention", "rows", total)
	}
	return nil
}
