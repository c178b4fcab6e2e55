package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// claimColumns are all that a claim needs, jobColumns all that there is. run_at of a running job is,
// to the engine, when its lease ends.
const (
	claimColumns = `id, key, queue, payload, coalesce(lease_until, run_at), max_attempts, pace, gates, look_gates, state,
	created_at, attempts, looks, fence, worker, first_sent, last_sent, last_error, expires_at, timeout`
	jobColumns = claimColumns + `, not_before, held, graph, waits, coalesce(cause::text, ''), cancelling, finished_at,
	result_status, result`
)

func scanClaimed(r pgx.CollectableRow) (queue.Job, error) { return scan(r) }

func scanJob(r pgx.CollectableRow) (queue.Job, error) {
	var notBefore, finished pgtype.Timestamptz
	var more queue.Job
	j, err := scan(r, &notBefore, &more.Held, &more.Graph, &more.Waits, &more.Cause, &more.Cancelling, &finished,
		&more.Result.Status, &more.Result.Body)
	j.Held, j.Graph, j.Waits, j.Cause, j.Cancelling, j.Result = more.Held, more.Graph, more.Waits, more.Cause, more.Cancelling, more.Result
	j.FinishedAt = at(finished)
	if notBefore.Valid {
		j.RunAt = at(notBefore)
	}
	return j, err
}

// scan reads claimColumns, and into more what comes after them.
func scan(r pgx.CollectableRow, more ...any) (queue.Job, error) {
	var j queue.Job
	var run, created, first, last, expires pgtype.Timestamptz
	var gates, lookGates string
	var timeout int64
	err := r.Scan(append([]any{&j.ID, &j.Key, &j.Queue, &j.Payload, &run, &j.MaxAttempts, &j.Pace, &gates, &lookGates,
		&j.State, &created, &j.Attempts, &j.Looks, &j.Fence, &j.Worker, &first, &last, &j.LastError, &expires, &timeout}, more...)...)
	j.RunAt, j.CreatedAt, j.FirstSent, j.LastSent = at(run), at(created), at(first), at(last)
	j.Expires, j.Timeout = at(expires), time.Duration(timeout)*time.Microsecond
	j.Gates, j.LookGates = row.ParseKeys(gates), row.ParseKeys(lookGates)
	return j, err
}

// Jobs lists jobs, those that come first first, and those that wait for others last.
func (s *Store) Jobs(ctx context.Context, f queue.Filter) ([]queue.Job, error) {
	from, paged, err := f.Place()
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
	if err != nil {
		return nil, wrap("list jobs", err)
	}
	jobs, err := pgx.CollectRows(rows, scanJob)
	return jobs, wrap("list jobs", err)
}

// JobsByKey reads jobs in any order. Those that are not there, or no more, are left out.
func (s *Store) JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error) {
	rows, err := s.query(ctx, `select `+jobColumns+` from jobs where key = any($1)`, slices.Clone(keys))
	if err != nil {
		return nil, wrap("read jobs", err)
	}
	jobs, err := pgx.CollectRows(rows, scanJob)
	return jobs, wrap("read jobs", err)
}

// ShowJob tells all about a job. Errors: *queue.UnknownError.
func (s *Store) ShowJob(ctx context.Context, id string) (queue.Details, error) {
	var d queue.Details
	rows, err := s.query(ctx, `select `+jobColumns+` from jobs where id = any($1)`, uuids([]string{id}))
	if err != nil {
		return d, wrap("show job", err)
	}
	d.Job, err = pgx.CollectExactlyOneRow(rows, scanJob)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, &queue.UnknownError{ID: id}
	}
	if err != nil {
		return d, wrap("show job", err)
	}
	for _, side := range []struct {
		jobs  *[]queue.Job
		where string
	}{
		{&d.Before, `id in (select after from job_edges where job = $1)`},
		{&d.Behind, `id in (select job from job_edges where after = $1)`},
	} {
		rows, err := s.query(ctx, `select `+jobColumns+` from jobs where `+side.where+` order by key`, id)
		if err != nil {
			return d, wrap("show job", err)
		}
		if *side.jobs, err = pgx.CollectRows(rows, scanJob); err != nil {
			return d, wrap("show job", err)
		}
	}
	for _, b := range d.Before {
		d.After = append(d.After, b.ID)
	}
	rows, err = s.query(ctx, `select number, looking, at, kind, error from job_attempts where job = $1 order by fence`, id)
	if err != nil {
		return d, wrap("show job", err)
	}
	d.Log, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (a queue.Attempt, err error) {
		var when pgtype.Timestamptz
		err = r.Scan(&a.Number, &a.Looking, &when, &a.Kind, &a.Error)
		a.At = at(when)
		return a, err
	})
	return d, wrap("show job", err)
}

// CountJobs counts the jobs that are held, pending, running or failed. The others may be millions,
// and are not counted.
func (s *Store) CountJobs(ctx context.Context) (queue.Counts, error) {
	stats, err := s.JobStats(ctx, time.Time{}, time.Time{})
	return queue.CountsOf(stats), err
}

// JobStats tells how many jobs each queue has in each state, and since when the oldest of them waits
// at now. Done and cancelled ones count if they finished at finishedSince or later; not at all if that
// is zero.
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
	if err != nil {
		return nil, wrap("count jobs", err)
	}
	stats, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (c queue.Stat, err error) {
		var oldest pgtype.Timestamptz
		err = r.Scan(&c.Queue, &c.State, &c.Jobs, &oldest)
		c.Oldest = row.Oldest(at(oldest), now)
		return c, err
	})
	return stats, wrap("count jobs", err)
}
