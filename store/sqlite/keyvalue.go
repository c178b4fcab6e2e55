package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) Put(ctx context.Context, key string, value []byte, when time.Time) error {
	return wrap("keep "+key, s.w.do(ctx, false, func(t *tx) error {
		_, err := t.exec(`insert into kept (key, value, kept_at) values (?, ?, ?)
			on conflict (key) do update set value = excluded.value, kept_at = excluded.kept_at
			where kept.kept_at <= excluded.kept_at`, key, append([]byte{}, value...), stamp(when))
		return err
	}))
}

func (s *Store) PutMissing(ctx context.Context, keys []string, value []byte, when time.Time) error {
	return wrap("keep what has no value yet", s.w.do(ctx, false, func(t *tx) error {
		for _, key := range keys {
			_, err := t.exec(`insert into kept (key, value, kept_at) values (?, ?, ?) on conflict (key) do nothing`,
				key, append([]byte{}, value...), stamp(when))
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

func (s *Store) Get(ctx context.Context, key string) (value []byte, when time.Time, found bool, err error) {
	rows, err := s.query(ctx, `select value, kept_at from kept where key = ?`, key)
	_, err = collect(rows, err, func(r row.Scanner) (struct{}, error) {
		var put timestamp
		err := r.Scan(&value, &put)
		when, found = put.Time(), true
		return struct{}{}, err
	})
	if err != nil {
		return nil, time.Time{}, false, wrap("read kept "+key, err)
	}
	return value, when, found, nil
}
