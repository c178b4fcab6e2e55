package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// claimColumns are all that a claim needs, jobColumns all that there is. run_at of a running job is,
// to the engine, when its lease ends.
const (
	claimColumns = `id, key, queue, payload, coalesce(lease_until, run_at), max_attempts, pace, gates, look_gates, state,
	created_at, attempts, looks, fence, worker, first_sent, last_sent, last_error, expires_at, timeout, awaited_at`
	jobColumns = claimColumns + `, not_before, held, graph, waits, coalesce(cause::text, ''), cancelling, finished_at,
	result_status, result`
)

func (s *Store) Jobs(ctx context.Context, f queue.Filter) ([]queue.Job, error) {
	from, paged, err := f.Position()
	if err != nil {
		return nil, wrap("list jobs", err)
	}
	id, err := uuid(from.ID)
	if paged && err != nil {
		return nil, wrap("list jobs", err)
	}
	limit := pgtype.Int8{Int64: int64(f.Limit), Valid: f.Limit > 0}
	rows, err := s.query(ctx, `select `+jobColumns+` from jobs
		where ($1 = '' or queue = $1) and ($2 = '' or state = $2) and ($4::timestamptz is null or created_at < $4)
			and ($5 = '' or graph = $5)
			and ($6 = '' or strpos(lower(concat_ws(' ', id, key, graph, last_error)), lower($6)) > 0)
			and ($7::timestamptz is null or (coalesce(lease_until, run_at), created_at, id) > ($7, $8, $9))
		order by 5, created_at, id limit $3`,
		f.Queue, string(f.State), limit, stamp(f.CreatedBefore), f.Graph, f.Text, stamp(from.RunAt), stamp(from.CreatedAt), id)
	jobs, err := collect(rows, err, row.Job[timestamp])
	return jobs, wrap("list jobs", err)
}

func (s *Store) JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error) {
	rows, err := s.query(ctx, `select `+jobColumns+` from jobs where key = any($1)`, slices.Clone(keys))
	jobs, err := collect(rows, err, row.Job[timestamp])
	return jobs, wrap("read jobs", err)
}

func (s *Store) ShowJob(ctx context.Context, id string) (queue.Details, error) {
	var d queue.Details
	list := func(where string, arg any) ([]queue.Job, error) {
		rows, err := s.query(ctx, `select `+jobColumns+` from jobs where `+where+` order by key`, arg)
		jobs, err := collect(rows, err, row.Job[timestamp])
		return jobs, wrap("show job", err)
	}
	found, err := list(`id = any($1)`, uuids([]string{id}))
	if err != nil {
		return d, err
	}
	if len(found) == 0 {
		return d, &queue.UnknownError{ID: id}
	}
	d.Job = found[0]
	if d.Before, err = list(`id in (select after from job_edges where job = $1)`, id); err != nil {
		return d, err
	}
	if d.Behind, err = list(`id in (select job from job_edges where after = $1)`, id); err != nil {
		return d, err
	}
	for _, b := range d.Before {
		d.After = append(d.After, b.ID)
	}
	rows, err := s.query(ctx, `select `+row.AttemptColumns+` from job_attempts where job = $1 order by fence`, id)
	d.Log, err = collect(rows, err, row.Attempt[timestamp])
	return d, wrap("show job", err)
}

func (s *Store) CountJobs(ctx context.Context) (queue.Counts, error) {
	stats, err := s.JobStats(ctx, time.Time{}, time.Time{})
	return queue.CountsOf(stats), err
}

func (s *Store) JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error) {
	rows, err := s.query(ctx, `
		select queue, state, count(*), min(case state when 'held' then created_at when 'running' then last_sent
			else coalesce(first_sent, case when behind then created_at else run_at end) end)
		from jobs where finished_at is null group by queue, state
		union all
		select queue, state, count(*), min(finished_at) from jobs where failed group by queue, state
		union all
		select queue, state, count(*), min(finished_at) from jobs
		where finished_at is not null and finished_at >= $1 and not failed group by queue, state
		order by queue, state`, stamp(finishedSince))
	stats, err := collect(rows, err, row.Stat[timestamp](now))
	return stats, wrap("count jobs", err)
}
