package act

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// slowDesk takes a second to say that nobody has replied, and notes when it was asked.
type slowDesk struct {
	mu    sync.Mutex
	asked []time.Time
}

func (d *slowDesk) Ask(_ context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	d.mu.Lock()
	d.asked = append(d.asked, time.Now())
	d.mu.Unlock()
	time.Sleep(time.Second)
	return map[string]desk.Answer{qs[0].TicketID: {Status: desk.Unanswered}}, nil
}

// turnsStore gives turns as the database does.
type turnsStore struct {
	actionsStore
	mu    sync.Mutex
	until map[string]time.Time
}

func (s *turnsStore) TakeTurn(_ context.Context, key string, now time.Time, every time.Duration) (ok bool, next time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := s.until[key]; until.After(now) {
		return false, until, nil
	}
	s.until[key] = now.Add(every)
	return true, s.until[key], nil
}

func (s *turnsStore) Load(_ context.Context, ids []string) (found []escalation.Timeline, err error) {
	for _, tl := range s.Timelines {
		if slices.Contains(ids, tl.ID) {
			found = append(found, tl)
		}
	}
	return found, nil
}

func (s *turnsStore) Save(ctx context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.actionsStore.Save(ctx, changes)
}

func pressing(tickets int) (*Actions, *turnsStore, *slowDesk) {
	s, d := &turnsStore{until: map[string]time.Time{}}, &slowDesk{}
	for i := range tickets {
		s.Timelines = append(s.Timelines, enterprise(inStates(escalation.TierPosted), standing(1), func(tl *escalation.Timeline) {
			tl.ID, tl.Ticket.ID, tl.PostedAt = fmt.Sprintf("tl-%d", i+1), fmt.Sprint(i+1), time.Now()
			tl.AskedAt = time.Now()
		}))
	}
	deps, _ := escalationtest.Deps(time.Now)
	deps.Desk = d
	return &Actions{Deps: deps, Store: s}, s, d
}

// press presses the button of each ticket so often, all at once, and returns the notes.
func press(t *testing.T, a *Actions, s *turnsStore, times int) (kinds []escalation.NoteKind) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for range times {
		for _, tl := range s.Timelines {
			c := clickBy("U0ANA", "ana", time.Now())
			c.Timeline = tl.ID
			all.Go(func() {
				note, err := a.CheckAgain(t.Context(), c)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				kinds = append(kinds, note.Kind)
			})
		}
	}
	all.Wait()
	return kinds
}

// Rule 29: who presses the button together asks the help desk once.
func TestThreeHundredClicksAreOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, s, asked := pressing(1)
		for _, kind := range press(t, a, s, 300) {
			equal(t, "answer", kind, escalation.NoteUnanswered)
		}
		equal(t, "asked", len(asked.asked), 1)
		press(t, a, s, 300)
		equal(t, "asked again at once", len(asked.asked), 2)
		if d := asked.asked[1].Sub(asked.asked[0]); d < 2*time.Second {
			t.Errorf("asked again after %s", d)
		}
	})
}

// Rule 29: a click on each of many tickets keeps to half of poll_budget, sixty calls a minute. Polling asks
// about the others next.
func TestClicksKeepToTheirShareOfTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, s, asked := pressing(100)
		kinds := press(t, a, s, 1)
		slices.Sort(kinds)
		later := slices.Index(kinds, escalation.NoteUnanswered)
		if later < 90 || kinds[0] != escalation.NoteAskedSoon {
			t.Errorf("%v", kinds)
		}
		equal(t, "asked", len(asked.asked), 100-later)
		for i := range asked.asked[1:] {
			if d := asked.asked[i+1].Sub(asked.asked[i]); d < 2*time.Second {
				t.Errorf("asked %s after", d)
			}
		}
		equal(t, "put ahead of those to be asked about", len(s.changes), later)
	})
}

func TestCheckAgainCutShortIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, _ := pressing(1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if note, err := a.CheckAgain(ctx, clickBy("U0ANA", "ana", at(12))); err == nil {
			t.Errorf("%+v, want an error", note)
		}
		time.Sleep(time.Second) // the desk has answered
	})
}
