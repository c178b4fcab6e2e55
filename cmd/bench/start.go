package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// startUp measures how long the binary takes to be ready, on an empty SQLite file.
func startUp(ctx context.Context, b *bench) ([]figure, error) {
	const times = 9
	slack, err := newSlackStub(nil)
	if err != nil {
		return nil, err
	}
	defer slack.close()
	desk, err := newDeskStub(0)
	if err != nil {
		return nil, err
	}
	defer desk.close()
	var took, bare latencies
	for range times {
		one, err := b.startOnce(ctx, slack, desk.url())
		if err != nil {
			return nil, err
		}
		took = append(took, one)
		began := time.Now()
		if err := exec.CommandContext(ctx, b.binary, "version").Run(); err != nil {
			return nil, err
		}
		bare = append(bare, time.Since(began))
	}
	return []figure{{
		name:    "start of the binary to 200 from /readyz, SQLite, empty directory (median of 9)",
		reached: took.quantile(.5), unit: "ms", reach: 200,
		baseline: fmt.Sprintf("%.0f ms for `slabuddy version`, which only starts; slowest start %.0f ms", bare.quantile(.5), float64(slices.Max(took).Milliseconds())),
	}}, nil
}

func (b *bench) startOnce(ctx context.Context, slack *slackStub, deskURL string) (time.Duration, error) {
	address, remove, err := b.emptySQLite()
	if err != nil {
		return 0, err
	}
	defer remove()
	c, err := b.serve(ctx, address, slack, deskURL)
	if err != nil {
		return 0, err
	}
	return c.ready, c.stop()
}
