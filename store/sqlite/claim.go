package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// Claim takes due jobs, lets queue.Admit choose, and writes its choice. After an error some may be
// running under this worker; they are taken over when their lease ends, and looked for first.
func (s *Store) Claim(ctx context.Context, r queue.Request) (queue.Claimed, error) {
	r.Now = row.Time(r.Now)
	var claimed queue.Claimed
	err := s.w.do(ctx, false, func(t *tx) error {
		rows, err := t.query(`select `+jobColumns+` from jobs
			where queue = ? and state in ('pending', 'running') and run_at <= ? order by run_at limit ?`,
			r.Queue, stamp(r.Now), r.N)
		jobs, err := collect(rows, err, scanJob)
		if err != nil {
			return err
		}
		shut, err := t.shut(jobs, r)
		if err != nil {
			return err
		}
		a := queue.Admit(jobs, shut, r)
		if err := t.admitted(a); err != nil {
			return err
		}
		claimed.Jobs = a.Start
		rows, err = t.query(`select min(run_at) from jobs where queue = ? and state in ('pending', 'running')`, r.Queue)
		next, err := collect(rows, err, scanTime)
		if err != nil {
			return err
		}
		claimed.Next = next[0]
		return nil
	})
	if err != nil {
		return queue.Claimed{}, wrap("claim jobs", err)
	}
	return claimed, nil
}

// shut reads until when the keys are shut that jobs name.
func (t *tx) shut(jobs []queue.Job, r queue.Request) (map[string]time.Time, error) {
	shut := map[string]time.Time{}
	for _, j := range jobs {
		for _, key := range row.GateKeys(j, r) {
			if _, known := shut[key]; known {
				continue
			}
			rows, err := t.query(`select shut_until from gates where key = ?`, key)
			until, err := collect(rows, err, scanTime)
			if err != nil {
				return nil, err
			}
			shut[key] = time.Time{}
			if len(until) == 1 {
				shut[key] = until[0]
			}
		}
	}
	return shut, nil
}

// admitted writes what was admitted.
func (t *tx) admitted(a queue.Admission) error {
	for _, j := range a.Start {
		if _, err := t.exec(`update jobs set state = 'running', behind = 0, run_at = ?, attempts = ?, looks = ?,
				fence = ?, worker = ?, first_sent = ?, last_sent = ? where id = ?`,
			stamp(j.RunAt), j.Attempts, j.Looks, j.Fence, j.Worker, stamp(j.FirstSent), stamp(j.LastSent), j.ID); err != nil {
			return err
		}
	}
	for _, j := range a.Defer {
		if _, err := t.exec(`update jobs set state = 'pending', behind = 1, run_at = ? where id = ?`,
			stamp(j.RunAt), j.ID); err != nil {
			return err
		}
	}
	for key, until := range a.Paced {
		if err := t.shutGate(queue.Gate{Key: key, Until: until}); err != nil {
			return err
		}
	}
	return nil
}

// Finish writes the rows that are still running under their fence, each with its effect and its
// gate in one transaction. An effect that is no escalation.Effect is an error. Called again after
// an error, it reports false also for rows that had been written after all, and writes nothing
// twice.
func (s *Store) Finish(ctx context.Context, now time.Time, rows []queue.Finished) ([]bool, error) {
	if err := row.CheckEffects(rows); err != nil {
		return nil, err
	}
	written := make([]bool, len(rows))
	for start := 0; start < len(rows); start += maxWrite {
		end := min(start+maxWrite, len(rows))
		err := s.w.do(ctx, false, func(t *tx) (err error) {
			for i := start; i < end; i++ {
				if written[i], err = t.finish(now, rows[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, wrap("finish jobs", err)
		}
	}
	return written, nil
}

func (t *tx) finish(now time.Time, f queue.Finished) (bool, error) {
	var finished any
	if f.State != queue.Pending && f.State != queue.Running {
		finished = stamp(now)
	}
	n, err := t.exec(`update jobs set state = ?, behind = ?, run_at = ?, attempts = ?, looks = ?, last_error = ?,
			finished_at = ? where id = ? and fence = ? and state = 'running'`,
		string(f.State), f.Shut != nil && f.State == queue.Pending, stamp(f.RunAt), f.Attempts, f.Looks,
		f.LastError, finished, f.ID, f.Fence)
	if err != nil || n == 0 {
		return false, err
	}
	if e, ok := f.Effect.(escalation.Effect); ok {
		if err := t.apply(e); err != nil {
			return false, err
		}
	}
	if f.Shut != nil {
		return true, t.shutGate(*f.Shut)
	}
	return true, nil
}

// apply applies an effect to its timeline. One whose timeline was purged is no more of interest.
func (t *tx) apply(e escalation.Effect) error {
	rows, err := t.query(`select `+timelineColumns+` from timelines where id = ?`, e.TimelineID())
	ts, err := collect(rows, err, scanTimeline)
	if err != nil || len(ts) == 0 {
		return err
	}
	events, changed := e.Apply(&ts[0])
	if changed {
		if _, err := t.update(ts[0]); err != nil {
			return err
		}
	}
	return t.addEvents(events)
}

// Renew moves the lease end of jobs still running under their fence.
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
