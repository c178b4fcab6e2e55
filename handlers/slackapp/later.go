package slackapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

const (
	laterAtOnce  = 32               // that many run at the same time
	laterWaiting = 512              // and so many may be under way or wait for their turn; then people are asked to try again
	laterTimeout = 25 * time.Second // each takes no longer
)

// errBusy says that too much is under way, or that the program ends. Nothing was done.
var errBusy = errors.New("too much is under way to take on more just now")

// later runs what is left to do of things that are acknowledged already:
//
//	reserve ──▶ the surface acts, durably ──▶ the ack goes out ──▶ run ──▶ waits for a turn ──▶ runs, 25 s at most
//	   └─ full: refused before anything is done
type later struct {
	log   *slog.Logger
	ctx   context.Context // ends with the app
	stop  context.CancelFunc
	turns chan struct{}

	mu       sync.Mutex
	reserved int
	draining bool
	idle     chan struct{} // closed when draining and nothing is reserved
}

func newLater(log *slog.Logger) *later {
	ctx, stop := context.WithCancel(context.Background())
	return &later{log: log, ctx: ctx, stop: stop, turns: make(chan struct{}, laterAtOnce), idle: make(chan struct{})}
}

// reserve keeps a slot for one thing to do. The caller runs it or releases the slot.
func (l *later) reserve() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.draining || l.reserved >= laterWaiting {
		return errBusy
	}
	l.reserved++
	return nil
}

func (l *later) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reserved--
	l.settle()
}

// settle needs the lock.
func (l *later) settle() {
	if !l.draining || l.reserved > 0 {
		return
	}
	select {
	case <-l.idle:
	default:
		close(l.idle)
	}
}

// run does what a slot was reserved for.
func (l *later) run(what string, do func(context.Context) error) {
	go func() {
		defer l.release()
		select {
		case l.turns <- struct{}{}:
			defer func() { <-l.turns }()
		case <-l.ctx.Done():
			l.log.Warn("the program ended before an answer was given", "to", what)
			return
		}
		ctx, cancel := context.WithTimeout(l.ctx, laterTimeout)
		defer cancel()
		if err := contained(func() error { return do(ctx) }); err != nil {
			l.log.Warn("somebody in Slack was not answered", "to", what, "error", err)
		}
	}()
}

// contained turns a panic into an error.
func contained(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}

func (l *later) drain(ctx context.Context) error {
	l.mu.Lock()
	l.draining = true
	l.settle()
	l.mu.Unlock()
	defer l.stop()
	select {
	case <-l.idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("people in Slack were still to be answered: %w", ctx.Err())
	}
}
