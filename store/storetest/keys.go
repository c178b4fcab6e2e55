package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/store"
)

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
			var firsts atomic.Int32
			together(16, func(int) {
				first, err := s.ClaimKey(t.Context(), "a", after(round), after(round+time.Minute))
				if err != nil {
					t.Error(err)
				} else if first {
					firsts.Add(1)
				}
			})
			same(t, "firsts", firsts.Load(), int32(1))
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
