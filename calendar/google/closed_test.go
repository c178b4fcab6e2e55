package google_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/calendar/google"
)

var _ closed.Source = (*google.Calendar)(nil)

// What closes: holidays, but no observances, no matter that they are Free; part of a day; and nothing that
// was cancelled or only says where somebody works.
func TestClosed(t *testing.T) {
	const holidays = "en.german.official#holiday@group.v.calendar.google.com"
	s := start(t)
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	c := s.AddCalendar(&calendartest.Calendar{ID: holidays, Zone: auckland, Public: true})
	free := func(e *calendartest.Event) { e.Transparency = "transparent" }
	described := func(words string) func(*calendartest.Event) {
		return func(e *calendartest.Event) { e.Description = words }
	}
	allDay := func(title, first, end string, change ...func(*calendartest.Event)) calendartest.Event {
		e := calendartest.Event{Summary: title, Start: calendartest.On(first), End: calendartest.On(end)}
		for _, f := range change {
			f(&e)
		}
		return e
	}
	cancelled := func(e *calendartest.Event) { e.Status = "cancelled" }
	insert(t, c,
		allDay("Waitangi Day", "2026-03-10", "2026-03-11", free, described("Public holiday")),
		allDay("Mother's Day", "2026-03-11", "2026-03-12", free, described("Observance\nTo hide observances, go to Google Calendar Settings > Holidays")),
		allDay("Muttertag", "2026-03-11", "2026-03-12", free, described("Gedenktag\nWenn Sie Gedenktage ausblenden möchten, rufen Sie die Google Kalender-Einstellungen auf > Feiertage in Deutschland")),
		allDay("Off-site", "2026-03-09", "2026-03-12"),
		allDay("Secret", "2026-03-11", "2026-03-12", func(e *calendartest.Event) { e.Visibility = "private" }),
		allDay("At home", "2026-03-11", "2026-03-12", ofType("workingLocation")),
		allDay("Off after all", "2026-03-11", "2026-03-12", cancelled),
		timed("All hands"),
	)
	got, err := client(t, s, func(c *google.Config) { c.CalendarID = holidays }).Closed(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	allHands := timed("All hands")
	instant := func(w *calendartest.When) time.Time {
		at, err := time.Parse(time.RFC3339, w.DateTime)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	want := map[string]closed.Event{
		"Waitangi Day": {Title: "Waitangi Day", First: "2026-03-10", Last: "2026-03-10"},
		"Off-site":     {Title: "Off-site", First: "2026-03-09", Last: "2026-03-11"},
		"":             {First: "2026-03-11", Last: "2026-03-11"},
		"All hands":    {Title: "All hands", Start: instant(allHands.Start), End: instant(allHands.End)},
	}
	byTitle := map[string]closed.Event{}
	for _, e := range got {
		byTitle[e.Title] = e
	}
	if diff := cmp.Diff(want, byTitle); diff != "" || len(got) != len(want) {
		t.Errorf("%d events close (-want +got):\n%s", len(got), diff)
	}
}

// In a company's own calendar the name of Google says nothing: events have links to it.
func TestACompanysClosedDayMayNameGoogle(t *testing.T) {
	s := start(t)
	c := s.AddCalendar(&calendartest.Calendar{ID: id})
	insert(t, c, calendartest.Event{Summary: "Off-site", Start: calendartest.On("2026-03-10"), End: calendartest.On("2026-03-11"), Description: "On Google Meet"})
	if got, err := client(t, s).Closed(t.Context(), from, to); err != nil || len(got) != 1 {
		t.Errorf("%v close, %v", got, err)
	}
}

func TestClosedDaysThatCannotBeRead(t *testing.T) {
	s := start(t)
	if events, err := client(t, s).Closed(t.Context(), from, to); err == nil {
		t.Errorf("of a calendar that is not there, %v is closed", events)
	}
}
