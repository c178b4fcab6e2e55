package queue

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// result is a job's new row on its way to the store.
type result struct {
	job     *Job
	row     Finished
	gaveUp  error // why the job failed for good, if it did
	retried bool  // an error met an earlier try to write it
}

// runBatch prepares claimed jobs and runs all of them at once. Once ctx has ended, it puts back those that have not
// started.
func (r *runner) runBatch(ctx, tasks context.Context, jobs []Job) {
	var ready []Task
	var wait time.Duration
	c := r.config()
	if ctx.Err() == nil {
		ready, wait = r.prepare(tasks, c.Handler, jobs)
	}
	for i := range jobs {
		if ready == nil || ctx.Err() != nil {
			r.deliver(result{job: &jobs[i], row: putBack(jobs[i], r.engine.Now().Add(wait))})
			continue
		}
		r.tasks.Add(1)
		r.start(func() {
			defer r.tasks.Done()
			r.deliver(r.runJob(tasks, c, &jobs[i], ready[i]))
		})
	}
}

// start runs f on a goroutine that has run others before, if one is idle: a new goroutine would have to grow
// its stack again for every job.
func (r *runner) start(f func()) {
	select {
	case r.idlers <- f:
	default:
		go func() {
			for f := f; f != nil; f = r.another() {
				f()
			}
		}()
	}
}

// another waits for something to run; nil once the queue has ended.
func (r *runner) another() func() {
	select {
	case f := <-r.idlers:
		return f
	case <-r.ended:
		return nil
	}
}

// prepare returns a task for each job; if it fails, none, and how long to wait before the jobs are due again.
func (r *runner) prepare(tasks context.Context, h Handler, jobs []Job) (ready []Task, wait time.Duration) {
	ctx, cancel := context.WithTimeout(tasks, storeTimeout)
	defer cancel()
	err := r.guard(func() (err error) {
		ready, err = h.Prepare(ctx, jobs)
		return err
	})
	if err == nil && len(ready) != len(jobs) {
		err = fmt.Errorf("%d tasks were made of %d jobs", len(ready), len(jobs))
	}
	if err != nil {
		return nil, r.preparing.failed(err)
	}
	r.preparing.over()
	return ready, 0
}

// runJob makes one attempt at a job and decides what becomes of it.
func (r *runner) runJob(tasks context.Context, c *QueueConfig, j *Job, t Task) result {
	began := r.engine.Now()
	row, gaveUp, ok := c.before(*j, began)
	if ok {
		o := r.attempt(tasks, c, j, t)
		now := r.engine.Now()
		row, gaveUp = c.next(*j, o, now, r.engine.Rand())
		r.meters.attempts[o.Kind].Inc()
		if !j.Looking {
			r.meters.waited.Observe(j.LastSent.Sub(j.Due).Seconds())
			r.meters.ran.Observe(now.Sub(began).Seconds())
		}
		if r.log.Enabled(tasks, slog.LevelDebug) {
			r.log.Debug("job attempted", "job", j.ID, "attempt", j.Attempts, "looking", j.Looking, "outcome", o.Kind, "error", o.Err)
		}
	}
	if gaveUp != nil {
		// After a panic there is no effect. The job has failed in any case.
		_ = r.guard(func() error { row.Effect = t.GiveUp(gaveUp); return nil })
	}
	return result{job: j, row: row, gaveUp: gaveUp}
}

// attempt sends or looks. The kind of its outcome fits which of the two it was.
func (r *runner) attempt(tasks context.Context, c *QueueConfig, j *Job, t Task) (o Outcome) {
	timeout, try := c.timeout(*j), t.Send
	if j.Looking {
		timeout, try = c.LookTimeout, t.Look
	}
	ctx, cancel := context.WithTimeout(tasks, timeout)
	defer cancel()
	if err := r.guard(func() error { o = try(ctx); return nil }); err != nil {
		o = Outcome{Kind: KindUnknown, Err: err}
	}
	o.Kind = o.Kind.of(j.Looking)
	return o
}

// guard turns a panic of a handler into an error, so that one bad job stops nothing else.
func (r *runner) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			r.log.Error("a job's handler panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	return f()
}

// deliver hands a result to the writer, and the job's worker back.
func (r *runner) deliver(res result) {
	r.results <- res
	r.flight.release()
}
