package google_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
	"github.com/slabuddy/slabuddy/calendar/google"
)

// allDay is a page of a calendar whose zone is called so, with an event all day and one of an hour.
func allDay(zone string) calendartest.Fault {
	return calendartest.Verbatim(zone,
		calendartest.Event{Summary: "Ana", Start: calendartest.On("2026-03-10"), End: calendartest.On("2026-03-11")},
		calendartest.Event{Summary: "Ben", Start: &calendartest.When{DateTime: "2026-03-10T09:00:00+01:00"}, End: &calendartest.When{DateTime: "2026-03-10T10:00:00+01:00"}})
}

// Rule 8: a nonsense zone loses that zone, not the roster.
func TestANonsenseZoneOfTheCalendarLosesNoEvent(t *testing.T) {
	for _, zone := range []string{"Mars/Olympus", "", "Local", "../etc/passwd"} {
		t.Run(zone, func(t *testing.T) {
			s := start(t)
			s.Fail(allDay(zone), -1)
			tokyo, err := time.LoadLocation("Asia/Tokyo")
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			c := client(t, s, func(c *google.Config) {
				c.Zone, c.Log = tokyo, slog.New(slog.NewTextHandler(&log, nil))
			})
			for range 2 {
				events, err := c.Events(t.Context(), from, to)
				if err != nil || len(events) != 2 {
					t.Fatalf("%v, %v", events, err)
				}
				if got := events[0].Start.Format(time.RFC3339); got != "2026-03-10T00:00:00+09:00" {
					t.Errorf("the all-day event starts %s", got)
				}
				if got := events[1].Start.UTC().Format(time.RFC3339); got != "2026-03-10T08:00:00Z" {
					t.Errorf("the other one starts %s", got)
				}
			}
			if n := strings.Count(log.String(), "time zone is unknown"); n != 1 {
				t.Errorf("said %d times:\n%s", n, log.String())
			}
		})
	}
}

func TestWithoutAZoneOfItsOwnACalendarIsInUTC(t *testing.T) {
	s := start(t)
	s.Fail(allDay("Mars/Olympus"), -1)
	events, err := client(t, s).Events(t.Context(), from, to)
	if err != nil || len(events) != 2 || events[0].Start.Format(time.RFC3339) != "2026-03-10T00:00:00Z" {
		t.Errorf("%v, %v", events, err)
	}
}

func TestTheZoneOfAnEventCountsForTimesWithoutAnOffset(t *testing.T) {
	for zone, want := range map[string]string{
		"Europe/Berlin": "2026-03-10T08:00:00Z",
		"Mars/Olympus":  "2026-03-10T00:00:00Z", // the calendar's
		"":              "2026-03-10T00:00:00Z",
	} {
		s := start(t)
		when := &calendartest.When{DateTime: "2026-03-10T09:00:00", TimeZone: zone}
		s.Fail(calendartest.Verbatim("Asia/Tokyo", calendartest.Event{Summary: "Ana", Start: when, End: when}), 1)
		events, err := client(t, s).Events(t.Context(), from, to)
		if err != nil || len(events) != 1 || events[0].Start.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", zone, events, err)
		}
	}
}

// A zone that holds the key, as an answer of a proxy might, does not bring it into the log.
func TestAnUnknownZoneIsLoggedWithoutTheKey(t *testing.T) {
	s := start(t)
	s.Fail(func(w http.ResponseWriter, r *http.Request) bool {
		return answer(`{"timeZone": "`+r.URL.Query().Get("key")+`"}`)(w, r)
	}, -1)
	var log bytes.Buffer
	c := client(t, s, withKey, func(c *google.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	if _, err := c.Events(t.Context(), from, to); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Contains(text, key) || !strings.Contains(text, "[key]") {
		t.Errorf("log: %s", text)
	}
}

func TestWhatWasCancelledIsNotRead(t *testing.T) {
	s := start(t)
	var log bytes.Buffer
	s.Fail(answer(`{"timeZone": "UTC", "items": [
		{"id": "r_20260310", "status": "cancelled", "recurringEventId": "r", "originalStartTime": {"date": "2026-03-10"}},
		{"summary": "Ana", "status": "cancelled", "start": {"date": "2026-03-10"}, "end": {"date": "2026-03-11"}}
	]}`), 1)
	events, err := client(t, s, func(c *google.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) }).Events(t.Context(), from, to)
	if err != nil || len(events) > 0 || log.Len() > 0 {
		t.Errorf("%v, %v, log: %s", events, err, log.String())
	}
}
