package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) AddRoster(ctx context.Context, workspace string, r review.RosterSince) (added bool, err error) {
	js, err := row.Roster(r.Roster)
	if err != nil {
		return false, wrap("add roster", err)
	}
	err = s.w.do(ctx, true, func(t *tx) error {
		n, err := t.exec(`insert into rosters (workspace, at, roster) select ?1, ?2, ?3 where not exists
			(select 1 from rosters where workspace = ?1 and (at >= ?2 or roster = ?3 and at =
				(select max(at) from rosters where workspace = ?1)))`, workspace, stamp(r.At), js)
		added = n == 1
		return err
	})
	return added && err == nil, wrap("add roster", err)
}

func (s *Store) Rosters(ctx context.Context, workspace string, from, to time.Time) (review.Rosters, error) {
	rows, err := s.query(ctx, `select at, roster from rosters r where workspace = ?1 and at < ?3 and not exists
			(select 1 from rosters later where later.workspace = ?1 and later.at > r.at and later.at <= ?2)
		order by at`, workspace, stamp(from), stamp(to))
	all, err := collect(rows, err, row.RosterSince[timestamp])
	return all, wrap("read rosters", err)
}
