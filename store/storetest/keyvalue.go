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
}
