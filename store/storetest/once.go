package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/store"
)

var once = map[string]func(*testing.T, store.Store){
	"a key is good for one use, until its time has passed": func(t *testing.T, s store.Store) {
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
			same(t, what+", used", must(s.Used(t.Context(), c.key, after(c.at)))(t), !c.first)
			same(t, what, use(t, s, c.key, c.at), c.first)
			same(t, what+", used since", must(s.Used(t.Context(), c.key, after(c.at)))(t), true)
		}
	},
	"of many who use a key at once, one is the first": func(t *testing.T, s store.Store) {
		for _, round := range []time.Duration{0, time.Minute} { // a new key, and one that has run out
			var firsts atomic.Int32
			together(16, func(int) {
				first, err := s.Once(t.Context(), "a", after(round), after(round+time.Minute))
				if err != nil {
					t.Error(err)
				} else if first {
					firsts.Add(1)
				}
			})
			same(t, "firsts", firsts.Load(), int32(1))
		}
	},
	"a key taken back may be used again, by one": func(t *testing.T, s store.Store) {
		use(t, s, "a", 0)
		use(t, s, "b", 0)
		ok(t, s.Again(t.Context(), "a"))
		ok(t, s.Again(t.Context(), "never used"))
		same(t, "again", use(t, s, "a", 0), true)
		same(t, "and again", use(t, s, "a", 0), false)
		same(t, "another", use(t, s, "b", 0), false)
	},
}

// use uses a key for a minute.
func use(t *testing.T, s store.Store, key string, at time.Duration) bool {
	t.Helper()
	return must(s.Once(t.Context(), key, after(at), after(at+time.Minute)))(t)
}
