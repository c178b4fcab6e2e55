package config

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

// writtenHours are those of full.yaml.
func writtenHours(t *testing.T) map[string]Hours {
	t.Helper()
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	yearly := func(month time.Month, day int, reason string) hours.Closing {
		date := hours.Date{Month: month, Day: day}
		return hours.Closing{From: date, To: date, Yearly: true, Reason: reason}
	}
	day := []hours.Window{{From: 9 * 60, To: 12 * 60}, {From: 13 * 60, To: 17*60 + 30}}
	night := []hours.Window{{From: 22 * 60, To: 30 * 60}}
	whole := []hours.Window{{From: 0, To: 24 * 60}}
	everest := hours.Definition{
		Zone: zone("Asia/Kathmandu"), Week: [7][]hours.Window{whole, whole, whole, whole, whole, whole, whole},
		Closed: []hours.Closing{yearly(time.December, 31, "12-31..01-01"), yearly(time.January, 1, "12-31..01-01")},
		Open:   map[hours.Date][]hours.Window{},
	}
	berlin := hours.Definition{
		Zone: zone("Europe/Berlin"), Week: [7][]hours.Window{nil, day, day, day, day, night, night},
		Closed: []hours.Closing{yearly(time.December, 24, "12-24"), {
			From:   hours.Date{Year: 2026, Month: time.December, Day: 28},
			To:     hours.Date{Year: 2026, Month: time.December, Day: 31},
			Reason: "2026-12-28..2026-12-31",
		}},
		Open: map[hours.Date][]hours.Window{{Year: 2026, Month: time.December, Day: 31}: {{From: 9 * 60, To: 12 * 60}}},
	}
	return map[string]Hours{
		"everest": {Definition: everest},
		"berlin":  {Definition: berlin, Calendars: []string{"en.german.official#holiday@group.v.calendar.google.com"}},
	}
}

func fullHours(t *testing.T) map[string]*hours.Hours {
	t.Helper()
	made := map[string]*hours.Hours{}
	for name, written := range writtenHours(t) {
		h, err := hours.New(written.Definition)
		if err != nil {
			t.Fatal(err)
		}
		made[name] = h
	}
	return made
}

// A day of a policy is as long as the open days of its hours.
func TestWorkDays(t *testing.T) {
	c, err := Parse("slabuddy.yaml", []byte(`
hours: {short: {timezone: UTC, week: {mon-fri: '10:00-16:00'}}}
policies:
  working: {hours: short, deadline: 2d, tiers: [{after: 1d1h, notify: on-shift, repeat: 1d}]}
  always: {hours: 24x7, tiers: [{after: 1d, notify: on-shift}]}
channels:
  C0SHORT: {policy: working, by_priority: {low: always}}
`))
	if err != nil {
		t.Fatal(err)
	}
	working := c.Policies["working"]
	if got := []time.Duration{working.Deadline, working.Tiers[0].After, working.Tiers[0].Repeat}; got[0] != 12*time.Hour || got[1] != 7*time.Hour || got[2] != 6*time.Hour {
		t.Errorf("with six hours a day, 2d, 1d1h and 1d are %s", got)
	}
	if got := c.Policies["always"].Tiers[0].After; got != 24*time.Hour {
		t.Errorf("around the clock, 1d is %s", got)
	}
}
