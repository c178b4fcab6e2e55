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

// signedFor is longer than a signature is valid: its timestamp may be ahead of our clock by as much as it may be behind.
const signedFor = 2 * maxSkew

// once does a click or a command when its sender's turn has come, and says whether the same one was taken in before:
// each has its own trigger_id, and Slack sends it once (rule 29). If it fails, it may come again.
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

// repeated acknowledges a request that came before: it does nothing, and its sender learns nothing.
func (a *App) repeated(label string) (*acknowledgement, error) {
	a.count(label, outcomeRepeated)
	a.Log.Warn("a signed request came once more, and counts once", "type", label)
	return &acknowledgement{}, nil
}
