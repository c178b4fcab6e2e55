package sqlite

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

// order says in which order those who wait for a turn get it: e for an event, o for another.
func order(t *testing.T, waiting string) string {
	var got strings.Builder
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		if err := turns.take(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		for _, who := range waiting {
			go func() {
				if err := turns.take(t.Context(), who == 'e'); err != nil {
					t.Error(err)
				}
				got.WriteRune(who)
				turns.pass()
			}()
			synctest.Wait()
		}
		turns.pass()
		synctest.Wait()
		if turns.taken {
			t.Error("nobody waits, and yet the turn is taken")
		}
	})
	return got.String()
}

func TestEventsGoFirstButNotForEver(t *testing.T) {
	for _, c := range []struct{ waiting, want string }{
		{"oo", "oo"},
		{"ee", "ee"},
		{"ooee", "eeoo"},
		{"oeo", "eoo"},
		{"oeeeeeeeee", "eeeoeeeeee"},
		{"eeeeeeoo", "eeeoeeeo"},
	} {
		if got := order(t, c.waiting); got != c.want {
			t.Errorf("%s waiting: %s, want %s", c.waiting, got, c.want)
		}
	}
}

func TestWhoeverGivesUpWaitingLosesNobodysTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		take := func(ctx context.Context) <-chan error {
			got := make(chan error, 1)
			go func() { got <- turns.take(ctx, false) }()
			synctest.Wait()
			return got
		}
		<-take(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		impatient, patient := take(ctx), take(t.Context())
		cancel()
		if err := <-impatient; !errors.Is(err, context.Canceled) {
			t.Errorf("the one that gave up: %v", err)
		}
		turns.pass()
		if err := <-patient; err != nil {
			t.Errorf("the one that waited: %v", err)
		}
		// Given up in the very moment the turn comes: it is passed on, or kept, never lost.
		for range 100 {
			ctx, cancel := context.WithCancel(t.Context())
			torn := take(ctx)
			go cancel()
			turns.pass()
			if err := <-torn; err != nil {
				<-take(t.Context())
			}
		}
		turns.pass()
		if turns.taken {
			t.Error("the turn was lost")
		}
	})
}
