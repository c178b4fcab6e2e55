package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// What calls the database has an end, also where its caller names none: a write that cannot have its turn, and a read.
func TestEveryCallHasADeadline(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "slabuddy.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ctx, cancel := bounded(context.Background())
	defer cancel()
	if end, has := ctx.Deadline(); !has || time.Until(end) > answerWithin {
		t.Errorf("without a deadline of the caller's, a call may last until %s", end)
	}
	ends := errors.New("the caller's patience is at its end")
	short, cancel := context.WithTimeoutCause(t.Context(), time.Hour, ends)
	defer cancel()
	if ctx, done := bounded(short); ctx != short {
		t.Error("the caller's own deadline is not kept")
	} else {
		done()
	}

	synctest.Test(t, func(t *testing.T) {
		w := &writer{}
		if err := w.turns.take(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		err := w.do(context.Background(), true, func(*tx) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who never has a turn is told %v", err)
		}
	})
	found, err := s.query(t.Context(), `select 1 from sqlite_schema`)
	if err != nil {
		t.Fatal(err)
	}
	if found.Close() != nil || found.Next() {
		t.Error("what is closed is read on")
	}
	if open := s.read.Stats().InUse; open != 0 {
		t.Errorf("%d connections are still read from", open)
	}
}
