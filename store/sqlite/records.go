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

// Records walks the primary key. It ends its transaction before it returns: while one is open, the log of
// writes (WAL) only grows.
func (s *Store) Records(ctx context.Context, since time.Time, after string, n int) ([]review.Record, error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // takes no lock that a writer would wait for
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	defer tx.Rollback()
	from, posted := row.From(since, after)
	rows, err := tx.QueryContext(ctx, `select `+row.TimelineColumns+` from timelines where id > ? and posted_at >= ?
		order by id limit ?`, from, stamp(posted), max(n, 0))
	ts, err := collect(rows, err, row.Timeline[timestamp])
	if err != nil || len(ts) == 0 {
		return nil, wrap("read timelines with their history", err)
	}
	events, err := historyBetween(ctx, tx, ts[0].ID, ts[len(ts)-1].ID, row.MostEvents+1)
	whole := row.Whole(ts, events)
	if err == nil && len(whole) == 0 {
		whole = ts[:1]
		events, err = historyBetween(ctx, tx, ts[0].ID, ts[0].ID, math.MaxInt64)
	}
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	return row.Records(whole, events), nil
}

// historyBetween is what happened to the timelines from one id to another, also to those between them that
// were not asked for: tickets posted earlier and opened late, a few at most.
func historyBetween(ctx context.Context, tx *sql.Tx, first, last string, most int64) ([]escalation.Event, error) {
	rows, err := tx.QueryContext(ctx, `select `+row.EventColumns+` from history
		where timeline_id >= ? and timeline_id <= ? order by timeline_id, seq limit ?`, first, last, most)
	return collect(rows, err, row.Event[timestamp])
}
