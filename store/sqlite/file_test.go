package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/store"
)

func served(t *testing.T) (s store.Store, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "slabuddy.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, path
}

// What is written to a file that nobody finds again must not be taken for stored.
func TestAFileThatIsDeletedOrReplacedWhileItIsServedFromTakesNoWritesAndIsNotReady(t *testing.T) {
	for want, change := range map[string]func(path string) error{
		"was deleted": os.Remove,
		"was replaced": func(path string) error {
			if err := os.Rename(path, path+".old"); err != nil {
				return err
			}
			whole, err := os.ReadFile(path + ".old")
			if err != nil {
				return err
			}
			return os.WriteFile(path, whole, 0o600)
		},
	} {
		t.Run(want, func(t *testing.T) {
			s, path := served(t)
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("ready: %v", err)
			}
			if err := s.Put(t.Context(), "k", nil, time.Now()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("written: %v", err)
			}
		})
	}
}

func TestAFileThatIsPutBackIsServedFromAgain(t *testing.T) {
	s, path := served(t)
	for _, move := range [][2]string{{path, path + ".away"}, {path + ".away", path}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put(t.Context(), "k", nil, time.Now()); err != nil {
		t.Error(err)
	}
}
