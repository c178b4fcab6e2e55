package sqlite

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// update writes a timeline if its version is still the one named, and returns whether it did.
func (t *tx) update(tl escalation.Timeline) (bool, error) {
	body, err := row.Body(tl)
	if err != nil {
		return false, err
	}
	n, err := t.exec(`update timelines set version = version + 1, policy = ?, state = ?, deadline = ?,
			next_at = ?, asked_at = ?, answered_at = ?, closed_at = ?, breached_at = ?, moved_ts = ?, body = ?
		where id = ? and version = ? and (? <> 'open' or state = 'open' or not exists (select 1 from timelines o
			where o.workspace = timelines.workspace and o.ticket_id = timelines.ticket_id and o.state = 'open'))`,
		tl.Policy, string(tl.State), stamp(tl.FirstReply().Deadline), stamp(tl.NextAt()), stamp(tl.AskedAt),
		stamp(tl.AnsweredAt), stamp(tl.ClosedAt), stamp(tl.FirstReply().BreachedAt), tl.Moved, body, tl.ID, tl.Version, string(tl.State))
	return n == 1, err
}

func (s *Store) FindByThread(ctx context.Context, th escalation.Thread) (escalation.Timeline, bool, error) {
	return row.First(s.ListByThread(ctx, th))
}

func (s *Store) ListByThread(ctx context.Context, th escalation.Thread) ([]escalation.Timeline, error) {
	return read(ctx, s, "find timelines", row.Timeline[timestamp], `select `+row.TimelineColumns+` from timelines
		where workspace = ? and channel = ? and thread_ts = ?
			or workspace = ? and channel = ? and moved_ts = ? and moved_ts <> '' order by id`,
		th.Workspace, th.Channel, th.TS, th.Workspace, th.Channel, th.TS)
}

func (s *Store) Load(ctx context.Context, ids []string) ([]escalation.Timeline, error) {
	return read(ctx, s, "load timelines", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines where id in (select value from json_each(?))`, list(ids))
}

func (s *Store) Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error) {
	due, err = read(ctx, s, "read due timelines", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines where state = 'open' and next_at <= ?
		order by next_at limit ?`, stamp(now), n)
	if err != nil {
		return nil, time.Time{}, err
	}
	mins, err := read(ctx, s, "read due timelines", row.When[timestamp],
		`select min(next_at) from timelines where state = 'open' and next_at > ?`, stamp(now))
	if err != nil {
		return nil, time.Time{}, err
	}
	return due, mins[0], nil
}

func (s *Store) Coming(ctx context.Context, now, until time.Time) (map[escalation.Thread]int, error) {
	rows, err := s.query(ctx, `select workspace, channel, count(*) from timelines
		where state = 'open' and next_at > ? and next_at <= ? group by workspace, channel`, stamp(now), stamp(until))
	coming := map[escalation.Thread]int{}
	_, err = collect(rows, err, func(r row.Scanner) (struct{}, error) {
		var channel escalation.Thread
		var n int
		err := r.Scan(&channel.Workspace, &channel.Channel, &n)
		coming[channel] = n
		return struct{}{}, err
	})
	return coming, wrap("count timelines due soon", err)
}

func (s *Store) ToAsk(ctx context.Context, now, before time.Time, n int) ([]escalation.Timeline, error) {
	var ts []escalation.Timeline
	err := s.w.do(ctx, false, func(t *tx) (err error) {
		if ts, err = readIn(t, row.Timeline[timestamp], `select `+row.TimelineColumns+` from timelines
			where state = 'open' and asked_at <= ? and next_at > ? order by asked_at limit ?`,
			stamp(before), stamp(now), n); err != nil {
			return err
		}
		for i := range ts {
			if _, err := t.exec(`update timelines set asked_at = ? where id = ?`, stamp(now), ts[i].ID); err != nil {
				return err
			}
			ts[i].AskedAt = row.Time(now)
		}
		return nil
	})
	if err != nil {
		return nil, wrap("pick timelines to ask about", err)
	}
	return ts, nil
}

func (s *Store) ToLookAgain(ctx context.Context, now, next time.Time, n int) (ts []escalation.Timeline, err error) {
	err = s.w.do(ctx, false, func(t *tx) (err error) {
		if ts, err = readIn(t, row.Timeline[timestamp], `select `+row.TimelineColumns+` from timelines
			where state <> 'open' and next_at is not null and next_at <= ? order by next_at limit ?`, stamp(now), n); err != nil {
			return err
		}
		for i := range ts {
			if _, err := t.exec(`update timelines set next_at = ? where id = ?`, stamp(next), ts[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return ts, wrap("pick solved tickets to look at again", err)
}

func (s *Store) CountOpen(ctx context.Context, bounds ...time.Time) (map[string][]int, error) {
	// Each class is a stretch of the index, which is counted without looking at its rows.
	var classes strings.Builder
	var args []any
	for i := range len(bounds) + 1 {
		classes.WriteString(`, (select count(*) from timelines where state = 'open' and policy = p.policy`)
		if i > 0 {
			classes.WriteString(` and deadline >= ?`)
			args = append(args, stamp(bounds[i-1]))
		}
		if i < len(bounds) {
			classes.WriteString(` and deadline < ?`)
			args = append(args, stamp(bounds[i]))
		}
		classes.WriteString(`)`)
	}
	rows, err := s.query(ctx, `select p.policy`+classes.String()+`
		from (select distinct policy from timelines where state = 'open') p`, args...)
	counts := map[string][]int{}
	_, err = collect(rows, err, func(r row.Scanner) (struct{}, error) {
		var policy string
		n := make([]int, len(bounds)+1)
		dest := []any{&policy}
		for i := range n {
			dest = append(dest, &n[i])
		}
		err := r.Scan(dest...)
		counts[policy] = n
		return struct{}{}, err
	})
	return counts, wrap("count open timelines", err)
}

func (s *Store) History(ctx context.Context, timelineID string) ([]escalation.Event, error) {
	return read(ctx, s, "read history", row.Event[timestamp], `select `+row.EventColumns+` from history
		where timeline_id = ? order by seq`, timelineID)
}

func (s *Store) Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error) {
	return read(ctx, s, "read history", row.Event[timestamp], `select `+row.EventColumns+` from history
		where timeline_id in (select value from json_each(?)) and kind = ? order by timeline_id, seq`, list(timelineIDs), string(kind))
}

func (s *Store) ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error) {
	order, err := row.OpenOrder(q.By)
	if err != nil {
		return nil, wrap("list open timelines", err)
	}
	index, place, args := "timelines_open_ticket", "", []any{q.Workspace, max(q.Limit, 0)}
	if q.Channel != "" {
		place, args = " and channel = ?3", append(args, q.Channel)
		many, err := s.manyOpen(ctx, q.Workspace)
		if err != nil {
			return nil, err
		}
		if many {
			index = "timelines_message"
		}
	}
	// What is sorted is not the whole rows.
	return read(ctx, s, "list open timelines", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines where rowid in (
			select rowid from timelines indexed by `+index+`
			where state = 'open' and workspace = ?1`+place+` order by `+order+` limit ?2)
		order by `+order, args...)
}

// manyOpen says whether a workspace has so many open timelines that all timelines of one channel, open and
// closed, are likely to be fewer.
func (s *Store) manyOpen(ctx context.Context, workspace string) (bool, error) {
	const many = 1000
	counts, err := read(ctx, s, "list open timelines", row.Value[int], `select count(*) from (select 1 from timelines
		indexed by timelines_open_ticket where state = 'open' and workspace = ? limit ?)`, workspace, many)
	return err == nil && counts[0] == many, err
}

func (s *Store) FindByTicket(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	if workspace == "" {
		return s.findEverywhere(ctx, ticketID)
	}
	return read(ctx, s, "find the timeline of a ticket", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines indexed by timelines_open_ticket
		where state = 'open' and workspace = ? and ticket_id = ?`, workspace, ticketID)
}

// findEverywhere goes from one workspace that has open timelines to the next, and looks the ticket up in each.
func (s *Store) findEverywhere(ctx context.Context, ticketID string) ([]escalation.Timeline, error) {
	return read(ctx, s, "find timelines of a ticket", row.Timeline[timestamp], `
		with recursive places (place) as (
			select min(workspace) from timelines indexed by timelines_open_ticket where state = 'open'
			union all
			select (select min(workspace) from timelines indexed by timelines_open_ticket
				where state = 'open' and workspace > place) from places where place is not null)
		select `+row.TimelineColumns+` from places
		cross join timelines indexed by timelines_open_ticket
			on workspace = place and ticket_id = ? and state = 'open' order by workspace`, ticketID)
}

func (s *Store) FindSolved(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	return read(ctx, s, "find solved timelines of a ticket", row.Timeline[timestamp],
		`select `+row.TimelineColumns+` from timelines indexed by timelines_solved
		where state <> 'open' and next_at is not null and ticket_id = ?2 and (?1 = '' or workspace = ?1) order by id`, workspace, ticketID)
}

func (s *Store) Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error) {
	return read(ctx, s, "read how late reminders were", row.Late, `
		with lately as (
			select timeline_id, seq, at, kind, details from history where timeline_id >= ?
			order by timeline_id desc, seq desc limit ?)
		select details from lately cross join timelines on id = timeline_id
		where kind = ? and at >= ? and workspace = ? order by at desc, seq desc limit ?`,
		row.FirstID(since.Add(-row.LongestWait)), row.MostHistory, string(escalation.EventPosted),
		stamp(since), workspace, max(n, 0))
}

// Records walks the primary key, or the index of the workspaces. It ends its transaction before it returns: while one
// is open, the log of writes (WAL) only grows.
func (s *Store) Records(ctx context.Context, workspace string, since time.Time, after string, n int) ([]review.Record, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // takes no lock that a writer would wait for
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	defer tx.Rollback()
	from, posted := row.From(since, after)
	query, args := timelinesOf(workspace, from, stamp(posted), n)
	rows, err := tx.QueryContext(ctx, query, args...)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	if err != nil || len(ts) == 0 {
		return nil, wrap("read timelines with their history", err)
	}
	events, err := historyBetween(ctx, tx, workspace, ts[0].ID, ts[len(ts)-1].ID, row.MostEvents+1)
	whole := row.Whole(ts, events)
	if err == nil && len(whole) == 0 {
		whole = ts[:1]
		events, err = historyBetween(ctx, tx, workspace, ts[0].ID, ts[0].ID, math.MaxInt64)
	}
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	return row.Records(whole, events), nil
}

// timelinesOf asks for the timelines of a workspace, or of each.
func timelinesOf(workspace, from string, posted any, n int) (query string, args []any) {
	of, args := `true`, []any{from, posted, max(n, 0)}
	if workspace != "" {
		of, args = `workspace = ?4`, append(args, workspace)
	}
	return `select ` + row.TimelineColumns + ` from timelines where ` + of + ` and id > ?1 and posted_at >= ?2 order by id limit ?3`, args
}

// historyOf asks what happened to the timelines of a workspace, or of each, from one id to another.
func historyOf(workspace, first, last string, most int64) (query string, args []any) {
	of, args := `timeline_id >= ?1 and timeline_id <= ?2`, []any{first, last, most}
	if workspace != "" {
		of, args = `timeline_id in (select id from timelines where workspace = ?4 and id >= ?1 and id <= ?2)`, append(args, workspace)
	}
	return `select ` + row.EventColumns + ` from history where ` + of + ` order by timeline_id, seq limit ?3`, args
}

// historyBetween is what happened to the timelines of a workspace, or of each, from one id to another, also to those
// between them that were not asked for: tickets posted earlier and opened late, a few at most.
func historyBetween(ctx context.Context, tx *sql.Tx, workspace, first, last string, most int64) ([]escalation.Event, error) {
	query, args := historyOf(workspace, first, last, most)
	rows, err := tx.QueryContext(ctx, query, args...)
	return collect(rows, err, row.Event[timestamp])
}
