package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest"
)

func TestSQLite(t *testing.T) {
	empty := migrated(t) // once: migrating takes longer than most of these tests
	storetest.Run(t, func(t *testing.T) store.Store {
		path := filepath.Join(t.TempDir(), "test.db")
		if err := os.WriteFile(path, empty, 0o600); err != nil {
			t.Fatal(err)
		}
		s := unmigrated(t, path)
		t.Cleanup(s.Close)
		return s
	})
}

// migrated is an empty database as a file.
func migrated(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "empty.db")
	s := unmigrated(t, path)
	err := s.Migrate(t.Context())
	s.Close() // writes all of it into the one file
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func open(t *testing.T, path string) store.Store {
	t.Helper()
	s := unmigrated(t, path)
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func unmigrated(t *testing.T, path string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
