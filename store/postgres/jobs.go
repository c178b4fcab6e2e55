package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
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
	return read(ctx, s, "list jobs", row.Job[timestamp], `select `+jobColumns+` from jobs
		where ($1 = '' or queue = $1) and ($2 = '' or state = $2) and ($4::timestamptz is null or created_at < $4)
			and ($5 = '' or graph = $5)
			and ($6 = '' or strpos(lower(concat_ws(' ', id, key, graph, last_error)), lower($6)) > 0)
			and ($7::timestamptz is null or (coalesce(lease_until, run_at), created_at, id) > ($7, $8, $9))
		order by 5, created_at, id limit $3`,
		f.Queue, string(f.State), limit, stamp(f.CreatedBefore), f.Graph, f.Text, stamp(from.RunAt), stamp(from.CreatedAt), id)
}

func (s *Store) JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error) {
	return read(ctx, s, "read jobs", row.Job[timestamp],
		`select `+jobColumns+` from jobs where key = any($1)`, slices.Clone(keys))
}

func (s *Store) ShowJob(ctx context.Context, id string) (queue.Details, error) {
	var d queue.Details
	list := func(where string, arg any) ([]queue.Job, error) {
		return read(ctx, s, "show job", row.Job[timestamp],
			`select `+jobColumns+` from jobs where `+where+` order by key`, arg)
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
	d.Log, err = read(ctx, s, "show job", row.Attempt[timestamp], `select `+row.AttemptColumns+` from job_attempts where job = $1 order by fence`, id)
	return d, err
}

func (s *Store) CountJobs(ctx context.Context) (queue.Counts, error) {
	stats, err := s.JobStats(ctx, time.Time{}, time.Time{})
	return queue.CountsOf(stats), err
}

func (s *Store) JobStats(ctx context.Context, now, finishedSince time.Time) ([]queue.Stat, error) {
	return read(ctx, s, "count jobs", row.Stat[timestamp](now), `
		select queue, state, count(*), min(case state when 'held' then created_at when 'running' then last_sent
			else coalesce(first_sent, case when behind then created_at else run_at end) end)
		from jobs where finished_at is null group by queue, state
		union all
		select queue, state, count(*), min(finished_at) from jobs where failed group by queue, state
		union all
		select queue, state, count(*), min(finished_at) from jobs
		where finished_at is not null and finished_at >= $1 and not failed group by queue, state
		order by queue, state`, stamp(finishedSince))
}

// jobRows are new jobs as columns. Jobs that wait for others or for their release are kept apart.
type jobRows struct {
	id               []pgtype.UUID
	key, queue, pace []string
	payload          [][]byte
	run, created     []pgtype.Timestamptz
	expires, awaited []pgtype.Timestamptz
	maxAttempts      []int32
	gates, lookGates []string

	waiting []queue.New
	at      []time.Time // when each of them was made
}

func (c *jobRows) add(j queue.New, created time.Time) error {
	id, err := uuid(j.ID)
	if err != nil {
		return err
	}
	if row.Waits(j) {
		c.waiting, c.at = append(c.waiting, j), append(c.at, created)
		return nil
	}
	c.id = append(c.id, id)
	c.key = append(c.key, j.Key)
	c.queue = append(c.queue, j.Queue)
	c.pace = append(c.pace, j.Pace)
	c.payload = append(c.payload, notNull(j.Payload))
	c.run = append(c.run, stamp(j.RunAt))
	c.created = append(c.created, stamp(created))
	c.expires, c.awaited = append(c.expires, stamp(j.Expires)), append(c.awaited, stamp(j.Awaited))
	c.maxAttempts = append(c.maxAttempts, int32(j.MaxAttempts))
	c.gates = append(c.gates, row.Keys(j.Gates))
	c.lookGates = append(c.lookGates, row.Keys(j.LookGates))
	return nil
}

// notNull is b; nil is empty, not null.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (c *jobRows) queueInsert(t *tx) {
	if len(c.id) == 0 {
		return
	}
	t.queue(`insert into jobs (state, id, key, queue, pace, payload, run_at, created_at, max_attempts,
			gates, look_gates, expires_at, awaited_at)
		select 'pending', unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]),
			unnest($5::bytea[]), unnest($6::timestamptz[]), unnest($7::timestamptz[]), unnest($8::integer[]),
			unnest($9::text[]), unnest($10::text[]), unnest($11::timestamptz[]), unnest($12::timestamptz[])
		on conflict (key) do nothing`,
		c.id, c.key, c.queue, c.pace, c.payload, c.run, c.created, c.maxAttempts, c.gates, c.lookGates, c.expires, c.awaited)
}

// insertWaiting inserts the jobs that are kept apart, after the others, and links them.
func (c *jobRows) insertWaiting(t *tx, forgiving bool) error {
	if len(c.waiting) == 0 {
		return nil
	}
	ordered, err := queue.InOrder(c.waiting)
	if err != nil {
		return err
	}
	added := map[string]bool{}
	for i, j := range c.waiting {
		queueInsertWaiting(t, j, c.at[i], added)
	}
	there := map[string]string{}
	c.queueThere(t, there)
	if err := t.send(); err != nil {
		return err
	}
	l := queue.Linking{There: there, Forgiving: forgiving}
	for _, j := range ordered {
		if added[j.ID] {
			l.Jobs = append(l.Jobs, j)
		}
	}
	return queue.Link(graph{t}, l, c.at[len(c.at)-1])
}

func queueInsertWaiting(t *tx, j queue.New, created time.Time, added map[string]bool) {
	state, runAt, notBefore := row.Began(j)
	t.queue(`insert into jobs (id, key, queue, state, run_at, not_before, max_attempts, created_at, pace, gates,
			look_gates, payload, expires_at, timeout, graph, held, awaited_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict (key) do nothing`,
		j.ID, j.Key, j.Queue, string(state), stamp(runAt), stamp(notBefore), j.MaxAttempts, stamp(created), j.Pace,
		row.Keys(j.Gates), row.Keys(j.LookGates), notNull(j.Payload), stamp(j.Expires),
		j.Timeout.Microseconds(), j.Graph, j.Held, stamp(j.Awaited)).Exec(func(tag pgconn.CommandTag) error {
		added[j.ID] = tag.RowsAffected() == 1
		return nil
	})
}

// queueThere queues a look for the jobs that have the keys of those in c, for these that were not
// added because of that.
func (c *jobRows) queueThere(t *tx, there map[string]string) {
	ids := map[string]string{} // by key
	var keys []string
	for i, key := range c.key {
		keys, ids[key] = append(keys, key), c.id[i].String()
	}
	for _, j := range c.waiting {
		keys, ids[j.Key] = append(keys, j.Key), j.ID
	}
	t.queue(`select key, id from jobs where key = any($1)`, keys).Query(func(rows pgx.Rows) error {
		var key, id string
		_, err := pgx.ForEachRow(rows, []any{&key, &id}, func() error {
			if ids[key] != id {
				there[ids[key]] = id
			}
			return nil
		})
		return err
	})
}

func (s *Store) AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error {
	var c jobRows
	var queues []string
	told := map[string]bool{}
	for _, j := range jobs {
		if err := c.add(j, now); err != nil {
			return wrap("add jobs", err)
		}
		if !told[j.Queue] {
			told[j.Queue] = true
			queues = append(queues, j.Queue)
		}
	}
	return wrap("add jobs", s.inTx(ctx, func(t *tx) error {
		c.queueInsert(t)
		if err := c.insertWaiting(t, false); err != nil {
			return err
		}
		queueWoken(t, queues)
		return nil
	}))
}

// queueWoken queues the waking of queues.
func queueWoken(t *tx, queues []string) {
	for _, q := range queues {
		queueNotify(t, wake.Jobs(q))
	}
}
