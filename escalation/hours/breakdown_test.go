package hours

import (
	"strings"
	"testing"
	"time"
)

func TestBreakdown(t *testing.T) {
	const nineToFive = "mon-fri 09:00-17:00"
	easter := Closing{From: Date{2026, 4, 3}, To: Date{2026, 4, 3}, Reason: "Karfreitag"}
	monday := Closing{From: Date{2026, 4, 6}, To: Date{2026, 4, 6}, Reason: "Ostermontag"}
	fair := Closing{From: Date{2026, 1, 12}, To: Date{2026, 1, 16}, Reason: "trade fair"}
	allHands := Span{From: time.Date(2026, 1, 12, 10, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 12, 11, 0, 0, 0, time.UTC), Reason: "all hands"}
	tests := []struct {
		name   string
		week   string
		closed []Closing
		shut   []Span
		open   map[Date][]Window
		from   string
		add    string
		pause  [2]string
		want   string
	}{
		{name: "over a weekend", week: nineToFive, from: "2026-01-09 16:40", add: "50m",
			want: "Fri 16:40–17:00 20 min · Sat, Sun closed · Mon 09:00–09:30 30 min → due Mon 09:30"},
		{name: "within a day", week: nineToFive, from: "2026-01-09 09:00", add: "1h30m",
			want: "Fri 09:00–10:30 1 h 30 min → due Fri 10:30"},
		{name: "the night between is not told", week: nineToFive, from: "2026-01-08 16:59:30", add: "1m",
			want: "Thu 16:59:30–17:00 30 s · Fri 09:00–09:00:30 30 s → due Fri 09:00:30"},
		{name: "a break at noon", week: "mon-fri 09:00-12:00,13:00-17:00", from: "2026-01-08 11:00", add: "2h",
			want: "Thu 11:00–12:00 1 h · 13:00–14:00 1 h → due Thu 14:00"},
		{name: "more than a year", week: "mon 09:00-09:01", from: "2026-01-09 16:40", add: "1h",
			want: "1 h in more than a year → due Mon 1 Mar 2027 09:01"},
		{name: "begun on a closed day", week: nineToFive, from: "2026-01-10 03:00", add: "10m",
			want: "Sat, Sun closed · Mon 09:00–09:10 10 min → due Mon 09:10"},
		{name: "begun after closing", week: nineToFive, from: "2026-01-08 18:00", add: "10m",
			want: "Fri 09:00–09:10 10 min → due Fri 09:10"},
		{name: "used up at close", week: nineToFive, from: "2026-01-09 16:00", add: "1h",
			want: "Fri 16:00–17:00 1 h → due Fri 17:00"},
		{name: "nothing to count", week: nineToFive, from: "2026-01-09 16:00", add: "0s",
			want: "due Fri 16:00"},
		{name: "closed days have names", week: nineToFive, closed: []Closing{easter, monday}, from: "2026-04-02 16:00", add: "2h",
			want: "Thu 16:00–17:00 1 h · Fri closed (Karfreitag) · Sat, Sun closed · Mon closed (Ostermontag) · Tue 09:00–10:00 1 h → due Tue 10:00"},
		{name: "many closed days, over a week", week: nineToFive, closed: []Closing{fair}, from: "2026-01-09 16:00", add: "2h",
			want: "Fri 9 Jan 16:00–17:00 1 h · Sat 10 Jan, Sun 11 Jan closed · Mon 12 Jan–Fri 16 Jan closed (trade fair) · Sat 17 Jan, Sun 18 Jan closed · Mon 19 Jan 09:00–10:00 1 h → due Mon 19 Jan 10:00"},
		{name: "shut for an hour", week: nineToFive, shut: []Span{allHands}, from: "2026-01-12 09:30", add: "1h",
			want: "Mon 09:30–10:00 30 min · 10:00–11:00 closed (all hands) · 11:00–11:30 30 min → due Mon 11:30"},
		{name: "an open day goes before what is shut", week: nineToFive, shut: []Span{allHands},
			open: map[Date][]Window{{2026, 1, 12}: {{From: 9 * 60, To: 12 * 60}}}, from: "2026-01-12 09:30", add: "1h",
			want: "Mon 09:30–10:30 1 h → due Mon 10:30"},
		{name: "a pause", week: nineToFive, from: "2026-01-12 09:00", add: "2h", pause: [2]string{"2026-01-12 10:00", "2026-01-12 12:00"},
			want: "Mon 09:00–10:00 1 h · 10:00–12:00 paused · 12:00–13:00 1 h → due Mon 13:00"},
		{name: "a night", week: "mon-fri 22:00-06:00", from: "2026-01-09 23:00", add: "10h",
			want: "Fri 23:00–Sat 06:00 7 h · Sun closed · Mon 22:00–Tue 01:00 3 h → due Tue 01:00"},
		{name: "a night that ends on a closed day", week: "mon-sun 22:00-06:00", closed: []Closing{{From: Date{2026, 1, 10}, To: Date{2026, 1, 11}, Reason: "move"}},
			from: "2026-01-10 05:00", add: "2h",
			want: "Sat 05:00–06:00 1 h · Sun closed (move) · Mon 22:00–23:00 1 h → due Mon 23:00"},
		{name: "midnight is the end of the day", week: "mon-fri 14:00-24:00", from: "2026-01-12 22:00", add: "2h",
			want: "Mon 22:00–24:00 2 h → due Mon 24:00 (midnight)"},
		{name: "days that touch", week: "mon-sun 00:00-24:00", from: "2026-01-12 22:00", add: "26h",
			want: "Mon 22:00–Tue 24:00 26 h → due Tue 24:00 (midnight)"},
		{name: "around the clock", from: "2026-01-09 16:40", add: "10h",
			want: "Fri 16:40–Sat 02:40 10 h → due Sat 02:40"},
		{name: "a long sum is cut", week: nineToFive, from: "2026-01-05 09:00", add: "80h",
			want: "Mon 5 Jan 09:00–17:00 8 h · Tue 6 Jan 09:00–17:00 8 h · Wed 7 Jan 09:00–17:00 8 h · Thu 8 Jan 09:00–17:00 8 h · " +
				"… 4 more, 24 h … · Wed 14 Jan 09:00–17:00 8 h · Thu 15 Jan 09:00–17:00 8 h · Fri 16 Jan 09:00–17:00 8 h → due Fri 16 Jan 17:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h *Hours
			if tt.week != "" {
				var err error
				if h, err = New(Definition{Zone: time.UTC, Week: week(t, tt.week), Closed: tt.closed, Shut: tt.shut, Open: tt.open}); err != nil {
					t.Fatal(err)
				}
			}
			from := at(t, tt.from)
			var pauses []Span
			if tt.pause[0] != "" {
				pauses = []Span{{From: at(t, tt.pause[0]), To: at(t, tt.pause[1])}}
			}
			due := h.Due(from, parse(t, time.ParseDuration, tt.add), pauses)
			if got := h.Breakdown(from, due, pauses); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	for _, form := range []string{"2006-01-02 15:04", time.DateTime} {
		if at, err := time.Parse(form, s); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no time", s)
	return time.Time{}
}

// A minute a week, and a month of it promised: the words are about years, and take no time.
func TestYearsAreToldAtOnce(t *testing.T) {
	minute, err := ParseWindows("09:00-09:01")
	if err != nil {
		t.Fatal(err)
	}
	d := Definition{Zone: time.UTC}
	d.Week[time.Monday] = minute
	h, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 1, 9, 16, 40, 0, 0, time.UTC)
	due := h.Add(from, 30*24*time.Hour)
	if words := h.Breakdown(from, due, nil); !strings.Contains(words, "in more than a year → due") || due.Year() != 2036 {
		t.Errorf("%s: %s", due, words)
	}
	if allocated := testing.AllocsPerRun(1, func() { h.Breakdown(from, due, nil) }); allocated > 100 {
		t.Errorf("%.0f allocations: every week is looked at", allocated)
	}
}
