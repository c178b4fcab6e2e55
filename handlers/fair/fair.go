// Package fair shares out what many need, so that no sender takes all of it: each has so many turns at
// once, and so many places in which to wait for one.
//
//	Enter ─▶ a turn of its own is free ──▶ goes on, and leaves
//	  ├────▶ a place to wait is free ────▶ waits, the longest first
//	  └────▶ neither ──▶ ErrFull, at once: it is to come again
package fair

import (
	"context"
	"errors"
	"sync"
)

// ErrFull says that as much of the same sender's is under way as may be. Nothing was done.
var ErrFull = errors.New("too much from the same sender is under way")

// Shares are those of all who send something. Nothing is kept of who sends nothing just now.
type Shares struct {
	AtOnce  int // turns of each
	Waiting int // places of each

	mu sync.Mutex
	of map[string]*one
}

// one is the share of one sender.
type one struct {
	inside int // have a turn, or wait for one
	turns  chan struct{}
}

// Enter waits for one of the sender's turns. leave gives it back.
func (s *Shares) Enter(ctx context.Context, sender string) (leave func(), err error) {
	mine, err := s.join(sender)
	if err != nil {
		return nil, err
	}
	select {
	case mine.turns <- struct{}{}:
		return func() { <-mine.turns; s.part(sender) }, nil
	case <-ctx.Done():
		s.part(sender)
		return nil, ctx.Err()
	}
}

func (s *Shares) join(sender string) (*one, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := s.of[sender]
	if mine == nil {
		if s.of == nil {
			s.of = map[string]*one{}
		}
		mine = &one{turns: make(chan struct{}, s.AtOnce)}
		s.of[sender] = mine
	}
	if mine.inside >= s.AtOnce+s.Waiting {
		return nil, ErrFull
	}
	mine.inside++
	return mine, nil
}

func (s *Shares) part(sender string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := s.of[sender]
	if mine.inside--; mine.inside == 0 {
		delete(s.of, sender)
	}
}
