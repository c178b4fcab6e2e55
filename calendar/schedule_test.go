package calendar_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
)

var (
	ana   = calendar.Engineer{Name: "Ana Silva", Aliases: []string{"Ana"}, Slack: "U0ANA", Email: "ana@example.com", Products: []string{"Auth"}}
	bob   = calendar.Engineer{Name: "Bob Lee", Aliases: []string{"Bob"}, Slack: "U0BOB", Email: "bob@example.com", Products: []string{"Storage"}}
	carla = calendar.Engineer{Name: "Carla", Slack: "U0CARLA", Email: "carla@example.com"}
)

func matching() calendar.Matching {
	r := calendar.DefaultMatching()
	r.Engineers = []calendar.Engineer{ana, bob, carla}
	r.Products = map[string][]string{"Auth": {"login"}, "Edge Functions": nil}
	return r
}

// at reads a time as 2026-03-10 09:00, in UTC.
func at(t *testing.T, text string) time.Time { return in(t, time.UTC, text) }

func in(t *testing.T, zone *time.Location, text string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// event lasts from 09:00 to 17:00 of 2026-03-10, unless given otherwise.
func event(t *testing.T, title string, change ...func(*calendar.Event)) calendar.Event {
	e := calendar.Event{Title: title, Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")}
	for _, f := range change {
		f(&e)
	}
	return e
}

func lasting(from, to time.Time) func(*calendar.Event) {
	return func(e *calendar.Event) { e.Start, e.End = from, to }
}

func guests(emails ...string) func(*calendar.Event) {
	return func(e *calendar.Event) {
		for _, email := range emails {
			e.Attendees = append(e.Attendees, calendar.Attendee{Email: email})
		}
	}
}

func declined(email string) func(*calendar.Event) {
	return func(e *calendar.Event) {
		e.Attendees = append(e.Attendees, calendar.Attendee{Email: email, Declined: true})
	}
}

func organizer(email string) func(*calendar.Event) {
	return func(e *calendar.Event) { e.Organizer = email }
}

func outOfOffice(e *calendar.Event) { e.Kind = calendar.OutOfOffice }
func otherKind(e *calendar.Event)   { e.Kind = calendar.Other }
func free(e *calendar.Event)        { e.Free = true }

// schedule matches events that were read half an hour before now, days around it included.
func schedule(r calendar.Matching, now time.Time, events ...calendar.Event) calendar.Schedule {
	return r.Schedule(calendar.Reading{
		ReadAt: now.Add(-30 * time.Minute), From: now.AddDate(0, 0, -7), To: now.AddDate(0, 0, 7), Events: events,
	})
}

// who is a roster in the shape the tests compare: names, and for the embedded their products.
type who struct {
	OnShift, Away []string
	Embedded      map[string][]string
	Unresolved    []string
}

func summary(s calendar.Schedule, r calendar.Roster) who {
	var w who
	for _, e := range r.OnShift {
		w.OnShift = append(w.OnShift, e.Name)
	}
	for _, e := range r.Away {
		w.Away = append(w.Away, e.Name)
	}
	for _, e := range r.Embedded {
		if w.Embedded == nil {
			w.Embedded = map[string][]string{}
		}
		w.Embedded[e.Name] = e.Products
	}
	for _, u := range s.Unresolved {
		w.Unresolved = append(w.Unresolved, u.Title)
	}
	return w
}

func TestWhatEventsMean(t *testing.T) {
	tests := map[string]struct {
		events []calendar.Event
		now    string // 2026-03-10 12:00 if empty
		want   who
	}{
		"an event puts its people on shift while it lasts": {
			events: []calendar.Event{event(t, "Ana on-shift")},
			want:   who{OnShift: []string{"Ana Silva"}},
		},
		"an event counts from its first instant": {
			events: []calendar.Event{event(t, "Ana on-shift")}, now: "2026-03-10 09:00",
			want: who{OnShift: []string{"Ana Silva"}},
		},
		"an event does not count before it": {
			events: []calendar.Event{event(t, "Ana on-shift")}, now: "2026-03-10 08:59",
			want: who{},
		},
		"an event's end is exclusive": {
			events: []calendar.Event{event(t, "Ana on-shift")}, now: "2026-03-10 17:00",
			want: who{},
		},
		"an embedding event embeds, and is a shift too": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob"), event(t, "Ana on-shift")},
			want:   who{OnShift: []string{"Ana Silva", "Bob Lee"}, Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"embedded lasts all support day, the shift only as long as the event": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-11 01:59",
			want: who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"embedded from the support day's start, before the event": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-10 02:00",
			want: who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"not embedded before the support day": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-10 01:59",
			want: who{},
		},
		"not embedded after the support day": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-11 02:00",
			want: who{},
		},
		"an event that ends exactly when the support day starts does not overlap it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-09 22:00"), at(t, "2026-03-10 02:00")))},
			want:   who{},
		},
		"an event that ends a minute into the support day overlaps it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-09 22:00"), at(t, "2026-03-10 02:01")))},
			want:   who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"an event that starts exactly when the support day ends does not overlap it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-11 02:00"), at(t, "2026-03-11 03:00")))},
			want:   who{},
		},
		"a week's block embeds on every day of it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-09 00:00"), at(t, "2026-03-14 00:00")))}, now: "2026-03-13 23:00",
			want: who{OnShift: []string{"Bob Lee"}, Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"an event of no length embeds in the day it lies in": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-10 02:00"), at(t, "2026-03-10 02:00")))},
			want:   who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"away takes off shift": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana sick")},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"away takes off being embedded": {
			events: []calendar.Event{event(t, "Embedded: Auth - Ana"), event(t, "Ana PTO")},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"away only while it lasts": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana sick", lasting(at(t, "2026-03-10 09:00"), at(t, "2026-03-10 12:00")))},
			want:   who{OnShift: []string{"Ana Silva"}},
		},
		"a title that says both away and embedded is away": {
			events: []calendar.Event{event(t, "Ana on holiday, back embedded next week")},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"Google's out-of-office is away, whatever its title": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana: dentist", outOfOffice)},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"an out-of-office that names nobody is its organizer's": {
			events: []calendar.Event{event(t, "Out of office", outOfOffice, organizer("Ana@Example.com"))},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"a shift that names nobody is not its organizer's": {
			events: []calendar.Event{event(t, "Late shift", organizer("ana@example.com"))},
			want:   who{Unresolved: []string{"Late shift"}},
		},
		"ignored events do nothing": {
			events: []calendar.Event{event(t, "Ana's birthday"), event(t, "Birthday of somebody")},
			want:   who{},
		},
		"a birthday on which somebody is off": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana's birthday, out of office", outOfOffice)},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"free and other kinds of events are skipped": {
			events: []calendar.Event{event(t, "Bob on-shift", free), event(t, "Carla at the office", otherKind), event(t, "Nobody known", free)},
			want:   who{},
		},
		"a free absence counts": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana on holiday", free)},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"so does a free cover": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Bob covers for Ana", free)},
			want:   who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}},
		},
		"a cover is on only while it lasts": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana OOO, Bob covers", lasting(at(t, "2026-03-10 13:00"), at(t, "2026-03-10 17:00")))},
			want:   who{OnShift: []string{"Ana Silva"}},
		},
		"whoever covers somebody embedded is embedded in their place": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob covers Ana")},
			want:   who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}, Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"somebody in several events is listed once": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana and Bob on-call")},
			want:   who{OnShift: []string{"Ana Silva", "Bob Lee"}},
		},
		"somebody embedded several times a day works on all of it": {
			events: []calendar.Event{
				event(t, "Embedded: Edge Functions - Bob"),
				event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-10 20:00"), at(t, "2026-03-10 21:00"))),
				event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-10 22:00"), at(t, "2026-03-10 23:00"))),
			},
			want: who{OnShift: []string{"Bob Lee"}, Embedded: map[string][]string{"Bob Lee": {"Auth", "Edge Functions"}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.now == "" {
				test.now = "2026-03-10 12:00"
			}
			now := at(t, test.now)
			s := schedule(matching(), now, test.events...)
			if diff := cmp.Diff(test.want, summary(s, s.At(now, time.Hour))); diff != "" {
				t.Errorf("roster (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnUnresolvedEventIsReportedWithItsTimes(t *testing.T) {
	now := at(t, "2026-03-10 12:00")
	s := schedule(matching(), now, event(t, "Zoe on-shift"))
	want := []calendar.Unresolved{{Title: "Zoe on-shift", Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")}}
	if diff := cmp.Diff(want, s.Unresolved); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
}

func TestARosterCarriesEngineersInFull(t *testing.T) {
	now := at(t, "2026-03-10 12:00")
	s := schedule(matching(), now, event(t, "Embedded: Storage - Ana"), event(t, "Carla, Bob"), event(t, "Carla sick"))
	got := s.At(now, time.Hour)
	want := calendar.Roster{
		At: now, AsOf: now.Add(-30 * time.Minute),
		OnShift:  []calendar.Engineer{ana, bob},
		Embedded: []calendar.Embedded{{Engineer: ana, Products: []string{"Storage"}}},
		Away:     []calendar.Engineer{carla},
		Shifts: map[string]calendar.Shift{
			"Ana Silva": {Title: "Embedded: Storage - Ana", Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")},
			"Bob Lee":   {Title: "Carla, Bob", Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]calendar.Engineer{bob}, got.NonEmbedded()); diff != "" {
		t.Errorf("non-embedded (-want +got):\n%s", diff)
	}
}

func TestHowLongAScheduleIsOfUse(t *testing.T) {
	read := at(t, "2026-03-10 08:00")
	s := matching().Schedule(calendar.Reading{
		ReadAt: read, From: at(t, "2026-03-09 02:00"), To: at(t, "2026-03-12 02:00"),
		Events: []calendar.Event{
			event(t, "Ana on-shift"),
			event(t, "Bob on-shift", lasting(at(t, "2026-03-10 17:00"), at(t, "2026-03-11 01:00"))),
		},
	})
	tests := map[string]struct {
		schedule calendar.Schedule
		now      string
		stale    time.Duration
		want     []string // nil: not usable
	}{
		"an old one knows the shift changes since": {s, "2026-03-10 18:00", 12 * time.Hour, []string{"Bob Lee"}},
		"until it is stale, inclusive":             {s, "2026-03-10 20:00", 12 * time.Hour, []string{"Bob Lee"}},
		"and no longer":                            {s, "2026-03-10 20:01", 12 * time.Hour, nil},
		"nor beyond what was read":                 {s, "2026-03-12 02:00", 100 * time.Hour, nil},
		"nor before it":                            {s, "2026-03-09 01:59", 12 * time.Hour, nil},
		"never read":                               {calendar.Schedule{}, "2026-03-10 18:00", 12 * time.Hour, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := test.schedule.At(at(t, test.now), test.stale)
			if usable := !r.AsOf.IsZero(); usable != (test.want != nil) {
				t.Fatalf("AsOf = %v", r.AsOf)
			}
			if diff := cmp.Diff(test.want, summary(s, r).OnShift); diff != "" {
				t.Errorf("on shift (-want +got):\n%s", diff)
			}
		})
	}
}
