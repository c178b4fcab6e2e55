package sleep_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

func TestFor(t *testing.T) {
	over := errors.New("it is over")
	for name, c := range map[string]struct {
		d, ends, took time.Duration // ends: when the context does
		err           error
	}{
		"to its end":                {d: time.Minute, ends: time.Hour, took: time.Minute},
		"until the context's":       {d: time.Hour, ends: time.Minute, took: time.Minute, err: over},
		"no time at all":            {d: 0, ends: time.Hour},
		"less than no time":         {d: -time.Hour, ends: time.Hour},
		"in a context that is over": {d: 0, ends: 0, err: over},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), c.ends, over)
				defer cancel()
				began := time.Now()
				if err := sleep.For(ctx, c.d); !errors.Is(err, c.err) || time.Since(began) != c.took {
					t.Errorf("%v after %s, want %v after %s", err, time.Since(began), c.err, c.took)
				}
			})
		})
	}
}
