package weekly_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/slabuddy/slabuddy/calendar/weekly"
)

func TestATimeOfTheWeekIsRead(t *testing.T) {
	for said, want := range map[string]string{
		"mon 09:00": "mon 09:00", " Sunday 23:59 ": "sun 23:59", "FRI 0:05": "fri 00:05", "wed  9:30": "wed 09:30",
		"": "", "mon": "", "09:00": "", "mon 9": "", "mon 24:00": "", "mo 09:00": "", "mon 09:00 UTC": "", "montag 09:00": "",
	} {
		m, err := weekly.Parse(said)
		switch {
		case want == "" && (err == nil || !strings.Contains(err.Error(), "such as mon 09:00")):
			t.Errorf("%q: %v, %v", said, m, err)
		case want != "" && (err != nil || m.String() != want):
			t.Errorf("%q: %v, %v; want %s", said, m, err, want)
		}
	}
}

func TestATimeOfTheWeekIsWrittenAsItIsRead(t *testing.T) {
	for _, m := range []weekly.Moment{{Day: time.Sunday}, {Day: time.Saturday, Hour: 23, Minute: 59}} {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back weekly.Moment
		if err := json.Unmarshal(data, &back); err != nil || back != m {
			t.Errorf("%v is written as %s, which is read as %v, %v", m, data, back, err)
		}
	}
	if err := json.Unmarshal([]byte(`"someday"`), new(weekly.Moment)); err == nil {
		t.Error("someday is read")
	}
}

func TestWhenATimeOfTheWeekComesNext(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) // a Monday
	for moment, want := range map[string]string{"mon 09:00": "30 Nov 09:00", "mon 09:01": "23 Nov 09:01", "sun 23:00": "29 Nov 23:00"} {
		m, err := weekly.Parse(moment)
		if got := m.Next(now, time.UTC).Format("2 Jan 15:04"); err != nil || got != want {
			t.Errorf("%s comes next on %s, want %s (%v)", moment, got, want, err)
		}
	}
}

func TestWhenATimeOfTheWeekLastCame(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ moment, now, last string }{
		{"mon 09:00", "2026-11-23T09:00:00+01:00", "2026-11-23T09:00:00+01:00"}, // a Monday
		{"mon 09:00", "2026-11-23T08:59:59+01:00", "2026-11-16T09:00:00+01:00"},
		{"mon 09:00", "2026-11-22T23:30:00Z", "2026-11-16T09:00:00+01:00"}, // already Monday in Berlin
		{"mon 00:15", "2026-11-22T23:30:00Z", "2026-11-23T00:15:00+01:00"},
		{"sun 23:00", "2026-11-23T09:00:00+01:00", "2026-11-22T23:00:00+01:00"},
		{"fri 12:00", "2026-11-26T12:00:00+01:00", "2026-11-20T12:00:00+01:00"},
		{"mon 09:00", "2026-03-31T09:00:00+02:00", "2026-03-30T09:00:00+02:00"}, // the clock changed on Sunday
		{"mon 09:00", "2026-03-30T06:59:00Z", "2026-03-23T09:00:00+01:00"},
		{"sun 02:30", "2026-03-29T12:00:00+02:00", "2026-03-29T03:30:00+02:00"}, // it skipped that
	} {
		m, err := weekly.Parse(c.moment)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.Parse(time.RFC3339, c.now)
		if got := m.Last(now, berlin).Format(time.RFC3339); got != c.last {
			t.Errorf("%s at %s: %s, want %s", c.moment, c.now, got, c.last)
		}
	}
}

func TestAWeeklyMomentIsDueForAWhile(t *testing.T) {
	m := weekly.Moment{Day: time.Monday, Hour: 9}
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]bool{-time.Second: false, 0: true, time.Hour: true, time.Hour + 1: false} {
		if at, due := m.Due(monday.Add(after), time.UTC, time.Hour); due != want || due && !at.Equal(monday) {
			t.Errorf("%v after: %v, %v", after, at, due)
		}
	}
}
