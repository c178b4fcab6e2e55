package trouble

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

const (
	every   = 15 * time.Second
	turn    = 5 * time.Second // nobody else writes the book meanwhile
	within  = 5 * time.Second // one look at the database
	bookKey = "ops/troubles"
)

// Channel is where troubles are posted.
type Channel struct{ Workspace, Channel string }

// Store is what a Reporter needs of the database.
type Store interface {
	Put(ctx context.Context, key string, value []byte, at time.Time) error
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
	TakeTurn(ctx context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error)
	AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error
}

// Reporter gathers reports and posts them.
type Reporter struct {
	Store   Store
	Channel func() (Channel, bool) // false: there is no ops_channel, or it is not known yet
	Now     func() time.Time
	NewID   func() string
	Log     *slog.Logger

	mu   sync.Mutex
	news map[string]seen
}

// Report takes in that something is wrong. It is cheap, and meant to be called again for as long as
// the trouble lasts.
func (t *Reporter) Report(r Report) {
	now := t.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.news == nil {
		t.news = map[string]seen{}
	}
	n, known := t.news[r.Name]
	if !known {
		n.first = now
	}
	n.Report, n.last = r, now
	n.count++
	t.news[r.Name] = n
}

// Run posts what there is to post until ctx ends.
func (t *Reporter) Run(ctx context.Context) {
	for rest := every; sleep.For(ctx, rest) == nil; {
		var err error
		if rest, err = t.update(ctx); err != nil && ctx.Err() == nil {
			t.Log.Warn("the bot's own troubles cannot be told just now", "error", err)
		}
	}
}

// update brings the book up to date, and says when to do so again: where another replica has the turn, as
// soon as that is over, or it would have it each time. Jobs come first: their keys keep them from being
// added twice if the book cannot be stored.
func (t *Reporter) update(ctx context.Context) (rest time.Duration, err error) {
	channel, ok := t.Channel()
	if !ok {
		return every, nil
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	now := t.Now()
	ok, next, err := t.Store.TakeTurn(ctx, bookKey, now, turn)
	if err != nil {
		return every, err
	}
	if !ok {
		return min(max(next.Sub(now), time.Second), every), nil
	}
	book, err := t.book(ctx)
	if err != nil {
		return every, err
	}
	news := t.takeNews()
	changed, posts := step(book, news, now, t.NewID)
	if len(book) == 0 && len(changed) == 0 {
		return every, nil
	}
	if err := t.commit(ctx, channel, changed, posts, now); err != nil {
		t.putBack(news)
		return every, err
	}
	return every, nil
}

func (t *Reporter) commit(ctx context.Context, channel Channel, book map[string]fault, posts []post, now time.Time) error {
	if len(posts) > 0 {
		if err := t.Store.AddJobs(ctx, jobs(channel, posts, now, t.NewID), now); err != nil {
			return fmt.Errorf("add jobs: %w", err)
		}
	}
	value, err := json.Marshal(book)
	if err != nil {
		return fmt.Errorf("keep the book of troubles: %w", err)
	}
	return t.Store.Put(ctx, bookKey, value, now)
}

func (t *Reporter) book(ctx context.Context) (map[string]fault, error) {
	value, _, found, err := t.Store.Get(ctx, bookKey)
	if err != nil || !found {
		return nil, err
	}
	var book map[string]fault
	if err := json.Unmarshal(value, &book); err != nil {
		t.Log.Warn("the book of troubles cannot be read; beginning a new one", "error", err)
		return nil, nil
	}
	return book, nil
}

func (t *Reporter) takeNews() map[string]seen {
	t.mu.Lock()
	defer t.mu.Unlock()
	news := t.news
	t.news = nil
	return news
}

// putBack returns news that could not be written to those that came meanwhile.
func (t *Reporter) putBack(news map[string]seen) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, n := range t.news {
		if old, had := news[name]; had {
			n.first, n.count = old.first, n.count+old.count
		}
		if news == nil {
			news = map[string]seen{}
		}
		news[name] = n
	}
	t.news = news
}

// jobs are those that make the posts. The first of a fault has the id that finds its message again.
func jobs(channel Channel, posts []post, now time.Time, newID func() string) []queue.New {
	at := escalation.Thread{Workspace: channel.Workspace, Channel: channel.Channel}
	var all []queue.New
	for _, g := range posts {
		f := escalation.Fault{Name: g.name, Words: g.Words, Since: g.Since, First: g.Job}
		if g.Incident {
			f.Count = g.Count
		}
		if g.over {
			f.Over = now
		}
		id := newID()
		if g.Posts == 1 {
			id, f.First = g.Job, ""
		}
		key := fmt.Sprintf("trouble/%s/%d/%d", g.name, g.Since.Unix(), g.Posts)
		all = append(all, escalation.NewPostJob(id, key, escalation.Post{Thread: at, Fault: &f}, now))
	}
	return all
}
