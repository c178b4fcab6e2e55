package postgres

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// Finish writes all rows in one transaction.
func (s *Store) Finish(ctx context.Context, now time.Time, rows []queue.Finished) ([]bool, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if err := row.CheckEffects(rows); err != nil {
		return nil, err
	}
	var written []bool
	recalled := s.recent.Recall(subjects(rows))
	err := s.inTx(ctx, func(t *tx) (err error) {
		written, err = finish(t, now, rows, recalled)
		return err
	})
	return written, wrap("finish jobs", err)
}

func finish(t *tx, now time.Time, rows []queue.Finished, recalled map[string]escalation.Timeline) ([]bool, error) {
	written := make([]bool, len(rows))
	var watched []string
	if err := queueFinished(t, now, rows, written, &watched); err != nil {
		return nil, err
	}
	if err := t.send(); err != nil {
		return nil, err
	}
	if err := applyEffects(t, effective(rows, written), recalled); err != nil {
		return nil, err
	}
	queueShut(t, shutBy(rows, written))
	queueKept(t, rows, written)
	if len(watched) == 0 {
		return written, nil
	}
	woken, cancelled, err := queue.Settle(graph{t}, watched, now)
	queueWoken(t, woken)
	if err != nil {
		return nil, err
	}
	return written, applyCancelled(t, cancelled)
}

// queueFinished queues the writing of rows, in the order of their ids so that no two such
// statements ever wait for each other. It fills in which were written, and which of those somebody
// watches.
func queueFinished(t *tx, now time.Time, finished []queue.Finished, written []bool, watched *[]string) error {
	order := make([]int, len(finished))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(finished[a].ID, finished[b].ID) })
	n := len(finished)
	id, ord := make([]pgtype.UUID, 0, n), make([]int32, 0, n)
	state, lastError := make([]string, 0, n), make([]string, 0, n)
	fence, run := make([]int64, 0, n), make([]pgtype.Timestamptz, 0, n)
	attempts, looks, behind := make([]int32, 0, n), make([]int32, 0, n), make([]bool, 0, n)
	for _, i := range order {
		f := finished[i]
		u, err := uuid(f.ID)
		if err != nil {
			return err
		}
		id, ord = append(id, u), append(ord, int32(i))
		state, lastError = append(state, string(f.State)), append(lastError, f.LastError)
		fence, run = append(fence, f.Fence), append(run, stamp(f.RunAt))
		attempts, looks = append(attempts, int32(f.Attempts)), append(looks, int32(f.Looks))
		behind = append(behind, f.Shut != nil)
	}
	t.queue(`update jobs j set state = u.state, run_at = u.run_at, lease_until = null, attempts = u.attempts,
			looks = u.looks, last_error = u.last_error, failed = (u.state = 'failed'),
			behind = u.behind and u.state = 'pending',
			finished_at = case when u.state <> 'pending' then $10::timestamptz end
		from (select unnest($1::uuid[]) as id, unnest($2::integer[]) as ord, unnest($3::bigint[]) as fence,
			unnest($4::text[]) as state, unnest($5::timestamptz[]) as run_at, unnest($6::integer[]) as attempts,
			unnest($7::integer[]) as looks, unnest($8::text[]) as last_error, unnest($9::boolean[]) as behind) u
		where j.id = u.id and j.fence = u.fence and j.state = 'running'
		returning u.ord, j.watched`, id, ord, fence, state, run, attempts, looks, lastError, behind, stamp(now)).
		Query(func(rows pgx.Rows) error {
			var i int
			var seen bool
			_, err := pgx.ForEachRow(rows, []any{&i, &seen}, func() error {
				written[i] = true
				if seen {
					*watched = append(*watched, finished[i].ID)
				}
				return nil
			})
			return err
		})
	return nil
}

// queueKept queues the keeping of what was answered, and of what attempts came to that did not
// succeed at once. Few rows have either.
func queueKept(t *tx, rows []queue.Finished, written []bool) {
	for i, f := range rows {
		if !written[i] {
			continue
		}
		if f.Result != (queue.Result{}) {
			t.queue(`update jobs set result_status = $2, result = $3 where id = $1`, uuids([]string{f.ID})[0], f.Result.Status, f.Result.Body)
		}
		if a := f.Log; a != nil {
			id := uuids([]string{f.ID})[0]
			t.queue(`insert into job_attempts (job, fence, number, looking, at, kind, error) values ($1, $2, $3, $4, $5, $6, $7)`,
				id, f.Fence, a.Number, a.Looking, stamp(a.At), string(a.Kind), a.Error)
			t.queue(`delete from job_attempts where job = $1 and fence <= $2`, id, f.Fence-queue.MostAttempts)
		}
	}
}

// shutBy returns the gates that the written rows shut.
func shutBy(rows []queue.Finished, written []bool) []queue.Gate {
	var gates []queue.Gate
	for i, f := range rows {
		if written[i] && f.Shut != nil {
			gates = append(gates, *f.Shut)
		}
	}
	return row.LongestShut(gates)
}

func (s *Store) Renew(ctx context.Context, jobs []queue.Job, until time.Time) error {
	sorted := slices.SortedFunc(slices.Values(jobs), func(a, b queue.Job) int { return strings.Compare(a.ID, b.ID) })
	id, fence := make([]pgtype.UUID, 0, len(jobs)), make([]int64, 0, len(jobs))
	for _, j := range sorted {
		u, err := uuid(j.ID)
		if err != nil {
			return wrap("renew leases", err)
		}
		id, fence = append(id, u), append(fence, j.Fence)
	}
	return wrap("renew leases", s.inTx(ctx, func(t *tx) error {
		t.queue(`update jobs j set lease_until = $3 from unnest($1::uuid[], $2::bigint[]) as u (id, fence)
			where j.id = u.id and j.fence = u.fence and j.state = 'running'`, id, fence, stamp(until))
		return nil
	}))
}

// subjects are the timelines that the effects of rows are about, each once, in order.
func subjects(rows []queue.Finished) []string {
	var ids []string
	for _, f := range rows {
		if e, ok := f.Effect.(escalation.Effect); ok {
			ids = append(ids, e.Subjects()...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// effective are the rows that were written and have an effect.
func effective(rows []queue.Finished, written []bool) []queue.Finished {
	var with []queue.Finished
	for i, f := range rows {
		if _, ok := f.Effect.(escalation.Effect); ok && written[i] {
			with = append(with, f)
		}
	}
	return with
}

// applyEffects applies the effects of rows, in their order, and queues the writing of what they change. A
// timeline that was read just before is taken for what it was then, and written if it still has that version:
// most have. Only the others are locked and read.
func applyEffects(t *tx, rows []queue.Finished, recalled map[string]escalation.Timeline) error {
	ids := subjects(rows)
	guess := effects{of: map[string]*escalation.Timeline{}}
	for _, id := range ids {
		if known, ok := recalled[id]; ok {
			known = row.Copy(known)
			guess.of[id] = &known
		}
	}
	written := map[string]bool{}
	if err := guess.queueUpdate(t, rows, written); err != nil {
		return err
	}
	if len(guess.of) > 0 {
		if err := t.send(); err != nil {
			return err
		}
	}
	if err := guess.queueEvents(t, written); err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return written[id] })
	if len(ids) == 0 {
		return nil
	}
	return applyLocked(t, rows, ids)
}

// applyCancelled applies what becomes of the timelines whose jobs somebody cancelled.
func applyCancelled(t *tx, jobs []queue.Job) error {
	effect := escalation.ByHand(jobs)
	if len(effect) == 0 {
		return nil
	}
	return applyEffects(t, []queue.Finished{{Effect: effect}}, nil)
}

// applyLocked does so for the timelines with these ids. One that was purged is no more of interest.
func applyLocked(t *tx, rows []queue.Finished, ids []string) error {
	locked := effects{of: map[string]*escalation.Timeline{}}
	t.queue(`select `+row.TimelineColumns+` from timelines where id = any($1) order by id for update`, uuids(ids)).
		Query(func(rows pgx.Rows) error {
			ts, err := collect(rows, nil, row.Timeline[timestamp])
			for i := range ts {
				locked.of[ts[i].ID] = &ts[i]
			}
			return err
		})
	if err := t.send(); err != nil {
		return err
	}
	if err := locked.queueUpdate(t, rows, map[string]bool{}); err != nil {
		return err
	}
	found := map[string]bool{}
	for id := range locked.of {
		found[id] = true
	}
	return locked.queueEvents(t, found)
}

// effects are timelines to which the effects of rows are applied, and what happened to them.
type effects struct {
	of     map[string]*escalation.Timeline
	events []escalation.Event
}

// queueUpdate applies the effects of rows, and queues the writing of the timelines that they change, in the
// order of their ids, so that no two such statements ever wait for each other.
func (e *effects) queueUpdate(t *tx, rows []queue.Finished, written map[string]bool) error {
	changed := map[string]bool{}
	for _, f := range rows {
		effect := f.Effect.(escalation.Effect)
		for _, id := range effect.Subjects() {
			if e.of[id] == nil {
				continue
			}
			events, did := effect.Apply(e.of[id])
			e.events = append(e.events, events...)
			changed[id] = changed[id] || did
		}
	}
	var c timelineRows
	for _, id := range slices.Sorted(maps.Keys(changed)) {
		if !changed[id] {
			continue
		}
		if err := c.add(*e.of[id]); err != nil {
			return err
		}
	}
	if len(c.id) > 0 {
		c.queueUpdate(t, written)
	}
	return nil
}

// queueEvents queues the writing of what happened to the timelines named.
func (e *effects) queueEvents(t *tx, named map[string]bool) error {
	var rows eventRows
	for _, event := range e.events {
		if named[event.Timeline] {
			if err := rows.add(event); err != nil {
				return err
			}
		}
	}
	rows.queueInsert(t)
	return nil
}
