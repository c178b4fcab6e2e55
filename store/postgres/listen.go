package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// channel carries all topics.
const channel = "slabuddy"

// queueNotify queues a topic for all listeners; Postgres delivers it with the commit, if there is one.
func queueNotify(t *tx, topic string) {
	t.queue(`select pg_notify('`+channel+`', $1)`, topic)
	t.topics = append(t.topics, topic)
}

// Listen holds a connection of its own, and opens another when it breaks. Behind a pooler, which lets nobody
// listen, it looks for news.
func (s *Store) Listen(ctx context.Context, l wake.Listener) error {
	if s.pooled {
		return s.lookForNews(ctx, l)
	}
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

// silence is how long the listening connection may hear nothing before it asks whether the database is alive:
// one that is frozen says nothing, too.
const silence = 10 * time.Second

func (s *Store) listen(ctx context.Context, f func(topic string)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
		defer cancel()
		conn.Close(ending)
	}()
	if err := exec(ctx, conn, "listen "+channel); err != nil {
		return err
	}
	for {
		quiet, cancel := context.WithTimeout(ctx, silence)
		n, err := conn.WaitForNotification(quiet)
		cancel()
		switch {
		case err == nil:
			f(n.Payload)
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			if err := exec(ctx, conn, "select"); err != nil {
				return err
			}
		default:
			return fmt.Errorf("listen: %w", err)
		}
	}
}

// exec runs a statement on the listening connection.
func exec(ctx context.Context, conn *pgx.Conn, sql string) error {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}
