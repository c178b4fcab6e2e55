package queue_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// service is what jobs call. It remembers all it was asked, and what it accepted: sending one job
// twice is what it must never see.
type service struct {
	// What happens instead of accepting, or of answering whether it was accepted.
	sending   func(ctx context.Context, j queue.Job, accept func()) queue.Outcome
	looking   func(ctx context.Context, j queue.Job) queue.Outcome
	preparing func(ctx context.Context, jobs []queue.Job) error
	effect    func(err error) queue.Effect // of giving up

	mu       sync.Mutex
	calls    []call
	accepted []call
	inFlight int
	most     int // jobs in flight at once
}

type call struct {
	job     string
	looking bool
	at      time.Time
}

func (s *service) Prepare(ctx context.Context, jobs []queue.Job) ([]queue.Task, error) {
	if s.preparing != nil {
		if err := s.preparing(ctx, jobs); err != nil {
			return nil, err
		}
	}
	tasks := make([]queue.Task, len(jobs))
	for i, j := range jobs {
		tasks[i] = task{s, j}
	}
	return tasks, nil
}

type task struct {
	*service
	job queue.Job
}

func (t task) Send(ctx context.Context) queue.Outcome {
	defer t.begin(false)()
	accept := func() { t.accept(t.job.ID) }
	if t.sending != nil {
		return t.sending(ctx, t.job, accept)
	}
	accept()
	return queue.Sent(nil)
}

func (t task) Look(ctx context.Context) queue.Outcome {
	defer t.begin(true)()
	if t.looking != nil {
		return t.looking(ctx, t.job)
	}
	return t.find(t.job.ID)
}

func (t task) GiveUp(err error) queue.Effect {
	if t.effect != nil {
		return t.effect(err)
	}
	return nil
}

func (t task) begin(looking bool) (end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, call{t.job.ID, looking, time.Now()})
	t.inFlight++
	t.most = max(t.most, t.inFlight)
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.inFlight--
	}
}

func (s *service) accept(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = append(s.accepted, call{job: id, at: time.Now()})
}

// find is an honest look.
func (s *service) find(id string) queue.Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.accepted, func(c call) bool { return c.job == id }) {
		return queue.Sent(nil)
	}
	return queue.Absent()
}

// story lists the calls about a job: "send", "look", and how long after the first each was made.
func (s *service) story(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var calls []string
	var first time.Time
	for _, c := range s.calls {
		if c.job != id {
			continue
		}
		if first.IsZero() {
			first = c.at
		}
		what := "send"
		if c.looking {
			what = "look"
		}
		calls = append(calls, fmt.Sprintf("%s %s", what, c.at.Sub(first)))
	}
	return strings.Join(calls, ", ")
}

// times is how often a job was accepted.
func (s *service) times(id string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.accepted {
		if c.job == id {
			n++
		}
	}
	return n
}

// sends is how often sending a job was tried.
func (s *service) sends(id string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c.job == id && !c.looking {
			n++
		}
	}
	return n
}
