// Package group lets concurrent callers share one transaction.
//
//	caller ──┐
//	caller ──┼─▶ waiting ──▶ flush ──▶ each caller's own result
//	caller ──┘      ▲           │
//	                └── while one flush runs, the next batch gathers
//
// There is no timer: a caller who is alone is flushed at once, and batches grow only as far as
// flushing is slow.
package group

import (
	"context"
	"sync"
	"sync/atomic"
)

// Group gathers items for flush, which handles one batch in one transaction.
type Group[In, Out any] struct {
	flush func(ctx context.Context, batch []In) ([]Out, error)
	max   int

	mu      sync.Mutex
	waiting []*item[In, Out]
	running bool
}

type item[In, Out any] struct {
	ctx  context.Context
	in   In
	out  Out
	err  error
	done chan struct{}
}

// New returns a Group whose batches hold at most max items. flush returns one result for each item
// in the same order; it is never called by two goroutines at once.
func New[In, Out any](max int, flush func(context.Context, []In) ([]Out, error)) *Group[In, Out] {
	return &Group[In, Out]{flush: flush, max: max}
}

// Do hands in to the next flush and waits for its result. If ctx ends first, its error is
// returned, and whether in was flushed is unknown. A batch that fails is flushed again item by
// item, so that one that cannot be flushed fails alone.
func (g *Group[In, Out]) Do(ctx context.Context, in In) (Out, error) {
	it := &item[In, Out]{ctx: ctx, in: in, done: make(chan struct{})}
	if err := ctx.Err(); err != nil {
		return it.out, err
	}
	g.mu.Lock()
	g.waiting = append(g.waiting, it)
	if !g.running {
		g.running = true
		go g.run()
	}
	g.mu.Unlock()
	select {
	case <-it.done:
		return it.out, it.err
	case <-ctx.Done():
		var none Out
		return none, ctx.Err()
	}
}

// run flushes until nobody waits.
func (g *Group[In, Out]) run() {
	for {
		batch := g.next()
		if batch == nil {
			return
		}
		g.try(batch)
		for _, it := range batch {
			close(it.done)
		}
	}
}

func (g *Group[In, Out]) next() []*item[In, Out] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), g.max)
	if n == 0 {
		g.running = false
		return nil
	}
	batch := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return batch
}

func (g *Group[In, Out]) try(batch []*item[In, Out]) {
	ctx, stop := anyOf(batch)
	defer stop()
	ins := make([]In, len(batch))
	for i, it := range batch {
		ins[i] = it.in
	}
	outs, err := g.flush(ctx, ins)
	if err == nil {
		for i, it := range batch {
			it.out = outs[i]
		}
		return
	}
	if len(batch) == 1 {
		batch[0].err = err
		return
	}
	for i := range batch {
		g.try(batch[i : i+1])
	}
}

// anyOf returns a context that lives as long as one of the callers still waits.
func anyOf[In, Out any](batch []*item[In, Out]) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(batch[0].ctx))
	var left atomic.Int64
	left.Store(int64(len(batch)))
	stops := make([]func() bool, len(batch))
	for i, it := range batch {
		stops[i] = context.AfterFunc(it.ctx, func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		})
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
	}
}
