package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// Records reads up to n timelines with their history, of tickets posted at since or later, in the order of
// their ids, which is that of their opening, after the one given; "" is before all. It walks the primary
// key, and what it returns is of one moment. Nothing is held once it has returned.
func (s *Store) Records(ctx context.Context, since time.Time, after string, n int) ([]review.Record, error) {
	from, posted := row.From(since, after)
	id, err := uuid(from)
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	var ts []escalation.Timeline
	var events []escalation.Event
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`set transaction isolation level repeatable read, read only`)
		t.queue(`select `+timelineColumns+` from timelines where id > $1 and posted_at >= $2 order by id limit $3`,
			id, stamp(posted), max(n, 0)).Query(func(rows pgx.Rows) (err error) {
			ts, err = pgx.CollectRows(rows, scanTimeline)
			return err
		})
		if err := t.send(ctx); err != nil {
			return err
		}
		ids := make([]string, len(ts))
		for i, tl := range ts {
			ids[i] = tl.ID
		}
		t.queue(historyOf, uuids(ids)).Query(func(rows pgx.Rows) (err error) {
			events, err = pgx.CollectRows(rows, scanEvent)
			return err
		})
		return nil
	})
	if err != nil {
		return nil, wrap("read timelines with their history", err)
	}
	return row.Records(ts, events), nil
}
