package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// timelineRows are timelines as columns, to be unnested.
type timelineRows struct {
	id                                            []pgtype.UUID
	version                                       []int64
	workspace, channel, thread, ticket            []string
	policy, state, body                           []string
	posted, deadline, next, asked, answered, shut []pgtype.Timestamptz
	breached                                      []pgtype.Timestamptz
	moved                                         []string
}

func (c *timelineRows) add(t escalation.Timeline) error {
	id, err := uuid(t.ID)
	if err != nil {
		return err
	}
	body, err := row.Body(t)
	if err != nil {
		return err
	}
	c.id = append(c.id, id)
	c.version = append(c.version, t.Version)
	c.workspace = append(c.workspace, t.Workspace)
	c.channel = append(c.channel, t.Channel)
	c.thread = append(c.thread, t.TS)
	c.ticket = append(c.ticket, t.Ticket.ID)
	c.policy = append(c.policy, t.Policy)
	c.state = append(c.state, string(t.State))
	c.posted = append(c.posted, stamp(t.PostedAt))
	c.deadline = append(c.deadline, stamp(t.FirstReply().Deadline))
	c.next = append(c.next, stamp(t.NextAt()))
	c.asked = append(c.asked, stamp(t.AskedAt))
	c.answered = append(c.answered, stamp(t.AnsweredAt))
	c.shut = append(c.shut, stamp(t.ClosedAt))
	c.breached = append(c.breached, stamp(t.FirstReply().BreachedAt))
	c.moved = append(c.moved, t.Moved)
	c.body = append(c.body, body)
	return nil
}

// updateTimelines writes those rows whose version is still the one named. One that was closed opens again only
// if no other timeline of the ticket is open.
const updateTimelines = `
update timelines t set version = t.version + 1, policy = u.policy, state = u.state,
	deadline = u.deadline, next_at = u.next_at, asked_at = u.asked_at, answered_at = u.answered_at,
	closed_at = u.closed_at, breached_at = u.breached_at, body = u.body, moved_ts = u.moved_ts
from (select unnest($1::uuid[]) as id, unnest($2::bigint[]) as version, unnest($3::text[]) as policy,
	unnest($4::text[]) as state, unnest($5::timestamptz[]) as deadline, unnest($6::timestamptz[]) as next_at,
	unnest($7::timestamptz[]) as asked_at, unnest($8::timestamptz[]) as answered_at,
	unnest($9::timestamptz[]) as closed_at, unnest($10::timestamptz[]) as breached_at, unnest($11::text[]) as body,
	unnest($12::text[]) as moved_ts) u
where t.id = u.id and t.version = u.version and (u.state <> 'open' or t.state = 'open' or not exists (
	select 1 from timelines o where o.workspace = t.workspace and o.ticket_id = t.ticket_id and o.state = 'open'))
returning t.id`

// queueUpdate queues updateTimelines and puts the ids of the rows it wrote into done.
func (c *timelineRows) queueUpdate(t *tx, done map[string]bool) {
	t.queue(updateTimelines, c.id, c.version, c.policy, c.state, c.deadline, c.next, c.asked,
		c.answered, c.shut, c.breached, c.body, c.moved).Query(func(rows pgx.Rows) error {
		ids, err := collect(rows, nil, row.Value[string])
		for _, id := range ids {
			done[id] = true
		}
		return err
	})
}

func (s *Store) FindByThread(ctx context.Context, th escalation.Thread) (escalation.Timeline, bool, error) {
	ts, err := s.ListByThread(ctx, th)
	if err != nil || len(ts) == 0 {
		return escalation.Timeline{}, false, err
	}
	return ts[0], true, nil
}

func (s *Store) ListByThread(ctx context.Context, th escalation.Thread) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines
		where workspace = $1 and channel = $2 and thread_ts = $3
			or workspace = $1 and channel = $2 and moved_ts = $3 and moved_ts <> '' order by id`, th.Workspace, th.Channel, th.TS)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find timelines", err)
}

func (s *Store) Load(ctx context.Context, ids []string) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines where id = any($1)`, uuids(ids))
	if err != nil {
		return nil, fmt.Errorf("load timelines: %w", err)
	}
	ts, err := collect(rows, err, row.Timeline[timestamp])
	s.recent.Remember(ts)
	return ts, wrap("load timelines", err)
}

func (s *Store) Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error) {
	var b pgx.Batch
	b.Queue(`select `+row.TimelineColumns+` from timelines where state = 'open' and next_at <= $1
		order by next_at limit $2`, stamp(now), n).Query(func(rows pgx.Rows) error {
		due, err = collect(rows, nil, row.Timeline[timestamp])
		return err
	})
	b.Queue(`select min(next_at) from timelines where state = 'open' and next_at > $1`, stamp(now)).
		QueryRow(func(r pgx.Row) error {
			var t pgtype.Timestamptz
			err := r.Scan(&t)
			next = at(t)
			return err
		})
	if err := s.send(ctx, &b); err != nil {
		return nil, time.Time{}, fmt.Errorf("read due timelines: %w", err)
	}
	return due, next, nil
}

func (s *Store) Coming(ctx context.Context, now, until time.Time) (map[escalation.Thread]int, error) {
	rows, err := s.query(ctx, `select workspace, channel, count(*) from timelines
		where state = 'open' and next_at > $1 and next_at <= $2 group by workspace, channel`, stamp(now), stamp(until))
	if err != nil {
		return nil, fmt.Errorf("count timelines due soon: %w", err)
	}
	coming := map[escalation.Thread]int{}
	var channel escalation.Thread
	var n int
	_, err = pgx.ForEachRow(rows, []any{&channel.Workspace, &channel.Channel, &n}, func() error {
		coming[channel] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count timelines due soon: %w", err)
	}
	return coming, nil
}

func (s *Store) ToAsk(ctx context.Context, now, before time.Time, n int) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `
		with longest as (
			select id as lid, asked_at as last from timelines
			where state = 'open' and asked_at <= $2 and next_at > $1
			order by asked_at limit $3 for update skip locked)
		update timelines set asked_at = $1 from longest where id = lid
		returning last, `+row.TimelineColumns, stamp(now), stamp(before), n)
	if err != nil {
		return nil, fmt.Errorf("pick timelines to ask about: %w", err)
	}
	type asked struct {
		last time.Time
		t    escalation.Timeline
	}
	all, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (a asked, err error) {
		a.t, err = row.Timeline[timestamp](after{r, &a.last})
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("pick timelines to ask about: %w", err)
	}
	slices.SortStableFunc(all, func(a, b asked) int { return a.last.Compare(b.last) })
	ts := make([]escalation.Timeline, len(all))
	for i, a := range all {
		ts[i] = a.t
	}
	return ts, nil
}

func (s *Store) ToLookAgain(ctx context.Context, now, next time.Time, n int) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `
		with solved as (
			select id as lid from timelines where state <> 'open' and next_at is not null and next_at <= $1
			order by next_at limit $3 for update skip locked)
		update timelines set next_at = $2 from solved where id = lid
		returning `+row.TimelineColumns, stamp(now), stamp(next), n)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("pick solved tickets to look at again", err)
}

// after scans the first column into dest and leaves the others to its caller.
type after struct {
	row.Scanner
	first any
}

func (a after) Scan(dest ...any) error {
	return a.Scanner.Scan(append([]any{a.first}, dest...)...)
}

func (s *Store) CountOpen(ctx context.Context, bounds ...time.Time) (map[string][]int, error) {
	rows, err := s.query(ctx, `select policy, width_bucket(deadline, $1::timestamptz[]), count(*)
		from timelines where state = 'open' group by 1, 2`, stamps(bounds))
	if err != nil {
		return nil, fmt.Errorf("count open timelines: %w", err)
	}
	counts := map[string][]int{}
	var policy string
	var class, n int
	_, err = pgx.ForEachRow(rows, []any{&policy, &class, &n}, func() error {
		if counts[policy] == nil {
			counts[policy] = make([]int, len(bounds)+1)
		}
		counts[policy][class] = n
		return nil
	})
	return counts, wrap("count open timelines", err)
}

func (s *Store) History(ctx context.Context, timelineID string) ([]escalation.Event, error) {
	rows, err := s.query(ctx, historyOf, uuids([]string{timelineID}))
	events, err := collect(rows, err, row.Event[timestamp])
	return events, wrap("read history", err)
}

func (s *Store) Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error) {
	rows, err := s.query(ctx, `select `+row.EventColumns+` from history
		where timeline_id = any($1) and kind = $2 order by timeline_id, seq`, uuids(timelineIDs), string(kind))
	events, err := collect(rows, err, row.Event[timestamp])
	return events, wrap("read history", err)
}

// historyOf is what happened to each of some timelines.
const historyOf = `select ` + row.EventColumns + ` from history
	where timeline_id = any($1) order by timeline_id, seq`

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
