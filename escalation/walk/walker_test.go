package walk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// walkerStore answers a walker by functions, and keeps when it was asked.
type walkerStore struct {
	due   func(now time.Time, n int) ([]escalation.Timeline, time.Time, error)
	save  func([]escalation.Change) ([]escalation.Saved, error)
	walks []time.Time
	saved []escalation.Change

	coming map[escalation.Thread]int
}

func (s *walkerStore) Coming(context.Context, time.Time, time.Time) (map[escalation.Thread]int, error) {
	return s.coming, nil
}

func (s *walkerStore) Due(_ context.Context, now time.Time, n int) ([]escalation.Timeline, time.Time, error) {
	s.walks = append(s.walks, now)
	return s.due(now, n)
}

func (s *walkerStore) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	s.saved = append(s.saved, changes...)
	if s.save != nil {
		return s.save(changes)
	}
	saved := make([]escalation.Saved, len(changes))
	for i := range saved {
		saved[i] = escalation.SavedOK
	}
	return saved, nil
}

func nothingDue(time.Time, int) ([]escalation.Timeline, time.Time, error) {
	return nil, time.Time{}, nil
}

// unanswered is a help desk in which nobody replies.
type unanswered struct {
	calls, most atomic.Int64
}

func (d *unanswered) Ask(_ context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	d.calls.Add(1)
	for {
		most := d.most.Load()
		if int64(len(qs)) <= most || d.most.CompareAndSwap(most, int64(len(qs))) {
			break
		}
	}
	got := map[string]desk.Answer{}
	for _, q := range qs {
		got[q.TicketID] = desk.Answer{Status: desk.Unanswered}
	}
	return got, nil
}

func walker(s WalkerStore) *Walker {
	d, _ := escalationtest.Deps(time.Now)
	d.Desk = &unanswered{}
	return &Walker{Deps: d, Store: s, Hold: func() bool { return false }, Tick: time.Second}
}

// walkFor lets a walker run for d.
func walkFor(t *testing.T, w *Walker, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	w.Run(ctx)
}

func TestWalkerSleepsUntilTheNextDueTimeATickAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := &walkerStore{due: func(now time.Time, _ int) ([]escalation.Timeline, time.Time, error) {
			if next := start.Add(1300 * time.Millisecond); now.Before(next) {
				return nil, next, nil
			}
			return nil, time.Time{}, nil
		}}
		w := walker(s)
		walkFor(t, w, 4*time.Second)
		var after []time.Duration
		for _, at := range s.walks {
			after = append(after, at.Sub(start))
		}
		equal(t, "walks", after, []time.Duration{0, time.Second, 1300 * time.Millisecond, 2300 * time.Millisecond, 3300 * time.Millisecond})
		equal(t, "last walk", w.LastWalk(), start.Add(3300*time.Millisecond).UTC())
	})
}

// Rule 8: the first walk waits for roster and user groups, five seconds at most.
func TestFirstWalkWaitsForRosterAndGroups(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ready  time.Duration // 0: never
		walked time.Duration
	}{
		{"both are read", 2 * time.Second, 2 * time.Second},
		{"one never is", 0, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s := &walkerStore{due: nothingDue}
				w := walker(s)
				roster, groups := make(chan struct{}), make(chan struct{})
				close(roster)
				w.Ready = []<-chan struct{}{roster, groups}
				if tt.ready > 0 {
					time.AfterFunc(tt.ready, func() { close(groups) })
				}
				walkFor(t, w, 6*time.Second)
				equal(t, "first walk", s.walks[0].Sub(start), tt.walked)
			})
		})
	}
}

// Rule 15: a walker whose clock is not to be trusted does not walk, and is not ready.
func TestWalkerHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &walkerStore{due: nothingDue}
		w := walker(s)
		m, reg := metrics()
		w.Metrics, w.Hold = m, func() bool { return true }
		walkFor(t, w, 10*time.Second)
		equal(t, "walks", len(s.walks), 0)
		equal(t, "last walk", w.LastWalk(), time.Time{})
		equal(t, "last walk, as told", value(t, reg, "slabuddy_walk_last_success_timestamp_seconds"), 0)
	})
}

// Database gone: the walker keeps trying, and says so once.
func TestWalkerKeepsTryingWhileTheDatabaseIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var log bytes.Buffer
		s := &walkerStore{due: func(now time.Time, _ int) ([]escalation.Timeline, time.Time, error) {
			if now.Sub(start) < 10*time.Second {
				return nil, time.Time{}, errors.New("database gone")
			}
			return nil, time.Time{}, nil
		}}
		w := walker(s)
		m, reg := metrics()
		w.Metrics, w.Logger = m, slog.New(slog.NewTextHandler(&log, nil))
		walkFor(t, w, 14500*time.Millisecond)
		equal(t, "walks", len(s.walks), 15)
		equal(t, "last walk", w.LastWalk(), start.Add(14*time.Second).UTC())
		equal(t, "last walk, as told", value(t, reg, "slabuddy_walk_last_success_timestamp_seconds"), float64(start.Add(14*time.Second).Unix()))
		if n := strings.Count(log.String(), "database gone"); n != 1 {
			t.Errorf("told %d times, want once:\n%s", n, log.String())
		}
	})
}

// A change that could not be saved is decided again.
func TestWalkThatCannotSaveIsAnError(t *testing.T) {
	s := &walkerStore{
		due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) {
			return []escalation.Timeline{enterprise()}, time.Time{}, nil
		},
		save: func([]escalation.Change) ([]escalation.Saved, error) { return nil, errors.New("database gone") },
	}
	w := walker(s)
	w.Now = func() time.Time { return at(10) }
	if _, err := w.Walk(t.Context()); err == nil || !strings.Contains(err.Error(), "database gone") {
		t.Errorf("error %v, want that of the database", err)
	}
}

// Rule 5: the help desk is asked in batches, all at once.
func TestWalkAsksInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var due []escalation.Timeline
		for i := range 2*desk.MaxQuestions + 1 {
			m := message()
			m.PostedAt, m.Ticket.ID = time.Now().Add(-10*time.Minute), fmt.Sprint(i)
			due = append(due, escalation.Begin(fmt.Sprint("tl-", i), m, policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: time.Hour}, m.PostedAt))
		}
		s := &walkerStore{due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) { return due, time.Time{}, nil }}
		asked := &unanswered{}
		w := walker(s)
		w.Desk = asked
		if _, err := w.Walk(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "calls", asked.calls.Load(), 3)
		equal(t, "most questions in one", asked.most.Load(), desk.MaxQuestions)
		equal(t, "decided", len(s.saved), len(due))
	})
}

// After an outage more is due than one walk takes: the rest follows at once.
func TestWalkThatWasFullIsFollowedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := 2*walkSize + 1
		s := &walkerStore{due: func(now time.Time, n int) ([]escalation.Timeline, time.Time, error) {
			var due []escalation.Timeline
			for range min(n, left) {
				due = append(due, enterprise(closed(escalation.Answered))) // nothing to decide, to keep this quick
			}
			left -= len(due)
			return due, time.Time{}, nil
		}}
		walkFor(t, walker(s), 500*time.Millisecond)
		equal(t, "walks", len(s.walks), 3)
		equal(t, "left", left, 0)
	})
}

// silentDesk never answers.
type silentDesk struct{}

func (silentDesk) Ask(ctx context.Context, _ []desk.Question) (map[string]desk.Answer, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// Ended while it asks, a walker decides nothing: the help desk's silence is none.
func TestWalkCutShortSavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &walkerStore{due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) {
			return []escalation.Timeline{enterprise()}, time.Time{}, nil
		}}
		w := walker(s)
		w.Desk, w.Now = silentDesk{}, func() time.Time { return at(10) }
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := w.Walk(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
		equal(t, "decided", len(s.saved), 0)
	})
}

// Only what was committed is counted and told.
func TestStaleDecisionsCountForNothing(t *testing.T) {
	s := &walkerStore{
		due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) {
			return []escalation.Timeline{enterprise()}, time.Time{}, nil
		},
		save: func([]escalation.Change) ([]escalation.Saved, error) {
			return []escalation.Saved{escalation.SavedStale}, nil
		},
	}
	m, reg := metrics()
	w := walker(s)
	w.Metrics, w.Now = m, func() time.Time { return at(50) }
	if _, err := w.Walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "breaches", value(t, reg, "slabuddy_breaches_total", "first_reply", "enterprise"), 0)
	equal(t, "walks", value(t, reg, "slabuddy_walk_seconds"), 1)
}

// halved answers the first ask late and about the first ticket, the second at once and about the other.
type halved struct{ asks atomic.Int64 }

func (d *halved) Ask(_ context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	if d.asks.Add(1) > 1 {
		return map[string]desk.Answer{qs[1].TicketID: {Status: desk.Unanswered}}, nil
	}
	time.Sleep(4 * time.Second)
	return map[string]desk.Answer{qs[0].TicketID: {Status: desk.Unanswered}}, nil
}

// Rule 7: what either of the two asks was told counts.
func TestBothAsksCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := enterprise(func(tl *escalation.Timeline) { tl.ID, tl.Ticket.ID = "tl-2", "43" })
		s := &walkerStore{due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) {
			return []escalation.Timeline{enterprise(), other}, time.Time{}, nil
		}}
		w := walker(s)
		w.Desk, w.Now = &halved{}, func() time.Time { return at(10) }
		if _, err := w.Walk(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, c := range s.saved {
			equal(t, "desk about "+c.Timeline.Ticket.ID, post(t, c).Reminder.Desk, desk.Unanswered)
		}
		equal(t, "decided", len(s.saved), 2)
	})
}

// silent says of every ticket that it has no answer, as adapters may that fill in all of a map.
type silent struct{ calls int }

func (d *silent) Ask(_ context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	d.calls++
	return map[string]desk.Answer{qs[0].TicketID: {}}, nil
}

func TestEmptyAnswerIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &walkerStore{due: func(time.Time, int) ([]escalation.Timeline, time.Time, error) {
			return []escalation.Timeline{enterprise()}, time.Time{}, nil
		}}
		asked := &silent{}
		w := walker(s)
		w.Desk, w.Now = asked, func() time.Time { return at(10) }
		if _, err := w.Walk(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "asked", asked.calls, 2)
		equal(t, "desk", post(t, s.saved[0]).Reminder.Desk, desk.Unchecked)
	})
}

// forgetful is a help desk that knows nothing of one ticket.
type forgetful struct {
	unanswered
	unknown string
}

func (d *forgetful) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	got, err := d.unanswered.Ask(ctx, qs)
	delete(got, d.unknown)
	return got, err
}

// Rule 5: tickets that have an answer never wait for those that have none, of an earlier walk either.
func TestTicketsWithAnAnswerDoNotWaitForThoseWithout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		decided := map[string]time.Duration{}
		timelines := map[string]escalation.Timeline{}
		for i, id := range []string{"unknown", "known", "later"} {
			m := message()
			m.Ticket.ID, m.TS, m.Channel = id, fmt.Sprintf("%d.000100", start.Unix()+int64(i)), "C"+id
			m.PostedAt = start.Add(time.Duration(i/2)*100*time.Millisecond - 10*time.Minute)
			timelines[id] = escalation.Begin(id, m, policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: 24 * time.Hour}, m.PostedAt)
		}
		s := &walkerStore{}
		s.due = func(now time.Time, _ int) (due []escalation.Timeline, next time.Time, err error) {
			for id, tl := range timelines {
				switch _, done := decided[id]; {
				case done:
				case !tl.NextAt().After(now):
					due = append(due, tl)
				case next.IsZero() || tl.NextAt().Before(next):
					next = tl.NextAt()
				}
			}
			return due, next, nil
		}
		s.save = func(changes []escalation.Change) ([]escalation.Saved, error) {
			saved := make([]escalation.Saved, len(changes))
			for i, c := range changes {
				decided[c.Timeline.ID] = time.Since(start)
				saved[i] = escalation.SavedOK
			}
			return saved, nil
		}
		w := walker(s)
		d := &forgetful{unknown: "unknown"}
		w.Desk = d
		walkFor(t, w, 4*time.Second)
		equal(t, "decided", decided, map[string]time.Duration{"known": 0, "later": 100 * time.Millisecond, "unknown": time.Second})
		if n := d.calls.Load(); n != 3 {
			t.Errorf("the help desk was called %d times: the one that it does not know is asked about twice, and by no other walk", n)
		}
	})
}
