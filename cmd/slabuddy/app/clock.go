package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	clockEvery     = time.Minute     // rule 15
	clockTolerance = 2 * time.Second // rule 15: further apart, nothing is claimed
	clockTimeout   = 5 * time.Second
)

// clockWatch compares this process's clock with the database's. Due times, leases and gates are read
// by several replicas, so a replica whose clock is off must not act on them.
type clockWatch struct {
	store interface {
		Clock(context.Context) (time.Time, bool, error)
	}
	now    func() time.Time
	logger *slog.Logger
	apart  atomic.Int64 // nanoseconds; 0 while they agree
}

// Hold is true while the clocks disagree.
func (c *clockWatch) Hold() bool { return c.apart.Load() != 0 }

// Ready is the check of /readyz.
func (c *clockWatch) Ready(context.Context) error {
	if apart := time.Duration(c.apart.Load()); apart != 0 {
		return fmt.Errorf("this machine's clock is %s from the database's: synchronise both (NTP)", apart.Round(time.Millisecond))
	}
	return nil
}

func (c *clockWatch) run(ctx context.Context) {
	ticker := time.NewTicker(clockEvery)
	defer ticker.Stop()
	for {
		c.compare(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (c *clockWatch) compare(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, clockTimeout)
	defer cancel()
	before := c.now()
	db, ok, err := c.store.Clock(ctx)
	after := c.now()
	if err != nil || !ok {
		return // that the database is away is logged elsewhere; its last word still holds
	}
	// The answer was read at some instant between before and after: only what lies outside counts.
	var apart time.Duration
	switch {
	case db.Before(before):
		apart = db.Sub(before)
	case db.After(after):
		apart = db.Sub(after)
	}
	if apart.Abs() <= clockTolerance {
		apart = 0
	}
	was := time.Duration(c.apart.Swap(int64(apart)))
	switch {
	case apart != 0 && was == 0:
		c.logger.Error("the clock disagrees with the database's: nothing is claimed until they agree; synchronise both (NTP)", "apart", apart)
	case apart == 0 && was != 0:
		c.logger.Info("the clock agrees with the database's again")
	}
}
