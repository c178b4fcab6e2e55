package google_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/calendartest"
	"github.com/slabuddy/slabuddy/calendar/google"
)

var (
	_ calendar.Source = (*google.Calendar)(nil)

	from = time.Date(2026, 3, 9, 2, 0, 0, 0, time.UTC)
	to   = time.Date(2026, 3, 12, 2, 0, 0, 0, time.UTC)
)

const (
	id      = "team/shifts@group.calendar.google.com" // a slash in an id has to be escaped
	account = "bot@project.iam.gserviceaccount.com"
	key     = "AIza+secret/key"
)

func start(t *testing.T) *calendartest.Server {
	t.Helper()
	s, err := calendartest.Start(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// client reads the calendar of the server, without credentials unless they are given.
func client(t *testing.T, s *calendartest.Server, change ...func(*google.Config)) *google.Calendar {
	t.Helper()
	config := google.Config{CalendarID: id, URL: s.URL(), Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&config)
	}
	c, err := google.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func withKey(c *google.Config) { c.APIKey = key }

// withAccount makes a service account's key file and uses it.
func withAccount(t *testing.T, s *calendartest.Server) func(*google.Config) {
	t.Helper()
	text, err := s.ServiceAccount(account)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *google.Config) { c.CredentialsFile = file }
}

func insert(t *testing.T, c *calendartest.Calendar, events ...calendartest.Event) {
	t.Helper()
	for _, e := range events {
		if _, err := c.Insert(e); err != nil {
			t.Fatal(err)
		}
	}
}

func timed(title string, change ...func(*calendartest.Event)) calendartest.Event {
	e := calendartest.Event{
		Summary: title,
		Start:   calendartest.At(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)),
		End:     calendartest.At(time.Date(2026, 3, 10, 17, 0, 0, 0, time.UTC)),
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

func ofType(eventType string) func(*calendartest.Event) {
	return func(e *calendartest.Event) { e.EventType = eventType }
}

func TestEventsAsOursNotGoogles(t *testing.T) {
	s := start(t)
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	c := s.AddCalendar(&calendartest.Calendar{ID: id, Zone: kolkata})
	insert(t, c,
		timed("Alice on-shift", func(e *calendartest.Event) {
			e.Description = "not read"
			e.Attendees = []calendartest.Attendee{
				{Email: "alice@example.com", ResponseStatus: "accepted"}, {Email: "bob@example.com", ResponseStatus: "declined"},
				{Email: "carla@example.com", ResponseStatus: "tentative"}, {Email: "dan@example.com"},
				{Email: "room-1@resource.calendar.google.com", Resource: true}, {Email: id, Self: true},
			}
		}),
		calendartest.Event{Summary: "Embedded: Auth - Bob", Start: calendartest.On("2026-03-10"), End: calendartest.On("2026-03-12")},
		timed("Out of office", ofType("outOfOffice"), func(e *calendartest.Event) { e.Organizer = &calendartest.Person{Email: "alice@example.com"} }),
		timed("Home", ofType("workingLocation")),
		timed("Alice's birthday", ofType("birthday")),
		timed("Focus time", ofType("focusTime")),
		timed("A flight", ofType("fromGmail")),
		timed("What Google thinks of next", ofType("somethingNew")),
		timed("Lunch", func(e *calendartest.Event) { e.Transparency = "transparent" }),
		timed("Secret", func(e *calendartest.Event) { e.Visibility = "private" }),
	)
	got, err := client(t, s).Events(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	nine, five := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 10, 17, 0, 0, 0, time.UTC)
	plain := func(title string, kind calendar.Kind) calendar.Event {
		return calendar.Event{Title: title, Start: nine, End: five, Organizer: id, Creator: id, Kind: kind}
	}
	alice, bob, lunch := plain("Alice on-shift", calendar.Normal), plain("Embedded: Auth - Bob", calendar.Normal), plain("Lunch", calendar.Normal)
	secret := plain("", calendar.Normal)
	secret.Private = true
	alice.Attendees = []calendar.Attendee{
		{Email: "alice@example.com"}, {Email: "bob@example.com", Declined: true}, {Email: "carla@example.com"}, {Email: "dan@example.com"},
	}
	bob.Start, bob.End = time.Date(2026, 3, 10, 0, 0, 0, 0, kolkata), time.Date(2026, 3, 12, 0, 0, 0, 0, kolkata)
	away := plain("Out of office", calendar.OutOfOffice)
	away.Organizer, away.Creator = "alice@example.com", "alice@example.com"
	lunch.Free = true
	want := []calendar.Event{
		alice, bob, away, plain("Home", calendar.Other), plain("Alice's birthday", calendar.Other),
		plain("Focus time", calendar.Other), plain("A flight", calendar.Other), plain("What Google thinks of next", calendar.Other), lunch, secret,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestWhatIsAskedOfGoogle(t *testing.T) {
	s := start(t)
	c := s.AddCalendar(&calendartest.Calendar{ID: id})
	recurring := timed("Alice", func(e *calendartest.Event) { e.Recurrence = []string{"RRULE:FREQ=DAILY"} })
	insert(t, c, recurring)
	events, err := client(t, s).Events(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 { // the 10th and the 11th
		t.Errorf("%d instances of a recurring event: %v", len(events), events)
	}
	q := s.Requests()[0].Query()
	for name, want := range map[string]string{
		"singleEvents": "true", "timeMin": "2026-03-09T02:00:00Z", "timeMax": "2026-03-12T02:00:00Z", "q": "",
	} {
		if got := q.Get(name); got != want {
			t.Errorf("%s=%q, want %q", name, got, want)
		}
	}
	if strings.Contains(q.Get("fields"), "description") {
		t.Errorf("descriptions are asked for: %s", q.Get("fields"))
	}
}

func TestAllPagesAreReadPastEmptyOnes(t *testing.T) {
	for _, empty := range []bool{false, true} {
		s := start(t)
		insert(t, s.AddCalendar(&calendartest.Calendar{ID: id}), timed("1"), timed("2"), timed("3"))
		s.SetBatches(1, empty)
		events, err := client(t, s).Events(t.Context(), from, to)
		if err != nil {
			t.Fatal(err)
		}
		var titles string
		for _, e := range events {
			titles += e.Title
		}
		if titles != "123" {
			t.Errorf("with empty pages %t: events %q", empty, titles)
		}
	}
}

// answer is a fault that answers 200 with the body.
func answer(body string) calendartest.Fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		io.WriteString(w, body)
		return true
	}
}

func TestOneOddEventCostsNoOther(t *testing.T) {
	s := start(t)
	s.Fail(answer(`{"timeZone": "UTC", "items": [
		null,
		{"id": "1", "status": "cancelled"},
		{"summary": "no end", "start": {"date": "2026-03-10"}},
		{"summary": "no date", "start": {"date": "tomorrow"}, "end": {"date": "2026-03-11"}},
		{"summary": "no time", "start": {"dateTime": "noon"}, "end": {"dateTime": "2026-03-10T17:00:00"}},
		{"summary": "Alice", "start": {"dateTime": "2026-03-10T09:00:00Z"}, "end": {"dateTime": "2026-03-10T17:00:00Z"}, "attendees": [null, {}]}
	]}`), 1)
	var log bytes.Buffer
	got, err := client(t, s, func(c *google.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) }).Events(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	want := []calendar.Event{{
		Title: "Alice",
		Start: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 3, 10, 17, 0, 0, 0, time.UTC),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if n := strings.Count(log.String(), "cannot be understood"); n != 4 {
		t.Errorf("%d odd events logged:\n%s", n, log.String())
	}
}

func TestAllDayEventsStartWhereClocksSkipMidnight(t *testing.T) {
	s := start(t)
	cairo, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	c := s.AddCalendar(&calendartest.Calendar{ID: id, Zone: cairo})
	insert(t, c, calendartest.Event{Summary: "Alice", Start: calendartest.On("2026-04-24"), End: calendartest.On("2026-04-25")})
	events, err := client(t, s).Events(t.Context(), time.Date(2026, 4, 23, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 26, 0, 0, 0, 0, time.UTC))
	if err != nil || len(events) != 1 {
		t.Fatalf("%v, %v", events, err)
	}
	if got := events[0].Start.Format(time.RFC3339); got != "2026-04-24T01:00:00+03:00" {
		t.Errorf("starts %s", got)
	}
}

func TestWhoMayRead(t *testing.T) {
	tests := map[string]func(*testing.T, *calendartest.Server, *calendartest.Calendar) func(*google.Config){
		"a service account, what is shared with it": func(t *testing.T, s *calendartest.Server, c *calendartest.Calendar) func(*google.Config) {
			c.SharedWith = []string{account}
			return withAccount(t, s)
		},
		"a key, what is public": func(_ *testing.T, s *calendartest.Server, c *calendartest.Calendar) func(*google.Config) {
			c.Public = true
			s.RequireKey(key)
			return withKey
		},
		"a service account rather than a key": func(t *testing.T, s *calendartest.Server, c *calendartest.Calendar) func(*google.Config) {
			c.SharedWith = []string{account}
			use := withAccount(t, s)
			return func(c *google.Config) { use(c); withKey(c) }
		},
		"anybody, at another URL": func(*testing.T, *calendartest.Server, *calendartest.Calendar) func(*google.Config) {
			return func(c *google.Config) { c.URL += "/" }
		},
	}
	for name, arrange := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			c := &calendartest.Calendar{ID: id}
			use := arrange(t, s, c)
			insert(t, s.AddCalendar(c), timed("Alice"))
			events, err := client(t, s, use).Events(t.Context(), from, to)
			if err != nil || len(events) != 1 {
				t.Errorf("%v, %v", events, err)
			}
		})
	}
}

func TestACancelledReadingSaysSo(t *testing.T) {
	s := start(t)
	s.Fail(calendartest.Hang, -1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client(t, s).Events(ctx, from, to); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
}

// nowhere is a store that keeps nothing.
type nowhere struct{}

func (nowhere) Put(context.Context, string, []byte, time.Time) error { return nil }

func (nowhere) Get(context.Context, string) ([]byte, time.Time, bool, error) {
	return nil, time.Time{}, false, nil
}

func TestAFollowerHasItsRosterFromGoogle(t *testing.T) {
	s := start(t)
	c := s.AddCalendar(&calendartest.Calendar{ID: id})
	insert(t, c,
		timed("Alice on-shift"), timed("Embedded: Auth - Bob"), timed("Carla, Dan"),
		timed("Out of office", ofType("outOfOffice"), func(e *calendartest.Event) { e.Organizer = &calendartest.Person{Email: "dan@example.com"} }),
	)
	matching := calendar.DefaultMatching()
	matching.Engineers = []calendar.Engineer{{Name: "Alice"}, {Name: "Bob"}, {Name: "Carla"}, {Name: "Dan", Email: "dan@example.com"}}
	matching.Products = map[string][]string{"Auth": nil}
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	k, err := calendar.NewFollower(calendar.Options{
		Calendar: id, Source: client(t, s), Matching: matching, Store: nowhere{}, Now: func() time.Time { return now },
		Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	go k.Run(t.Context())
	<-k.Ready()
	nine, five := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 10, 17, 0, 0, 0, time.UTC)
	want := calendar.Roster{
		At: now, AsOf: now,
		OnShift:  []calendar.Engineer{{Name: "Alice"}, {Name: "Bob"}, {Name: "Carla"}},
		Embedded: []calendar.Embedded{{Engineer: calendar.Engineer{Name: "Bob"}, Products: []string{"Auth"}}},
		Away:     []calendar.Engineer{{Name: "Dan", Email: "dan@example.com"}},
		Shifts: map[string]calendar.Shift{
			"Alice": {Title: "Alice on-shift", Start: nine, End: five},
			"Bob":   {Title: "Embedded: Auth - Bob", Start: nine, End: five},
			"Carla": {Title: "Carla, Dan", Start: nine, End: five},
		},
	}
	if diff := cmp.Diff(want, k.Roster()); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
}
