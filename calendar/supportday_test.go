package calendar_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestASupportDayIsCountedInCalendarDates(t *testing.T) {
	tests := map[string]struct {
		zone, starts, at string // at in the zone
		wantStart        string // RFC 3339
		wantEnd          string
	}{
		"a plain day":                         {"UTC", "02:00", "2026-03-10 12:00", "2026-03-10T02:00:00Z", "2026-03-11T02:00:00Z"},
		"from its first instant":              {"UTC", "02:00", "2026-03-10 02:00", "2026-03-10T02:00:00Z", "2026-03-11T02:00:00Z"},
		"before it starts it is the day past": {"UTC", "02:00", "2026-03-10 01:59", "2026-03-09T02:00:00Z", "2026-03-10T02:00:00Z"},
		"over the end of a month":             {"UTC", "02:00", "2026-03-01 01:00", "2026-02-28T02:00:00Z", "2026-03-01T02:00:00Z"},
		"in another zone":                     {"Asia/Kolkata", "02:00", "2026-03-10 12:00", "2026-03-10T02:00:00+05:30", "2026-03-11T02:00:00+05:30"},
		"clocks go forward: 23 hours":         {"Europe/Berlin", "06:00", "2026-03-28 12:00", "2026-03-28T06:00:00+01:00", "2026-03-29T06:00:00+02:00"},
		"clocks go back: 25 hours":            {"Europe/Berlin", "06:00", "2026-10-24 12:00", "2026-10-24T06:00:00+02:00", "2026-10-25T06:00:00+01:00"},
		"a start that is skipped (east)":      {"Europe/Berlin", "02:00", "2026-03-29 12:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"},
		"a start in the middle of the skip":   {"Europe/Berlin", "02:30", "2026-03-29 12:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"},
		"just before a start that is skipped": {"Europe/Berlin", "02:30", "2026-03-29 01:59", "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00"},
		"a start that is skipped (west)":      {"America/New_York", "02:30", "2026-03-08 12:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"},
		"a start that comes twice (east)":     {"Europe/Berlin", "02:30", "2026-10-25 12:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		"a start that comes twice (west)":     {"America/New_York", "01:30", "2026-11-01 12:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"},
		"a midnight that is skipped":          {"Africa/Cairo", "00:00", "2026-04-24 12:00", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			starts, err := calendar.ParseTimeOfDay(test.starts)
			if err != nil {
				t.Fatal(err)
			}
			loc := zone(t, test.zone)
			r := calendar.Matching{DayStarts: starts, Location: loc}
			start, end := r.SupportDay(in(t, loc, test.at))
			if got := start.Format(time.RFC3339); got != test.wantStart {
				t.Errorf("starts %s, want %s", got, test.wantStart)
			}
			if got := end.Format(time.RFC3339); got != test.wantEnd {
				t.Errorf("ends %s, want %s", got, test.wantEnd)
			}
		})
	}
}

// Every instant lies in exactly one support day, and the days follow each other without a gap.
func TestSupportDaysLeaveNoGap(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "Africa/Cairo", "America/St_Johns", "Australia/Lord_Howe"} {
		for _, starts := range []string{"00:00", "00:30", "02:30", "23:59"} {
			starts, err := calendar.ParseTimeOfDay(starts)
			if err != nil {
				t.Fatal(err)
			}
			r := calendar.Matching{DayStarts: starts, Location: zone(t, name)}
			// 2010: St. John's changed its clocks a minute past midnight, Cairo at midnight.
			_, last := r.SupportDay(time.Date(2010, 1, 1, 12, 0, 0, 0, time.UTC))
			for at := last.Add(-time.Second); at.Year() < 2011; at = at.Add(53 * time.Minute) {
				start, end := r.SupportDay(at)
				if at.Before(start) || !at.Before(end) {
					t.Fatalf("%s %s: %s is not between %s and %s", name, starts, at, start, end)
				}
				if !at.Before(last) {
					if !start.Equal(last) {
						t.Fatalf("%s %s: a day starts at %s, the one before ended at %s", name, starts, start, last)
					}
					last = end
				}
			}
		}
	}
}

func TestWithoutAZoneASupportDayIsInUTC(t *testing.T) {
	start, end := calendar.Matching{}.SupportDay(at(t, "2026-03-10 12:00"))
	if want := at(t, "2026-03-10 00:00"); !start.Equal(want) || end.Sub(start) != 24*time.Hour {
		t.Errorf("from %s to %s", start, end)
	}
}

func TestTimeOfDay(t *testing.T) {
	for _, good := range []string{"00:00", "02:00", "23:59"} {
		parsed, err := calendar.ParseTimeOfDay(good)
		if err != nil || parsed.String() != good {
			t.Errorf("%s: %s, %v", good, parsed, err)
		}
	}
	for _, bad := range []string{"", "2", "24:00", "02:60", "02:00:00", "-1:00", "two"} {
		if parsed, err := calendar.ParseTimeOfDay(bad); err == nil {
			t.Errorf("%q was read as %s", bad, parsed)
		}
	}
}

// An hour at the end of a 25-hour day still embeds from that day's start.
func TestEmbeddedLastsThroughADayOf25Hours(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	r := matching()
	r.Location, r.DayStarts = berlin, calendar.TimeOfDay(6*time.Hour)
	hour := event(t, "Embedded: Auth - Bob", lasting(in(t, berlin, "2026-10-25 05:00"), in(t, berlin, "2026-10-25 06:00")))
	for _, test := range []struct {
		at       string
		embedded bool
	}{
		{"2026-10-24 05:59", false}, {"2026-10-24 06:00", true}, {"2026-10-25 05:59", true}, {"2026-10-25 06:00", false},
	} {
		now := in(t, berlin, test.at)
		if got := len(schedule(r, now, hour).At(now, time.Hour).Embedded) == 1; got != test.embedded {
			t.Errorf("%s: embedded is %t", test.at, got)
		}
	}
}
