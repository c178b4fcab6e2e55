package slackapp

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// What a bot knew of its workspace can be read once it is gone, wherever the workspace's token came from, and
// nothing of any other workspace's.
func TestWhatWasKnownIsReadWithoutABot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		o := newOffice(t, s, unprepared, "Ana@example.com")
		o.Name("T0", "U0ANA") // somebody asks
		synctest.Wait()
		o.stop()
		want := Kept{
			Groups: map[string]string{"S0SUPPORT": "support"},
			People: map[string]string{"U0ANA": "ana"},
			Emails: map[string]string{"ana@example.com": "U0ANA"},
		}
		read := func(workspace string, want Kept) {
			t.Helper()
			got, err := ReadKept(t.Context(), s, workspace)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("of %s (-want +got):\n%s", workspace, diff)
			}
		}
		none := Kept{Groups: map[string]string{}, People: map[string]string{}, Emails: map[string]string{}}
		read("T0", want)
		read("T9", none)

		s.kept["slack/directory/T0"] = s.kept["slack/directory"] // as one that was installed
		delete(s.kept, "slack/directory")
		read("T0", want)

		s.err = errors.New("away")
		if _, err := ReadKept(t.Context(), s, "T0"); !errors.Is(err, s.err) {
			t.Errorf("with the database away: %v", err)
		}
	})
}
