package scan

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// cursor is how far a channel has been read. It is stored from when on the channel is watched.
type cursor struct {
	TS        string    `json:"ts"`         // the last message seen
	ScannedAt time.Time `json:"scanned_at"` // zero: never yet
	ThreadsAt time.Time `json:"threads_at"` // when the threads of open timelines were last read
	// A reading of many threads takes several passes: when it began, and the last thread that was read.
	SweepAt time.Time `json:"sweep_at,omitzero"`
	Swept   string    `json:"swept,omitempty"`
}

func scanKey(at escalation.Thread) string { return "scan/" + at.Workspace + "/" + at.Channel }

// Values keeps the cursors.
type Values interface {
	Put(ctx context.Context, key string, value []byte, at time.Time) error
	PutMissing(ctx context.Context, keys []string, value []byte, at time.Time) error
}

// Watch stores that channels are watched from now on: their scan begins here (rule 3), whichever process
// makes it, and when. A channel that was watched before keeps its cursor. A channel is a thread without ts.
func Watch(ctx context.Context, s Values, now time.Time, channels []escalation.Thread) error {
	if len(channels) == 0 {
		return nil
	}
	value, err := startingAt(now)
	if err != nil {
		return err
	}
	keys := make([]string, len(channels))
	for i, at := range channels {
		keys[i] = scanKey(at)
	}
	return watched(s.PutMissing(ctx, keys, value, now))
}

// WatchAgain is Watch for a channel that is known not to be watched: whatever it was read up to when it was,
// what was posted in between is not ours.
func WatchAgain(ctx context.Context, s Values, now time.Time, channel escalation.Thread) error {
	value, err := startingAt(now)
	if err != nil {
		return err
	}
	return watched(s.Put(ctx, scanKey(channel), value, now))
}

func startingAt(now time.Time) ([]byte, error) {
	value, err := json.Marshal(cursor{TS: tsOf(now), ThreadsAt: now})
	return value, watched(err)
}

func watched(err error) error {
	if err != nil {
		return fmt.Errorf("keep since when channels are watched: %w", err)
	}
	return nil
}
