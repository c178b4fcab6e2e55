package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/slabuddy/slabuddy/handlers/fair"
)

// Rule 29: reports and replays are made one at a time, and whoever asks for many waits for another's one.
func TestWorkspacesTakeTurnsWithReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLookBack()
		step := make(chan struct{})
		var order []string
		ask := func(workspace string) {
			go func() {
				leave, err := l.enter(t.Context(), workspace)
				if err != nil {
					t.Error(err)
					return
				}
				order = append(order, workspace)
				<-step
				leave()
			}()
			synctest.Wait()
		}
		for range 1 + mostLookBacks {
			ask("T0FLOOD")
		}
		if _, err := l.enter(t.Context(), "T0FLOOD"); !errors.Is(err, fair.ErrFull) {
			t.Errorf("one more: %v", err)
		}
		ask("T0OTHER")
		if len(order) != 1 {
			t.Fatalf("%d at once", len(order))
		}
		step <- struct{}{}
		synctest.Wait()
		if len(order) != 2 || order[1] != "T0OTHER" {
			t.Errorf("in this order: %v", order)
		}
		close(step)
		synctest.Wait()
		if n := len(order); n != 2+mostLookBacks {
			t.Errorf("%d in all", n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		leave, _ := l.enter(ctx, "T0FLOOD")
		cancel()
		if _, err := l.enter(ctx, "T0FLOOD"); !errors.Is(err, context.Canceled) {
			t.Errorf("whoever gives up: %v", err)
		}
		leave()
	})
}
