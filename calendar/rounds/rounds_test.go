package rounds_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/calendar/rounds"
)

func TestRoundsGoOnAtTheirIntervalSoonerAfterAFailureAndAtOnceWhenWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		wake := make(chan struct{}, 1)
		began := time.Now()
		var at []time.Duration
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			interval := rounds.Interval{Every: time.Minute, FirstRetry: 5 * time.Second, LastRetry: 15 * time.Second}
			interval.Run(ctx, wake, func(failures int) bool {
				at = append(at, time.Since(began))
				return len(at) == 1 || failures == 4 // the second to the fifth fail
			})
		}()
		time.Sleep(2 * time.Minute)
		wake <- struct{}{}
		synctest.Wait()
		cancel()
		<-ended
		want := []time.Duration{0, 60 * time.Second, 65 * time.Second, 75 * time.Second, 90 * time.Second, 105 * time.Second, 120 * time.Second}
		if !slices.Equal(at, want) {
			t.Errorf("rounds at %v, want %v", at, want)
		}
	})
}
