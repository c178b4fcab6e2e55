package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// run_at of a running job is, to the engine, when its lease ends.
const jobColumns = `id, key, queue, payload, coalesce(lease_until, run_at), max_attempts, pace, gates, look_gates, state,
	created_at, attempts, looks, fence, worker, first_sent, last_sent, last_error, expires_at`

func scanJob(r pgx.CollectableRow) (queue.Job, error) {
	var j queue.Job
	var run, created, first, last, expires pgtype.Timestamptz
	var gates, lookGates string
	err := r.Scan(&j.ID, &j.Key, &j.Queue, &j.Payload, &run, &j.MaxAttempts, &j.Pace, &gates, &lookGates,
		&j.State, &created, &j.Attempts, &j.Looks, &j.Fence, &j.Worker, &first, &last, &j.LastError, &expires)
	j.RunAt, j.CreatedAt, j.FirstSent, j.LastSent = at(run), at(created), at(first), at(last)
	j.Expires = at(expires)
	j.Gates, j.LookGates = row.ParseKeys(gates), row.ParseKeys(lookGates)
	return j, err
}

// jobRows are new jobs as columns.
type jobRows struct {
	id               []pgtype.UUID
	key, queue, pace []string
	payload          [][]byte
	run, created     []pgtype.Timestamptz
	expires          []pgtype.Timestamptz
	maxAttempts      []int32
	gates, lookGates []string
}

func (c *jobRows) add(j queue.New, created time.Time) error {
	id, err := uuid(j.ID)
	if err != nil {
		return err
	}
	c.id = append(c.id, id)
	c.key = append(c.key, j.Key)
	c.queue = append(c.queue, j.Queue)
	c.pace = append(c.pace, j.Pace)
	c.payload = append(c.payload, append([]byte{}, j.Payload...)) // never null
	c.run = append(c.run, stamp(j.RunAt))
	c.created = append(c.created, stamp(created))
	c.expires = append(c.expires, stamp(j.Expires))
	c.maxAttempts = append(c.maxAttempts, int32(j.MaxAttempts))
	c.gates = append(c.gates, row.Keys(j.Gates))
	c.lookGates = append(c.lookGates, row.Keys(j.LookGates))
	return nil
}

func (c *jobRows) queueInsert(t *tx) {
	if len(c.id) == 0 {
		return
	}
	t.queue(`insert into jobs (state, id, key, queue, pace, payload, run_at, created_at, max_attempts,
			gates, look_gates, expires_at)
		select 'pending', u.* from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[],
			$6::timestamptz[], $7::timestamptz[], $8::integer[], $9::text[], $10::text[], $11::timestamptz[]) u
		on conflict (key) do nothing`,
		c.id, c.key, c.queue, c.pace, c.payload, c.run, c.created, c.maxAttempts, c.gates, c.lookGates, c.expires)
}

// AddJobs adds jobs whose keys are not there yet, and wakes their queues. Called again after an
// error, it adds what is missing.
func (s *Store) AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error {
	var c jobRows
	told := map[string]bool{}
	for _, j := range jobs {
		if err := c.add(j, now); err != nil {
			return wrap("add jobs", err)
		}
	}
	return wrap("add jobs", s.inTx(ctx, func(t *tx) error {
		c.queueInsert(t)
		clear(told)
		for _, q := range c.queue {
			if !told[q] {
				told[q] = true
				queueNotify(t, wake.Jobs(q))
			}
		}
		return nil
	}))
}

// Jobs lists jobs, those that come first first.
func (s *Store) Jobs(ctx context.Context, f queue.Filter) ([]queue.Job, error) {
	limit := pgtype.Int8{Int64: int64(f.Limit), Valid: f.Limit > 0}
	rows, err := s.query(ctx, `select `+jobColumns+` from jobs
		where ($1 = '' or queue = $1) and ($2 = '' or state = $2) order by 5, created_at, id limit $3`,
		f.Queue, string(f.State), limit)
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

// CountJobs counts the jobs that are pending, running or failed. The others may be millions, and
// are not counted.
func (s *Store) CountJobs(ctx context.Context) (queue.Counts, error) {
	rows, err := s.query(ctx, `
		select queue, state, count(*) from jobs where finished_at is null group by queue, state
		union all
		select queue, state, count(*) from jobs where failed group by queue, state`)
	if err != nil {
		return nil, wrap("count jobs", err)
	}
	counts := queue.Counts{}
	var q, state string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&q, &state, &n}, func() error {
		if counts[q] == nil {
			counts[q] = map[queue.State]int{}
		}
		counts[q][queue.State(state)] = n
		return nil
	})
	return counts, wrap("count jobs", err)
}
