package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// graph is a transaction as queue.Graph. Whoever waited for a lock reads what the other one left: each
// statement has a snapshot of its own.
type graph struct{ t *tx }

func (g graph) Lock(ids []string) ([]queue.Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var jobs []queue.Job
	g.t.queue(`select `+jobColumns+` from jobs where id = any($1) order by id for update`, uuids(ids)).
		Query(into(&jobs, row.Job[timestamp]))
	return jobs, g.t.send()
}

func (g graph) Before(ids []string) ([]queue.Edge, error) {
	return g.edges(`select job, after from job_edges where job = any($1)`, ids)
}

func (g graph) Behind(ids []string) ([]queue.Edge, error) {
	return g.edges(`select job, after from job_edges where after = any($1)`, ids)
}

func (g graph) edges(query string, ids []string) ([]queue.Edge, error) {
	var edges []queue.Edge
	g.t.queue(query, uuids(ids)).Query(into(&edges, row.Edge))
	return edges, g.t.send()
}

func (g graph) Join(edges []queue.Edge) error {
	if len(edges) == 0 {
		return nil
	}
	jobs, after := make([]string, len(edges)), make([]string, len(edges))
	for i, e := range edges {
		jobs[i], after[i] = e.Job, e.After
	}
	g.t.queue(`insert into job_edges (job, after) select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing`,
		uuids(jobs), uuids(after))
	g.t.queue(`update jobs set watched = true where id = any($1) and not watched`, uuids(after))
	return g.t.send()
}

func (g graph) Write(jobs []queue.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	n := len(jobs)
	id, cause := make([]pgtype.UUID, n), make([]pgtype.UUID, n)
	state, lastError := make([]string, n), make([]string, n)
	run, finished := make([]pgtype.Timestamptz, n), make([]pgtype.Timestamptz, n)
	parked, held, cancelling := make([]bool, n), make([]bool, n), make([]bool, n)
	waits, attempts, looks := make([]int32, n), make([]int32, n), make([]int32, n)
	for i, j := range jobs {
		if err := id[i].Scan(j.ID); err != nil {
			return err
		}
		if j.Cause != "" {
			if err := cause[i].Scan(j.Cause); err != nil {
				return err
			}
		}
		state[i], lastError[i], run[i], finished[i] = string(j.State), j.LastError, stamp(j.RunAt), stamp(j.FinishedAt)
		parked[i], held[i], cancelling[i] = j.Parked(), j.Held, j.Cancelling
		waits[i], attempts[i], looks[i] = int32(j.Waits), int32(j.Attempts), int32(j.Looks)
	}
	g.t.queue(`update jobs j set state = u.state, held = u.held, waits = u.waits, attempts = u.attempts, looks = u.looks,
			run_at = case when u.state = 'running' then j.run_at when u.parked then $13 else u.run_at end,
			not_before = case when u.parked then u.run_at end,
			lease_until = case when u.state = 'running' then j.lease_until end,
			behind = j.behind and u.state = j.state, failed = (u.state = 'failed'), finished_at = u.finished_at,
			cause = u.cause, cancelling = u.cancelling, watched = j.watched or u.cancelling, last_error = u.last_error
		from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::boolean[], $5::boolean[], $6::integer[], $7::integer[],
			$8::integer[], $9::uuid[], $10::boolean[], $11::text[], $12::timestamptz[])
			as u (id, state, run_at, parked, held, waits, attempts, looks, cause, cancelling, last_error, finished_at)
		where j.id = u.id`,
		id, state, run, parked, held, waits, attempts, looks, cause, cancelling, lastError, finished, stamp(queue.Never))
	return g.t.send()
}

func (s *Store) RetryJob(ctx context.Context, id string, now time.Time) error {
	return wrap("retry job", s.inTx(ctx, func(t *tx) error {
		woken, err := queue.Retry(graph{t}, id, row.Time(now))
		queueWoken(t, woken)
		return err
	}))
}

func (s *Store) CancelJob(ctx context.Context, id string, now time.Time) (j queue.Job, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		j, err = queue.Cancel(graph{t}, id, row.Time(now))
		if err != nil || j.State != queue.Cancelled {
			return err
		}
		return applyCancelled(t, []queue.Job{j})
	})
	return j, wrap("cancel job", err)
}

func (s *Store) ReleaseJobs(ctx context.Context, idOrGraph string, now time.Time) (released int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		ids := uuids([]string{idOrGraph})
		var found []string
		t.queue(`select id::text from jobs where id = any($1)
			union select id::text from jobs where graph = $2 and graph <> ''`, ids, idOrGraph).
			Query(into(&found, row.Value[string]))
		if err := t.send(); err != nil {
			return err
		}
		if len(found) == 0 {
			return &queue.UnknownError{ID: idOrGraph}
		}
		var woken []string
		released, woken, err = queue.Release(graph{t}, found, row.Time(now))
		queueWoken(t, woken)
		return err
	})
	return released, wrap("release jobs", err)
}
