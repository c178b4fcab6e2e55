package sqlite

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

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
