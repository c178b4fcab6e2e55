package storetest

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

var gates = map[string]func(*testing.T, store.Store){
	"shut gates are listed until they open": func(t *testing.T, s store.Store) {
		a, b := gate("a", time.Minute), gate("b", time.Hour)
		ok(t, s.ShutGate(t.Context(), b))
		ok(t, s.ShutGate(t.Context(), a))
		same(t, "both", must(s.Gates(t.Context(), t0))(t), []queue.Gate{a, b})
		same(t, "one", must(s.Gates(t.Context(), after(time.Minute)))(t), []queue.Gate{b})
		ok(t, s.OpenGate(t.Context(), "b", t0))
		same(t, "once opened by hand", len(must(s.Gates(t.Context(), after(time.Minute)))(t)), 0)
	},
	"a gate shut for longer stays": func(t *testing.T, s store.Store) {
		long, short, longer := gate("g", time.Hour), gate("g", time.Minute), gate("g", 2*time.Hour)
		short.Reason, longer.Reason = "short", "longer"
		ok(t, s.ShutGate(t.Context(), long))
		ok(t, s.ShutGate(t.Context(), short))
		same(t, "after a shorter one", must(s.Gates(t.Context(), t0))(t), []queue.Gate{long})
		ok(t, s.ShutGate(t.Context(), longer))
		same(t, "after a longer one", must(s.Gates(t.Context(), t0))(t), []queue.Gate{longer})
	},
	"a finished job shuts its gate, the longest of a batch": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 3)
		var rows []queue.Finished
		for i, d := range []time.Duration{time.Minute, time.Hour, time.Second} {
			f := finished(js[i], queue.Pending)
			g := gate("g", d)
			f.Shut = &g
			rows = append(rows, f)
		}
		must(s.Finish(t.Context(), t0, rows))(t)
		same(t, "gates", must(s.Gates(t.Context(), t0))(t), []queue.Gate{gate("g", time.Hour)})
	},
	"a gate that is not shut lets nobody go who waits behind another": func(t *testing.T, s store.Store) {
		behind := job("q", 1)
		behind.Gates = []string{"limit", "token"}
		add(t, s, behind)
		ok(t, s.ShutGate(t.Context(), gate("limit", 40*time.Second)))
		ok(t, s.ShutGate(t.Context(), gate("token", -time.Second)))
		same(t, "claimed while shut", len(must(s.Claim(t.Context(), claim(9, t0)))(t).Jobs), 0)

		ok(t, s.OpenGate(t.Context(), "token", t0))
		ok(t, s.OpenGate(t.Context(), "never shut", t0))
		sameTime(t, "behind the limit", jobs(t, s)["q/1"].RunAt, after(40*time.Second))
	},
	"opening a gate frees those behind it, and nobody else": func(t *testing.T, s store.Store) {
		behind, refused, retrying, future, other := job("q", 1), job("q", 2), job("q", 3), job("q", 4), job("q", 5)
		for _, j := range []*queue.New{&behind, &refused, &retrying, &future} {
			j.Gates = []string{"x", "token", "y"}
		}
		refused.RunAt, retrying.RunAt = after(-time.Second), after(-time.Second)
		future.RunAt = after(30 * time.Minute)
		other.Gates = []string{"another token"}
		add(t, s, refused, retrying)
		js := must(s.Claim(t.Context(), claim(2, after(-time.Second))))(t).Jobs
		var rows []queue.Finished
		for _, j := range js {
			f := finished(j, queue.Pending)
			f.RunAt = after(20 * time.Minute)
			if j.Key == "q/2" {
				g := gate("token", time.Hour)
				f.Shut = &g
			}
			rows = append(rows, f)
		}
		must(s.Finish(t.Context(), t0, rows))(t)
		add(t, s, behind, future, other)
		ok(t, s.ShutGate(t.Context(), gate("another token", time.Hour)))
		same(t, "claimed while shut", len(must(s.Claim(t.Context(), claim(9, t0)))(t).Jobs), 0)

		heard := listen(t, s)
		ok(t, s.OpenGate(t.Context(), "token", after(time.Second)))
		await(t, heard, "jobs/q")
		got := jobs(t, s)
		sameTime(t, "that waited", got["q/1"].RunAt, after(time.Second))
		sameTime(t, "that was refused", got["q/2"].RunAt, after(time.Second))
		sameTime(t, "that backs off", got["q/3"].RunAt, after(20*time.Minute))
		sameTime(t, "that is not due", got["q/4"].RunAt, after(30*time.Minute))
		same(t, "claimed", len(must(s.Claim(t.Context(), claim(9, after(time.Second))))(t).Jobs), 2)
	},
}

var idempotency = map[string]func(*testing.T, store.Store){
	"a claimed key cannot be claimed again until its time has passed": func(t *testing.T, s store.Store) {
		for _, c := range []struct {
			key   string
			at    time.Duration
			first bool
		}{
			{"a", 0, true},
			{"a", 0, false},
			{"a", time.Minute - time.Microsecond, false},
			{"b", 0, true},
			{"a", time.Minute, true},
			{"a", time.Minute, false},
		} {
			what := c.key + " after " + c.at.String()
			same(t, what+", claimed", must(s.KeyClaimed(t.Context(), c.key, after(c.at)))(t), !c.first)
			same(t, what, claimKey(t, s, c.key, c.at), c.first)
			same(t, what+", claimed since", must(s.KeyClaimed(t.Context(), c.key, after(c.at)))(t), true)
		}
	},
	"of many who claim a key at once, one gets it": func(t *testing.T, s store.Store) {
		for _, round := range []time.Duration{0, time.Minute} { // a new key, and one that has run out
			firsts := winners(t, 16, func(int) (bool, error) {
				return s.ClaimKey(t.Context(), "a", after(round), after(round+time.Minute))
			})
			same(t, "firsts", firsts, 1)
		}
	},
	"a released key can be claimed again, once": func(t *testing.T, s store.Store) {
		claimKey(t, s, "a", 0)
		claimKey(t, s, "b", 0)
		ok(t, s.ReleaseKey(t.Context(), "a"))
		ok(t, s.ReleaseKey(t.Context(), "never claimed"))
		same(t, "again", claimKey(t, s, "a", 0), true)
		same(t, "and again", claimKey(t, s, "a", 0), false)
		same(t, "another", claimKey(t, s, "b", 0), false)
	},
}

// claimKey claims a key for a minute.
func claimKey(t *testing.T, s store.Store, key string, at time.Duration) bool {
	t.Helper()
	return must(s.ClaimKey(t.Context(), key, after(at), after(at+time.Minute)))(t)
}

var keyValues = map[string]func(*testing.T, store.Store){
	"the value of a key is the latest that was put": func(t *testing.T, s store.Store) {
		if _, _, found, err := s.Get(t.Context(), "roster"); err != nil || found {
			t.Fatalf("found %v, %v", found, err)
		}
		ok(t, s.Put(t.Context(), "roster", []byte("new"), after(time.Minute)))
		ok(t, s.Put(t.Context(), "roster", []byte("old"), t0))
		ok(t, s.Put(t.Context(), "groups", nil, t0))
		value, at, found, err := s.Get(t.Context(), "roster")
		ok(t, err)
		if string(value) != "new" || !at.Equal(after(time.Minute)) || at.Location() != time.UTC || !found {
			t.Errorf("got %q of %v, %v", value, at, found)
		}
	},
	"what has a value keeps it where a missing one is put": func(t *testing.T, s store.Store) {
		ok(t, s.PutMissing(t.Context(), []string{"scan/1", "scan/2", "scan/1"}, []byte("first"), t0))
		ok(t, s.Put(t.Context(), "scan/1", []byte("later"), after(time.Minute)))
		ok(t, s.PutMissing(t.Context(), []string{"scan/1", "scan/2", "scan/3"}, []byte("last"), after(time.Hour)))
		ok(t, s.PutMissing(t.Context(), nil, []byte("nothing"), t0))
		for key, want := range map[string]string{"scan/1": "later", "scan/2": "first", "scan/3": "last"} {
			if value, _, _, err := s.Get(t.Context(), key); err != nil || string(value) != want {
				t.Errorf("%s is %q, %v; want %q", key, value, err, want)
			}
		}
	},
}
