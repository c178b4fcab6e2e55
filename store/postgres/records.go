package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

// Records walks the primary key, or the index of the workspaces, within one snapshot.
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
		of, args := `true`, []any{id, stamp(posted), max(n, 0)}
		if workspace != "" {
			of, args = `workspace = $4`, append(args, workspace)
		}
		t.queue(`select `+row.TimelineColumns+` from timelines where `+of+` and id > $1 and posted_at >= $2 order by id limit $3`, args...).Query(func(rows pgx.Rows) (err error) {
			ts, err = collect(rows, nil, row.Timeline[timestamp])
			return err
		})
		if err := t.send(); err != nil {
			return err
		}
		history := func(of []escalation.Timeline, most any) error {
			ids := make([]string, len(of))
			for i, tl := range of {
				ids[i] = tl.ID
			}
			t.queue(historyOf+` limit $2`, uuids(ids), most).Query(func(rows pgx.Rows) (err error) {
				events, err = collect(rows, nil, row.Event[timestamp])
				return err
			})
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
