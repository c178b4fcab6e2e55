package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/store"
)

func TestAnAddressThatCannotBeOpenedSaysWhatWouldBeRightAndNeverThePassword(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ url, want string }{
		{"", "sqlite:slabuddy.db"},
		{"slabuddy.db", "sqlite:slabuddy.db"},
		{"mysql://bot:hunter2@db/slabuddy", "postgres://user:password@host:5432/slabuddy"},
		{"bot:hunter2@db", "postgres://user:password@host:5432/slabuddy"},
		{"hunter2", "sqlite:"},
		{"postgres://bot:hunter2@db:port/slabuddy", "postgres://user:password@host:5432/database"},
		{"postgres://bot:hunter2/@db/slabuddy", "percent-encoded"},
		{"postgres://bot:hunter2%@db/slabuddy", "percent-encoded"},
		{"postgres://bot:hunter2@127.0.0.1:1/slabuddy?connect_timeout=5", "is it running"},
		{"postgres://bot:hunter2@127.0.0.1:1/slabuddy?sslmode=maybe", "sslmode is invalid"},
		{"postgres://bot:hunter2@127.0.0.1:1/slabuddy?sslmode=verify-full&sslrootcert=" + dir + "/none.pem", "none.pem: no such file"},
		{"postgresql://bot:hunter2@" + filepath.Base(dir) + ".invalid/slabuddy", "is the address right"},
		{"sqlite:", "sqlite:slabuddy.db"},
		{"sqlite:" + filepath.Join(dir, "none", "slabuddy.db"), "create it first"},
		{"sqlite:" + dir, "is a directory"},
	} {
		s, err := store.Open(t.Context(), c.url, store.Options{})
		if err == nil {
			s.Close()
			t.Errorf("%s: no error", c.url)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want it to say %q", c.url, err, c.want)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is in %q", err)
		}
	}
}

func TestAFileOfAnyNameIsOpened(t *testing.T) {
	for _, name := range []string{"plain.db", "with space.db", "what?.db", "a#b%41&c=d.db", "ümläut.db"} {
		path := filepath.Join(t.TempDir(), name)
		s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
		if found, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.db")); len(found) != 1 || found[0] != path {
			t.Errorf("%s: made %q", name, found)
		}
	}
}
