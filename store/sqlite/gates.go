package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// ShutGate shuts a gate. One already shut for longer stays.
func (s *Store) ShutGate(ctx context.Context, g queue.Gate) error {
	return wrap("shut gate", s.w.do(ctx, false, func(t *tx) error { return t.shutGate(g) }))
}

func (t *tx) shutGate(g queue.Gate) error {
	_, err := t.exec(`insert into gates (key, shut_until, reason) values (?, ?, ?)
		on conflict (key) do update set shut_until = excluded.shut_until, reason = excluded.reason
		where gates.shut_until < excluded.shut_until`, g.Key, stamp(g.Until), g.Reason)
	return err
}

// OpenGate opens a gate, and lets the jobs that wait behind it go at once.
func (s *Store) OpenGate(ctx context.Context, key string, now time.Time) error {
	var queues []string
	err := s.w.do(ctx, false, func(t *tx) error {
		if _, err := t.exec(`delete from gates where key = ?`, key); err != nil {
			return err
		}
		rows, err := t.query(`update jobs set run_at = ?1, behind = 0
			where state in ('pending', 'running') and state = 'pending' and behind and run_at > ?1
				and instr(char(31) || gates || char(31) || look_gates || char(31), char(31) || ?2 || char(31)) > 0
			returning queue`, stamp(now), key)
		queues, err = collect(rows, err, func(scan func(...any) error) (q string, err error) {
			return q, scan(&q)
		})
		return err
	})
	if err != nil {
		return wrap("open gate", err)
	}
	for _, q := range queues {
		s.hub.Tell(wake.Jobs(q))
	}
	return nil
}

// Gates lists the gates shut at now. Paces and turns are among them; they have no reason.
func (s *Store) Gates(ctx context.Context, now time.Time) ([]queue.Gate, error) {
	rows, err := s.query(ctx, `select key, shut_until, reason from gates where shut_until > ? order by key`, stamp(now))
	gates, err := collect(rows, err, func(scan func(...any) error) (g queue.Gate, err error) {
		var until nullable
		err = scan(&g.Key, &until, &g.Reason)
		g.Until = at(until)
		return g, err
	})
	return gates, wrap("list gates", err)
}

// TakeTurn takes the turn of a key, if it is free at now, until now+every; next is when it is free
// again. After an error the turn may be taken; the next is then one interval later.
func (s *Store) TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error) {
	err = s.w.do(ctx, false, func(t *tx) error {
		n, err := t.exec(`insert into gates (key, shut_until, reason) values (?, ?, '')
			on conflict (key) do update set shut_until = excluded.shut_until where gates.shut_until <= ?`,
			key, stamp(now.Add(every)), stamp(now))
		if err != nil {
			return err
		}
		ok = n == 1
		rows, err := t.query(`select shut_until from gates where key = ?`, key)
		until, err := collect(rows, err, scanTime)
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
