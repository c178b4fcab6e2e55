package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/store"
)

var walking = map[string]func(*testing.T, store.Store){
	"what is due comes earliest first, and no more than asked for": func(t *testing.T, s store.Store) {
		open(t, s, ticket(3), ticket(1), ticket(2), ticket(9))
		due, next := dueIDs(t, s, after(10*time.Minute+3*time.Second), 10)
		same(t, "due", due, []string{id(1, 1), id(1, 2), id(1, 3)})
		sameTime(t, "next", next, after(10*time.Minute+9*time.Second))
		due, next = dueIDs(t, s, after(10*time.Minute+3*time.Second), 2)
		same(t, "first two", due, []string{id(1, 1), id(1, 2)})
		sameTime(t, "next after now, though one more is due", next, after(10*time.Minute+9*time.Second))
	},
	"what comes is counted by channel": func(t *testing.T, s store.Store) {
		elsewhere := ticket(4)
		elsewhere.Channel = "C0OTHER"
		open(t, s, ticket(1), ticket(2), ticket(3), elsewhere, ticket(9))
		closeTimeline(t, s, open(t, s, ticket(5))[0])
		got := must(s.Coming(t.Context(), after(10*time.Minute+time.Second), after(10*time.Minute+8*time.Second)))(t)
		here := escalation.Thread{Workspace: ticket(1).Workspace, Channel: ticket(1).Channel}
		there := escalation.Thread{Workspace: elsewhere.Workspace, Channel: elsewhere.Channel}
		same(t, "coming", got, map[escalation.Thread]int{here: 2, there: 1})
	},
	"with nothing open, nothing is due next": func(t *testing.T, s store.Store) {
		closeTimeline(t, s, open(t, s, ticket(1))[0])
		due, next := dueIDs(t, s, after(year), 10)
		if len(due) != 0 || !next.IsZero() {
			t.Errorf("due %v, next %v", due, next)
		}
	},
	"each change of a timeline sets when it comes next": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		tl.Tiers[0].State = escalation.TierPosted
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl}}))(t)
		due, next := dueIDs(t, s, tl.Tiers[0].Due, 10)
		if len(due) != 0 {
			t.Errorf("due %v", due)
		}
		sameTime(t, "next", next, tl.Tiers[1].Due)
	},
	"to be asked come the longest unasked first, not the due, nor the closed": func(t *testing.T, s store.Store) {
		ts := []escalation.Timeline{ticket(1), ticket(2), ticket(3), ticket(4), ticket(5)}
		ts[0].Tiers[0].Due = after(time.Minute) // due
		for i, asked := range []time.Duration{-9, -1, -3, -4, 5} {
			ts[i].AskedAt = after(asked * time.Minute)
		}
		closeTimeline(t, s, open(t, s, ts...)[3])
		got := must(s.ToAsk(t.Context(), after(2*time.Minute), t0, 10))(t)
		same(t, "asked", ids(got), []string{id(1, 3), id(1, 2)})
		for _, tl := range got {
			sameTime(t, "asked at", tl.AskedAt, after(2*time.Minute))
			same(t, "as stored", load(t, s, tl)[0], tl)
			if tl.Version != 1 {
				t.Errorf("the version of %s grew to %d", tl.ID, tl.Version)
			}
		}
		if again := must(s.ToAsk(t.Context(), after(2*time.Minute), t0, 10))(t); len(again) != 0 {
			t.Errorf("asked again: %v", ids(again))
		}
	},
	"no two ask about the same timeline": func(t *testing.T, s store.Store) {
		var ts []escalation.Timeline
		for i := range 200 {
			ts = append(ts, ticket(i))
		}
		open(t, s, ts...)
		var mu sync.Mutex
		times := map[string]int{}
		together(8, func(int) {
			for {
				got, err := s.ToAsk(t.Context(), after(6*time.Minute), after(5*time.Minute), 10)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) == 0 {
					return
				}
				mu.Lock()
				for _, tl := range got {
					times[tl.ID]++
				}
				mu.Unlock()
			}
		})
		if len(times) != len(ts) {
			t.Errorf("%d of %d were asked about", len(times), len(ts))
		}
		for id, n := range times {
			if n != 1 {
				t.Errorf("%s was asked about %d times", id, n)
			}
		}
	},
	"a turn is taken once an interval": func(t *testing.T, s store.Store) {
		var mu sync.Mutex
		won := 0
		together(16, func(int) {
			ok, next, err := s.TakeTurn(t.Context(), "poll", t0, time.Second)
			if err != nil {
				t.Error(err)
				return
			}
			sameTime(t, "next", next, after(time.Second))
			if ok {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
		if won != 1 {
			t.Errorf("%d took the turn", won)
		}
		for _, c := range []struct {
			key  string
			at   time.Duration
			ok   bool
			next time.Duration
		}{
			{"poll", time.Second - time.Microsecond, false, time.Second},
			{"poll", time.Second, true, 2 * time.Second},
			{"another", time.Second, true, 2 * time.Second},
		} {
			taken, next, err := s.TakeTurn(t.Context(), c.key, after(c.at), time.Second)
			ok(t, err)
			if taken != c.ok || !next.Equal(after(c.next)) {
				t.Errorf("%s after %s: %v, next %v", c.key, c.at, taken, next)
			}
		}
	},
	"a turn that is returned is free at once": func(t *testing.T, s store.Store) {
		for range 2 {
			taken, _, err := s.TakeTurn(t.Context(), "scan", t0, time.Minute)
			ok(t, err)
			same(t, "taken", taken, true)
			ok(t, s.ReturnTurn(t.Context(), "scan"))
		}
		ok(t, s.ReturnTurn(t.Context(), "never taken"))
	},
	"a solved ticket that may come back is looked at again when its time has come": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(1), ticket(2), ticket(3))
		for i, look := range []time.Time{after(time.Minute), after(time.Hour), {}} {
			ts[i].State, ts[i].ClosedAt, ts[i].LookAt = escalation.Answered, after(time.Second), look
		}
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &ts[0]}, {Timeline: &ts[1]}, {Timeline: &ts[2]}}))(t)
		got := must(s.ToLookAgain(t.Context(), after(2*time.Minute), after(30*time.Minute), 10))(t)
		same(t, "due", ids(got), []string{ts[0].ID})
		same(t, "once", len(must(s.ToLookAgain(t.Context(), after(2*time.Minute), after(30*time.Minute), 10))(t)), 0)
		got = must(s.ToLookAgain(t.Context(), after(30*time.Minute), after(time.Hour), 10))(t)
		same(t, "again", ids(got), []string{ts[0].ID})
	},
	"a solved ticket that may come back is found by its id": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(1), ticket(2), ticket(3))
		for i, look := range []time.Time{after(time.Minute), {}} {
			ts[i].State, ts[i].ClosedAt, ts[i].LookAt = escalation.Answered, after(time.Second), look
		}
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &ts[0]}, {Timeline: &ts[1]}}))(t)
		for _, workspace := range []string{"", "T1"} {
			same(t, "may come back", must(s.FindSolved(t.Context(), workspace, "1"))(t), load(t, s, ts[0]))
		}
		same(t, "elsewhere", len(must(s.FindSolved(t.Context(), "T2", "1"))(t)), 0)
		same(t, "closed for good", len(must(s.FindSolved(t.Context(), "", "2"))(t)), 0)
		same(t, "open", len(must(s.FindSolved(t.Context(), "", "3"))(t)), 0)
	},
	"a closed timeline opens again only if no other one of its ticket is open": func(t *testing.T, s store.Store) {
		first := open(t, s, ticket(1))[0]
		closed := first
		closed.State, closed.ClosedAt = escalation.Answered, after(time.Second)
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &closed}}))(t)
		again := load(t, s, first)[0]
		again.State, again.ClosedAt = escalation.Open, time.Time{}

		second := ticket(2)
		second.Ticket.ID = first.Ticket.ID
		open(t, s, second)
		same(t, "beside another", must(s.Save(t.Context(), []escalation.Change{{Timeline: &again}}))(t), []escalation.Saved{escalation.SavedStale})

		other := load(t, s, second)[0]
		other.State, other.ClosedAt = escalation.Answered, after(time.Second)
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &other}}))(t)
		same(t, "alone", must(s.Save(t.Context(), []escalation.Change{{Timeline: &again}}))(t), []escalation.Saved{escalation.SavedOK})
	},
}

func dueIDs(t *testing.T, s store.Store, now time.Time, n int) ([]string, time.Time) {
	t.Helper()
	due, next, err := s.Due(t.Context(), now, n)
	ok(t, err)
	return ids(due), next
}

func ids(ts []escalation.Timeline) []string {
	var ids []string
	for _, tl := range ts {
		ids = append(ids, tl.ID)
	}
	return ids
}
