package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// Finish writes up to maxWrite rows in one transaction.
func (s *Store) Finish(ctx context.Context, now time.Time, rows []queue.Finished) ([]bool, error) {
	if err := row.CheckEffects(rows); err != nil {
		return nil, err
	}
	written := make([]bool, len(rows))
	var woken []string
	for start := 0; start < len(rows); start += maxWrite {
		end := min(start+maxWrite, len(rows))
		err := s.w.do(ctx, false, func(t *tx) (err error) {
			var watched []string
			for i := start; i < end; i++ {
				var seen bool
				if written[i], seen, err = t.finish(now, rows[i]); err != nil {
					return err
				}
				if seen {
					watched = append(watched, rows[i].ID)
				}
			}
			woken, err = t.settle(watched, now)
			return err
		})
		if err != nil {
			return nil, wrap("finish jobs", err)
		}
		s.wake(woken)
	}
	return written, nil
}

func (t *tx) settle(watched []string, now time.Time) (woken []string, err error) {
	if len(watched) == 0 {
		return nil, nil
	}
	woken, cancelled, err := queue.Settle(graph{t}, watched, now)
	if err != nil {
		return nil, err
	}
	return woken, t.apply(escalation.ByHand(cancelled))
}

// finish writes one row. It returns whether it did, and whether other jobs wait for this one.
func (t *tx) finish(now time.Time, f queue.Finished) (written, watched bool, err error) {
	var finished any
	if f.State != queue.Pending && f.State != queue.Running {
		finished = stamp(now)
	}
	seen, err := readIn(t, row.Value[bool],
		`update jobs set state = ?, behind = ?, run_at = ?, attempts = ?, looks = ?, last_error = ?,
			finished_at = ? where id = ? and fence = ? and state = 'running' returning watched`,
		string(f.State), f.Shut != nil && f.State == queue.Pending, stamp(f.RunAt), f.Attempts, f.Looks,
		f.LastError, finished, f.ID, f.Fence)
	if err != nil || len(seen) == 0 {
		return false, false, err
	}
	if e, ok := f.Effect.(escalation.Effect); ok {
		if err := t.apply(e); err != nil {
			return false, false, err
		}
	}
	if f.Shut != nil {
		if err := t.shutGate(*f.Shut); err != nil {
			return false, false, err
		}
	}
	return true, seen[0], t.keepOf(f)
}

// keepOf keeps what was answered, and what an attempt came to that did not succeed at once.
func (t *tx) keepOf(f queue.Finished) error {
	if f.Result != (queue.Result{}) {
		if _, err := t.exec(`update jobs set result_status = ?, result = ? where id = ?`,
			f.Result.Status, f.Result.Body, f.ID); err != nil {
			return err
		}
	}
	a := f.Log
	if a == nil {
		return nil
	}
	if _, err := t.exec(`insert into job_attempts (job, fence, number, looking, at, kind, error) values (?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.Fence, a.Number, a.Looking, stamp(a.At), string(a.Kind), a.Error); err != nil {
		return err
	}
	_, err := t.exec(`delete from job_attempts where job = ? and fence <= ?`, f.ID, f.Fence-queue.MostAttempts)
	return err
}

// apply applies an effect to its timelines. One that was purged is no more of interest.
func (t *tx) apply(e escalation.Effect) error {
	for _, id := range e.Subjects() {
		tl, found, err := row.First(readIn(t, row.Timeline[timestamp], `select `+row.TimelineColumns+` from timelines where id = ?`, id))
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		events, changed := e.Apply(&tl)
		if changed {
			if _, err := t.update(tl); err != nil {
				return err
			}
		}
		if err := t.addEvents(events); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) Renew(ctx context.Context, jobs []queue.Job, until time.Time) error {
	return wrap("renew leases", s.w.do(ctx, false, func(t *tx) error {
		for _, j := range jobs {
			if _, err := t.exec(`update jobs set run_at = ? where id = ? and fence = ? and state = 'running'`,
				stamp(until), j.ID, j.Fence); err != nil {
				return err
			}
		}
		return nil
	}))
}
