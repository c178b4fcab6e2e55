// Package sleep waits in a way that ends with a context.
//
//	for sleep.For(ctx, every) == nil {
//		look(ctx)
//	}
package sleep

import (
	"context"
	"time"
)

// For waits for d. It returns early if ctx ends before, and then says why.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
