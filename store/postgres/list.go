package postgres

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error) {
	order, err := row.OpenOrder(q.By)
	if err != nil {
		return nil, wrap("list open timelines", err)
	}
	args, place := []any{q.Workspace, max(q.Limit, 0)}, ""
	if q.Channel != "" {
		args, place = append(args, q.Channel), " and channel = $3"
	}
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines
		where state = 'open' and workspace = $1`+place+` order by `+order+` limit $2`, args...)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("list open timelines", err)
}

func (s *Store) FindByTicket(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	if workspace == "" {
		return s.findEverywhere(ctx, ticketID)
	}
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines
		where state = 'open' and workspace = $1 and ticket_id = $2`, workspace, ticketID)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find the timeline of a ticket", err)
}

// findEverywhere goes from one workspace that has open timelines to the next, and looks the ticket up in each.
func (s *Store) findEverywhere(ctx context.Context, ticketID string) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `
		with recursive places as (
			(select workspace as place from timelines where state = 'open' order by workspace limit 1)
			union all
			select (select workspace from timelines where state = 'open' and workspace > place
				order by workspace limit 1) from places where place is not null)
		select `+row.TimelineColumns+` from places
		join timelines on workspace = place and ticket_id = $1 and state = 'open' order by workspace`, ticketID)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find timelines of a ticket", err)
}

func (s *Store) FindSolved(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines
		where state <> 'open' and next_at is not null and ticket_id = $2 and ($1 = '' or workspace = $1) order by id`, workspace, ticketID)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find solved timelines of a ticket", err)
}

func (s *Store) Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error) {
	first, err := uuid(row.FirstID(since.Add(-row.LongestWait)))
	if err != nil {
		return nil, wrap("read how late reminders were", err)
	}
	rows, err := s.query(ctx, `
		with lately as (
			select timeline_id, seq, at, kind, details from history where timeline_id >= $1
			order by timeline_id desc, seq desc limit $2)
		select details from lately join timelines on id = timeline_id
		where kind = $3 and at >= $4 and workspace = $5 order by at desc, seq desc limit $6`,
		first, row.MostHistory, string(escalation.EventPosted), stamp(since), workspace, max(n, 0))
	late, err := collect(rows, err, row.Late)
	return late, wrap("read how late reminders were", err)
}
