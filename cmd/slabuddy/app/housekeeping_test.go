package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// purges counts how often anything is deleted.
type purges struct{ n atomic.Int32 }

func (p *purges) Purge(context.Context, time.Time, time.Time, time.Time, int) (int, error) {
	p.n.Add(1)
	return 0, nil
}

// What was deleted by a clock that is a year ahead is gone.
func TestNothingIsPurgedWhileTheClockIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done purges
		var off atomic.Bool
		off.Store(true)
		p := &purger{store: &done, retention: func() Retention { return Retention{} }, hold: off.Load, now: time.Now, logger: slog.New(slog.DiscardHandler)}
		go p.run(t.Context())
		time.Sleep(3 * purgeEvery)
		if n := done.n.Load(); n != 0 {
			t.Errorf("purged %d times while the clock is off", n)
		}
		off.Store(false)
		time.Sleep(purgeEvery)
		if n := done.n.Load(); n != 1 {
			t.Errorf("purged %d times in the hour after", n)
		}
	})
}
