package fleet

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// day is a plan at work in fake time, and the turns that it gave, in order.
type day struct {
	*Plan
	mu    sync.Mutex
	began []string
	most  int // turns under way at once
	now   int
	turn  func(ctx context.Context, workspace string) time.Time
	stop  func()
}

func newDay(t *testing.T, workers int) *day {
	t.Helper()
	d := &day{Plan: NewPlan(time.Now, workers), turn: func(context.Context, string) time.Time { return time.Time{} }}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	d.stop = func() { cancel(); <-done }
	go func() {
		defer close(done)
		d.Run(ctx, func(ctx context.Context, workspace string) time.Time {
			d.mu.Lock()
			d.began = append(d.began, workspace)
			d.now++
			d.most = max(d.most, d.now)
			d.mu.Unlock()
			defer func() { d.mu.Lock(); d.now--; d.mu.Unlock() }()
			return d.turn(ctx, workspace)
		})
	}()
	synctest.Wait()
	return d
}

func (d *day) turns() []string {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.began)
}

func TestTurnsComeInTheOrderOfTheirTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, 2)
		defer d.stop()
		start := time.Now()
		d.At("T3", start.Add(3*time.Minute))
		d.At("T1", start.Add(time.Minute))
		d.At("T2", start.Add(5*time.Minute))
		d.At("T2", start.Add(2*time.Minute)) // earlier
		d.At("T1", start.Add(9*time.Minute)) // no later
		time.Sleep(150 * time.Second)
		if got := d.turns(); !slices.Equal(got, []string{"T1", "T2"}) {
			t.Errorf("after two and a half minutes: %v", got)
		}
		d.Drop("T3")
		d.Soon("T4")
		time.Sleep(time.Hour)
		if got := d.turns(); !slices.Equal(got, []string{"T1", "T2", "T4"}) || d.Has("T3") || d.Has("T4") {
			t.Errorf("after an hour: %v", got)
		}
	})
}

func TestWhoIsAskedForAtOnceDoesNotWaitForTheFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, 1)
		defer d.stop()
		d.turn = func(context.Context, string) time.Time { time.Sleep(time.Second); return time.Time{} }
		for i := range 100 {
			d.At(fmt.Sprint("T", i), time.Now())
		}
		synctest.Wait()
		d.Soon("TNEW")
		time.Sleep(1100 * time.Millisecond)
		if got := d.turns(); len(got) != 2 || got[1] != "TNEW" {
			t.Errorf("turns: %v", got)
		}
	})
}

// Rule 27: a workspace costs a line in the plan.
func TestAWorkspaceHasOneTurnAtATimeAndAnotherIfAskedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, 4)
		defer d.stop()
		d.turn = func(context.Context, string) time.Time { time.Sleep(time.Minute); return time.Now().Add(time.Hour) }
		d.Soon("T1")
		synctest.Wait()
		d.Soon("T1")
		d.Soon("T1")
		time.Sleep(30 * time.Minute)
		d.mu.Lock()
		most := d.most
		d.mu.Unlock()
		if got := d.turns(); !slices.Equal(got, []string{"T1", "T1"}) || most != 1 {
			t.Errorf("turns %v, %d at once", got, most)
		}
		time.Sleep(time.Hour)
		if got := d.turns(); len(got) != 3 {
			t.Errorf("the turn that the last one asked for: %v", got)
		}
	})
}

// Rule 27: workspaces in which Slack hangs, however many, keep no other from its turn.
func TestTurnsThatTakeLongKeepNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, 2)
		defer d.stop()
		d.turn = func(_ context.Context, workspace string) time.Time {
			if workspace != "T9" {
				time.Sleep(time.Hour)
			}
			return time.Time{}
		}
		for i := range 8 {
			d.At(fmt.Sprint("T", i), time.Now())
		}
		d.At("T9", time.Now().Add(time.Second))
		if got := d.turns(); len(got) != 2 {
			t.Errorf("at first two have a worker: %v", got)
		}
		time.Sleep(8*time.Second + time.Millisecond)
		if got := d.turns(); len(got) != 9 || got[8] != "T9" {
			t.Errorf("with eight that hang, turns: %v", got)
		}
	})
}

func TestADroppedWorkspaceGetsNoFurtherTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, 1)
		defer d.stop()
		d.turn = func(context.Context, string) time.Time { time.Sleep(time.Minute); return time.Now().Add(time.Minute) }
		d.Soon("T1")
		synctest.Wait()
		d.Drop("T1") // during its turn
		time.Sleep(time.Hour)
		if got := d.turns(); len(got) != 1 || d.Has("T1") {
			t.Errorf("turns: %v", got)
		}
	})
}
