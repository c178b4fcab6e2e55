// Package wake notifies sleepers that there is something to do. Topics are only hints: after a lost one a
// sleeper sleeps on until its own interval is over.
package wake

import (
	"context"
	"strings"
	"sync"
)

// A topic is what there is news of, in the form in which it travels through the database.
const (
	jobs          = "jobs/"
	settings      = "settings/"
	installations = "installations/"
)

// Jobs is the topic of a queue that got jobs.
func Jobs(queue string) string { return jobs + queue }

// Settings is the topic of a workspace that something was set up in.
func Settings(workspace string) string { return settings + workspace }

// Installations is the topic of a workspace that the bot was installed in, or where an install ended.
func Installations(workspace string) string { return installations + workspace }

// Listener holds what is called when there is news. What is nil is not called.
type Listener struct {
	Jobs          func(queue string)     // a queue got jobs, or may run what it has
	Settings      func(workspace string) // something was set up in a workspace
	Installations func(workspace string) // the bot was installed in a workspace, or an install ended there
}

// Hear tells of a topic. One that is not known is of a newer replica, and means nothing here.
func (l Listener) Hear(topic string) {
	if queue, ok := strings.CutPrefix(topic, jobs); ok && l.Jobs != nil {
		l.Jobs(queue)
	}
	if workspace, ok := strings.CutPrefix(topic, settings); ok && l.Settings != nil {
		l.Settings(workspace)
	}
	if workspace, ok := strings.CutPrefix(topic, installations); ok && l.Installations != nil {
		l.Installations(workspace)
	}
}

// Hub passes topics on within a process. The zero value is ready for use.
type Hub struct {
	mu       sync.Mutex
	sleepers map[*sleeper]struct{}
}

// sleeper gathers topics while its function is at work, each once.
type sleeper struct {
	topics map[string]struct{}
	rouse  chan struct{}
}

// Notify passes topics on to all listeners. It never waits for them.
func (h *Hub) Notify(topics ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.sleepers {
		for _, topic := range topics {
			s.topics[topic] = struct{}{}
		}
		select {
		case s.rouse <- struct{}{}:
		default:
		}
	}
}

// Listen calls f with each topic notified of from now on, until ctx ends, and returns its error.
func (h *Hub) Listen(ctx context.Context, f func(topic string)) error {
	s := &sleeper{topics: map[string]struct{}{}, rouse: make(chan struct{}, 1)}
	h.mu.Lock()
	if h.sleepers == nil {
		h.sleepers = map[*sleeper]struct{}{}
	}
	h.sleepers[s] = struct{}{}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.sleepers, s)
		h.mu.Unlock()
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.rouse:
		}
		h.mu.Lock()
		topics := s.topics
		s.topics = map[string]struct{}{}
		h.mu.Unlock()
		for topic := range topics {
			f(topic)
		}
	}
}
