package main

import (
	"context"
	"testing"

	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

func TestBothQueuesPostEachJobOnce(t *testing.T) {
	for _, tt := range []struct {
		name  string
		drain func(*bench, context.Context, int) (float64, error)
	}{
		{"ours", (*bench).drain},
		{"River", (*bench).drainRiver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := &bench{server: &server{url: pgtest.URL(t)}, scale: 1, dir: t.TempDir(), out: t.Output()}
			rate, err := tt.drain(b, t.Context(), 300) // which fails if a post is missing, or came twice
			if err != nil || rate <= 0 {
				t.Errorf("%v jobs a second, %v", rate, err)
			}
		})
	}
}
