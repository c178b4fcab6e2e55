package directory

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
)

var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

// What a bot knew of its workspace can be read once it is gone, wherever the workspace's token came from, and
// nothing of any other workspace's.
func TestWhatWasKnownIsReadWithoutABot(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		o := newOffice(t, s, unprepared, "Ana@example.com")
		o.Name("T0", "U0ANA") // somebody asks
		synctest.Wait()
		o.stop()
		want := Cached{
			Groups: map[string]string{"S0SUPPORT": "support"},
			People: map[string]string{"U0ANA": "ana"},
			Emails: map[string]string{"ana@example.com": "U0ANA"},
			Zones:  map[string]*time.Location{"U0ANA": zone},
		}
		read := func(workspace string, want Cached) {
			t.Helper()
			got, err := ReadCached(t.Context(), s, workspace)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, sameZone); diff != "" {
				t.Errorf("of %s (-want +got):\n%s", workspace, diff)
			}
		}
		none := Cached{Groups: map[string]string{}, People: map[string]string{}, Emails: map[string]string{}, Zones: map[string]*time.Location{}}
		read("T0", want)
		read("T9", none)

		s.Kept["slack/directory/T0"] = s.Kept["slack/directory"] // as one that was installed
		delete(s.Kept, "slack/directory")
		read("T0", want)

		s.Err = errors.New("away")
		if _, err := ReadCached(t.Context(), s, "T0"); !errors.Is(err, s.Err) {
			t.Errorf("with the database away: %v", err)
		}
	})
}

// A zone that Slack told once, and that does not exist here any more, is nobody's: whoever is in it is still known.
func TestAZoneThatIsGoneIsNobodys(t *testing.T) {
	s := slackapptest.NewShelf()
	s.Kept["slack/directory/T0"] = []byte(`{"self":{"workspace":"T0"},"names":{"U0ANA":{"name":"ana","zone":"US/Pacific-New"},"U0BEN":{"name":"ben","zone":"Mars/Olympus"},"U0CY":{"name":"cy","zone":"Asia/Tokyo"}}}`)
	got, err := ReadCached(t.Context(), s, "T0")
	if err != nil {
		t.Fatal(err)
	}
	if got.Zones["U0BEN"] != nil || got.People["U0BEN"] != "ben" || got.Zones["U0CY"] == nil {
		t.Errorf("%+v", got)
	}
}

// Whoever was erased from what is kept does not come back from the memory of a bot that goes on meanwhile.
func TestWhoWasErasedStaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		o := newOffice(t, s, unprepared, "bob@example.com")
		defer o.stop()
		o.Name("T0", "U0ANA") // somebody asks
		synctest.Wait()
		value, at, _, err := s.Get(t.Context(), "slack/directory")
		erased := strings.NewReplacer("U0ANA", "UERASED1", `"ana"`, `"(erased)"`).Replace(string(value))
		if err != nil || erased == string(value) {
			t.Fatalf("%v; kept: %s", err, value)
		}
		if err := s.Put(t.Context(), "slack/directory", []byte(erased), at); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * refreshEvery)
		o.Group("T0", "support")
		synctest.Wait()
		if value, _, _, _ = s.Get(t.Context(), "slack/directory"); strings.Contains(string(value), "U0ANA") {
			t.Errorf("back again: %s", value)
		}
		if name, ok := o.Name("T0", "U0ANA"); ok {
			t.Errorf("still called %s", name)
		}
	})
}

// The address of somebody who has left the team is not kept.
func TestAddressesAreKeptOfEngineersOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slackapptest.NewShelf()
		newOffice(t, s, unprepared, "Ana@example.com").stop()
		for _, c := range []struct {
			emails []string
			kept   bool
		}{{[]string{"Ana@example.com"}, true}, {nil, false}} {
			newOffice(t, s, unprepared, c.emails...).stop()
			if value, _, _, _ := s.Get(t.Context(), "slack/directory"); strings.Contains(string(value), "ana@example.com") != c.kept {
				t.Errorf("with engineers %q: %s", c.emails, value)
			}
		}
	})
}
