package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

const timelineColumns = `id, version, workspace, channel, thread_ts, policy, state, posted_at,
	deadline, asked_at, answered_at, closed_at, breached_at, body`

func scanTimeline(scan func(...any) error) (escalation.Timeline, error) {
	var t escalation.Timeline
	var posted, deadline, asked, answered, closed, breached nullable
	var body []byte
	err := scan(&t.ID, &t.Version, &t.Workspace, &t.Channel, &t.TS, &t.Policy, &t.State, &posted,
		&deadline, &asked, &answered, &closed, &breached, &body)
	if err != nil {
		return t, err
	}
	t.PostedAt, t.Deadline, t.AskedAt = at(posted), at(deadline), at(asked)
	t.AnsweredAt, t.ClosedAt, t.BreachedAt = at(answered), at(closed), at(breached)
	return t, row.SetBody(&t, body)
}

// update writes a timeline if its version is still the one named, and tells whether it did.
func (t *tx) update(tl escalation.Timeline) (bool, error) {
	body, err := row.Body(tl)
	if err != nil {
		return false, err
	}
	n, err := t.exec(`update timelines set version = version + 1, policy = ?, state = ?, deadline = ?,
			next_at = ?, asked_at = ?, answered_at = ?, closed_at = ?, breached_at = ?, body = ?
		where id = ? and version = ?`,
		tl.Policy, string(tl.State), stamp(tl.Deadline), stamp(tl.NextAt()), stamp(tl.AskedAt),
		stamp(tl.AnsweredAt), stamp(tl.ClosedAt), stamp(tl.BreachedAt), body, tl.ID, tl.Version)
	return n == 1, err
}

// FindByThread finds the timeline that the message of a thread opened, whatever became of it.
func (s *Store) FindByThread(ctx context.Context, th escalation.Thread) (escalation.Timeline, bool, error) {
	rows, err := s.query(ctx, `select `+timelineColumns+` from timelines
		where workspace = ? and channel = ? and thread_ts = ?`, th.Workspace, th.Channel, th.TS)
	ts, err := collect(rows, err, scanTimeline)
	if err != nil || len(ts) == 0 {
		return escalation.Timeline{}, false, wrap("find timeline", err)
	}
	return ts[0], true, nil
}

// Load reads timelines in any order. Those that are not there are left out.
func (s *Store) Load(ctx context.Context, ids []string) ([]escalation.Timeline, error) {
	var all []escalation.Timeline
	for _, id := range ids {
		rows, err := s.query(ctx, `select `+timelineColumns+` from timelines where id = ?`, id)
		ts, err := collect(rows, err, scanTimeline)
		if err != nil {
			return nil, wrap("load timelines", err)
		}
		all = append(all, ts...)
	}
	return all, nil
}

// Due returns the at most n open timelines that the walker has to look at by now, earliest first,
// and when the next one after now comes due, zero if there is none.
func (s *Store) Due(ctx context.Context, now time.Time, n int) (due []escalation.Timeline, next time.Time, err error) {
	rows, err := s.query(ctx, `select `+timelineColumns+` from timelines where state = 'open' and next_at <= ?
		order by next_at limit ?`, stamp(now), n)
	due, err = collect(rows, err, scanTimeline)
	if err != nil {
		return nil, time.Time{}, wrap("read due timelines", err)
	}
	rows, err = s.query(ctx, `select min(next_at) from timelines where state = 'open' and next_at > ?`, stamp(now))
	mins, err := collect(rows, err, scanTime)
	if err != nil {
		return nil, time.Time{}, wrap("read due timelines", err)
	}
	return due, mins[0], nil
}

func scanTime(scan func(...any) error) (time.Time, error) {
	var n nullable
	err := scan(&n)
	return at(n), err
}

// ToAsk takes up to n open timelines that are not due and were last asked about by before, longest
// ago first, and marks them asked at now: nobody else gets them meanwhile. Their versions stay.
// After an error none are marked.
func (s *Store) ToAsk(ctx context.Context, now, before time.Time, n int) ([]escalation.Timeline, error) {
	var ts []escalation.Timeline
	err := s.w.do(ctx, false, func(t *tx) error {
		rows, err := t.query(`select `+timelineColumns+` from timelines
			where state = 'open' and asked_at <= ? and next_at > ? order by asked_at limit ?`,
			stamp(before), stamp(now), n)
		if ts, err = collect(rows, err, scanTimeline); err != nil {
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

// CountOpen counts the open timelines of each policy: first those whose deadline is before bounds[0],
// then those before bounds[1], and so on, and last the others. bounds ascend.
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
	_, err = collect(rows, err, func(scan func(...any) error) (struct{}, error) {
		var policy string
		n := make([]int, len(bounds)+1)
		dest := []any{&policy}
		for i := range n {
			dest = append(dest, &n[i])
		}
		err := scan(dest...)
		counts[policy] = n
		return struct{}{}, err
	})
	return counts, wrap("count open timelines", err)
}

// History tells what happened to a timeline, in the order in which it was written.
func (s *Store) History(ctx context.Context, timelineID string) ([]escalation.Event, error) {
	rows, err := s.query(ctx, `select timeline_id, at, kind, tier, details from history
		where timeline_id = ? order by seq`, timelineID)
	events, err := collect(rows, err, scanEvent)
	return events, wrap("read history", err)
}

func scanEvent(scan func(...any) error) (e escalation.Event, err error) {
	var when nullable
	var details []byte
	if err := scan(&e.Timeline, &when, &e.Kind, &e.Tier, &details); err != nil {
		return e, err
	}
	e.At = at(when)
	return e, row.SetDetails(&e, details)
}
