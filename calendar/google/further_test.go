package google_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
)

// as is an event from 08:00 to 18:00 on the day of the cases, at 11:00 of which the roster is looked at.
func as(title string, change ...func(*calendartest.Event)) calendartest.Event {
	day := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	e := calendartest.Event{
		Summary: title, Status: "confirmed", EventType: "default",
		Start: calendartest.At(day.Add(8 * time.Hour)), End: calendartest.At(day.Add(18 * time.Hour)),
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

func allDayOn(first, after string) func(*calendartest.Event) {
	return func(e *calendartest.Event) { e.Start, e.End = calendartest.On(first), calendartest.On(after) }
}

func inFree(e *calendartest.Event) { e.Transparency = "transparent" }

func by(organizer string) func(*calendartest.Event) {
	return func(e *calendartest.Event) { e.Organizer = &calendartest.Person{Email: organizer} }
}

func guest(email, response string) func(*calendartest.Event) {
	return func(e *calendartest.Event) {
		e.Attendees = append(e.Attendees, calendartest.Attendee{
			Email: email, ResponseStatus: response, Organizer: e.Organizer != nil && e.Organizer.Email == email,
		})
	}
}

// needNot is a guest who is invited as optional.
func needNot(email, response string) func(*calendartest.Event) {
	return func(e *calendartest.Event) {
		e.Attendees = append(e.Attendees, calendartest.Attendee{Email: email, ResponseStatus: response, Optional: true})
	}
}

// Rule 8: further calendars of the kinds that were seen.
func TestFurtherCalendars(t *testing.T) {
	ana, ben := "ana@example.com", "ben@example.com"
	anaOn, benOn := as("Ana on-shift"), as("Ben on-shift")
	hidden := func(e *calendartest.Event) { e.Visibility = "private" }
	for what, c := range map[string]struct {
		zone    string // UTC if empty
		items   []calendartest.Event
		onShift []string
		away    []string
	}{
		"a week of vacation, free, with the cover in its title": {"", []calendartest.Event{anaOn, as("Ana Urlaub (Vertretung: Ben)", allDayOn("2026-01-05", "2026-01-10"), inFree)}, []string{"Ben Cole"}, []string{"Ana Silva"}},
		"vacation that ended yesterday":                         {"", []calendartest.Event{anaOn, as("Ana vacation", allDayOn("2026-01-01", "2026-01-05"), inFree)}, []string{"Ana Silva"}, nil},
		"a free shift is none":                                  {"", []calendartest.Event{as("Ana on-shift", inFree), benOn}, []string{"Ben Cole"}, nil},

		"out of office in her own calendar":         {"", []calendartest.Event{anaOn, as("", ofType("outOfOffice"), by(ana), guest(ana, "accepted"))}, nil, []string{"Ana Silva"}},
		"out of office whose only guest is herself": {"", []calendartest.Event{anaOn, as("Abwesend", ofType("outOfOffice"), guest(ana, "accepted"))}, nil, []string{"Ana Silva"}},
		"out of office, all day and free":           {"", []calendartest.Event{anaOn, as("OOO", ofType("outOfOffice"), by(ana), inFree, allDayOn("2026-01-05", "2026-01-06"))}, nil, []string{"Ana Silva"}},

		"a flight from mail":       {"", []calendartest.Event{as("Flight to Lisbon (Ana)", ofType("fromGmail"), by(ana)), benOn}, []string{"Ben Cole"}, nil},
		"where somebody works":     {"", []calendartest.Event{as("Ana: home", ofType("workingLocation"), by(ana)), benOn}, []string{"Ben Cole"}, nil},
		"a birthday of Google's":   {"", []calendartest.Event{as("Ana", ofType("birthday")), benOn}, []string{"Ben Cole"}, nil},
		"focus time over a shift":  {"", []calendartest.Event{anaOn, as("Focus time - Ana", ofType("focusTime"), by(ana))}, []string{"Ana Silva"}, nil},
		"a type that is not known": {"", []calendartest.Event{as("Ana", ofType("tomorrowsIdea")), benOn}, []string{"Ben Cole"}, nil},

		"the organiser among the guests":   {"", []calendartest.Event{as("Late shift", by(ana), guest(ana, "accepted"), guest(ben, "needsAction"))}, []string{"Ben Cole"}, nil},
		"the organiser as the only guest":  {"", []calendartest.Event{as("Late shift", by(ana), guest(ana, "accepted"))}, []string{"Ana Silva"}, nil},
		"the organiser and a room":         {"", []calendartest.Event{as("Late shift", by(ana), guest(ana, "accepted"), guest("room@resource.calendar.google.com", "accepted"))}, []string{"Ana Silva"}, nil},
		"the organiser and the calendar":   {"", []calendartest.Event{as("PTO", by(ana), guest(ana, "accepted"), guest("shifts@group.calendar.google.com", "accepted")), anaOn}, nil, []string{"Ana Silva"}},
		"the title against the guests":     {"", []calendartest.Event{as("On-call: Ana", guest(ben, "accepted"))}, []string{"Ana Silva"}, nil},
		"all in the title declined":        {"", []calendartest.Event{as("On-call: Ana, Will", guest(ana, "declined"), guest("will@example.com", "declined"), guest(ben, "tentative"))}, []string{"Ben Cole"}, nil},
		"one of two in the title declined": {"", []calendartest.Event{as("On-call: Ana / Ben", guest(ana, "declined"), guest(ben, "accepted"))}, []string{"Ben Cole"}, nil},
		"nobody is left who did not":       {"", []calendartest.Event{as("On-call: Ana", guest(ana, "declined"))}, nil, nil},

		"one who need not come":                     {"", []calendartest.Event{as("Shift", guest(ben, "accepted"), needNot(ana, "accepted"))}, []string{"Ben Cole"}, nil},
		"nobody has to come":                        {"", []calendartest.Event{as("Shift", needNot(ana, "accepted"), needNot(ben, "needsAction"))}, []string{"Ana Silva", "Ben Cole"}, nil},
		"a vacation that colleagues are to know of": {"", []calendartest.Event{benOn, as("Vacation", guest(ana, "accepted"), needNot(ben, "needsAction"))}, []string{"Ben Cole"}, []string{"Ana Silva"}},
		"a group beside somebody":                   {"", []calendartest.Event{as("Shift", guest("support-emea@example.com", "needsAction"), guest(ben, "accepted"))}, []string{"Ben Cole"}, nil},
		"a title hidden from us":                    {"", []calendartest.Event{as("", hidden), benOn}, []string{"Ben Cole"}, nil},
		"a hidden title with a guest":               {"", []calendartest.Event{as("", hidden, guest(ana, "accepted"))}, []string{"Ana Silva"}, nil},

		"a calendar in a zone that is none": {"Mars/Phobos", []calendartest.Event{anaOn, as("Ben vacation", allDayOn("2026-01-05", "2026-01-06"))}, []string{"Ana Silva"}, []string{"Ben Cole"}},
		"an event in a zone that is none": {"UTC", []calendartest.Event{benOn, as("Ana on-shift", func(e *calendartest.Event) {
			e.Start = &calendartest.When{DateTime: "2026-01-05T08:00:00", TimeZone: "Mars/Phobos"}
			e.End = &calendartest.When{DateTime: "2026-01-05T18:00:00", TimeZone: "Mars/Phobos"}
		})}, []string{"Ana Silva", "Ben Cole"}, nil},
		"all day, where it is three at night":       {"America/Los_Angeles", []calendartest.Event{as("Ana", allDayOn("2026-01-05", "2026-01-06")), as("Ben", allDayOn("2026-01-05", "2026-01-06"))}, []string{"Ana Silva", "Ben Cole"}, nil},
		"all day, with an end that is the same day": {"", []calendartest.Event{as("Ana", allDayOn("2026-01-05", "2026-01-05")), as("Ben vacation", allDayOn("2026-01-05", "2026-01-05"))}, []string{"Ana Silva"}, []string{"Ben Cole"}},
		"an e-mail address in the title":            {"", []calendartest.Event{as("On-call: ana@example.com / ben@example.com")}, []string{"Ana Silva", "Ben Cole"}, nil},
		"all day, where it is over":                 {"Pacific/Kiritimati", []calendartest.Event{as("Ana", allDayOn("2026-01-05", "2026-01-06")), benOn}, []string{"Ben Cole"}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			if c.zone == "" {
				c.zone = "UTC"
			}
			if c.away == nil {
				c.away = []string{}
			}
			seen{
				What: what, Zone: c.zone, At: time.Date(2026, 1, 5, 11, 0, 0, 0, time.UTC), Items: c.items,
				OnShift: c.onShift, NonEmbedded: c.onShift, Away: c.away,
			}.check(t)
		})
	}
}
