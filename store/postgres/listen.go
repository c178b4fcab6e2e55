package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// channel carries all topics.
const channel = "slabuddy"

// queueNotify queues a topic for all who listen; Postgres delivers it with the commit, if there
// is one.
func queueNotify(t *tx, topic string) {
	t.queue(`select pg_notify('`+channel+`', $1)`, topic)
}

// Listen holds a connection of its own, and opens another when it breaks.
func (s *Store) Listen(ctx context.Context, l wake.Listener) error {
	const least, most = 100 * time.Millisecond, 5 * time.Second
	wait := least
	for {
		err := s.listen(ctx, func(topic string) {
			wait = least
			l.Hear(topic)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.Warn("the connection that listens for news broke; opening another", "error", err, "in", wait)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, most)
	}
}

func (s *Store) listen(ctx context.Context, f func(topic string)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		f(n.Payload)
	}
}
