package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// addJob adds a job if its key does not exist yet, and returns whether it did.
func (t *tx) addJob(j queue.New, created time.Time) (bool, error) {
	payload := append([]byte{}, j.Payload...) // never null
	state, runAt, notBefore := row.Began(j)
	n, err := t.exec(`insert into jobs (id, key, queue, state, run_at, max_attempts, created_at, pace,
			gates, look_gates, payload, expires_at, not_before, timeout, graph, held, awaited_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing`,
		j.ID, j.Key, j.Queue, string(state), stamp(runAt), j.MaxAttempts, stamp(created), j.Pace,
		row.Keys(j.Gates), row.Keys(j.LookGates), payload, stamp(j.Expires), stamp(notBefore),
		j.Timeout.Microseconds(), j.Graph, j.Held, stamp(j.Awaited))
	return n == 1, err
}

// addJobs adds jobs, and links those that come after others; see queue.Link.
func (t *tx) addJobs(jobs []queue.New, created func(queue.New) time.Time, forgiving bool) error {
	if !slices.ContainsFunc(jobs, func(j queue.New) bool { return len(j.After) > 0 }) {
		for _, j := range jobs {
			if _, err := t.addJob(j, created(j)); err != nil {
				return err
			}
		}
		return nil
	}
	ordered, err := queue.InOrder(jobs)
	if err != nil {
		return err
	}
	l := queue.Linking{There: map[string]string{}, Forgiving: forgiving}
	for _, j := range ordered {
		added, err := t.addJob(j, created(j))
		if err != nil {
			return err
		}
		if added {
			l.Jobs = append(l.Jobs, j)
			continue
		}
		rows, err := t.query(`select id from jobs where key = ?`, j.Key)
		ids, err := collect(rows, err, row.Value[string])
		if err != nil {
			return err
		}
		l.There[j.ID] = ids[0]
	}
	return queue.Link(graph{t}, l, created(ordered[len(ordered)-1]))
}

func (s *Store) AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error {
	whole := slices.ContainsFunc(jobs, row.Waits)
	for len(jobs) > 0 {
		n := min(len(jobs), 4*maxWrite)
		if whole {
			n = len(jobs)
		}
		err := s.w.do(ctx, false, func(t *tx) error {
			return t.addJobs(jobs[:n], func(queue.New) time.Time { return now }, false)
		})
		if err != nil {
			return wrap("add jobs", err)
		}
		for _, j := range jobs[:n] {
			s.hub.Notify(wake.Jobs(j.Queue))
		}
		jobs = jobs[n:]
	}
	return nil
}

func (s *Store) wake(queues []string) {
	for _, q := range queues {
		s.hub.Notify(wake.Jobs(q))
	}
}
