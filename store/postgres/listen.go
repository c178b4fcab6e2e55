package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/store/internal/row"
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
	wait, failures := least, 0
	for {
		err := s.listen(ctx, func() {
			if failures > 0 {
				s.log.Info("listening for news again", "failures", failures)
				failures = 0
			}
		}, func(topic string) {
			wait = least
			l.Hear(topic)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failures++; failures == 1 {
			s.log.Warn("the connection that listens for news broke; opening another until one works", "error", err)
		}
		if err := sleep.For(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, most)
	}
}

// silence is how long the listening connection may hear nothing before it asks whether the database is alive:
// one that is frozen says nothing, too.
const silence = 10 * time.Second

// listen hears topics until its connection breaks. begun is called once it is there.
func (s *Store) listen(ctx context.Context, begun func(), hear func(topic string)) error {
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
	begun()
	for {
		quiet, cancel := context.WithTimeout(ctx, silence)
		n, err := conn.WaitForNotification(quiet)
		cancel()
		switch {
		case err == nil:
			hear(n.Payload)
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

// news are the latest topics that replicas behind a pooler have to learn of, numbered without gaps: the last
// of Topics has the number Last. Jobs are not among them, because the queue looks for them each second anyway.
type news struct {
	Last   int64    `json:"last"`
	Topics []string `json:"topics"`
}

// newsKey is the key of the value that holds the news.
const newsKey = "news"

const (
	newsKept  = 64 // so many in one second are not to be expected
	newsEvery = time.Second
)

// after returns the topics with numbers above last.
func (n news) after(last int64) []string {
	return n.Topics[len(n.Topics)-int(min(max(n.Last-last, 0), int64(len(n.Topics)))):]
}

// publish notifies all listeners of a topic, those behind a pooler included.
func publish(t *tx, topic string) error {
	queueNotify(t, topic)
	var values [][]byte
	t.queue(`insert into kept (key, value, kept_at) values ($1, $2, $3)
		on conflict (key) do update set value = kept.value returning value`, newsKey, []byte(`{}`), stamp(epoch)).
		Query(into(&values, row.Value[[]byte]))
	if err := t.send(); err != nil {
		return err
	}
	var n news
	if err := json.Unmarshal(values[0], &n); err != nil {
		return wrap("read the news", err)
	}
	n.Last++
	n.Topics = append(n.Topics, topic)
	n.Topics = slices.Delete(n.Topics, 0, max(0, len(n.Topics)-newsKept))
	value, err := json.Marshal(n)
	t.queue(`update kept set value = $2 where key = $1`, newsKey, value)
	return err
}

// lookForNews is Listen behind a pooler. What this process does it hears at once.
func (s *Store) lookForNews(ctx context.Context, l wake.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		last, known := int64(0), false
		for ; ctx.Err() == nil; _ = sleep.For(ctx, newsEvery) {
			if n, err := s.readNews(ctx); err == nil { // whoever serves says that the database is away
				if known {
					s.hub.Notify(n.after(last)...)
				}
				last, known = n.Last, true
			}
		}
	}()
	return s.hub.Listen(ctx, l.Hear)
}

func (s *Store) readNews(ctx context.Context) (n news, err error) {
	value, _, found, err := s.Get(ctx, newsKey)
	if err == nil && found {
		err = json.Unmarshal(value, &n)
	}
	return n, err
}
