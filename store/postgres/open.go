package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) Open(ctx context.Context, ts []escalation.Timeline) ([]escalation.Opened, error) {
	opened, err := s.opens.Do(ctx, ts)
	return opened, wrap("open timelines", err)
}

const insertTimelines = `
with opened as (
	insert into timelines (id, version, workspace, channel, thread_ts, ticket_id, policy, state,
		posted_at, deadline, next_at, asked_at, answered_at, closed_at, breached_at, body, moved_ts)
	select unnest($1::uuid[]), 1, unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
		unnest($6::text[]), unnest($7::text[]), unnest($8::timestamptz[]), unnest($9::timestamptz[]),
		unnest($10::timestamptz[]), unnest($11::timestamptz[]), unnest($12::timestamptz[]),
		unnest($13::timestamptz[]), unnest($14::timestamptz[]), unnest($15::text[]), unnest($18::text[])
	on conflict do nothing
	returning id
), opened_event as (
	insert into history (timeline_id, at, kind, tier, details)
	select e.id, e.at, e.kind, 0, '{}'
	from (select unnest($1::uuid[]) as id, unnest($16::timestamptz[]) as at, unnest($17::text[]) as kind) e
	join opened on opened.id = e.id
)
select id from opened`

// conflicting finds the timeline that a new one conflicts with: one that the same message opened for the
// ticket, otherwise the open one about the same ticket.
const conflicting = `
select u.ord, t.id, true from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
	as u (workspace, channel, thread_ts, ticket_id, ord)
join timelines t on t.workspace = u.workspace and t.channel = u.channel and t.thread_ts = u.thread_ts and t.ticket_id = u.ticket_id
union all
select u.ord, t.id, false from unnest($1::text[], $4::text[]) with ordinality as u (workspace, ticket_id, ord)
join timelines t on t.workspace = u.workspace and t.ticket_id = u.ticket_id and t.state = 'open'`

// openAll opens the timelines of all calls of a batch.
func (s *Store) openAll(ctx context.Context, calls [][]escalation.Timeline) ([][]escalation.Opened, error) {
	type request struct {
		t   escalation.Timeline
		out *escalation.Opened
	}
	var left []request
	outs := make([][]escalation.Opened, len(calls))
	for i, call := range calls {
		outs[i] = make([]escalation.Opened, len(call))
		for k, t := range call {
			left = append(left, request{t, &outs[i][k]})
		}
	}
	// Replicas that open the same messages lock them in the same order.
	slices.SortStableFunc(left, func(a, b request) int { return strings.Compare(a.t.TS, b.t.TS) })

	// The timeline that a new one conflicts with may be closed or purged before it is looked up.
	for range 3 {
		ts := make([]escalation.Timeline, len(left))
		for i, p := range left {
			ts[i] = p.t
		}
		opened, err := s.openOnce(ctx, ts)
		if err != nil {
			return nil, err
		}
		var again []request
		for i, p := range left {
			if *p.out = opened[i]; opened[i].ID == "" {
				again = append(again, p)
			}
		}
		if left = again; len(left) == 0 {
			return outs, nil
		}
	}
	return nil, fmt.Errorf("timeline %s can neither be stored nor found: is its id taken?", left[0].t.ID)
}

// openOnce inserts ts and says for each which timeline is there now, with an empty ID where it found none.
func (s *Store) openOnce(ctx context.Context, ts []escalation.Timeline) ([]escalation.Opened, error) {
	var c timelineRows
	var events eventRows
	for _, t := range ts {
		if err := c.add(t); err != nil {
			return nil, err
		}
		if err := events.add(escalation.Event{Timeline: t.ID, At: t.OpenedAt, Kind: escalation.EventOpened}); err != nil {
			return nil, err
		}
	}
	rows, err := s.query(ctx, insertTimelines, c.id, c.workspace, c.channel, c.thread, c.ticket, c.policy,
		c.state, c.posted, c.deadline, c.next, c.asked, c.answered, c.shut, c.breached, c.body,
		events.at, events.kind, c.moved)
	ids, err := collect(rows, err, row.Value[string])
	if err != nil {
		return nil, err
	}
	return s.outcomes(ctx, ts, ids)
}

// outcomes says what became of ts; ids are those that were inserted just now.
func (s *Store) outcomes(ctx context.Context, ts []escalation.Timeline, ids []string) ([]escalation.Opened, error) {
	inserted := make(map[string]bool, len(ids))
	for _, id := range ids {
		inserted[id] = true
	}
	opened := make([]escalation.Opened, len(ts))
	var rest []int
	var workspace, channel, thread, ticket []string
	for i, t := range ts {
		if inserted[t.ID] {
			opened[i] = escalation.Opened{ID: t.ID, New: true}
			continue
		}
		rest = append(rest, i)
		workspace, channel = append(workspace, t.Workspace), append(channel, t.Channel)
		thread, ticket = append(thread, t.TS), append(ticket, t.Ticket.ID)
	}
	if len(rest) == 0 {
		return opened, nil
	}
	rows, err := s.query(ctx, conflicting, workspace, channel, thread, ticket)
	if err != nil {
		return nil, err
	}
	var ord int
	var id string
	var repeat bool
	_, err = pgx.ForEachRow(rows, []any{&ord, &id, &repeat}, func() error {
		i := rest[ord-1]
		if o := &opened[i]; !o.Repeat && !o.New {
			own := id == ts[i].ID
			*o = escalation.Opened{ID: id, New: own, Repeat: repeat && !own}
		}
		return nil
	})
	return opened, err
}
