package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// Claim takes due jobs, lets queue.Admit choose, and writes its choice. After an error some may be running
// under this worker: they are taken over when their lease ends, and looked for first.
func (s *Store) Claim(ctx context.Context, r queue.Request) (queue.Claimed, error) {
	r.Now = row.Time(r.Now)
	var claimed queue.Claimed
	err := s.w.do(ctx, false, func(t *tx) error {
		limited, err := t.rate(r)
		if err != nil {
			return err
		}
		if claimed.Jobs, limited, err = t.claim(r, limited); err != nil {
			return err
		}
		next, err := readIn(t, row.When[timestamp],
			`select min(run_at) from jobs where queue = ? and state in ('pending', 'running')`, r.Queue)
		if err != nil {
			return err
		}
		claimed.Next = row.Next(next[0], r, limited)
		return nil
	})
	if err != nil {
		return queue.Claimed{}, wrap("claim jobs", err)
	}
	return claimed, nil
}

// claim claims as many jobs as the queue's rate allows, and returns until when that is shut then.
func (t *tx) claim(r queue.Request, limited time.Time) ([]queue.Job, time.Time, error) {
	r.N, _ = r.Allowed(limited)
	if r.N <= 0 {
		return nil, limited, nil
	}
	jobs, err := readIn(t, row.Claimed[timestamp], `select `+claimColumns+` from jobs
		where queue = ? and state in ('pending', 'running') and run_at <= ? order by run_at limit ?`,
		r.Queue, stamp(r.Now), r.N)
	if err != nil {
		return nil, limited, err
	}
	shut, err := t.shut(jobs, r)
	if err != nil {
		return nil, limited, err
	}
	a := queue.Admit(jobs, shut, r)
	if err := t.admitted(a); err != nil {
		return nil, limited, err
	}
	if r.Every > 0 && len(a.Start) > 0 {
		limited = r.Taken(limited, len(a.Start))
		if err := t.shutGate(queue.Gate{Key: queue.RateGate(r.Queue), Until: limited}); err != nil {
			return nil, limited, err
		}
	}
	return a.Start, limited, nil
}

// rate reads until when a queue is shut for its rate.
func (t *tx) rate(r queue.Request) (time.Time, error) {
	if r.Every <= 0 {
		return time.Time{}, nil
	}
	until, err := readIn(t, row.When[timestamp], `select shut_until from gates where key = ?`, queue.RateGate(r.Queue))
	if err != nil || len(until) == 0 {
		return time.Time{}, err
	}
	return until[0], nil
}

// shut reads until when the keys are shut that jobs name.
func (t *tx) shut(jobs []queue.Job, r queue.Request) (map[string]time.Time, error) {
	shut := map[string]time.Time{}
	for _, j := range jobs {
		for _, key := range row.GateKeys(j, r) {
			if _, known := shut[key]; known {
				continue
			}
			until, err := readIn(t, row.When[timestamp], `select shut_until from gates where key = ?`, key)
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
