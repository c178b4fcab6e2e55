// Package slackapptest has what tests of several packages of slackapp need beside a simulated Slack.
package slackapptest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Shelf is the cache and the gates of a database, in memory.
type Shelf struct {
	Kept map[string][]byte // by key; to be changed while nobody else uses the shelf
	Err  error             // what its methods answer, though they do what they are asked to

	mu    sync.Mutex
	gates map[string]queue.Gate
}

// NewShelf is empty.
func NewShelf() *Shelf { return &Shelf{Kept: map[string][]byte{}, gates: map[string]queue.Gate{}} }

func (s *Shelf) Put(_ context.Context, key string, value []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Kept[key] = value
	return s.Err
}

func (s *Shelf) PutMissing(_ context.Context, keys []string, value []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		if _, found := s.Kept[key]; !found {
			s.Kept[key] = value
		}
	}
	return s.Err
}

func (s *Shelf) Get(_ context.Context, key string) ([]byte, time.Time, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, found := s.Kept[key]
	return value, time.Time{}, found, s.Err
}

func (s *Shelf) TakeTurn(_ context.Context, key string, now time.Time, every time.Duration) (bool, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gates[key]
	if g.Until.After(now) {
		return false, g.Until, nil
	}
	g.Key, g.Until = key, now.Add(every)
	s.gates[key] = g
	return true, time.Time{}, nil
}

func (s *Shelf) ShutGate(_ context.Context, g queue.Gate) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gates[g.Key] = g
	return s.Err
}

func (s *Shelf) ReturnTurn(ctx context.Context, key string) error {
	return s.OpenGate(ctx, key, time.Time{})
}

func (s *Shelf) OpenGate(_ context.Context, key string, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.gates, key)
	return s.Err
}

func (s *Shelf) Gates(context.Context, time.Time) ([]queue.Gate, error) {
	return slices.Collect(maps.Values(s.Shut())), s.Err
}

// Shut are the gates that are, by their keys.
func (s *Shelf) Shut() map[string]queue.Gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.gates)
}
