package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// claimColumns are all that a claim needs, jobColumns all that there is.
const (
	claimColumns = `id, key, queue, payload, run_at, max_attempts, pace, gates, look_gates, state,
	created_at, attempts, looks, fence, worker, first_sent, last_sent, last_error, expires_at, timeout, awaited_at`
	jobColumns = claimColumns + `, not_before, held, graph, waits, cause, cancelling, finished_at, result_status, result`
)

func (s *Store) Jobs(ctx context.Context, f queue.Filter) ([]queue.Job, error) {
	from, _, err := f.Position()
	if err != nil {
		return nil, wrap("list jobs", err)
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	return read(ctx, s, "list jobs", row.Job[timestamp], `select `+jobColumns+` from jobs
		where (?1 = '' or queue = ?1) and (?2 = '' or state = ?2) and (?4 is null or created_at < ?4)
			and (?5 = '' or graph = ?5)
			and (?6 = '' or instr(lower(id || ' ' || key || ' ' || graph || ' ' || last_error), lower(?6)) > 0)
			and (?7 is null or (run_at, created_at, id) > (?7, ?8, ?9))
		order by run_at, created_at, id limit ?3`, f.Queue, string(f.State), limit, stamp(f.CreatedBefore), f.Graph, f.Text,
		stamp(from.RunAt), stamp(from.CreatedAt), from.ID)
}

func (s *Store) JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error) {
	return read(ctx, s, "read jobs", row.Job[timestamp],
		`select `+jobColumns+` from jobs where key in (select value from json_each(?))`, list(keys))
}

func (s *Store) ShowJob(ctx context.Context, id string) (queue.Details, error) {
	var d queue.Details
	list := func(where string) ([]queue.Job, error) {
		return read(ctx, s, "show job", row.Job[timestamp],
			`select `+jobColumns+` from jobs where `+where+` order by key`, id)
	}
	found, err := list(`id = ?`)
	if err != nil {
		return d, err
	}
	if len(found) == 0 {
		return d, &queue.UnknownError{ID: id}
	}
	d.Job = found[0]
	if d.Before, err = list(`id in (select after from job_edges where job = ?)`); err != nil {
		return d, err
	}
	if d.Behind, err = list(`id in (select job from job_edges where after = ?)`); err != nil {
		return d, err
	}
	for _, b := range d.Before {
		d.After = append(d.After, b.ID)
	}
	d.Log, err = read(ctx, s, "show job", row.Attempt[timestamp], `select `+row.AttemptColumns+` from job_attempts where job = ? order by fence`, id)
	return d, err
}

func (s *Store) CountJobs(ctx context.Context) (queue.Counts, error) {
	stats, err := s.JobStats(ctx, time.Time{}, time.Time{})
	return queue.CountsOf(stats), err
}

func (s *Store) JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error) {
	return read(ctx, s, "count jobs", row.Stat[timestamp](now), `
		select queue, state, count(*), min(case state when 'running' then last_sent
			else coalesce(first_sent, case when behind then created_at else run_at end) end)
		from jobs where state in ('pending', 'running') group by queue, state
		union all
		select queue, state, count(*), min(created_at) from jobs where state = 'held' group by queue, state
		union all
		select queue, state, count(*), min(finished_at) from jobs where state = 'failed' group by queue, state
		union all
		select queue, state, count(*), min(finished_at) from jobs
		where finished_at is not null and finished_at >= ? and state <> 'failed' group by queue, state
		order by queue, state`, stamp(finishedSince))
}

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
		ids, err := readIn(t, row.Value[string], `select id from jobs where key = ?`, j.Key)
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
