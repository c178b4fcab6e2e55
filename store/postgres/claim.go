package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// Claim locks due jobs, lets queue.Admit choose, and writes its choice. After an error some may be running
// under this worker: they are taken over when their lease ends, and looked for first.
func (s *Store) Claim(ctx context.Context, r queue.Request) (queue.Claimed, error) {
	r.Now = row.Time(r.Now)
	var claimed queue.Claimed
	err := s.inTx(ctx, func(t *tx) error {
		claimed = queue.Claimed{}
		return claim(t, r, &claimed)
	})
	if err != nil {
		return queue.Claimed{}, wrap("claim jobs", err)
	}
	return claimed, nil
}

// claim claims jobs; what it leaves queued fills in claimed.Next.
func claim(t *tx, r queue.Request, claimed *queue.Claimed) error {
	shut, err := lockRate(t, r)
	if err != nil {
		return err
	}
	r.N, _ = r.Allowed(shut)
	jobs, err := lockDue(t, r)
	if err != nil {
		return err
	}
	if len(jobs) > 0 {
		a, err := admit(t, jobs, r)
		if err != nil {
			return err
		}
		claimed.Jobs = a.Start
		queueClaimed(t, a, r.Worker)
		shut = queueRate(t, r, shut, len(a.Start))
		if len(jobs) == r.N { // so there may be more, and finding out would take a look at all that run
			claimed.Next = row.Next(r.Now, r, shut)
			return nil
		}
	}
	t.queue(nextJob, r.Queue, stamp(r.Now)).QueryRow(func(got pgx.Row) error {
		var next pgtype.Timestamptz
		err := got.Scan(&next)
		claimed.Next = row.Next(at(next), r, shut)
		return err
	})
	return nil
}

// nextJob finds when the earliest job that waits may start, or, if that is later, when the earliest
// lease ends: all that were due and do not wait are then running.
const nextJob = `
select case when run_at <= $2 then run_at else least(run_at, (
	select min(lease_until) from jobs where queue = $1 and finished_at is null and run_at <= $2)) end
from (select (
	select run_at from jobs where queue = $1 and finished_at is null and lease_until is null
	order by run_at limit 1)) as waiting (run_at)`

// lockRate reads until when a queue is shut for its rate, and makes other claims of it wait. It is
// the first that such a claim locks, and takes jobs that nobody has locked.
func lockRate(t *tx, r queue.Request) (time.Time, error) {
	if r.Every <= 0 {
		return time.Time{}, nil
	}
	var shut pgtype.Timestamptz
	t.queue(`insert into gates (key, shut_until, reason) values ($1, $2, '')
		on conflict (key) do update set reason = gates.reason returning shut_until`,
		queue.RateGate(r.Queue), stamp(r.Now)).QueryRow(value(&shut))
	err := t.send()
	return at(shut), err
}

// queueRate queues the taking of n starts, and returns until when the queue is shut then.
func queueRate(t *tx, r queue.Request, shut time.Time, n int) time.Time {
	if r.Every <= 0 || n == 0 {
		return shut
	}
	until := r.Taken(shut, n)
	t.queue(`update gates set shut_until = $2 where key = $1`, queue.RateGate(r.Queue), stamp(until))
	return until
}

func lockDue(t *tx, r queue.Request) ([]queue.Job, error) {
	if r.N <= 0 {
		return nil, nil
	}
	var jobs []queue.Job
	t.queue(`select `+claimColumns+` from jobs
		where queue = $1 and finished_at is null and run_at <= $2 and (lease_until is null or lease_until <= $2)
		order by run_at limit $3 for update skip locked`, r.Queue, stamp(r.Now), r.N).
		Query(into(&jobs, row.Claimed[timestamp]))
	err := t.send()
	return jobs, err
}

// admit lets queue.Admit choose, and takes the paces that its choice uses. A pace that another
// replica took since it was read is shut; the jobs behind it are then put off.
func admit(t *tx, jobs []queue.Job, r queue.Request) (queue.Admission, error) {
	shut, err := readGates(t, jobs, r)
	if err != nil {
		return queue.Admission{}, err
	}
	a := queue.Admit(jobs, shut, r)
	if len(a.Paced) == 0 {
		return a, nil
	}
	lost, err := takePaces(t, a.Paced, r)
	if err != nil || len(lost) == 0 {
		return a, err
	}
	for key, until := range lost {
		shut[key] = until
	}
	return queue.Admit(jobs, shut, r), nil
}

// readGates reads until when the keys are shut that jobs name.
func readGates(t *tx, jobs []queue.Job, r queue.Request) (map[string]time.Time, error) {
	shut := map[string]time.Time{}
	for _, j := range jobs {
		for _, k := range row.GateKeys(j, r) {
			shut[k] = time.Time{}
		}
	}
	if len(shut) == 0 {
		return shut, nil
	}
	keys := make([]string, 0, len(shut))
	for k := range shut {
		keys = append(keys, k)
	}
	t.queue(`select key, shut_until from gates where key = any($1)`, keys).Query(func(rows pgx.Rows) error {
		return collectGates(rows, shut)
	})
	return shut, t.send()
}

func collectGates(rows pgx.Rows, shut map[string]time.Time) error {
	var key string
	var until pgtype.Timestamptz
	_, err := pgx.ForEachRow(rows, []any{&key, &until}, func() error {
		shut[key] = at(until)
		return nil
	})
	return err
}

// takePaces shuts the paces that are still open at r.Now, and returns those that are not.
func takePaces(t *tx, paced map[string]time.Time, r queue.Request) (lost map[string]time.Time, err error) {
	keys := make([]string, 0, len(paced))
	for k := range paced {
		keys = append(keys, k)
	}
	slices.Sort(keys) // so that two replicas never wait for each other
	until := make([]pgtype.Timestamptz, len(keys))
	for i, k := range keys {
		until[i] = stamp(paced[k])
	}
	taken := map[string]bool{}
	t.queue(`insert into gates (key, shut_until, reason)
		select key, until, '' from unnest($1::text[], $2::timestamptz[]) as u (key, until)
		on conflict (key) do update set shut_until = excluded.shut_until where gates.shut_until <= $3
		returning key`, keys, until, stamp(r.Now)).Query(func(rows pgx.Rows) error {
		ks, err := collect(rows, nil, row.Value[string])
		for _, k := range ks {
			taken[k] = true
		}
		return err
	})
	if err := t.send(); err != nil || len(taken) == len(keys) {
		return nil, err
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return taken[k] })
	lost = map[string]time.Time{}
	t.queue(`select key, shut_until from gates where key = any($1)`, keys).Query(func(rows pgx.Rows) error {
		return collectGates(rows, lost)
	})
	return lost, t.send()
}

// queueClaimed queues the writing of what was admitted.
func queueClaimed(t *tx, a queue.Admission, worker string) {
	n := len(a.Start) + len(a.Defer)
	id := make([]pgtype.UUID, 0, n)
	wait, lease := make([]pgtype.Timestamptz, n), make([]pgtype.Timestamptz, n) // one or the other
	first, last := make([]pgtype.Timestamptz, 0, n), make([]pgtype.Timestamptz, 0, n)
	attempts, looks, fence := make([]int32, 0, n), make([]int32, 0, n), make([]int64, 0, n)
	state := make([]string, 0, n)
	for _, jobs := range [][]queue.Job{a.Start, a.Defer} {
		for _, j := range jobs {
			id = append(id, uuids([]string{j.ID})...)
			state = append(state, string(j.State))
			if until := stamp(j.RunAt); j.State == queue.Running {
				lease[len(state)-1] = until
			} else {
				wait[len(state)-1] = until
			}
			first, last = append(first, stamp(j.FirstSent)), append(last, stamp(j.LastSent))
			attempts, looks = append(attempts, int32(j.Attempts)), append(looks, int32(j.Looks))
			fence = append(fence, j.Fence)
		}
	}
	t.queue(`update jobs j set state = u.state, run_at = coalesce(u.wait, j.run_at), lease_until = u.lease,
			attempts = u.attempts, looks = u.looks, fence = u.fence, first_sent = u.first_sent,
			last_sent = u.last_sent, behind = (u.state = 'pending'),
			worker = case u.state when 'running' then $10 else j.worker end
		from (select unnest($1::uuid[]) as id, unnest($2::text[]) as state, unnest($3::timestamptz[]) as wait,
			unnest($4::timestamptz[]) as lease, unnest($5::integer[]) as attempts, unnest($6::integer[]) as looks,
			unnest($7::bigint[]) as fence, unnest($8::timestamptz[]) as first_sent,
			unnest($9::timestamptz[]) as last_sent) u
		where j.id = u.id`, id, state, wait, lease, attempts, looks, fence, first, last, worker)
}
