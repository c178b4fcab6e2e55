package calendartest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gcal "google.golang.org/api/calendar/v3"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
)

var created = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func server() *calendartest.Server {
	return calendartest.New(func() time.Time { return created })
}

func insert(t *testing.T, c *calendartest.Calendar, events ...calendartest.Event) []string {
	t.Helper()
	var ids []string
	for _, e := range events {
		id, err := c.Insert(e)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// hour is an event of an hour that starts at the given time of 2026-03-10, UTC.
func hour(summary string, h int) calendartest.Event {
	start := time.Date(2026, 3, 10, h, 0, 0, 0, time.UTC)
	return calendartest.Event{Summary: summary, Start: calendartest.At(start), End: calendartest.At(start.Add(time.Hour))}
}

// get asks for the events of the calendar "shifts" and returns the status and the body.
func get(s http.Handler, query string) (int, string) {
	r := httptest.NewRequest("GET", "/calendar/v3/calendars/shifts/events?"+query, nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// list is get, decoded.
func list(t *testing.T, s http.Handler, query string) *gcal.Events {
	t.Helper()
	code, body := get(s, query)
	if code != http.StatusOK {
		t.Fatalf("%s: %d %s", query, code, body)
	}
	var events gcal.Events
	if err := json.Unmarshal([]byte(body), &events); err != nil {
		t.Fatal(err)
	}
	return &events
}

func titles(events *gcal.Events) []string {
	var all []string
	for _, e := range events.Items {
		all = append(all, e.Summary)
	}
	return all
}

// The wanted text follows the reference's resource representations, and an answer of the real API.
func TestAnEventLooksLikeGooglesOwn(t *testing.T) {
	s := server()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := s.AddCalendar(&calendartest.Calendar{ID: "shifts", Summary: "Support shifts", Zone: berlin})
	insert(t, c,
		calendartest.Event{
			ID: "abc123", Summary: "Alice on-shift",
			Start:     calendartest.At(time.Date(2026, 3, 10, 8, 0, 0, 0, time.UTC)),
			End:       calendartest.At(time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC)),
			Attendees: []calendartest.Attendee{{Email: "alice@example.com"}, {Email: "bob@example.com", ResponseStatus: "declined"}},
		},
		calendartest.Event{
			ID: "def456", Summary: "Holiday", Transparency: "transparent",
			Start: calendartest.On("2026-03-10"), End: calendartest.On("2026-03-12"),
			Organizer: &calendartest.Person{Email: "carla@example.com"},
		},
	)
	_, got := get(s, "singleEvents=true&key=AIza&alt=json&prettyPrint=false")
	want := `{
	 "kind": "calendar#events", "etag": "\"p2\"", "summary": "Support shifts", "description": "",
	 "updated": "2026-03-01T08:00:00.000Z", "timeZone": "Europe/Berlin", "accessRole": "reader",
	 "defaultReminders": [], "nextSyncToken": "simulated-sync-token",
	 "items": [
	  {
	   "kind": "calendar#event", "etag": "\"3544704000000000\"", "id": "abc123", "status": "confirmed",
	   "htmlLink": "https://www.google.com/calendar/event?eid=YWJjMTIzIHNoaWZ0cw",
	   "created": "2026-03-01T08:00:00.000Z", "updated": "2026-03-01T08:00:00.000Z", "summary": "Alice on-shift",
	   "creator": {"email": "shifts"},
	   "organizer": {"email": "shifts", "displayName": "Support shifts", "self": true},
	   "start": {"dateTime": "2026-03-10T09:00:00+01:00", "timeZone": "UTC"},
	   "end": {"dateTime": "2026-03-10T17:00:00+01:00", "timeZone": "UTC"},
	   "iCalUID": "abc123@google.com", "sequence": 0,
	   "attendees": [
	    {"email": "alice@example.com", "responseStatus": "needsAction"},
	    {"email": "bob@example.com", "responseStatus": "declined"}
	   ],
	   "reminders": {"useDefault": true}, "eventType": "default"
	  },
	  {
	   "kind": "calendar#event", "etag": "\"3544704000000000\"", "id": "def456", "status": "confirmed",
	   "htmlLink": "https://www.google.com/calendar/event?eid=ZGVmNDU2IHNoaWZ0cw",
	   "created": "2026-03-01T08:00:00.000Z", "updated": "2026-03-01T08:00:00.000Z", "summary": "Holiday",
	   "creator": {"email": "carla@example.com"},
	   "organizer": {"email": "carla@example.com"},
	   "start": {"date": "2026-03-10"}, "end": {"date": "2026-03-12"},
	   "transparency": "transparent", "iCalUID": "def456@google.com", "sequence": 0,
	   "reminders": {"useDefault": true}, "eventType": "default"
	  }
	 ]
	}`
	if diff := cmp.Diff(decode(t, want), decode(t, got)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// Google's client is generated from its published description of the API: a field that it does not
// know, or knows as another type, would not be Google's.
func TestGooglesClientKnowsEveryField(t *testing.T) {
	s := server()
	c := s.AddCalendar(&calendartest.Calendar{ID: "shifts"})
	full := hour("All of it", 9)
	full.Description, full.Location, full.Visibility, full.Transparency = "d", "l", "public", "opaque"
	full.EndTimeUnspecified = true
	full.Creator = &calendartest.Person{Email: "c@example.com", DisplayName: "C", Self: true}
	full.Recurrence = []string{"RRULE:FREQ=DAILY;COUNT=2"}
	full.Attendees = []calendartest.Attendee{{Email: "a@example.com", DisplayName: "A", Organizer: true, Self: true, Resource: true, Optional: true}}
	insert(t, c, full)
	s.SetBatches(1, false)
	for _, query := range []string{"singleEvents=true", "singleEvents=false"} {
		_, body := get(s, query)
		strict := json.NewDecoder(strings.NewReader(body))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&gcal.Events{}); err != nil {
			t.Errorf("%s: %v in %s", query, err, body)
		}
	}
}

func TestWhatIsListed(t *testing.T) {
	s := server()
	c := s.AddCalendar(&calendartest.Calendar{ID: "shifts"})
	late, away := hour("at 14", 14), hour("away", 12)
	away.EventType = "outOfOffice"
	daily := hour("daily at 11", 11)
	daily.Recurrence = []string{"RRULE:FREQ=DAILY;COUNT=3"}
	secret := hour("secret", 15)
	secret.Visibility, secret.Attendees = "private", []calendartest.Attendee{{Email: "a@example.com"}}
	ids := insert(t, c, late, hour("at 9", 9), hour("gone", 9), away, daily, secret)
	c.Cancel(ids[2])
	c.Cancel(ids[4] + "_20260311T110000Z")

	tests := map[string]struct {
		query string
		want  []string
	}{
		"everything, a recurring event once":         {"", []string{"at 14", "at 9", "away", "daily at 11", ""}},
		"recurrences expanded, less a cancelled one": {"singleEvents=true", []string{"at 14", "at 9", "away", "daily at 11", "daily at 11", ""}},
		"by start":                              {"singleEvents=true&orderBy=startTime", []string{"at 9", "daily at 11", "away", "at 14", "", "daily at 11"}},
		"deleted ones too":                      {"showDeleted=true&timeMax=2026-03-10T10:00:00Z", []string{"at 9", "gone"}},
		"an end at timeMin is out":              {"singleEvents=true&timeMin=2026-03-10T10:00:00Z&timeMax=2026-03-10T11:00:00Z", nil},
		"an end a second after timeMin is in":   {"singleEvents=true&timeMin=2026-03-10T09:59:59Z&timeMax=2026-03-10T11:00:00Z", []string{"at 9"}},
		"a start at timeMax is out":             {"singleEvents=true&timeMin=2026-03-10T13:30:00Z&timeMax=2026-03-10T14:00:00Z", nil},
		"a start a second before timeMax is in": {"singleEvents=true&timeMin=2026-03-10T13:30:00Z&timeMax=2026-03-10T14:00:01Z", []string{"at 14"}},
		"fractions of a second are ignored":     {"singleEvents=true&timeMin=2026-03-10T13:30:00Z&timeMax=2026-03-10T14:00:00.9Z", nil},
		"offsets count":                         {"singleEvents=true&timeMin=2026-03-10T15:30:00%2B02:00&timeMax=2026-03-10T16:00:01%2B02:00", []string{"at 14"}},
		"by type":                               {"eventTypes=outOfOffice&eventTypes=birthday", []string{"away"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, titles(list(t, s, test.query))); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
	if last := list(t, s, "").Items[4]; len(last.Attendees) > 0 || last.Visibility != "private" {
		t.Errorf("a private event shows %+v", last)
	}
}

func TestAnInstanceOfARecurringEvent(t *testing.T) {
	s := server()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := s.AddCalendar(&calendartest.Calendar{ID: "shifts", Zone: berlin})
	start := time.Date(2026, 3, 26, 9, 0, 0, 0, berlin) // clocks go forward on the 29th
	insert(t, c, calendartest.Event{
		ID: "weekly", Summary: "Alice", Recurrence: []string{"RRULE:FREQ=WEEKLY;UNTIL=20260410T000000Z"},
		Start: calendartest.At(start), End: calendartest.At(start.Add(8 * time.Hour)),
	})
	insert(t, c, calendartest.Event{
		ID: "block", Summary: "Bob", Recurrence: []string{"RRULE:FREQ=DAILY;INTERVAL=2"},
		Start: calendartest.On("2026-04-01"), End: calendartest.On("2026-04-02"),
	})
	var got []string
	for _, e := range list(t, s, "singleEvents=true&timeMin=2026-03-01T00:00:00Z&timeMax=2026-04-05T00:00:00Z").Items {
		got = append(got, strings.Join([]string{e.Id, e.RecurringEventId, e.Start.DateTime + e.Start.Date, e.End.DateTime + e.End.Date,
			e.OriginalStartTime.DateTime + e.OriginalStartTime.Date}, " "))
	}
	want := []string{
		"weekly_20260326T080000Z weekly 2026-03-26T09:00:00+01:00 2026-03-26T17:00:00+01:00 2026-03-26T09:00:00+01:00",
		"weekly_20260402T070000Z weekly 2026-04-02T09:00:00+02:00 2026-04-02T17:00:00+02:00 2026-04-02T09:00:00+02:00",
		"block_20260401 block 2026-04-01 2026-04-02 2026-04-01",
		"block_20260403 block 2026-04-03 2026-04-04 2026-04-03",
		"block_20260405 block 2026-04-05 2026-04-06 2026-04-05", // midnight of its date in Berlin is before timeMax
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("instances (-want +got):\n%s", diff)
	}
}

func TestPages(t *testing.T) {
	tests := map[string]struct {
		size  int
		empty bool
		query string
		want  []int // events on each page
	}{
		"one":                  {2500, false, "", []int{5}},
		"as the client wants":  {2500, false, "&maxResults=2", []int{2, 2, 1}},
		"smaller than it asks": {1, false, "&maxResults=2", []int{1, 1, 1, 1, 1}},
		"with empty ones":      {2, true, "", []int{0, 2, 0, 2, 0, 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := server()
			c := s.AddCalendar(&calendartest.Calendar{ID: "shifts"})
			insert(t, c, hour("1", 9), hour("2", 9), hour("3", 9), hour("4", 9), hour("5", 9))
			s.SetBatches(test.size, test.empty)
			var sizes []int
			var all []string
			for query := "singleEvents=true" + test.query; query != ""; {
				page := list(t, s, query)
				sizes, all = append(sizes, len(page.Items)), append(all, titles(page)...)
				if last := page.NextPageToken == ""; last != (page.NextSyncToken != "") {
					t.Errorf("page token %q, sync token %q", page.NextPageToken, page.NextSyncToken)
				}
				query = ""
				if page.NextPageToken != "" {
					query = "singleEvents=true" + test.query + "&pageToken=" + url.QueryEscape(page.NextPageToken)
				}
			}
			if diff := cmp.Diff(test.want, sizes); diff != "" {
				t.Errorf("page sizes (-want +got):\n%s", diff)
			}
			if got := strings.Join(all, ""); got != "12345" {
				t.Errorf("events %s", got)
			}
		})
	}
}

func TestPartialResponses(t *testing.T) {
	s := server()
	e := hour("Alice", 9)
	e.Attendees = []calendartest.Attendee{{Email: "a@example.com", DisplayName: "A"}}
	insert(t, s.AddCalendar(&calendartest.Calendar{ID: "shifts"}), e)
	tests := map[string]string{
		"kind":                               `{"kind": "calendar#events"}`,
		"kind,items(summary,start/timeZone)": `{"kind": "calendar#events", "items": [{"summary": "Alice", "start": {"timeZone": "UTC"}}]}`,
		"items/attendees(email)":             `{"items": [{"attendees": [{"email": "a@example.com"}]}]}`,
		"items/start/timeZone,items/id":      `{"items": [{"start": {"timeZone": "UTC"}, "id": "simulated000001"}]}`,
		"nextPageToken,items(location)":      `{"items": [{}]}`,
	}
	for fields, want := range tests {
		_, got := get(s, "fields="+url.QueryEscape(fields))
		if diff := cmp.Diff(decode(t, want), decode(t, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", fields, diff)
		}
	}
}

// Bodies as in https://developers.google.com/workspace/calendar/api/guides/errors.
func TestErrorsAreGooglesOwn(t *testing.T) {
	const notFound = `{"error": {"errors": [{"domain": "global", "reason": "notFound", "message": "Not Found"}], "code": 404, "message": "Not Found"}}`
	bad := func(parameter string) string {
		return `{"error": {"errors": [{"domain": "global", "reason": "badRequest", "message": "Bad Request", "locationType": "parameter",
			"location": "` + parameter + `"}], "code": 400, "message": "Bad Request"}}`
	}
	invalidField := func(name string) string {
		return `{"error": {"errors": [{"domain": "global", "reason": "invalidParameter", "message": "Invalid field selection ` + name + `",
			"locationType": "parameter", "location": "fields"}], "code": 400, "message": "Invalid field selection ` + name + `"}}`
	}
	tests := map[string]struct {
		path, query string
		code        int
		body        string
	}{
		"an unknown calendar":     {"/calendar/v3/calendars/nobody@example.com/events", "", 404, notFound},
		"a time without offset":   {"", "timeMin=2026-03-10T10:00:00", 400, bad("timeMin")},
		"a date for a time":       {"", "timeMax=2026-03-10", 400, bad("timeMax")},
		"a page token not given":  {"", "pageToken=x", 400, bad("pageToken")},
		"no results wanted":       {"", "maxResults=0", 400, bad("maxResults")},
		"by start, not expanded":  {"", "orderBy=startTime", 400, bad("orderBy")},
		"an unknown field":        {"", "fields=items(sumary)", 400, invalidField("sumary")},
		"an unclosed selection":   {"", "fields=items(summary", 400, invalidField("(")},
		"a selection in a string": {"", "fields=items(summary(x))", 400, invalidField("x")},
		"an empty time range": {"", "timeMin=2026-03-10T10:00:00Z&timeMax=2026-03-10T10:00:00Z", 400,
			`{"error": {"errors": [{"domain": "calendar", "reason": "timeRangeEmpty", "message": "The specified time range is empty.",
			"locationType": "parameter", "location": "timeMax"}], "code": 400, "message": "The specified time range is empty."}}`},
		"a sync token": {"", "syncToken=x", 410,
			`{"error": {"errors": [{"domain": "calendar", "reason": "fullSyncRequired", "message": "Sync token is no longer valid, a full sync is required.",
			"locationType": "parameter", "location": "syncToken"}], "code": 410, "message": "Sync token is no longer valid, a full sync is required."}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := server()
			s.AddCalendar(&calendartest.Calendar{ID: "shifts"})
			if test.path == "" {
				test.path = "/calendar/v3/calendars/shifts/events"
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", test.path+"?"+test.query, nil))
			if w.Code != test.code {
				t.Errorf("code %d, want %d", w.Code, test.code)
			}
			if diff := cmp.Diff(decode(t, test.body), decode(t, w.Body.String())); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNotSimulatedIsRefused(t *testing.T) {
	s := server()
	c := s.AddCalendar(&calendartest.Calendar{ID: "shifts"})
	for _, query := range []string{"q=Alice", "updatedMin=2026-03-10T10:00:00Z", "orderBy=updated"} {
		if code, _ := get(s, query); code != http.StatusNotImplemented {
			t.Errorf("%s: %d", query, code)
		}
	}
	for _, rule := range []string{"RRULE:FREQ=MONTHLY", "RRULE:FREQ=WEEKLY;BYDAY=MO", "RRULE:FREQ=DAILY;COUNT=x", "EXDATE:20260310"} {
		e := hour("Alice", 9)
		e.Recurrence = []string{rule}
		if _, err := c.Insert(e); err == nil {
			t.Errorf("%s was accepted", rule)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/calendar/calendars/shifts/events", nil))
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "<!DOCTYPE html>") {
		t.Errorf("a path of no API: %d %s", w.Code, w.Body)
	}
}

func TestInsertRefusesWhatGoogleWould(t *testing.T) {
	c := server().AddCalendar(&calendartest.Calendar{ID: "shifts"})
	ten := calendartest.At(time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC))
	for name, e := range map[string]calendartest.Event{
		"no end":               {Start: ten},
		"a start that is none": {Start: &calendartest.When{DateTime: "10:00"}, End: ten},
		"an end before it":     {Start: calendartest.On("2026-03-11"), End: calendartest.On("2026-03-10")},
		"half all-day":         {Start: calendartest.On("2026-03-10"), End: ten},
	} {
		if _, err := c.Insert(e); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
