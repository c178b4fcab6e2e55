package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// SQLite keeps of what type a value was written: what somebody has mended by hand may be a text among bytes.
func TestAValueOfAnotherTypeIsRewrittenToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := open(t, path)
	if err := s.Put(t.Context(), "roster", []byte("x"), time.Now()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "update kept set value = 'from Ana Silva'"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rewrite(t.Context(), func(text string) string { return strings.ReplaceAll(text, "Ana Silva", "nobody") }, true); err != nil {
		t.Error(err)
	}
	if value, _, _, err := s.Get(t.Context(), "roster"); err != nil || string(value) != "from nobody" {
		t.Errorf("%q, %v", value, err)
	}
}
