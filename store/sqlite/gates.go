package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) ShutGate(ctx context.Context, g queue.Gate) error {
	return wrap("shut gate", s.w.do(ctx, false, func(t *tx) error { return t.shutGate(g) }))
}

func (t *tx) shutGate(g queue.Gate) error {
	_, err := t.exec(`insert into gates (key, shut_until, reason) values (?, ?, ?)
		on conflict (key) do update set shut_until = excluded.shut_until, reason = excluded.reason
		where gates.shut_until < excluded.shut_until`, g.Key, stamp(g.Until), g.Reason)
	return err
}

// OpenGate looks first whether the gate is shut, outside the writer's turn, because the search for the jobs
// behind it reads all that are unfinished.
func (s *Store) OpenGate(ctx context.Context, key string, now time.Time) error {
	shut, err := read(ctx, s, "open gate", row.Value[int], `select 1 from gates where key = ? and shut_until > ?`, key, stamp(now))
	if err != nil || len(shut) == 0 {
		return err
	}
	var queues []string
	err = s.w.do(ctx, false, func(t *tx) error {
		if _, err := t.exec(`delete from gates where key = ?`, key); err != nil {
			return err
		}
		queues, err = readIn(t, row.Value[string], `update jobs set run_at = ?1, behind = 0
			where state in ('pending', 'running') and state = 'pending' and behind and run_at > ?1
				and instr(char(31) || gates || char(31) || look_gates || char(31), char(31) || ?2 || char(31)) > 0
			returning queue`, stamp(now), key)
		return err
	})
	if err != nil {
		return wrap("open gate", err)
	}
	s.wake(queues)
	return nil
}

func (s *Store) Gates(ctx context.Context, now time.Time) ([]queue.Gate, error) {
	return read(ctx, s, "list gates", row.Gate[timestamp],
		`select `+row.GateColumns+` from gates where shut_until > ? order by key`, stamp(now))
}

func (s *Store) ReturnTurn(ctx context.Context, key string) error {
	return wrap("return turn", s.w.do(ctx, false, func(t *tx) error {
		_, err := t.exec(`delete from gates where key = ?`, key)
		return err
	}))
}

func (s *Store) TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error) {
	err = s.w.do(ctx, false, func(t *tx) error {
		n, err := t.exec(`insert into gates (key, shut_until, reason) values (?, ?, '')
			on conflict (key) do update set shut_until = excluded.shut_until where gates.shut_until <= ?`,
			key, stamp(now.Add(every)), stamp(now))
		if err != nil {
			return err
		}
		ok = n == 1
		until, err := readIn(t, row.When[timestamp], `select shut_until from gates where key = ?`, key)
		if err != nil {
			return err
		}
		next = until[0]
		return nil
	})
	if err != nil {
		return false, time.Time{}, wrap("take turn", err)
	}
	return ok, next, nil
}

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
	_, used, err = row.First(read(ctx, s, "look up a used key", row.Value[int],
		`select 1 from once where key = ? and used_until > ?`, key, stamp(now)))
	return used, err
}

func (s *Store) ReleaseKey(ctx context.Context, key string) error {
	return wrap("free a used key", s.w.do(ctx, true, func(t *tx) error {
		_, err := t.exec(`delete from once where key = ?`, key)
		return err
	}))
}

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
	kept, found, err := row.First(read(ctx, s, "read kept "+key, row.KeptValue[timestamp],
		`select value, kept_at from kept where key = ?`, key))
	return kept.Value, kept.At, found, err
}
