package sqlite

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A limit on the number of pages is to SQLite what a full disk is.
func TestAFullDiskIsNotReadyUntilAWriteSucceeds(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "slabuddy.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	limit := func(pages string) {
		t.Helper()
		if _, err := s.w.conn.ExecContext(t.Context(), "pragma max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	put := func() error { return s.Put(t.Context(), "k", bytes.Repeat([]byte("x"), 1<<20), time.Now()) }
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	limit("1") // no more than there are
	if err := put(); err == nil {
		t.Fatal("it was written")
	}
	if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("ready: %v", err)
	}
	limit("10000")
	if err := put(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOfAFolderThatIsNotThereNothingIsKnown(t *testing.T) {
	if _, known := freeSpace(filepath.Join(t.TempDir(), "none")); known {
		t.Error("its free space is known")
	}
}
