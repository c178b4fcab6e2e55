package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error) {
	err = s.w.do(ctx, true, func(t *tx) error {
		n, err := t.exec(`insert into once (key, used_until) values (?, ?)
			on conflict (key) do update set used_until = excluded.used_until where used_until <= ?`,
			key, stamp(until), stamp(now))
		first = n == 1
		return err
	})
	return first && err == nil, wrap("use a key once", err)
}

func (s *Store) KeyClaimed(ctx context.Context, key string, now time.Time) (used bool, err error) {
	rows, err := s.query(ctx, `select 1 from once where key = ? and used_until > ?`, key, stamp(now))
	found, err := collect(rows, err, row.Value[int])
	return len(found) > 0, wrap("look up a used key", err)
}

func (s *Store) ReleaseKey(ctx context.Context, key string) error {
	return wrap("free a used key", s.w.do(ctx, true, func(t *tx) error {
		_, err := t.exec(`delete from once where key = ?`, key)
		return err
	}))
}
