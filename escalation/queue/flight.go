package queue

import (
	"context"
	"sync"
	"time"
)

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

// resize changes how many workers there are. Of those taken away, the busy ones go when they are done.
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
	tick := time.NewTicker(min(r.poll, lease/4))
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		if now := r.config().Lease; now != lease {
			lease = now
			tick.Reset(min(r.poll, lease/4))
		}
		now := r.now()
		jobs := r.flight.ending(now.Add(lease / 2))
		if len(jobs) == 0 {
			continue
		}
		call, cancel := context.WithTimeout(ctx, storeTimeout)
		err := r.store.Renew(call, jobs, now.Add(lease))
		cancel()
		if err != nil {
			r.renewing.failed(err)
			continue
		}
		r.renewing.over()
		r.flight.renewed(jobs, now.Add(lease))
	}
}
