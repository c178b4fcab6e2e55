package group

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

var errPoison = errors.New("poison")

// door flushes batches of numbers, one each time it is opened; 13 is poison.
type door struct {
	open    chan struct{}
	batches [][]int
}

func (d *door) flush(ctx context.Context, batch []int) ([]string, error) {
	select {
	case <-d.open:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	d.batches = append(d.batches, slices.Clone(batch))
	var outs []string
	for _, n := range batch {
		if n == 13 {
			return nil, errPoison
		}
		outs = append(outs, fmt.Sprint(n))
	}
	return outs, nil
}

// hand hands numbers in, one after the other, and returns a function that waits for all results.
func hand(g *Group[int, string], ctx context.Context, numbers ...int) func() ([]string, []error) {
	outs, errs := make([]string, len(numbers)), make([]error, len(numbers))
	var wg sync.WaitGroup
	for i, n := range numbers {
		wg.Go(func() { outs[i], errs[i] = g.Do(ctx, n) })
		synctest.Wait()
	}
	return func() ([]string, []error) {
		wg.Wait()
		return outs, errs
	}
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestWhileOneFlushRunsTheNextBatchGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := door{open: make(chan struct{})}
		g := New(3, d.flush)
		wait := hand(g, t.Context(), 1, 2, 3, 4, 5)
		close(d.open)
		outs, errs := wait()
		same(t, "batches", d.batches, [][]int{{1}, {2, 3, 4}, {5}})
		same(t, "results", outs, []string{"1", "2", "3", "4", "5"})
		same(t, "errors", errors.Join(errs...), nil)

		outs, _ = hand(g, t.Context(), 6)()
		same(t, "one that comes later", outs, []string{"6"})
	})
}

func TestOneThatCannotBeFlushedFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := door{open: make(chan struct{})}
		g := New(9, d.flush)
		wait := hand(g, t.Context(), 1, 2, 13, 3)
		close(d.open)
		outs, errs := wait()
		same(t, "batches", d.batches, [][]int{{1}, {2, 13, 3}, {2}, {13}, {3}})
		same(t, "results", outs, []string{"1", "2", "", "3"})
		same(t, "errors", errs, []error{nil, nil, errPoison, nil})
	})
}

func TestACallerWhoGivesUpLeavesTheOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := door{open: make(chan struct{})}
		g := New(9, d.flush)
		first := hand(g, t.Context(), 1)
		ctx, cancel := context.WithCancel(t.Context())
		impatient, patient := hand(g, ctx, 2), hand(g, t.Context(), 3)
		cancel()
		_, errs := impatient()
		same(t, "the one that gave up", errs, []error{context.Canceled})
		close(d.open)
		first()
		outs, errs := patient()
		same(t, "the one that waited", outs, []string{"3"})
		same(t, "its error", errs, []error{nil})
	})
}

func TestAFlushThatNobodyWaitsForIsCalledOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := door{open: make(chan struct{})} // stays shut: the database hangs
		g := New(9, d.flush)
		ctx, cancel := context.WithCancel(t.Context())
		wait := hand(g, ctx, 1, 2, 3)
		cancel()
		wait()
		synctest.Wait()
		close(d.open)
		outs, _ := hand(g, t.Context(), 4)()
		same(t, "the next", outs, []string{"4"})
		same(t, "batches", d.batches, [][]int{{4}})
	})
}
