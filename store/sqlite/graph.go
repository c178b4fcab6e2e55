package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// graph is a transaction as queue.Graph. Nobody else writes meanwhile, so there is nothing to lock.
type graph struct{ t *tx }

func (g graph) Lock(ids []string) ([]queue.Job, error) {
	return each(ids, func(id string) ([]queue.Job, error) {
		return readIn(g.t, row.Job[timestamp], `select `+jobColumns+` from jobs where id = ?`, id)
	})
}

func (g graph) Before(ids []string) ([]queue.Edge, error) {
	return each(ids, func(id string) ([]queue.Edge, error) {
		return readIn(g.t, row.Edge, `select job, after from job_edges where job = ?`, id)
	})
}

func (g graph) Behind(ids []string) ([]queue.Edge, error) {
	return each(ids, func(id string) ([]queue.Edge, error) {
		return readIn(g.t, row.Edge, `select job, after from job_edges where after = ?`, id)
	})
}

func each[T any](ids []string, read func(id string) ([]T, error)) ([]T, error) {
	var all []T
	for _, id := range ids {
		some, err := read(id)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (g graph) Join(edges []queue.Edge) error {
	for _, e := range edges {
		if _, err := g.t.exec(`insert into job_edges (job, after) values (?, ?) on conflict do nothing`, e.Job, e.After); err != nil {
			return err
		}
		if _, err := g.t.exec(`update jobs set watched = 1 where id = ? and not watched`, e.After); err != nil {
			return err
		}
	}
	return nil
}

func (g graph) Write(jobs []queue.Job) error {
	for _, j := range jobs {
		runAt, notBefore := j.RunAt, time.Time{}
		if j.Parked() {
			runAt, notBefore = queue.Never, j.RunAt
		}
		if _, err := g.t.exec(`update jobs set behind = behind and state = ?1, state = ?1, held = ?2, waits = ?3, attempts = ?4,
				looks = ?5, run_at = case ?1 when 'running' then run_at else ?6 end, not_before = ?7, finished_at = ?8,
				cause = ?9, cancelling = ?10, watched = watched or ?10, last_error = ?11 where id = ?12`,
			string(j.State), j.Held, j.Waits, j.Attempts, j.Looks, stamp(runAt), stamp(notBefore), stamp(j.FinishedAt),
			j.Cause, j.Cancelling, j.LastError, j.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) RetryJob(ctx context.Context, id string, now time.Time) error {
	var woken []string
	err := s.w.do(ctx, false, func(t *tx) (err error) {
		woken, err = queue.Retry(graph{t}, id, row.Time(now))
		return err
	})
	if err == nil {
		s.wake(woken)
	}
	return wrap("retry job", err)
}

func (s *Store) CancelJob(ctx context.Context, id string, now time.Time) (j queue.Job, err error) {
	err = s.w.do(ctx, false, func(t *tx) (err error) {
		j, err = queue.Cancel(graph{t}, id, row.Time(now))
		if err != nil || j.State != queue.Cancelled {
			return err
		}
		return t.apply(escalation.ByHand([]queue.Job{j}))
	})
	return j, wrap("cancel job", err)
}

func (s *Store) ReleaseJobs(ctx context.Context, idOrGraph string, now time.Time) (released int, err error) {
	var woken []string
	err = s.w.do(ctx, false, func(t *tx) error {
		ids, err := readIn(t, row.Value[string],
			`select id from jobs where id = ?1 union select id from jobs where graph = ?1 and graph <> ''`, idOrGraph)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return &queue.UnknownError{ID: idOrGraph}
		}
		released, woken, err = queue.Release(graph{t}, ids, row.Time(now))
		return err
	})
	if err == nil {
		s.wake(woken)
	}
	return released, wrap("release jobs", err)
}
