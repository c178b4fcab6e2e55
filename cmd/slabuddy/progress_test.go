package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/review"
)

// slow is a store with so many pages of a hundred records, each of which takes a while.
type slow struct {
	pages int
	clock *time.Time
}

func (s *slow) Records(context.Context, string, time.Time, string, int) ([]review.Record, error) {
	*s.clock = s.clock.Add(4 * time.Second)
	if s.pages--; s.pages < 0 {
		return nil, nil
	}
	return make([]review.Record, 100), nil
}

// Whoever waits for a report over very many tickets is told how far it has come, every ten seconds or so.
func TestALongReadingSaysHowFarItHasCome(t *testing.T) {
	t.Parallel()
	for pages, want := range map[int]string{
		1: "",
		7: "slabuddy: still reading: 300 tickets so far\nslabuddy: still reading: 600 tickets so far\n",
	} {
		var said bytes.Buffer
		clock := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
		for _, err := range review.All(t.Context(), newPatience(&slow{pages, &clock}, &said, func() time.Time { return clock }), "", clock) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if said.String() != want {
			t.Errorf("of %d pages: %q, want %q", pages, said.String(), want)
		}
	}
}
