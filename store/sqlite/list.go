package sqlite

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
	index, place, args := "timelines_open_ticket", "", []any{q.Workspace, max(q.Limit, 0)}
	if q.Channel != "" {
		place, args = " and channel = ?3", append(args, q.Channel)
		many, err := s.manyOpen(ctx, q.Workspace)
		if err != nil {
			return nil, wrap("list open timelines", err)
		}
		if many {
			index = "timelines_message"
		}
	}
	// What is sorted is not the whole rows.
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines where rowid in (
			select rowid from timelines indexed by `+index+`
			where state = 'open' and workspace = ?1`+place+` order by `+order+` limit ?2)
		order by `+order, args...)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("list open timelines", err)
}

// manyOpen says whether a workspace has so many open timelines that all timelines of one channel, open and
// closed, are likely to be fewer.
func (s *Store) manyOpen(ctx context.Context, workspace string) (bool, error) {
	const many = 1000
	rows, err := s.query(ctx, `select count(*) from (select 1 from timelines indexed by timelines_open_ticket
		where state = 'open' and workspace = ? limit ?)`, workspace, many)
	counts, err := collect(rows, err, row.Value[int])
	return err == nil && counts[0] == many, err
}

func (s *Store) FindByTicket(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	if workspace == "" {
		return s.findEverywhere(ctx, ticketID)
	}
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines indexed by timelines_open_ticket
		where state = 'open' and workspace = ? and ticket_id = ?`, workspace, ticketID)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find the timeline of a ticket", err)
}

// findEverywhere goes from one workspace that has open timelines to the next, and looks the ticket up in each.
func (s *Store) findEverywhere(ctx context.Context, ticketID string) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `
		with recursive places (place) as (
			select min(workspace) from timelines indexed by timelines_open_ticket where state = 'open'
			union all
			select (select min(workspace) from timelines indexed by timelines_open_ticket
				where state = 'open' and workspace > place) from places where place is not null)
		select `+row.TimelineColumns+` from places
		cross join timelines indexed by timelines_open_ticket
			on workspace = place and ticket_id = ? and state = 'open' order by workspace`, ticketID)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find timelines of a ticket", err)
}

func (s *Store) FindSolved(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error) {
	rows, err := s.query(ctx, `select `+row.TimelineColumns+` from timelines indexed by timelines_solved
		where state <> 'open' and next_at is not null and ticket_id = ?2 and (?1 = '' or workspace = ?1) order by id`, workspace, ticketID)
	ts, err := collect(rows, err, row.Timeline[timestamp])
	return ts, wrap("find solved timelines of a ticket", err)
}

func (s *Store) Lateness(ctx context.Context, workspace string, since time.Time, n int) ([]time.Duration, error) {
	rows, err := s.query(ctx, `
		with lately as (
			select timeline_id, seq, at, kind, details from history where timeline_id >= ?
			order by timeline_id desc, seq desc limit ?)
		select details from lately cross join timelines on id = timeline_id
		where kind = ? and at >= ? and workspace = ? order by at desc, seq desc limit ?`,
		row.FirstID(since.Add(-row.LongestWait)), row.MostHistory, string(escalation.EventPosted),
		stamp(since), workspace, max(n, 0))
	late, err := collect(rows, err, row.Late)
	return late, wrap("read how late reminders were", err)
}
