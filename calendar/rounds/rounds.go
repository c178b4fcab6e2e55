// Package rounds calls a reader again and again, less often while it fails, and stores what was read. The shift
// calendar and the calendars of closed days are both followed that way.
package rounds

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Interval is how long it is until the next round.
type Interval struct {
	Every      time.Duration // after one that went well
	FirstRetry time.Duration // after one that failed; doubled with each further one
	LastRetry  time.Duration // and no more than this
}

// After is the time until the next round after so many failed ones in a row.
func (p Interval) After(failures int) time.Duration {
	if failures == 0 {
		return p.Every
	}
	wait := p.FirstRetry
	for range failures - 1 {
		wait = min(2*wait, p.LastRetry)
	}
	return wait
}

// Run has round run until ctx ends, in these intervals, and at once whenever wake says so. round gets how many failed in
// a row before it, and says whether it went well.
func (p Interval) Run(ctx context.Context, wake <-chan struct{}, round func(failures int) (well bool)) {
	for failures := 0; ; {
		if round(failures) {
			failures = 0
		} else {
			failures++
		}
		timer := time.NewTimer(p.After(failures))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Store keeps readings, for restarts and for other processes.
type Store interface {
	Put(ctx context.Context, key string, value []byte, at time.Time) error
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
}

// Load is the reading that was stored under a key, if there is one.
func Load[R any](ctx context.Context, s Store, key string) (reading R, found bool, err error) {
	value, _, found, err := s.Get(ctx, key)
	if err != nil || !found {
		return reading, false, err
	}
	if err := json.Unmarshal(value, &reading); err != nil {
		return reading, false, fmt.Errorf("understand what is kept under %s: %w", key, err)
	}
	return reading, true, nil
}

// Keep stores a reading, as of a moment, under a key.
func Keep[R any](ctx context.Context, s Store, key string, reading R, at time.Time) error {
	value, err := json.Marshal(reading)
	if err != nil {
		return err
	}
	return s.Put(ctx, key, value, at)
}
