// Package sqlitetest gives tests a real SQLite database.
package sqlitetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/slabuddy/slabuddy/store"
)

// Open opens an empty database in a file of its own, which has its tables. It is closed when the test ends.
func Open(t testing.TB) store.Store {
	t.Helper()
	file, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "slabuddy.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// migrated is an empty database as a file. It is made once: migrating takes longer than most tests.
var migrated = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "sqlitetest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "empty.db")
	s, err := store.Open(context.Background(), "sqlite:"+path, store.Options{})
	if err != nil {
		return nil, err
	}
	err = s.Migrate(context.Background())
	s.Close() // writes all of it into the one file
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})
