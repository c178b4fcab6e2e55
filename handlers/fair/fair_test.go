package fair

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// Rule 29: nobody takes what others need.
func TestEachHasTurnsAndPlacesOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Shares{AtOnce: 2, Waiting: 3}
		var working atomic.Int32
		work := make(chan struct{})
		for range s.AtOnce + s.Waiting {
			go func() {
				leave, err := s.Enter(t.Context(), "flood")
				if err != nil {
					t.Error(err)
					return
				}
				working.Add(1)
				<-work
				working.Add(-1)
				leave()
			}()
		}
		synctest.Wait()
		if n := working.Load(); n != 2 {
			t.Errorf("%d have a turn", n)
		}
		if _, err := s.Enter(t.Context(), "flood"); !errors.Is(err, ErrFull) {
			t.Errorf("one more is not refused: %v", err)
		}
		leave, err := s.Enter(t.Context(), "another")
		if err != nil {
			t.Fatal(err)
		}
		leave()
		work <- struct{}{}
		synctest.Wait()
		if n := working.Load(); n != 2 {
			t.Errorf("%d have a turn, once one has left", n)
		}
		close(work)
		synctest.Wait()
		if len(s.of) != 0 {
			t.Errorf("%d shares are kept for nothing", len(s.of))
		}
	})
}

func TestWhoGivesUpLeavesTheirPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Shares{AtOnce: 1, Waiting: 1}
		leave, err := s.Enter(t.Context(), "who")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Enter(ctx, "who"); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting ends with %v", err)
		}
		if s.of["who"].inside != 1 {
			t.Errorf("%d are inside", s.of["who"].inside)
		}
		leave()
		if len(s.of) != 0 {
			t.Error("a share is kept for nothing")
		}
	})
}
