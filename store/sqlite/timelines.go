package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
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
	ts, err := s.ListByThread(ctx, th)
	if err != nil || len(ts) == 0 {
		return escalation.Timeline{}, false, err
	}
	return ts[0], true, nil
}

func (s *Store) ListByThread(ctx context.Context, th escalation.Thread) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines
		where workspace = ? and channel = ? and thread_ts = ?
			or workspace = ? and channel = ? and moved_ts = ? and moved_ts <> '' order by id`,
		th.Workspace, th.Channel, th.TS, th.Workspace, th.Channel, th.TS)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find timelines", err)
}

func (s *Store) Load(ctx context.Context, ids []string) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines where id in (select value from json_each(?))`, list(ids))
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("load timelines", err)
}

func (s *Store) Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error) {
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines where state = 'open' and next_at <= ?
		order by next_at limit ?`, stamp(now), n)
	due, err = collect(rows, err, row.Timeline[timestamp])
	if err != nil {
		return nil, time.Time{}, wrap("read due timelines", err)
	}
	rows, err = s.query(ctx, `select min(next_at) from timelines where state = 'open' and next_at > ?`, stamp(now))
	mins, err := collect(rows, err, row.When[timestamp])
	if err != nil {
		return nil, time.Time{}, wrap("read due timelines", err)
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
	err := s.w.do(ctx, false, func(t *tx) error {
		rows, err := t.query(`select `+row.TimelineColumns+` from timelines
			where state = 'open' and asked_at <= ? and next_at > ? order by asked_at limit ?`,
			stamp(before), stamp(now), n)
		if ts, err = collect(rows, err, row.Timeline[timestamp]); err != nil {
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
	err = s.w.do(ctx, false, func(t *tx) error {
		rows, err := t.query(`select `+row.TimelineColumns+` from timelines
			where state <> 'open' and next_at is not null and next_at <= ? order by next_at limit ?`, stamp(now), n)
		if ts, err = collect(rows, err, row.Timeline[timestamp]); err != nil {
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
	rows, err := s.query(ctx, `select `+row.EventColumns+` from history
		where timeline_id = ? order by seq`, timelineID)
	events, err := collect(rows, err, row.Event[timestamp])
	return events, wrap("read history", err)
}

func (s *Store) Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error) {
	rows, err := s.query(ctx, `select `+row.EventColumns+` from history
		where timeline_id in (select value from json_each(?)) and kind = ? order by timeline_id, seq`, list(timelineIDs), string(kind))
	events, err := collect(rows, err, row.Event[timestamp])
	return events, wrap("read history", err)
}
