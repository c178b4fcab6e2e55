package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

func (s *Store) ShutGate(ctx context.Context, g queue.Gate) error {
	return wrap("shut gate", s.inTx(ctx, func(t *tx) error {
		queueShut(t, []queue.Gate{g})
		return nil
	}))
}

// queueShut queues the shutting of gates that are sorted by key and different.
func queueShut(t *tx, gates []queue.Gate) {
	if len(gates) == 0 {
		return
	}
	var key, reason []string
	var until []pgtype.Timestamptz
	for _, g := range gates {
		key, reason, until = append(key, g.Key), append(reason, g.Reason), append(until, stamp(g.Until))
	}
	t.queue(`insert into gates (key, shut_until, reason)
		select * from unnest($1::text[], $2::timestamptz[], $3::text[])
		on conflict (key) do update set shut_until = excluded.shut_until, reason = excluded.reason
		where gates.shut_until < excluded.shut_until`, key, until, reason)
}

// OpenGate looks first whether the gate is shut, because the search for the jobs behind it reads all that are
// unfinished.
func (s *Store) OpenGate(ctx context.Context, key string, now time.Time) error {
	shut, err := read(ctx, s, "open gate", row.Value[int], `select 1 from gates where key = $1 and shut_until > $2`, key, stamp(now))
	if err != nil || len(shut) == 0 {
		return err
	}
	return wrap("open gate", s.inTx(ctx, func(t *tx) error {
		var queues []string
		t.queue(`with freed as (
				update jobs set run_at = $2, behind = false
				where finished_at is null and behind and run_at > $2
					and $1 = any(string_to_array(gates, chr(31)) || string_to_array(look_gates, chr(31)))
				returning queue)
			select distinct queue from freed`, key, stamp(now)).Query(into(&queues, row.Value[string]))
		t.queue(`delete from gates where key = $1`, key)
		if err := t.send(); err != nil {
			return err
		}
		for _, q := range queues {
			queueNotify(t, wake.Jobs(q))
		}
		return nil
	}))
}

func (s *Store) Gates(ctx context.Context, now time.Time) ([]queue.Gate, error) {
	return read(ctx, s, "list gates", row.Gate[timestamp],
		`select `+row.GateColumns+` from gates where shut_until > $1 order by key`, stamp(now))
}

func (s *Store) ReturnTurn(ctx context.Context, key string) error {
	return wrap("return turn", s.inTx(ctx, func(t *tx) error {
		t.queue(`delete from gates where key = $1`, key)
		return nil
	}))
}

func (s *Store) TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error) {
	var until pgtype.Timestamptz
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into gates (key, shut_until, reason) values ($1, $2, '')
			on conflict (key) do update set shut_until = excluded.shut_until where gates.shut_until <= $3`,
			key, stamp(now.Add(every)), stamp(now)).Exec(wrote(&ok))
		t.queue(`select shut_until from gates where key = $1`, key).QueryRow(value(&until))
		return nil
	})
	if err != nil {
		return false, time.Time{}, wrap("take turn", err)
	}
	return ok, at(until), nil
}

func (s *Store) ClaimKey(ctx context.Context, key string, now, until time.Time) (first bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into once (key, used_until) values ($1, $2)
			on conflict (key) do update set used_until = excluded.used_until where once.used_until <= $3`,
			key, stamp(until), stamp(now)).Exec(wrote(&first))
		return nil
	})
	return first && err == nil, wrap("use a key once", err)
}

func (s *Store) KeyClaimed(ctx context.Context, key string, now time.Time) (used bool, err error) {
	used, _, err = row.First(read(ctx, s, "look up a used key", row.Value[bool],
		`select exists (select from once where key = $1 and used_until > $2)`, key, stamp(now)))
	return used, err
}

func (s *Store) ReleaseKey(ctx context.Context, key string) error {
	return wrap("free a used key", s.inTx(ctx, func(t *tx) error {
		t.queue(`delete from once where key = $1`, key)
		return nil
	}))
}

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
	kept, found, err := row.First(read(ctx, s, "read kept "+key, row.KeptValue[timestamp],
		`select value, kept_at from kept where key = $1`, key))
	return kept.Value, kept.At, found, err
}
