package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config configures an engine. Poll, Drain and each queue's Timeout and LookTimeout are
// spans of real time; every other span is measured on Now.
type Config struct {
	Store      Store
	Now        func() time.Time
	Rand       func() float64 // in [0, 1), safe for concurrent use; spreads retries
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Worker     string // names this process in the rows it claims; unique
	Queues     []QueueConfig
	// Hold, if set, is called before each claim. While it returns true nothing is claimed; what is in flight goes on.
	Hold func() bool
	// Poll is the longest time between two looks for due jobs, without being woken; 0: 1 s. It also bounds how late
	// jobs are where Now runs faster than real time.
	Poll  time.Duration
	Drain time.Duration // how long what is in flight may take after Run's context ends; 0: 10 s
}

// QueueConfig configures one queue. The zero value of a field means the default given.
type QueueConfig struct {
	Name        string
	Handler     Handler
	Workers     int           // jobs in flight at once; 32
	Timeout     time.Duration // for one Send of a job that does not bring its own; 5 s
	LookTimeout time.Duration // for one Look, which may take many calls; 1 min
	Lease       time.Duration // how long a claimed job is this process's own; 30 s, or more if Timeout needs it
	MaxAttempts int           // for jobs that do not bring their own; 25
	Rate        Rate          // of all replicas together; none
	// Pace is the least time between two claims under one pace key; 1.1 s. The tenth is a margin: two sends are closer
	// together than their claims if the first one is slower to start. Negative: unpaced.
	Pace        time.Duration
	BackoffBase time.Duration // the longest wait after a first failure, then doubled; 500 ms
	BackoffCap  time.Duration // the longest wait after any; 1 min
	SettleAfter time.Duration // from a send of unknown outcome to the first look for it; 10 s
	LookAgain   time.Duration // from one empty look to the next; 5 s
}

// Engine runs the jobs of its queues. See the package documentation.
type Engine struct {
	config Config
	meters func(queue string) meters

	mu     sync.Mutex
	queues map[string]*runner
	begin  func(*runner) // runs a queue; nil unless Run is under way
	errs   []error       // of queues that have ended
	ending sync.WaitGroup
}

// NewEngine checks the configuration and registers the metrics. It starts nothing.
func NewEngine(c Config) (*Engine, error) {
	if c.Store == nil || c.Now == nil || c.Rand == nil || c.Logger == nil || c.Registerer == nil || c.Worker == "" {
		return nil, errors.New("queue: Store, Now, Rand, Logger, Registerer and Worker are all needed")
	}
	c.Poll = cmp.Or(c.Poll, time.Second)
	c.Drain = cmp.Or(c.Drain, 10*time.Second)
	meters, err := newMeters(c.Registerer)
	if err != nil {
		return nil, err
	}
	e := &Engine{config: c, meters: meters, queues: map[string]*runner{}}
	if err := e.Reconfigure(c.Queues); err != nil {
		return nil, err
	}
	return e, nil
}

// Reconfigure replaces the engine's queues. New ones begin, those that are gone end as they do when Run ends, and the
// others have their new configuration from their next claim on. What is in flight ends as it began. If any of the
// queues is configured wrongly, nothing changes.
func (e *Engine) Reconfigure(queues []QueueConfig) error {
	wanted := map[string]QueueConfig{}
	for _, q := range queues {
		q, err := q.complete()
		if err != nil {
			return err
		}
		if _, twice := wanted[q.Name]; twice {
			return fmt.Errorf("queue %q is configured twice", q.Name)
		}
		wanted[q.Name] = q
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, r := range e.queues {
		if _, stays := wanted[name]; !stays {
			delete(e.queues, name)
			if r.stop != nil {
				r.stop()
			}
		}
	}
	for name, q := range wanted {
		if r := e.queues[name]; r != nil {
			r.reconfigure(q)
			continue
		}
		r := newRunner(e.config, q, e.meters)
		e.queues[name] = r
		if e.begin != nil {
			e.begin(r)
		}
	}
	return nil
}

// spare is how much longer a lease is than a send and the wait for its settling, because claims and batches may be slow.
const spare = 15 * time.Second

// complete fills in the defaults and refuses what could send a job twice.
func (c QueueConfig) complete() (QueueConfig, error) {
	c.Workers = cmp.Or(c.Workers, 32)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	c.LookTimeout = cmp.Or(c.LookTimeout, time.Minute)
	c.MaxAttempts = cmp.Or(c.MaxAttempts, 25)
	c.Pace = cmp.Or(c.Pace, 1100*time.Millisecond)
	c.BackoffBase = cmp.Or(c.BackoffBase, 500*time.Millisecond)
	c.BackoffCap = cmp.Or(c.BackoffCap, time.Minute)
	c.SettleAfter = cmp.Or(c.SettleAfter, 10*time.Second)
	c.LookAgain = cmp.Or(c.LookAgain, 5*time.Second)
	c.Lease = cmp.Or(c.Lease, max(30*time.Second, c.Timeout+c.SettleAfter+spare))
	if c.Name == "" || c.Handler == nil {
		return c, fmt.Errorf("queue %q: a name and a Handler are needed", c.Name)
	}
	if c.Workers < 0 || c.Timeout < 0 || c.MaxAttempts < 0 || c.Rate.Jobs < 0 || c.Rate.Per < 0 {
		return c, fmt.Errorf("queue %q: workers, time-out, attempts and rate cannot be less than nothing", c.Name)
	}
	if c.Lease <= c.Timeout+c.SettleAfter {
		return c, fmt.Errorf("queue %q: a lease of %s does not cover a send (%s) and the wait before looking for it (%s); make it longer",
			c.Name, c.Lease, c.Timeout, c.SettleAfter)
	}
	return c, nil
}

// Run runs all queues until ctx ends. Then it claims no more, lets what is in flight finish, puts
// back what was claimed and not sent, and returns. An error says what could not be written down in
// time; other processes take that over when its lease ends. Run may be called once.
func (e *Engine) Run(ctx context.Context) error {
	e.mu.Lock()
	e.begin = func(r *runner) {
		own, stop := context.WithCancel(ctx)
		r.stop = stop
		e.ending.Go(func() {
			defer stop()
			err := r.run(own)
			if err != nil && ctx.Err() == nil {
				r.log.Error("a queue that was taken out of the configuration ended badly; what is left is taken over when its leases end", "error", err)
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			e.errs = append(e.errs, err)
		})
	}
	for _, r := range e.queues {
		e.begin(r)
	}
	e.mu.Unlock()

	<-ctx.Done()
	e.mu.Lock()
	e.begin = nil
	e.mu.Unlock()
	e.ending.Wait()
	return errors.Join(e.errs...)
}

// Wake makes a queue claim at once: jobs were added to it. It never blocks; a queue that the
// engine does not run is ignored.
func (e *Engine) Wake(queue string) {
	e.mu.Lock()
	r := e.queues[queue]
	e.mu.Unlock()
	if r != nil {
		r.alarm.set(r.engine.Now())
	}
}

var kinds = []Kind{
	KindSent, KindDropped, KindRetry, KindUnknown, KindLimited, KindHeld, KindTerminal, KindAbsent, KindLookFail,
}

// meters measure one queue. They are resolved beforehand, because looking one up by its labels costs
// more than the rest of the engine's work on a job.
type meters struct {
	attempts map[Kind]prometheus.Counter // what attempts came to
	waited   prometheus.Observer         // seconds from a job being due to its claim for a send
	ran      prometheus.Observer         // seconds of a send
}

// newMeters registers the metrics of all queues.
func newMeters(reg prometheus.Registerer) (func(queue string) meters, error) {
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "slabuddy_job_attempts_total",
		Help: "Attempts at jobs, and looks for earlier ones, by what they came to.",
	}, []string{"queue", "outcome"})
	waited := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "slabuddy_job_wait_seconds",
		Help:    "How long jobs that could have been sent waited for a worker, before each attempt.",
		Buckets: []float64{.005, .01, .05, .1, .25, .5, 1, 2.5, 5, 15, 60, 300, 1800},
	}, []string{"queue"})
	ran := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "slabuddy_job_run_seconds",
		Help:    "How long attempts at jobs took.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}, []string{"queue"})
	for _, c := range []prometheus.Collector{attempts, waited, ran} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("queue: %w", err)
		}
	}
	return func(queue string) meters {
		m := meters{attempts: map[Kind]prometheus.Counter{}, waited: waited.WithLabelValues(queue), ran: ran.WithLabelValues(queue)}
		for _, k := range kinds {
			m.attempts[k] = attempts.WithLabelValues(queue, string(k))
		}
		return m
	}, nil
}
