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
	laterAtOnce  = 32               // how many run at the same time
	laterWaiting = 512              // how many may run or wait for their turn; beyond that people are asked to try again
	laterTimeout = 25 * time.Second // how long each may take

	// How much of that one workspace, and one person, may have: nobody slows down the others (rule 29).
	atOnceOfWorkspace, waitingOfWorkspace = 24, 384
	atOnceOfPerson, waitingOfPerson       = 4, 320
)

// sender is the person, or the workspace, whose event, click or command it is.
type sender struct{ workspace, user string }

// share is how many of the places and turns somebody has.
type share struct {
	reserved, most int
	turns          chan struct{}
}

// sharesOf are the shares of a sender: the workspace's and the person's. It needs the lock.
func (l *later) sharesOf(s sender) [2]*share {
	of := func(key sender, waiting, atOnce int) *share {
		if l.shares[key] == nil {
			l.shares[key] = &share{most: waiting, turns: make(chan struct{}, atOnce)}
		}
		return l.shares[key]
	}
	return [2]*share{of(s, waitingOfPerson, atOnceOfPerson), of(sender{workspace: s.workspace}, waitingOfWorkspace, atOnceOfWorkspace)}
}

// forget deletes shares of which nothing is reserved. It needs the lock.
func (l *later) forget(s sender) {
	for _, key := range []sender{s, {workspace: s.workspace}} {
		if of := l.shares[key]; of != nil && of.reserved == 0 {
			delete(l.shares, key)
		}
	}
}

// errBusy says that too much is under way, or that the program is ending. Nothing was done.
var errBusy = errors.New("too much is under way to take on more just now")

// later runs what is left to do after the acknowledgement:
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
	shares   map[sender]*share
	draining bool
	idle     chan struct{} // closed when draining and nothing is reserved
}

func newLater(log *slog.Logger) *later {
	ctx, stop := context.WithCancel(context.Background())
	return &later{log: log, ctx: ctx, stop: stop, turns: make(chan struct{}, laterAtOnce), shares: map[sender]*share{}, idle: make(chan struct{})}
}

// reserve keeps a slot for one thing to do. The caller runs it or releases the slot.
func (l *later) reserve(s sender) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.forget(s)
	shares := l.sharesOf(s)
	full := l.draining || l.reserved >= laterWaiting
	for _, of := range shares {
		full = full || of.reserved >= of.most
	}
	if full {
		return errBusy
	}
	l.reserved++
	for _, of := range shares {
		of.reserved++
	}
	return nil
}

func (l *later) release(s sender) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reserved--
	for _, of := range l.sharesOf(s) {
		of.reserved--
	}
	l.forget(s)
	l.settle()
}

// turnsOf are the turns that a sender has to wait for.
func (l *later) turnsOf(s sender) [3]chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	shares := l.sharesOf(s)
	return [3]chan struct{}{shares[0].turns, shares[1].turns, l.turns}
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

// run does the thing that a slot was reserved for.
func (l *later) run(s sender, what string, do func(context.Context) error) {
	turns := l.turnsOf(s)
	go func() {
		defer l.release(s)
		for _, t := range turns {
			select {
			case t <- struct{}{}:
				defer func() { <-t }()
			case <-l.ctx.Done():
				l.log.Warn("the program ended before an answer was given", "to", what)
				return
			}
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
