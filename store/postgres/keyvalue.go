package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

func (s *Store) Put(ctx context.Context, key string, value []byte, when time.Time) error {
	return wrap("keep "+key, s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into kept (key, value, kept_at) values ($1, $2, $3)
			on conflict (key) do update set value = excluded.value, kept_at = excluded.kept_at
			where kept.kept_at <= excluded.kept_at`, key, append([]byte{}, value...), stamp(when))
		return nil
	}))
}

func (s *Store) PutMissing(ctx context.Context, keys []string, value []byte, when time.Time) error {
	return wrap("keep what has no value yet", s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into kept (key, value, kept_at) select unnest($1::text[]), $2, $3
			on conflict (key) do nothing`, keys, append([]byte{}, value...), stamp(when))
		return nil
	}))
}

func (s *Store) Get(ctx context.Context, key string) (value []byte, when time.Time, found bool, err error) {
	rows, err := s.query(ctx, `select value, kept_at from kept where key = $1`, key)
	if err != nil {
		return nil, time.Time{}, false, wrap("read kept "+key, err)
	}
	var t pgtype.Timestamptz
	_, err = pgx.ForEachRow(rows, []any{&value, &t}, func() error {
		when, found = at(t), true
		return nil
	})
	return value, when, found, wrap("read kept "+key, err)
}
