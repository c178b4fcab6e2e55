package postgres_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

func TestPostgres(t *testing.T) {
	url := pgtest.URL(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		pgtest.Wipe(t, url)
		s := open(t, url)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func open(t *testing.T, url string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
