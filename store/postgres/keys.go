package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func (s *Store) ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into once (key, used_until) values ($1, $2)
			on conflict (key) do update set used_until = excluded.used_until where once.used_until <= $3`,
			key, stamp(until), stamp(now)).Exec(func(tag pgconn.CommandTag) error {
			first = tag.RowsAffected() == 1
			return nil
		})
		return nil
	})
	return first && err == nil, wrap("use a key once", err)
}

func (s *Store) KeyClaimed(ctx context.Context, key string, now time.Time) (used bool, err error) {
	rows, err := s.query(ctx, `select exists (select from once where key = $1 and used_until > $2)`, key, stamp(now))
	if err != nil {
		return false, wrap("look up a used key", err)
	}
	used, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	return used, wrap("look up a used key", err)
}

func (s *Store) ReleaseKey(ctx context.Context, key string) error {
	return wrap("free a used key", s.inTx(ctx, func(t *tx) error {
		t.queue(`delete from once where key = $1`, key)
		return nil
	}))
}
