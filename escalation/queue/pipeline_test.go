package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// One job, then fifty, then one, on real databases and in real time, while processes die and sends
// go wrong in every way: each job happens exactly once, and none before those it comes after.
func TestAPipelineRunsEachJobExactlyOnce(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "jobs.db") },
		"postgres": func(t *testing.T) string { return pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), url(t), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			newPipeline(t, s).run()
		})
	}
}

const wide = 50

type pipeline struct {
	*testing.T
	store   store.Store
	service *service
	doomed  string // fails for good at its first attempt
	last    string
	kills   int
}

func newPipeline(t *testing.T, s store.Store) *pipeline {
	p := &pipeline{T: t, store: s, doomed: id(7), last: id(wide + 1)}
	p.service = &service{sending: p.send}
	jobs := []queue.New{{ID: id(0), Key: "first", Queue: "one", RunAt: time.Now()}}
	last := queue.New{ID: p.last, Key: "last", Queue: "one", RunAt: time.Now()}
	for i := range wide {
		j := queue.New{ID: id(i + 1), Key: fmt.Sprint("middle ", i), Queue: "many", RunAt: time.Now(), After: []string{id(0)}}
		jobs, last.After = append(jobs, j), append(last.After, j.ID)
	}
	if err := s.AddJobs(t.Context(), append(jobs, last), time.Now()); err != nil {
		t.Fatal(err)
	}
	return p
}

// send goes wrong the first time, in a way that depends on the job.
func (p *pipeline) send(ctx context.Context, j queue.Job, accept func()) queue.Outcome {
	var n int
	if _, err := fmt.Sscanf(j.ID, "00000000-0000-4000-8000-%d", &n); err != nil {
		p.Error(err)
	}
	if p.service.sends(j.ID) > 1 {
		n = 0
	}
	switch {
	case n != 0 && j.ID == p.doomed:
		return queue.Outcome{Kind: queue.KindTerminal, Err: errors.New("refused")}
	case n%6 == 1: // it got through, and nobody knows
		accept()
		return queue.Outcome{Kind: queue.KindUnknown, Err: errors.New("connection reset")}
	case n%6 == 2:
		return queue.Outcome{Kind: queue.KindUnknown, Err: errors.New("connection refused")}
	case n%6 == 3:
		return queue.Outcome{Kind: queue.KindRetry, Err: errors.New("try later")}
	case n%6 == 4: // it got through, and hangs
		accept()
		<-ctx.Done()
		return queue.Failure(ctx.Err())
	case n%6 == 5:
		<-ctx.Done()
		return queue.Outcome{Kind: queue.KindRetry, Err: ctx.Err()}
	}
	accept()
	return queue.Sent(nil)
}

// mortal is a store whose process may die: nothing it does arrives any more.
type mortal struct {
	queue.Store
	dead atomic.Bool
}

func (m *mortal) Claim(ctx context.Context, r queue.Request) (queue.Claimed, error) {
	if m.dead.Load() {
		return queue.Claimed{}, nil
	}
	return m.Store.Claim(ctx, r)
}

func (m *mortal) Finish(ctx context.Context, now time.Time, rows []queue.Finished) ([]bool, error) {
	if m.dead.Load() {
		return make([]bool, len(rows)), nil
	}
	return m.Store.Finish(ctx, now, rows)
}

func (m *mortal) Renew(ctx context.Context, jobs []queue.Job, until time.Time) error {
	if m.dead.Load() {
		return nil
	}
	return m.Store.Renew(ctx, jobs, until)
}

// live starts a process; die ends it without a word.
func (p *pipeline) live() (die func()) {
	p.Helper()
	m := &mortal{Store: p.store}
	config := func(name string) queue.QueueConfig {
		return queue.QueueConfig{
			Name: name, Handler: p.service, Workers: 8, Timeout: 100 * time.Millisecond, LookTimeout: time.Second,
			Lease: 300 * time.Millisecond, SettleAfter: 50 * time.Millisecond, LookAgain: 20 * time.Millisecond,
			BackoffBase: 10 * time.Millisecond, BackoffCap: 50 * time.Millisecond, Pace: -1,
		}
	}
	engine, err := queue.NewEngine(queue.Config{
		Store: m, Now: time.Now, Rand: rand.Float64, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
		Worker: fmt.Sprintf("process %d", p.kills), Poll: 10 * time.Millisecond, Drain: time.Millisecond,
		Queues: []queue.QueueConfig{config("one"), config("many")},
	})
	if err != nil {
		p.Fatal(err)
	}
	ctx, cancel := context.WithCancel(p.Context())
	over := make(chan error, 1)
	go func() { over <- engine.Run(ctx) }()
	return func() {
		m.dead.Store(true)
		cancel()
		if err := <-over; err != nil {
			p.Error(err)
		}
	}
}

func (p *pipeline) run() {
	die := p.live()
	defer func() { die() }()
	retried := false
	deadline := time.Now().Add(time.Minute)
	for next := time.Now().Add(100 * time.Millisecond); ; time.Sleep(5 * time.Millisecond) {
		if !retried && p.state(p.doomed) == queue.Failed {
			p.checkCancelled()
			if err := p.store.RetryJob(p.Context(), p.doomed, time.Now()); err != nil {
				p.Fatal(err)
			}
			retried = true
		}
		if retried && p.kills >= 3 && p.state(p.last) == queue.Done {
			break
		}
		if now := time.Now(); now.After(next) && p.kills < 6 {
			die()
			p.kills++
			die = p.live()
			next = now.Add(time.Duration(100+50*p.kills) * time.Millisecond)
		}
		if time.Now().After(deadline) {
			p.Fatalf("not done in a minute: the last is %s", p.state(p.last))
		}
	}
	p.checkOnceEach()
}

func (p *pipeline) state(id string) queue.State {
	p.Helper()
	d, err := p.store.ShowJob(p.Context(), id)
	if err != nil {
		p.Fatal(err)
	}
	return d.State
}

func (p *pipeline) checkCancelled() {
	p.Helper()
	d, err := p.store.ShowJob(p.Context(), p.last)
	if err != nil {
		p.Fatal(err)
	}
	if d.State != queue.Cancelled || d.Cause != p.doomed || d.LastError != "job middle 6 failed: refused" {
		p.Errorf("the last is %s because of %s: %s", d.State, d.Cause, d.LastError)
	}
}

// checkOnceEach checks that each job was accepted once, in three waves.
func (p *pipeline) checkOnceEach() {
	p.Helper()
	p.service.mu.Lock()
	defer p.service.mu.Unlock()
	times := map[string]int{}
	for _, c := range p.service.accepted {
		times[c.job]++
	}
	for n := range wide + 2 {
		if times[id(n)] != 1 {
			p.Errorf("job %d was accepted %d times", n, times[id(n)])
		}
	}
	if first := p.service.accepted[0].job; first != id(0) {
		p.Errorf("the first accepted was %s", first)
	}
	if last := p.service.accepted[len(p.service.accepted)-1].job; last != p.last {
		p.Errorf("the last accepted was %s", last)
	}
}
