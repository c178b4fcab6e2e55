package queue

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// write writes results to the store. Those that came while the last ones were written go together. What the store does
// not take is kept and tried again, which is safe because rows are fenced. It returns once stop is closed and all results
// are written, or once ctx has ended, with how many results are left.
func (r *runner) write(ctx context.Context, stop <-chan struct{}) (left int) {
	var waiting []result
	size := 2 * r.config().Workers // of the next write
	for {
		most := 2 * r.config().Workers
		waiting = r.gather(waiting, most, stop)
		if len(waiting) == 0 {
			return 0
		}
		n := min(size, most, len(waiting))
		if err := r.writeOnce(ctx, waiting[:n]); err != nil {
			if sleep.For(ctx, r.writing.failed(err)) != nil {
				return len(waiting) + len(r.results)
			}
			// A row that the store never takes must not hold up the others for ever. So the next writes are smaller,
			// and those that failed go to the back of the line.
			size = max(1, n/2)
			for i := range waiting[:n] {
				waiting[i].retried = true
			}
			waiting = append(waiting[n:len(waiting):len(waiting)], waiting[:n]...)
			continue
		}
		size = min(2*size, most)
		waiting = waiting[n:]
		if !slices.ContainsFunc(waiting, func(res result) bool { return res.retried }) {
			r.writing.over()
		}
	}
}

// gather adds the results at hand, up to most. If there are none at all it waits for one, or stop.
func (r *runner) gather(waiting []result, most int, stop <-chan struct{}) []result {
	if len(waiting) == 0 {
		waiting = make([]result, 0, min(len(r.results)+1, most))
		select {
		case res := <-r.results:
			waiting = append(waiting, res)
		case <-stop:
		}
	}
	for len(waiting) < most {
		select {
		case res := <-r.results:
			waiting = append(waiting, res)
		default:
			return waiting
		}
	}
	return waiting
}

func (r *runner) writeOnce(ctx context.Context, results []result) error {
	rows := make([]Finished, len(results))
	for i, res := range results {
		rows[i] = res.row
	}
	call, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	written, err := r.engine.Store.Finish(call, r.engine.Now(), rows)
	if err != nil {
		return err
	}
	r.flight.land(rows)
	var due time.Time
	for i, res := range results {
		r.report(res, written[i])
		if res.row.State == Pending && (due.IsZero() || res.row.RunAt.Before(due)) {
			due = res.row.RunAt
		}
	}
	if !due.IsZero() {
		r.alarm.set(due)
	}
	return nil
}

// report logs what an operator has to know of one job. A row that was not written now may have been written by an earlier
// call that failed.
func (r *runner) report(res result, written bool) {
	switch {
	case !written && !res.retried:
		r.log.Warn("a result came too late: the job's lease had ended and another process has it", "job", res.job.ID, "key", res.job.Key)
	case res.gaveUp != nil:
		r.log.Error("a job failed for good", "job", res.job.ID, "key", res.job.Key, "attempts", res.row.Attempts, "error", res.gaveUp)
	}
}

// trouble logs when something begins to fail and when it works again, not each failure. It says how long to wait before
// the next try.
type trouble struct {
	log  *slog.Logger
	what string

	mu    sync.Mutex
	fails int
}

func (t *trouble) failed(err error) (wait time.Duration) {
	const first, most = 50 * time.Millisecond, time.Second
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fails == 0 {
		t.log.Error(t.what+" fails; trying again until it works", "error", err)
	}
	t.fails++
	return min(first<<min(t.fails-1, 10), most)
}

func (t *trouble) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fails > 0 {
		t.log.Info(t.what+" works again", "failures", t.fails)
	}
	t.fails = 0
}
