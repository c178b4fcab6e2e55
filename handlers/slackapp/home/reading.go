package home

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/act"
)

// reading is what the home tabs of a workspace have in common: all that are opened together are drawn from one
// (rule 29).
type reading struct {
	done     chan struct{}   // closed when the rest is known
	at       time.Time       // when it began
	seen     map[string]bool // who was shown it
	waiting  act.Waiting
	err      error
	punctual string
}

const (
	// fresh is how old a reading may be. Who has seen it and opens the tab again wants to see what came since.
	fresh       = 2 * time.Second
	readTimeout = 10 * time.Second
)

// read joins the reading of a workspace that there is, or begins one.
func (h *Home) read(ctx context.Context, workspace, user string) (*reading, error) {
	r := h.join(ctx, workspace, user)
	select {
	case <-r.done:
		return r, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *Home) join(ctx context.Context, workspace, user string) *reading {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.Now()
	for of, r := range h.readings {
		if now.Sub(r.at) >= fresh {
			delete(h.readings, of)
		}
	}
	if r, ok := h.readings[workspace]; ok && !r.seen[user] {
		r.seen[user] = true
		return r
	}
	if h.readings == nil {
		h.readings = map[string]*reading{}
	}
	r := &reading{done: make(chan struct{}), at: now, seen: map[string]bool{user: true}}
	h.readings[workspace] = r
	go h.fill(context.WithoutCancel(ctx), workspace, r) // others wait for it, whatever becomes of the first
	return r
}

func (h *Home) fill(ctx context.Context, workspace string, r *reading) {
	defer close(r.done)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	r.waiting, r.err = act.ReadWaiting(ctx, h.Store, workspace, mostLooked)
	if r.err != nil {
		h.Logger.Warn("open tickets could not be listed", "workspace", workspace, "error", r.err)
	}
	r.punctual = h.punctuality(ctx, workspace)
}
