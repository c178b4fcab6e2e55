package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

// A report of one workspace reads what that has, and not what thousands of others have: rule 27.
func TestTheRecordsOfOneWorkspaceAreFoundByAnIndex(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "slabuddy.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan := func(query string, args []any) string {
		rows, err := s.read.QueryContext(t.Context(), "explain query plan "+query, args...)
		steps, err := collect(rows, err, func(r row.Scanner) (step string, err error) {
			var id, parent, unused int
			err = r.Scan(&id, &parent, &unused, &step)
			return step, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(steps, "\n")
	}
	timelines, history := plan(timelinesOf("T1", "a", 0, 250)), plan(historyOf("T1", "a", "b", 5000))
	for what, got := range map[string]string{"the timelines": timelines, "their history": history} {
		if !strings.Contains(got, "timelines_workspace (workspace=? AND id>?") || strings.Contains(got, "SCAN") {
			t.Errorf("%s are found like this:\n%s", what, got)
		}
	}
	if !strings.Contains(history, "history_timeline (timeline_id=?)") {
		t.Errorf("their history is found like this:\n%s", history)
	}
}
