package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

const jobColumns = `id, key, queue, payload, run_at, max_attempts, pace, gates, look_gates, state,
	created_at, attempts, looks, fence, worker, first_sent, last_sent, last_error, expires_at`

func scanJob(scan func(...any) error) (queue.Job, error) {
	var j queue.Job
	var run, created, first, last, expires nullable
	var gates, lookGates string
	err := scan(&j.ID, &j.Key, &j.Queue, &j.Payload, &run, &j.MaxAttempts, &j.Pace, &gates, &lookGates,
		&j.State, &created, &j.Attempts, &j.Looks, &j.Fence, &j.Worker, &first, &last, &j.LastError, &expires)
	j.RunAt, j.CreatedAt, j.FirstSent, j.LastSent = at(run), at(created), at(first), at(last)
	j.Expires = at(expires)
	j.Gates, j.LookGates = row.ParseKeys(gates), row.ParseKeys(lookGates)
	return j, err
}

func (t *tx) addJob(j queue.New, created time.Time) error {
	payload := append([]byte{}, j.Payload...) // never null
	_, err := t.exec(`insert into jobs (id, key, queue, state, run_at, max_attempts, created_at, pace,
			gates, look_gates, payload, expires_at)
		values (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing`,
		j.ID, j.Key, j.Queue, stamp(j.RunAt), j.MaxAttempts, stamp(created), j.Pace,
		row.Keys(j.Gates), row.Keys(j.LookGates), payload, stamp(j.Expires))
	return err
}

// AddJobs adds jobs whose keys are not there yet, and wakes their queues. Called again after an
// error, it adds what is missing.
func (s *Store) AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error {
	for len(jobs) > 0 {
		n := min(len(jobs), 4*maxWrite)
		err := s.w.do(ctx, false, func(t *tx) error {
			for _, j := range jobs[:n] {
				if err := t.addJob(j, now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return wrap("add jobs", err)
		}
		for _, j := range jobs[:n] {
			s.hub.Tell(wake.Jobs(j.Queue))
		}
		jobs = jobs[n:]
	}
	return nil
}

// Jobs lists jobs, those that come first first.
func (s *Store) Jobs(ctx context.Context, f queue.Filter) ([]queue.Job, error) {
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	rows, err := s.query(ctx, `select `+jobColumns+` from jobs where (?1 = '' or queue = ?1)
		and (?2 = '' or state = ?2) order by run_at, created_at, id limit ?3`, f.Queue, string(f.State), limit)
	jobs, err := collect(rows, err, scanJob)
	return jobs, wrap("list jobs", err)
}

// JobsByKey reads jobs in any order. Those that are not there, or no more, are left out.
func (s *Store) JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error) {
	var all []queue.Job
	for _, key := range keys {
		rows, err := s.query(ctx, `select `+jobColumns+` from jobs where key = ?`, key)
		jobs, err := collect(rows, err, scanJob)
		if err != nil {
			return nil, wrap("read jobs", err)
		}
		all = append(all, jobs...)
	}
	return all, nil
}

// CountJobs counts the jobs that are pending, running or failed. The others may be millions, and
// are not counted.
func (s *Store) CountJobs(ctx context.Context) (queue.Counts, error) {
	counts := queue.Counts{}
	rows, err := s.query(ctx, `
		select queue, state, count(*) from jobs where state in ('pending', 'running') group by queue, state
		union all
		select queue, state, count(*) from jobs where state = 'failed' group by queue, state`)
	_, err = collect(rows, err, func(scan func(...any) error) (struct{}, error) {
		var q, state string
		var n int
		if err := scan(&q, &state, &n); err != nil {
			return struct{}{}, err
		}
		if counts[q] == nil {
			counts[q] = map[queue.State]int{}
		}
		counts[q][queue.State(state)] = n
		return struct{}{}, nil
	})
	return counts, wrap("count jobs", err)
}
