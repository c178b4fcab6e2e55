package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/handlers/body"
	"github.com/slabuddy/slabuddy/handlers/fair"
)

// DeskInbox is the DeskWebhook of all help desks.
type DeskInbox struct {
	Inbounds map[string]helpdesk.Inbound // by the last part of the path
	Hear     func(ctx context.Context, e desk.Event) error
	Keys     Keys
	Now      func() time.Time
	Log      *slog.Logger
	Shares   *fair.Shares // of each kind of help desk

	undated sync.Once // the warning is logged
}

// Keys remembers which reports were taken in, for all replicas.
type Keys interface {
	// ClaimKey claims a key until then, and says whether it was free at now.
	ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error)
	// ReleaseKey frees a key that ClaimKey claimed.
	ReleaseKey(ctx context.Context, key string) error
}

var _ DeskWebhook = (*DeskInbox)(nil)

// bodyKept is how long a body is known as seen: as long as its ticket is remembered.
const bodyKept = 400 * 24 * time.Hour

// Serve takes in what a help desk reports, durably before it answers. A body is good once: not every
// desk signs the time of sending, and an old "replied" must not close a ticket that has come back. Sent
// again, it proves nothing any more, and makes us ask.
func (d *DeskInbox) Serve(_ http.ResponseWriter, r *http.Request, kind string) error {
	inbound, known := d.Inbounds[kind]
	if !known {
		return ErrNotFound
	}
	said, err := body.Read(r, io.Discard, func() error { return nil })
	switch {
	case errors.Is(err, body.ErrBusy):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", helpdesk.ErrMalformed, err)
	}
	now := d.Now()
	dated, err := inbound.Verify(r.Header, said, now)
	if err != nil {
		return err
	}
	if !dated && kind == helpdesk.HTTPKind {
		d.undated.Do(d.warn)
	}
	events, err := inbound.Events(said)
	if err != nil || len(events) == 0 {
		return err
	}
	leave, err := d.Shares.Enter(r.Context(), kind)
	if err != nil {
		return err
	}
	defer leave()
	digest := sha256.Sum256(said)
	key := "desk/" + kind + "/" + hex.EncodeToString(digest[:])
	first, err := d.Keys.ClaimKey(r.Context(), key, now, now.Add(bodyKept))
	if err != nil {
		return fmt.Errorf("remember what the help desk reported: %w", err)
	}
	if err := d.hear(r.Context(), events, first); err != nil {
		if first {
			_ = d.Keys.ReleaseKey(context.WithoutCancel(r.Context()), key) // where that fails too, the same report makes us ask
		}
		return err
	}
	return nil
}

func (d *DeskInbox) hear(ctx context.Context, events []desk.Event, first bool) error {
	for _, e := range events {
		e.Proof = e.Proof && first
		if err := d.Hear(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (d *DeskInbox) warn() {
	d.Log.Warn("a webhook of the help desk is signed without the time of sending, which the next release refuses; " +
		"please send X-Slabuddy-Timestamp, and sign it with the body, as deploy/desks.md says")
}
