package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// closedHours are hours in New Zealand, half a day ahead of UTC, with a calendar of closed days.
const closedHours = `
ops_channel: C0OPS
hours: {kiwi: {timezone: Pacific/Auckland, week: {mon-fri: '09:00-17:00'}, closed: [nz@example.com], open: {2000-01-05: '09:00-12:00'}}}
`

func parsed(t *testing.T, yaml string) *config.Config {
	t.Helper()
	c, err := config.Parse("slabuddy.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// An all-day event closes its date where the hours are, a timed one its span, and neither an open day.
func TestWithEvents(t *testing.T) {
	c := parsed(t, closedHours)
	auckland := c.Hours["kiwi"].Zone()
	at := func(day, hour int) time.Time { return time.Date(2000, 1, day, hour, 0, 0, 0, auckland) }
	span := func(day, from, to int) closed.Event {
		return closed.Event{Title: "All hands", Start: at(day, from).UTC(), End: at(day, to).UTC()}
	}
	tests := []struct {
		name   string
		events []closed.Event
		day    int // of January 2000: the 3rd is a Monday
		want   time.Duration
		reason string
	}{
		{"nothing", nil, 4, 8 * time.Hour, ""},
		{"its date", []closed.Event{{Title: "Waitangi Day", First: "2000-01-04", Last: "2000-01-04"}}, 4, 0, "Waitangi Day"},
		{"not the day before", []closed.Event{{First: "2000-01-04", Last: "2000-01-04"}}, 3, 8 * time.Hour, ""},
		{"nor the one after", []closed.Event{{First: "2000-01-03", Last: "2000-01-03"}}, 4, 8 * time.Hour, ""},
		{"each of its dates", []closed.Event{{First: "2000-01-03", Last: "2000-01-07"}}, 6, 0, "closed by nz@example.com"},
		{"its span", []closed.Event{span(4, 15, 20)}, 4, 6 * time.Hour, "All hands"},
		{"no open day", []closed.Event{{First: "2000-01-05", Last: "2000-01-05"}, span(5, 9, 12)}, 5, 3 * time.Hour, ""},
	}
	for _, tt := range tests {
		h, err := withEvents(c.WorkingHours["kiwi"], func(string) []closed.Event { return tt.events })
		if err != nil {
			t.Fatal(err)
		}
		from, to := at(tt.day, 0), at(tt.day+1, 0)
		if got := h.Elapsed(from, to, nil); got != tt.want {
			t.Errorf("%s: %s of the day are open, want %s", tt.name, got, tt.want)
		}
		said := false
		for _, s := range h.Spans(from, to, nil) {
			said = said || !s.Open && s.Reason == tt.reason
		}
		if tt.reason != "" && !said {
			t.Errorf("%s: the reason is in none of %v", tt.name, h.Spans(from, to, nil))
		}
		if told := len(tt.events) > 0; told != (h.CalendarDays() != "") {
			t.Errorf("%s: told %q", tt.name, h.CalendarDays())
		}
	}
}

// closedDays is a calendar of closed days.
type closedDays struct {
	says atomic.Pointer[[]closed.Event] // nil: it cannot be read
}

func (c *closedDays) Closed(context.Context, time.Time, time.Time) ([]closed.Event, error) {
	if events := c.says.Load(); events != nil {
		return *events, nil
	}
	return nil, errors.New("no answer")
}

// What calendars close is in force once it was read, and after a restart; the day's next reading may change it.
func TestClosedDaysInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // starts at 2000-01-01 00:00 UTC
		s := sqlitetest.Open(t)
		calendar := &closedDays{}
		c := parsed(t, closedHours)
		serve := func() (*App, func()) {
			a := &App{now: time.Now, log: slog.New(slog.DiscardHandler)}
			a.config.Store(c)
			a.book = setup.NewBook(setup.BookConfig{Store: s, Now: time.Now, Log: a.log})
			a.closed = closed.NewFollower(closed.Options{
				Source: func(context.Context, string) (closed.Source, error) { return calendar, nil },
				Store:  s, Now: time.Now, Log: a.log, Changed: a.closedDaysChanged,
			})
			ctx, cancel := context.WithCancel(t.Context())
			a.configure(ctx, c)
			done := make(chan struct{})
			go func() { a.closed.Run(ctx); close(done) }()
			return a, func() { cancel(); <-done }
		}
		open := func(a *App, day int) time.Duration {
			h := a.settings("").Hours["kiwi"]
			from := time.Date(2000, 1, day, 0, 0, 0, 0, h.Zone())
			return h.Elapsed(from, from.AddDate(0, 0, 1), nil)
		}

		a, stop := serve()
		time.Sleep(10 * time.Minute)
		if open(a, 3) != 8*time.Hour || a.settings("").Hours["kiwi"].CalendarDays() != "" {
			t.Error("hours are not as configured while their calendar was never read")
		}
		calendar.says.Store(&[]closed.Event{{Title: "New Year", First: "2000-01-03", Last: "2000-01-03"}})
		time.Sleep(30 * time.Minute)
		first := a.settings("").Hours["kiwi"].CalendarDays()
		if open(a, 3) != 0 || open(a, 4) != 8*time.Hour || first == "" {
			t.Errorf("once it was read, %s of the holiday are open", open(a, 3))
		}
		calendar.says.Store(nil)
		stop()
		a, stop = serve()
		if open(a, 3) != 0 || a.settings("").Hours["kiwi"].CalendarDays() != first {
			t.Error("after a restart the holiday is open")
		}
		calendar.says.Store(&[]closed.Event{{Title: "New Year", First: "2000-01-04", Last: "2000-01-04"}})
		time.Sleep(25 * time.Hour)
		if open(a, 3) != 8*time.Hour || open(a, 4) != 0 || a.settings("").Hours["kiwi"].CalendarDays() == first {
			t.Error("a holiday that was moved stays where it was")
		}
		stop()
	})
}

// That a calendar cannot be read is reported after a day, and soon where nothing was ever read.
func TestUnreadClosedDaysAreTold(t *testing.T) {
	now := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	tests := []struct {
		failing closed.Failing
		want    string // a part; "": nothing is reported
	}{
		{closed.Failing{Since: ago(23 * time.Hour), ReadAt: ago(47 * time.Hour)}, ""},
		{closed.Failing{Since: ago(24 * time.Hour), ReadAt: ago(48 * time.Hour)}, "cannot be read since Jan 8 12:00 UTC; those that were read before hold on"},
		{closed.Failing{Since: ago(time.Minute), ReadAt: ago(48 * time.Hour)}, "cannot be read since Jan 8 12:00 UTC"}, // restarted
		{closed.Failing{Since: ago(4 * time.Minute)}, ""},
		{closed.Failing{Since: ago(5 * time.Minute)}, "have never been read"},
	}
	for _, tt := range tests {
		if got := unread(tt.failing, now); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%+v: %q, want …%s…", tt.failing, got, tt.want)
		}
	}
}

// Hours that a calendar closes for weeks are reported: it is most likely none of holidays.
func TestHoursThatHardlyOpenAreTold(t *testing.T) {
	h, err := withEvents(parsed(t, closedHours).WorkingHours["kiwi"], func(string) []closed.Event {
		return []closed.Event{{Title: "On shift: Ana", First: "2026-01-01", Last: "2026-03-31"}}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := hardlyOpen("kiwi", h, time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)); !strings.Contains(got, "hours.kiwi are closed until Wed 1 Apr 2026") {
		t.Errorf("reported in January: %q", got)
	}
	if got := hardlyOpen("kiwi", h, time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)); got != "" {
		t.Errorf("reported in March: %q", got)
	}
}

// Hours that were set up from Slack know their country's holidays once the calendar was read, and again after a restart.
func TestHolidaysChosenInSlackAreInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // starts at 2000-01-01 00:00 UTC
		s := sqlitetest.Open(t)
		const team, channel = "T0TEAM", "C0NEW"
		c := parsed(t, "")
		calendar := &closedDays{}
		calendar.says.Store(&[]closed.Event{{Title: "Epiphany", First: "2000-01-06", Last: "2000-01-06"}})
		serve := func() (*App, func()) {
			a := &App{now: time.Now, log: slog.New(slog.DiscardHandler), named: make(chan struct{}, 1)}
			a.config.Store(c)
			a.closed = closed.NewFollower(closed.Options{
				Source: func(_ context.Context, id string) (closed.Source, error) {
					if id != "en.spain.official#holiday@group.v.calendar.google.com" {
						t.Errorf("%s is read", id)
					}
					return calendar, nil
				},
				Store: s, Now: time.Now, Log: a.log, Changed: a.closedDaysChanged,
			})
			config := a.bookConfig(s)
			config.Directory, config.Changed, config.Watch = nil, nil, nil
			a.book = setup.NewBook(config)
			ctx, cancel := context.WithCancel(t.Context())
			a.configure(ctx, c)
			var done sync.WaitGroup
			done.Go(func() { a.closed.Run(ctx) })
			done.Go(func() { a.keepFollowing(ctx) })
			return a, func() { cancel(); done.Wait() }
		}
		open := func(a *App) time.Duration { // on Epiphany, a Thursday
			for _, h := range a.settings(team).Hours {
				return h.Elapsed(time.Date(2000, 1, 6, 0, 0, 0, 0, time.UTC), time.Date(2000, 1, 7, 0, 0, 0, 0, time.UTC), nil)
			}
			return -1
		}
		a, stop := serve()
		_, err := a.book.Change(t.Context(), setup.Edit{Workspace: team, Scope: setup.ChannelScope(channel), By: "U0HANA", Body: setup.Channel{
			OwnHours: &setup.Hours{Zone: "UTC", Week: []string{"mon-fri 09:00-17:00"}, Country: "spain"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := open(a); got != 0 {
			t.Errorf("%s of Epiphany are open", got)
		}
		stop()
		calendar.says.Store(nil)
		a, stop = serve()
		a.settings(team)
		time.Sleep(time.Minute)
		if got := open(a); got != 0 {
			t.Errorf("after a restart %s of Epiphany are open", got)
		}
		stop()
	})
}
