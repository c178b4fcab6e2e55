package google_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/calendartest"
)

// seen is a calendar as it was seen in the world, with what is right for it.
type seen struct {
	What        string               `json:"what"`
	Zone        string               `json:"zone"` // the calendar's
	At          time.Time            `json:"at"`
	Items       []calendartest.Event `json:"items"`
	OnShift     []string             `json:"on_shift"`
	NonEmbedded []string             `json:"non_embedded"`
	Away        []string             `json:"away"`
}

// team are the engineers of the cases.
func team() calendar.Matching {
	r := calendar.DefaultMatching()
	r.Engineers = []calendar.Engineer{
		{Name: "Ana Silva", Aliases: []string{"Ana"}, Email: "ana@example.com"},
		{Name: "Ben Cole", Aliases: []string{"Ben"}, Email: "ben@example.com"},
		{Name: "Will Hart", Aliases: []string{"Will"}, Email: "will@example.com"},
	}
	return r
}

// Rule 8, on calendars that were seen in the world: from Google's answer to the roster.
func TestCalendarsSeenInTheWorld(t *testing.T) {
	files, err := filepath.Glob("../testdata/cases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c seen
			if err := json.Unmarshal(text, &c); err != nil {
				t.Fatal(err)
			}
			c.check(t)
		})
	}
}

func (c seen) check(t *testing.T) {
	t.Helper()
	s := start(t)
	s.Fail(calendartest.Verbatim(c.Zone, c.Items...), -1)
	matching := team()
	reading, err := calendar.Read(t.Context(), client(t, s), matching, c.At)
	if err != nil {
		t.Fatal(err)
	}
	roster := matching.Schedule(reading).At(c.At, time.Hour)
	same := func(what string, want []string, got []calendar.Engineer) {
		t.Helper()
		if diff := cmp.Diff(slices.Sorted(slices.Values(want)), names(got), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", c.What, what, diff)
		}
	}
	same("on shift", c.OnShift, roster.OnShift)
	same("not embedded", c.NonEmbedded, roster.NonEmbedded())
	if c.Away != nil {
		same("away", c.Away, roster.Away)
	}
}

func names(engineers []calendar.Engineer) (names []string) {
	for _, e := range engineers {
		names = append(names, e.Name)
	}
	return names
}
