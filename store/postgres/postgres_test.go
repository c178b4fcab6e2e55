package postgres_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

func TestPostgres(t *testing.T) {
	url := pgtest.URL(t)
	if err := open(t, url).Migrate(t.Context()); err != nil { // once: it takes longer than most of these tests
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T) store.Store {
		pgtest.Wipe(t, url, "goose_db_version", "schema_floor") // what migrations fill
		return open(t, url)
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
