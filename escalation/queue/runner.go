package queue

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// storeTimeout bounds one call of the store or of Prepare. With the default lease a claimed job has enough time left to
// be sent.
const storeTimeout = 5 * time.Second

// lastWrite is how long the results in hand may take to be written after all other work has ended.
const lastWrite = 3 * time.Second

// grace is how long a task may take to return once its context has ended.
const grace = time.Second

// roomForResults is how many results may wait to be written at least, because a reload may bring more workers.
const roomForResults = 256

// runner runs one queue: a loop that claims, a goroutine for each claimed batch, those that run its
// jobs, one that writes results, and one that renews leases. They go on side by side.
type runner struct {
	name   string
	engine Config                      // of all queues
	conf   atomic.Pointer[QueueConfig] // may change at any time; see config
	log    *slog.Logger
	meters meters
	stop   context.CancelFunc // ends run; set once it has begun

	alarm   *alarm
	flight  *flight
	results chan result
	tasks   sync.WaitGroup  // batches and jobs whose result is still to come
	idlers  chan func()     // to goroutines that have run a job, and wait for another
	ended   <-chan struct{} // closed when they are not needed any more; set by run

	claiming, preparing, writing, renewing *trouble
}

func newRunner(c Config, q QueueConfig, meters func(queue string) meters) *runner {
	r := &runner{
		name:    q.Name,
		engine:  c,
		log:     c.Logger.With("queue", q.Name),
		meters:  meters(q.Name),
		alarm:   newAlarm(),
		results: make(chan result, max(q.Workers, roomForResults)),
		idlers:  make(chan func()),
	}
	r.conf.Store(&q)
	r.flight = newFlight(q.Workers, r.alarm.ring)
	r.claiming = &trouble{log: r.log, what: "claiming jobs"}
	r.preparing = &trouble{log: r.log, what: "preparing jobs"}
	r.writing = &trouble{log: r.log, what: "writing the results of jobs"}
	r.renewing = &trouble{log: r.log, what: "renewing the leases of jobs"}
	return r
}

// config is how the queue is configured now. Code that needs several values of one configuration calls it once.
func (r *runner) config() *QueueConfig { return r.conf.Load() }

// reconfigure takes effect with the next claim. Jobs in flight end as they began. If there are more of them than workers
// now, no more are claimed until enough of them have ended.
func (r *runner) reconfigure(q QueueConfig) {
	old := r.conf.Swap(&q)
	r.flight.resize(q.Workers - old.Workers)
}

// run is Engine.Run for one queue. Calls of the store and of tasks have contexts of their own, which ctx does not end: a
// claim that commits after we stopped waiting for it would block its jobs for a whole lease.
func (r *runner) run(ctx context.Context) error {
	own := context.WithoutCancel(ctx)
	tasks, cut := context.WithCancel(own)
	defer cut()
	writes, abandon := context.WithCancel(own)
	defer abandon()

	stop := make(chan struct{})
	r.ended = stop
	var left int
	var writers sync.WaitGroup
	writers.Go(func() { left = r.write(writes, stop) })
	writers.Go(func() { r.renew(writes, stop) })

	r.claim(ctx, tasks)
	idle := make(chan struct{})
	go func() { r.tasks.Wait(); close(idle) }()
	if !within(idle, r.engine.Drain) {
		cut()
		if !within(idle, grace) {
			r.log.Error("jobs do not end; they are left to be taken over when their leases end")
		}
	}
	close(stop)
	last := time.AfterFunc(lastWrite, abandon)
	defer last.Stop()
	writers.Wait()
	if left > 0 {
		return fmt.Errorf("queue %q: the results of %d jobs could not be written", r.name, left)
	}
	return nil
}

func within(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

// flight keeps count of the idle workers, and knows which jobs are this process's own: from their
// claim until their result is written.
type flight struct {
	idled func() // called when a worker is idle again after none was

	mu     sync.Mutex
	free   int
	leases map[claimed]time.Time // when each ends
}

// claimed names one claim of a job. A process that lost a lease may hold the same job again.
type claimed struct {
	id    string
	fence int64
}

func newFlight(workers int, idled func()) *flight {
	return &flight{free: workers, idled: idled, leases: map[claimed]time.Time{}}
}

func (f *flight) idle() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.free
}

// takeOff gives each job a worker.
func (f *flight) takeOff(jobs []Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free -= len(jobs)
	for _, j := range jobs {
		f.leases[claimed{j.ID, j.Fence}] = j.RunAt
	}
}

// release gives a job's worker back. Its lease is kept up until its result is written.
func (f *flight) release() {
	f.mu.Lock()
	f.free++
	first := f.free == 1
	f.mu.Unlock()
	if first {
		f.idled()
	}
}

// resize changes how many workers there are. Busy workers that are taken away finish their jobs first.
func (f *flight) resize(by int) {
	f.mu.Lock()
	f.free += by
	idle := by > 0 && f.free > 0
	f.mu.Unlock()
	if idle {
		f.idled()
	}
}

// land forgets jobs whose results are written.
func (f *flight) land(rows []Finished) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, row := range rows {
		delete(f.leases, claimed{row.ID, row.Fence})
	}
}

// ending returns the jobs whose leases end before by.
func (f *flight) ending(by time.Time) []Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	var jobs []Job
	for c, ends := range f.leases {
		if ends.Before(by) {
			jobs = append(jobs, Job{New: New{ID: c.id}, Fence: c.fence})
		}
	}
	return jobs
}

// renewed notes new lease ends of jobs that have not landed meanwhile.
func (f *flight) renewed(jobs []Job, until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, j := range jobs {
		c := claimed{j.ID, j.Fence}
		if _, flying := f.leases[c]; flying {
			f.leases[c] = until
		}
	}
}

// renew moves the lease ends of jobs in flight that are half over, until stop.
func (r *runner) renew(ctx context.Context, stop <-chan struct{}) {
	lease := r.config().Lease
	tick := time.NewTicker(min(r.engine.Poll, lease/4))
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		if now := r.config().Lease; now != lease {
			lease = now
			tick.Reset(min(r.engine.Poll, lease/4))
		}
		now := r.engine.Now()
		jobs := r.flight.ending(now.Add(lease / 2))
		if len(jobs) == 0 {
			continue
		}
		call, cancel := context.WithTimeout(ctx, storeTimeout)
		err := r.engine.Store.Renew(call, jobs, now.Add(lease))
		cancel()
		if err != nil {
			r.renewing.failed(err)
			continue
		}
		r.renewing.over()
		r.flight.renewed(jobs, now.Add(lease))
	}
}
