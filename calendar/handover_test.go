package calendar

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Rule 24: a change of shift is known from the schedule: who goes, who comes, and who is on then.
func TestHandovers(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	at := func(hour int) time.Time { return day.Add(time.Duration(hour) * time.Hour) }
	ana, bob, cleo := Engineer{Name: "Ana"}, Engineer{Name: "Bob"}, Engineer{Name: "Cleo"}
	s := Schedule{ReadAt: at(8), From: at(-24), To: at(48), Entries: []Entry{
		{Engineer: ana, Start: at(6), End: at(14)},
		{Engineer: ana, Start: at(12), End: at(15)}, // of two events the later end counts
		{Engineer: bob, Start: at(15), End: at(22)},
		{Engineer: cleo, Start: at(9), End: at(17)},
		{Engineer: cleo, Start: at(16), End: at(20), Away: true},
	}}
	got := s.Handovers(at(9), at(30), 48*time.Hour)
	want := []Handover{
		{At: at(15), Goes: []string{"Ana"}, Comes: []string{"Bob"}, On: []string{"Bob", "Cleo"}},
		{At: at(16), Goes: []string{"Cleo"}, On: []string{"Bob"}},
		{At: at(22), Goes: []string{"Bob"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if late := s.Handovers(at(14), at(16), time.Hour); late != nil {
		t.Errorf("a calendar that was read too long ago tells of %+v", late)
	}
	if h := s.With([]Change{{Who: bob, By: ana, From: at(15), To: at(22)}}).Handovers(at(14), at(16), 48*time.Hour); len(h) != 1 || h[0].Goes[0] != "Cleo" {
		t.Errorf("whoever goes on for somebody else does not come: %+v", h)
	}
}
