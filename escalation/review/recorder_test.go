package review_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// shelf holds rosters as a store does.
type shelf struct {
	kept   review.Rosters
	calls  int
	broken bool
}

func (s *shelf) AddRoster(_ context.Context, _ string, r review.RosterSince) (bool, error) {
	s.calls++
	if s.broken {
		return false, errors.New("the disk is full")
	}
	if n := len(s.kept); n > 0 && (s.kept[n-1].Roster.Equal(r.Roster) || !r.At.After(s.kept[n-1].At)) {
		return false, nil
	}
	s.kept = append(s.kept, r)
	return true, nil
}

func (s *shelf) Rosters(_ context.Context, _ string, from, _ time.Time) (review.Rosters, error) {
	for _, r := range slices.Backward(s.kept) {
		if !r.At.After(from) {
			return review.Rosters{r}, nil
		}
	}
	return nil, nil
}

// plan is a calendar that people change: who is on from which hour on.
type plan struct {
	now func() time.Time
	on  map[int]string // by the hour of the day
}

func (p plan) HasCalendar(workspace string) bool { return workspace == "T1" }

func (p plan) Between(_ string, from time.Time, f func(time.Time, calendar.Roster)) {
	day := p.now().Truncate(24 * time.Hour)
	roster := calendar.Roster{AsOf: day}
	for hour := range p.now().Hour() + 1 {
		name, changes := p.on[hour]
		if !changes {
			continue
		}
		roster.OnShift = nil
		if name != "" {
			roster.OnShift = []calendar.Engineer{{Name: name}}
		}
		if at := day.Add(time.Duration(hour) * time.Hour); at.After(from) {
			f(at, roster)
		}
	}
	f(p.now(), roster)
}

func clockAt(hour, minute int) time.Time {
	return time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC)
}

func since(hour, minute int, names ...string) review.RosterSince {
	return review.RosterSince{At: clockAt(hour, minute), Roster: calendar.Snapshot{Known: true, OnShift: names}}
}

func TestTheRosterIsStoredWheneverItChangedAndAtTheMomentAtWhichItDid(t *testing.T) {
	now := clockAt(8, 30)
	clock := func() time.Time { return now }
	shelf, plan := &shelf{}, plan{clock, map[int]string{0: "", 9: "Ana", 17: ""}}
	record := func(r *review.Recorder, hour, minute int) {
		t.Helper()
		now = clockAt(hour, minute)
		if err := r.Record(t.Context(), []string{"T1", "T2"}); err != nil {
			t.Error(err)
		}
	}
	r := &review.Recorder{Store: shelf, Shifts: plan, Now: clock}
	record(r, 8, 30)
	record(r, 8, 31)
	record(r, 9, 7) // the first look after nine
	for minute := range 50 {
		record(r, 9, 8+minute)
	}
	plan.on[10] = "Ben"
	record(r, 10, 20)
	plan.on[10] = "Cleo" // somebody edits the calendar: from now on, not from ten on
	record(r, 10, 40)
	want := review.Rosters{since(8, 30), since(9, 0, "Ana"), since(10, 0, "Ben"), since(10, 40, "Cleo")}
	if diff := cmp.Diff(want, shelf.kept); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if shelf.calls != len(want) {
		t.Errorf("%d calls of the database for %d changes", shelf.calls, len(want))
	}
	record(&review.Recorder{Store: shelf, Shifts: plan, Now: clock}, 18, 45) // the bot was stopped meanwhile
	if diff := cmp.Diff(append(want, since(17, 0)), shelf.kept); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
}

func TestAChangeThatCannotBeStoredIsStoredLater(t *testing.T) {
	now := clockAt(8, 30)
	clock := func() time.Time { return now }
	shelf := &shelf{broken: true}
	r := &review.Recorder{Store: shelf, Shifts: plan{clock, map[int]string{0: "", 9: "Ana"}}, Now: clock}
	if err := r.Record(t.Context(), []string{"T1"}); err == nil {
		t.Error("nothing is said of a disk that is full")
	}
	shelf.broken, now = false, clockAt(9, 30)
	if err := r.Record(t.Context(), []string{"T1"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(review.Rosters{since(9, 30, "Ana")}, shelf.kept); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}
