package slackapp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Keys remember what was taken in, for all replicas.
type Keys interface {
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	ReleaseKey(ctx context.Context, key string) error
}

// signedFor is longer than a signature can be good for: its timestamp may be ahead of our clock by as much as it may
// be behind.
const signedFor = 2 * maxSkew

// once has a click or a command done, and says whether the very same was taken in before: each has a trigger_id of its
// own, and Slack sends it once (rule 29). Where doing it fails, it may come again. It waits for its sender's turn.
func (a *App) once(ctx context.Context, by sender, label string, body []byte, do func(again bool) (*acknowledgement, error)) (*acknowledgement, error) {
	leave, err := a.shares.enter(ctx, by)
	if err != nil {
		a.count(label, outcomeBusy)
		return nil, fmt.Errorf("%w: %w", errBusy, err)
	}
	defer leave()
	if a.Keys == nil {
		return do(false)
	}
	sum := sha256.Sum256(body)
	key, now := "signed/"+hex.EncodeToString(sum[:]), a.Now()
	first, err := a.Keys.ClaimKey(ctx, key, now, now.Add(signedFor))
	if err != nil {
		return nil, fmt.Errorf("see whether this came before: %w", err)
	}
	ack, err := do(!first)
	if err != nil && first {
		err = errors.Join(err, a.Keys.ReleaseKey(context.WithoutCancel(ctx), key))
	}
	return ack, err
}

// repeated acknowledges what came before: nothing is done, and whoever sent it learns nothing.
func (a *App) repeated(label string) (*acknowledgement, error) {
	a.count(label, outcomeRepeated)
	a.Log.Warn("a signed request came once more, and counts once", "type", label)
	return &acknowledgement{}, nil
}
