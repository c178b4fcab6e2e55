package postgres

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

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
