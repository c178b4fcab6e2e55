package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// memory measures the anonymous memory of the binary: with nothing to do, and while it keeps watch
// over a million open timelines, 100 of which come due a second.
func memory(ctx context.Context, b *bench) ([]figure, error) {
	idle, err := b.idleMemory(ctx)
	if err != nil {
		return nil, err
	}
	crowded, err := b.crowdedMemory(ctx)
	if err != nil {
		return nil, err
	}
	held := b.heldMemory()
	return []figure{
		{
			name:    "anonymous memory, idle, SQLite (most in 15 s)",
			reached: idle, unit: "MiB", reach: 24,
			baseline: fmt.Sprintf("%.0f MiB with %d open timelines, below", crowded, b.size(1_000_000)),
		},
		{
			name:    fmt.Sprintf("anonymous memory, %d open that count in hours, 100 tiers due a second, polling, Postgres (most in 30 s)", b.size(1_000_000)),
			reached: crowded, unit: "MiB", reach: 64,
			baseline: fmt.Sprintf("%.0f MiB the plain way: all timelines in memory (extrapolated from 10,000)", held),
		},
	}, nil
}

func (b *bench) idleMemory(ctx context.Context) (float64, error) {
	address, remove, err := b.emptySQLite()
	if err != nil {
		return 0, err
	}
	defer remove()
	w, err := b.watch(ctx, address, nil)
	if err != nil {
		return 0, err
	}
	defer w.stop()
	most, err := w.mostAnonymous(ctx, b.span(15*time.Second))
	if err != nil {
		return 0, err
	}
	return most, w.stop()
}

func (b *bench) crowdedMemory(ctx context.Context) (float64, error) {
	db, err := b.million(ctx)
	if err != nil {
		return 0, err
	}
	d := b.span(30 * time.Second)
	if err := db.sow(ctx, seeds{prefix: "W", tier: 1, due: spread(time.Now().Add(time.Second), dueEvery), hours: whole}, int(d/dueEvery)); err != nil {
		return 0, err
	}
	w, err := b.watch(ctx, db.url, nil)
	if err != nil {
		return 0, err
	}
	defer w.stop()
	most, err := w.mostAnonymous(ctx, d)
	if err != nil {
		return 0, err
	}
	if w.slack.posts.Load() == 0 {
		return 0, w.complain("posted nothing while its memory was measured")
	}
	return most, w.stop()
}

// heldMemory is what a million timelines would take as Go values, in MiB.
func (b *bench) heldMemory() float64 {
	const few = 10_000
	s := seeds{prefix: "H", tier: 2, due: spread(time.Now(), 10*time.Millisecond)}
	before := heap()
	held := make([]any, few)
	for i := range held {
		held[i] = s.timeline(i)
	}
	after := heap()
	runtime.KeepAlive(held)
	return float64(after-before) / (1 << 20) * float64(b.size(1_000_000)) / few
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
