package storetest

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/store"
)

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
