package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// world is a real store, the service that the jobs of these tests call, and the log. All of it
// lives in a synctest bubble: time passes only when everybody waits.
type world struct {
	*testing.T
	store   store.Store
	service *service
	log     *logbook
	added   int
}

// inWorld runs a test in a world of its own.
func inWorld(t *testing.T, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(&world{T: t, store: sqlitetest.Open(t), service: &service{}, log: &logbook{}})
	})
}

// add adds n jobs that are due now, each changed by change, and returns their ids.
func (w *world) add(n int, change func(*queue.New)) []string {
	w.Helper()
	var jobs []queue.New
	var ids []string
	for range n {
		w.added++
		j := queue.New{ID: id(w.added), Key: fmt.Sprint("key ", w.added), Queue: "slack", RunAt: time.Now()}
		if change != nil {
			change(&j)
		}
		jobs, ids = append(jobs, j), append(ids, j.ID)
	}
	if err := w.store.AddJobs(w.Context(), jobs, time.Now()); err != nil {
		w.Fatal(err)
	}
	return ids
}

func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// job reads a job's row.
func (w *world) job(id string) queue.Job {
	w.Helper()
	for _, j := range w.jobs("") {
		if j.ID == id {
			return j
		}
	}
	w.Fatalf("no job %s", id)
	return queue.Job{}
}

func (w *world) jobs(s queue.State) []queue.Job {
	w.Helper()
	jobs, err := w.store.Jobs(w.Context(), queue.Filter{State: s})
	if err != nil {
		w.Fatal(err)
	}
	return jobs
}

// expect checks what a job's row says.
func (w *world) expect(id string, state queue.State, attempts, looks int) {
	w.Helper()
	if j := w.job(id); j.State != state || j.Attempts != attempts || j.Looks != looks {
		w.Errorf("job is %s with %d attempts and %d looks due, want %s, %d, %d (last error %q)",
			j.State, j.Attempts, j.Looks, state, attempts, looks, j.LastError)
	}
}

// process is an engine at work.
type process struct {
	w      *world
	engine *queue.Engine
	cord   *cord
	reg    *prometheus.Registry
	stop   context.CancelFunc
	ended  chan error
}

// start starts an engine with one queue, "slack"; change changes its configuration.
func (w *world) start(change func(*queue.Config, *queue.QueueConfig)) *process {
	w.Helper()
	p := &process{w: w, cord: &cord{Store: w.store}, reg: prometheus.NewRegistry(), ended: make(chan error, 1)}
	q := queue.QueueConfig{Name: "slack", Handler: w.service}
	c := queue.Config{
		Store: p.cord, Now: time.Now, Rand: rand.Float64, Logger: slog.New(slog.NewTextHandler(w.log, nil)),
		Registerer: p.reg, Worker: fmt.Sprintf("process %p", p),
	}
	if change != nil {
		change(&c, &q)
	}
	c.Queues = []queue.QueueConfig{q}
	var err error
	if p.engine, err = queue.NewEngine(c); err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.Context())
	p.stop = cancel
	over := make(chan struct{})
	go func() {
		defer close(over)
		p.ended <- p.engine.Run(ctx)
	}()
	w.Cleanup(func() { cancel(); <-over })
	return p
}

// drained stops the engine, and returns how long that took and what Run returned.
func (p *process) drained() (time.Duration, error) {
	begin := time.Now()
	p.stop()
	err := <-p.ended
	return time.Since(begin), err
}

// pass lets time pass, and everybody do what there is to do then.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// cord ties an engine to the store. Cut, it is a process that lost its database.
type cord struct {
	queue.Store
	mu       sync.Mutex
	cut      bool
	deaf     bool          // Finish is done, and its answer lost
	claiming time.Duration // how long the answer to a claim is on its way
	finishes int
	renewals int
}

var errAway = errors.New("the database is away")

func (c *cord) set(cut, deaf bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut, c.deaf = cut, deaf
}

func (c *cord) call(count *int) (cut, deaf bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if count != nil {
		*count++
	}
	return c.cut, c.deaf
}

func (c *cord) Claim(ctx context.Context, r queue.Request) (queue.Claimed, error) {
	if cut, _ := c.call(nil); cut {
		return queue.Claimed{}, errAway
	}
	got, err := c.Store.Claim(ctx, r)
	time.Sleep(c.claiming)
	if ctx.Err() != nil {
		return queue.Claimed{}, ctx.Err()
	}
	return got, err
}

func (c *cord) Finish(ctx context.Context, now time.Time, rows []queue.Finished) ([]bool, error) {
	cut, deaf := c.call(&c.finishes)
	if cut {
		return nil, errAway
	}
	written, err := c.Store.Finish(ctx, now, rows)
	if deaf {
		return nil, errAway
	}
	return written, err
}

func (c *cord) Renew(ctx context.Context, jobs []queue.Job, until time.Time) error {
	if cut, _ := c.call(&c.renewals); cut {
		return errAway
	}
	return c.Store.Renew(ctx, jobs, until)
}

// logbook keeps the log's lines.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// count is how many lines hold all the words.
func (l *logbook) count(words ...string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
lines:
	for line := range strings.Lines(l.buf.String()) {
		for _, word := range words {
			if !strings.Contains(line, word) {
				continue lines
			}
		}
		n++
	}
	return n
}
