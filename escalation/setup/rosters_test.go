package setup_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

// reading is a Follower whose calendar was read.
type reading struct{ inForce *calendar.InForce }

func (r *reading) InForce() *calendar.InForce { return r.inForce }

func (r *reading) read(titles ...string) {
	in := &calendar.InForce{Matching: calendar.DefaultMatching(), HasCalendar: true}
	in.Matching.Engineers = file().Engineers
	in.Reading = calendar.Reading{ReadAt: monday, From: monday.Add(-24 * time.Hour), To: monday.Add(7 * 24 * time.Hour)}
	for _, title := range titles {
		in.Reading.Events = append(in.Reading.Events, calendar.Event{Title: title, Start: monday.Add(-time.Hour), End: monday.Add(8 * time.Hour)})
	}
	r.inForce = in
}

func onShift(r calendar.Roster) string {
	var names []string
	for _, e := range r.OnShift {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

// rosters are those of a calendar where Ana and Bob are on shift; Ana is the file's, Bob was set up.
func rosters(t *testing.T, only string, bodies map[string]setup.Body) (*setup.Rosters, *setup.Book, *reading) {
	t.Helper()
	all := map[string]setup.Body{"engineer/U0BOB": bob}
	for scope, body := range bodies {
		all[scope] = body
	}
	b := newBook(t, with(t, all))
	b.SetBase(file(), only)
	k := &reading{}
	k.read("Ana on-shift", "Bob on-shift")
	return setup.NewRosters(k, b, func() time.Time { return monday }), b, k
}

func TestEngineersSetUpFromSlackAreMatchedInTheirWorkspace(t *testing.T) {
	r, _, _ := rosters(t, "", nil)
	for workspace, want := range map[string]string{team: "Ana Silva, Bob Lee", other: "Ana Silva", "": "Ana Silva"} {
		if got := r.Of(workspace); onShift(got) != want || got.AsOf.IsZero() {
			t.Errorf("%q: on shift %s", workspace, onShift(got))
		}
	}
}

func TestWhereTheFileDoesNotHoldThereIsNoCalendar(t *testing.T) {
	r, _, _ := rosters(t, team, nil)
	if got := r.Of(other); onShift(got) != "" || !got.AsOf.IsZero() {
		t.Errorf("elsewhere: %+v", got)
	}
	if diff := cmp.Diff(calendar.Outlook{}, r.Ahead(other, time.Hour)); diff != "" {
		t.Errorf("elsewhere, something is known:\n%s", diff)
	}
	if r.HasCalendar(other) || !r.HasCalendar(team) || onShift(r.Of(team)) != "Ana Silva, Bob Lee" {
		t.Errorf("at home: calendar %t, on shift %s", r.HasCalendar(team), onShift(r.Of(team)))
	}
}

func TestAbsencesHoldInTheirWorkspace(t *testing.T) {
	hour := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Hour) }
	r, _, _ := rosters(t, "", map[string]setup.Body{
		"absence/1": setup.Absence{Kind: setup.Away, Who: setup.Person{Slack: "U0BOB"}, From: monday, To: hour(2)},
		"absence/2": setup.Absence{Kind: setup.Swap, Who: setup.Person{Slack: "U0ANA"}, With: setup.Person{Name: "Dan"}, From: monday, To: hour(1)},
	})
	got := r.Of(team)
	if onShift(got) != "Dan" || len(got.Away) != 1 || got.Away[0].Name != "Bob Lee" {
		t.Errorf("on shift %s, away %v", onShift(got), got.Away)
	}
	if end := got.Shifts["Dan"].End; !end.Equal(hour(1)) {
		t.Errorf("Dan's shift ends %s", end)
	}
	if got := onShift(r.Of(other)); got != "Ana Silva" {
		t.Errorf("elsewhere, on shift: %s", got)
	}
}

func TestARosterFollowsTheReadingAndWhatIsSetUp(t *testing.T) {
	r, b, k := rosters(t, "", nil)
	if got := onShift(r.Of(team)); got != "Ana Silva, Bob Lee" {
		t.Fatalf("on shift: %s", got)
	}
	if _, err := b.Remove(t.Context(), team, "engineer/U0BOB", hana, 1); err != nil {
		t.Fatal(err)
	}
	if got := onShift(r.Of(team)); got != "Ana Silva" {
		t.Errorf("with Bob removed: %s", got)
	}
	k.read("Dan on-shift")
	if got := onShift(r.Of(team)); got != "Dan" {
		t.Errorf("after another reading: %s", got)
	}
}

func TestLookingAheadInAWorkspace(t *testing.T) {
	r, _, k := rosters(t, "", nil)
	o := r.Ahead(team, 24*time.Hour)
	if len(o.Turns) != 2 || !o.Until.Equal(monday.Add(24*time.Hour)) {
		t.Errorf("ahead: %+v", o)
	}
	if diff := cmp.Diff([]calendar.Interval{{Start: monday.Add(8 * time.Hour), End: monday.Add(24 * time.Hour)}}, o.Gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if o := r.Ahead(other, 24*time.Hour); len(o.Unresolved) != 1 || o.Unresolved[0].Title != "Bob on-shift" {
		t.Errorf("where Bob is unknown: %+v", o.Unresolved)
	}
	k.inForce.Reading.ReadAt = monday.Add(-13 * time.Hour)
	k.inForce = &calendar.InForce{Reading: k.inForce.Reading, Matching: k.inForce.Matching, HasCalendar: true}
	if diff := cmp.Diff(calendar.Outlook{}, r.Ahead(team, 24*time.Hour)); diff != "" {
		t.Errorf("from a reading too old, something is known:\n%s", diff)
	}
}

func TestEverybodyIsWhomTheFilesCalendarMayName(t *testing.T) {
	_, b, _ := rosters(t, "", map[string]setup.Body{
		"absence/1": setup.Absence{Kind: setup.Away, Who: setup.Person{Slack: "U0ANA"}, From: monday, To: monday.Add(time.Hour)},
	})
	b.View(team)
	engineers, changes := b.Everybody()
	if len(engineers) != 1 || engineers[0].Name != "Bob Lee" || len(changes) != 1 || changes[0].Who.Name != "Ana Silva" {
		t.Errorf("%v, %v", engineers, changes)
	}
	b.SetBase(file(), other)
	if engineers, changes := b.Everybody(); len(engineers)+len(changes) > 0 {
		t.Errorf("where the file does not hold: %v, %v", engineers, changes)
	}
}
