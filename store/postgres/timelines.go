package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) FindByThread(ctx context.Context, th escalation.Thread) (escalation.Timeline, bool, error) {
	return row.First(s.ListByThread(ctx, th))
}

func (s *Store) ListByThread(ctx context.Context, th escalation.Thread) ([]escalation.Timeline, error) {
	return read(ctx, s, "find timelines", row.Timeline[timestamp], `select `+row.TimelineColumns+` from timelines
		where workspace = $1 and channel = $2 and thread_ts = $3
			or workspace = $1 and channel = $2 and moved_ts = $3 and moved_ts <> '' order by id`, th.Workspace, th.Channel, th.TS)
}

func (s *Store) Load(ctx context.Context, ids []string) ([]escalation.Timeline, error) {
	ts, err := read(ctx, s, "load timelines", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines where id = any($1)`, uuids(ids))
	s.recent.Remember(ts)
	return ts, err
}

func (s *Store) Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error) {
	var b pgx.Batch
	b.Queue(`select `+row.TimelineColumns+` from timelines where state = 'open' and next_at <= $1
		order by next_at limit $2`, stamp(now), n).Query(into(&due, row.Timeline[timestamp]))
	b.Queue(`select min(next_at) from timelines where state = 'open' and next_at > $1`, stamp(now)).
		QueryRow(func(r pgx.Row) error {
			var t pgtype.Timestamptz
			err := r.Scan(&t)
			next = at(t)
			return err
		})
	if err := s.send(ctx, &b); err != nil {
		return nil, time.Time{}, wrap("read due timelines", err)
	}
	return due, next, nil
}

func (s *Store) Coming(ctx context.Context, now, until time.Time) (map[escalation.Thread]int, error) {
	rows, err := s.query(ctx, `select workspace, channel, count(*) from timelines
		where state = 'open' and next_at > $1 and next_at <= $2 group by workspace, channel`, stamp(now), stamp(until))
	coming := map[escalation.Thread]int{}
	if err == nil {
		var channel escalation.Thread
		var n int
		_, err = pgx.ForEachRow(rows, []any{&channel.Workspace, &channel.Channel, &n}, func() error {
			coming[channel] = n
			return nil
		})
	}
	return coming, wrap("count timelines due soon", err)
}

func (s *Store) ToAsk(ctx context.Context, now, before time.Time, n int) ([]escalation.Timeline, error) {
	type asked struct {
		last time.Time
		t    escalation.Timeline
	}
	scan := func(r row.Scanner) (a asked, err error) {
		a.t, err = row.Timeline[timestamp](after{r, &a.last})
		return a, err
	}
	all, err := read(ctx, s, "pick timelines to ask about", scan, `
		with longest as (
			select id as lid, asked_at as last from timelines
			where state = 'open' and asked_at <= $2 and next_at > $1
			order by asked_at limit $3 for update skip locked)
		update timelines set asked_at = $1 from longest where id = lid
		returning last, `+row.TimelineColumns, stamp(now), stamp(before), n)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b asked) int { return a.last.Compare(b.last) })
	ts := make([]escalation.Timeline, len(all))
	for i, a := range all {
		ts[i] = a.t
	}
	return ts, nil
}

func (s *Store) ToLookAgain(ctx context.Context, now, next time.Time, n int) ([]escalation.Timeline, error) {
	return read(ctx, s, "pick solved tickets to look at again", row.Timeline[timestamp], `
		with solved as (
			select id as lid from timelines where state <> 'open' and next_at is not null and next_at <= $1
			order by next_at limit $3 for update skip locked)
		update timelines set next_at = $2 from solved where id = lid
		returning `+row.TimelineColumns, stamp(now), stamp(next), n)
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
		return nil, wrap("count open timelines", err)
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
	return read(ctx, s, "read history", row.Event[timestamp], historyOf, uuids([]string{timelineID}))
}

func (s *Store) Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error) {
	return read(ctx, s, "read history", row.Event[timestamp], `select `+row.EventColumns+` from history
		where timeline_id = any($1) and kind = $2 order by timeline_id, seq`, uuids(timelineIDs), string(kind))
}

// historyOf is what happened to each of some timelines.
const historyOf = `select ` + row.EventColumns + ` from history
	where timeline_id = any($1) order by timeline_id, seq`

func (s *Store) ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error) {
	order, err := row.OpenOrder(q.By)
	if err != nil {
		return nil, wrap("list open timelines", err)
	}
	args, place := []any{q.Workspace, max(q.Limit, 0)}, ""
	if q.Channel != "" {
		args, place = append(args, q.Channel), " and channel = $3"
	}
	return read(ctx, s, "list open timelines", row.Timeline[timestamp], `select `+row.TimelineColumns+` from timelines
		where state = 'open' and workspace = $1`+place+` order by `+order+` limit $2`, args...)
}

func (s *Store) FindByTicket(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	if workspace == "" {
		return s.findEverywhere(ctx, ticketID)
	}
	return read(ctx, s, "find the timeline of a ticket", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines
		where state = 'open' and workspace = $1 and ticket_id = $2`, workspace, ticketID)
}

// findEverywhere goes from one workspace that has open timelines to the next, and looks the ticket up in each.
func (s *Store) findEverywhere(ctx context.Context, ticketID string) ([]escalation.Timeline, error) {
	return read(ctx, s, "find timelines of a ticket", row.Timeline[timestamp], `
		with recursive places as (
			(select workspace as place from timelines where state = 'open' order by workspace limit 1)
			union all
			select (select workspace from timelines where state = 'open' and workspace > place
				order by workspace limit 1) from places where place is not null)
		select `+row.TimelineColumns+` from places
		join timelines on workspace = place and ticket_id = $1 and state = 'open' order by workspace`, ticketID)
}

func (s *Store) FindSolved(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	return read(ctx, s, "find solved timelines of a ticket", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines
		where state <> 'open' and next_at is not null and ticket_id = $2 and ($1 = '' or workspace = $1) order by id`, workspace, ticketID)
}

func (s *Store) Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error) {
	first, err := uuid(row.FirstID(since.Add(-row.LongestWait)))
	if err != nil {
		return nil, wrap("read how late reminders were", err)
	}
	return read(ctx, s, "read how late reminders were", row.Late, `
		with lately as (
			select timeline_id, seq, at, kind, details from history where timeline_id >= $1
			order by timeline_id desc, seq desc limit $2)
		select details from lately join timelines on id = timeline_id
		where kind = $3 and at >= $4 and workspace = $5 order by at desc, seq desc limit $6`,
		first, row.MostHistory, string(escalation.EventPosted), stamp(since), workspace, max(n, 0))
}

// Records walks the primary key, or sorts what a small workspace has, within one snapshot.
func (s *Store) Records(ctx context.Context, workspace string, since time.Time, after string, n int) ([]review.Record, error) {
	from, posted := row.From(since, after)
	id, err := uuid(from)
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	var ts []escalation.Timeline
	var events []escalation.Event
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`set transaction isolation level repeatable read, read only`)
		query, args := timelinesOf(workspace, id, stamp(posted), n)
		t.queue(query, args...).Query(into(&ts, row.Timeline[timestamp]))
		if err := t.send(); err != nil {
			return err
		}
		history := func(of []escalation.Timeline, most any) error {
			ids := make([]string, len(of))
			for i, tl := range of {
				ids[i] = tl.ID
			}
			t.queue(historyOf+` limit $2`, uuids(ids), most).Query(into(&events, row.Event[timestamp]))
			return t.send()
		}
		if err := history(ts, row.MostEvents+1); err != nil || len(ts) == 0 {
			return err
		}
		all := ts
		if ts = row.Whole(all, events); len(ts) == 0 {
			ts = all[:1]
			return history(ts, nil)
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	return row.Records(ts, events), nil
}

// timelinesOf asks for the timelines of a workspace, or of each.
func timelinesOf(workspace string, from pgtype.UUID, posted pgtype.Timestamptz, n int) (query string, args []any) {
	of, args := `true`, []any{from, posted, max(n, 0)}
	if workspace != "" {
		of, args = `workspace = $4`, append(args, workspace)
	}
	return `select ` + row.TimelineColumns + ` from timelines where ` + of + ` and id > $1 and posted_at >= $2 order by id limit $3`, args
}
