package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

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
		Query(func(rows pgx.Rows) (err error) {
			values, err = collect(rows, nil, row.Value[[]byte])
			return err
		})
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
		tick := time.NewTicker(newsEvery)
		defer tick.Stop()
		for ctx.Err() == nil {
			if n, err := s.readNews(ctx); err == nil { // whoever serves says that the database is away
				if known {
					s.hub.Notify(n.after(last)...)
				}
				last, known = n.Last, true
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
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
