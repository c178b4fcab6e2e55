package main

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// startUp measures how long the binary takes to be ready, on an empty SQLite file.
func startUp(ctx context.Context, b *bench) ([]figure, error) {
	const times = 9
	var took, bare latencies
	for range times {
		one, err := b.startOnce(ctx)
		if err != nil {
			return nil, err
		}
		took = append(took, one)
		began := time.Now()
		if err := exec.CommandContext(ctx, b.binary, "version").Run(); err != nil {
			return nil, err
		}
		bare = append(bare, time.Since(began))
	}
	return []figure{{
		name:    "start of the binary to 200 from /readyz, SQLite, empty directory (median of 9)",
		reached: took.quantile(.5), unit: "ms", reach: 200,
		baseline: fmt.Sprintf("%.0f ms for `slabuddy version`, which only starts; slowest start %.0f ms", bare.quantile(.5), float64(slices.Max(took).Milliseconds())),
	}}, nil
}

func (b *bench) startOnce(ctx context.Context) (time.Duration, error) {
	address, remove, err := b.emptySQLite()
	if err != nil {
		return 0, err
	}
	defer remove()
	w, err := b.watch(ctx, address, nil)
	if err != nil {
		return 0, err
	}
	return w.ready, w.stop()
}

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

// bodies are the large requests that nobody signed, all held open at once; each of bodySize.
const (
	bodies   = 800
	bodySize = 1 << 20
)

// bodiesHeld measures the resident memory of the binary while somebody who cannot sign sends it many large
// bodies at once, and leaves each unfinished.
func bodiesHeld(ctx context.Context, b *bench) ([]figure, error) {
	address, remove, err := b.emptySQLite()
	if err != nil {
		return nil, err
	}
	defer remove()
	w, err := b.watch(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	before, err := rss(w.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	n := b.size(bodies)
	var held sync.WaitGroup
	for range n {
		held.Go(func() { holdBody(ctx, w.public) })
	}
	most, err := w.mostResident(ctx, 6*time.Second)
	held.Wait()
	if err != nil {
		return nil, err
	}
	return []figure{{
		name:    fmt.Sprintf("resident memory, %d unsigned bodies of 1 MiB held at once (most in 6 s)", n),
		reached: most, unit: "MiB", reach: 128,
		baseline: fmt.Sprintf("%.0f MiB before; %d MiB if all were held", before, n),
	}}, w.stop()
}

// holdBody sends all of a body but its last byte, and holds it until it is refused.
func holdBody(ctx context.Context, address string) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(conn, "POST /slack/events HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n"+
		"X-Slack-Request-Timestamp: %d\r\nX-Slack-Signature: v0=%s\r\n\r\n", bodySize, time.Now().Unix(), strings.Repeat("0", 64))
	_, _ = conn.Write(make([]byte, bodySize-1))
	_, _ = conn.Read(make([]byte, 1)) // the refusal, or the deadline
}
