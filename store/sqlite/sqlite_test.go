package sqlite_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return sqlitetest.Open(t) })
}

func open(t *testing.T, path string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
