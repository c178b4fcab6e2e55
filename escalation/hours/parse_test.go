package hours

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	days := func(s string) (any, error) { v, err := ParseDays(s); return v, err }
	windows := func(s string) (any, error) { v, err := ParseWindows(s); return v, err }
	closed := func(s string) (any, error) {
		v, err := ParseClosed(s)
		return len(v), err
	}
	tests := []struct {
		parse func(string) (any, error)
		s     string
		want  any
		err   string // a part
	}{
		{days, "mon", []time.Weekday{1}, ""},
		{days, "fri-mon", []time.Weekday{5, 6, 0, 1}, ""},
		{days, "Mon, Wednesday", []time.Weekday{1, 3}, ""},
		{days, "mon-fri,tue", nil, "tue once"},
		{days, "mon-", nil, "such as mon-fri"},
		{days, "montag", nil, `in place of "montag"`},
		{windows, "13:00-17:30, 9:00-12:00", []Window{{540, 720}, {780, 1050}}, ""},
		{windows, "09:00-12:00,12:00-13:00", []Window{{540, 720}, {720, 780}}, ""},
		{windows, "22:00-06:00", []Window{{1320, 1800}}, ""},
		{windows, "22:00-00:00", []Window{{1320, 1440}}, ""},
		{windows, "00:00-24:00", []Window{{0, 1440}}, ""},
		{windows, "09:00-12:00, 11:00-13:00", nil, "09:00-12:00 and 11:00-13:00, which overlap"},
		{windows, "24:00-06:00", nil, "00:00 on the day after"},
		{windows, "22:00-24:30", nil, "times from 00:00 to 24:00"},
		{windows, "09:60-10:00", nil, "times from 00:00 to 24:00"},
		{windows, "09:00-09:00", nil, "00:00-24:00 for a whole day"},
		{windows, "9-17", nil, "a window as 09:00-17:00"},
		{windows, "", nil, "a window as 09:00-17:00"},
		{windows, "09:00-17:00,", nil, "a window as 09:00-17:00"},
		{closed, "2026-12-24", 1, ""},
		{closed, "2026-12-28..2026-12-31", 1, ""},
		{closed, "12-24", 1, ""},
		{closed, "02-29", 1, ""},
		{closed, "12-28..01-02", 6, ""},
		{closed, "2026-12-31..2026-12-28", nil, "2026-12-28..2026-12-31: this range ends before it begins"},
		{closed, "2026-01-01..2027-01-02", nil, "at most 366 days in one range: this one has 367"},
		{closed, "2026-02-30", nil, "another date: there is no 2026-02-30"},
		{closed, "02-30", nil, "another date: there is no 02-30"},
		{closed, "2026-1-5", nil, `a date as 2026-12-24, in place of "2026-1-5"`},
		{closed, "12-24..2026-12-26", nil, "a date as 2026-12-24"},
		{closed, "Christmas", nil, "a date as 2026-12-24"},
	}
	for _, tt := range tests {
		got, err := tt.parse(tt.s)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: %v, want …%s…", tt.s, err, tt.err)
			}
		case err != nil:
			t.Errorf("%q: %v", tt.s, err)
		case !cmp.Equal(got, tt.want):
			t.Errorf("%q: %v, want %v", tt.s, got, tt.want)
		}
	}
}

func TestNew(t *testing.T) {
	wholeYear := parse(t, ParseClosed, "01-01..12-31")
	friday := Date{2026, 1, 9}
	tests := []struct {
		name string
		d    Definition
		err  string
	}{
		{"no windows", Definition{}, "these hours never open"},
		{"open on a date alone", Definition{Open: map[Date][]Window{friday: {{0, 60}}}}, "these hours never open"},
		{"closed all the year", Definition{Week: week(t, "mon-fri 09:00-17:00"), Closed: wholeYear}, "these hours never open"},
		{"two of a day", Definition{Week: [7][]Window{{{0, 60}, {30, 90}}}}, "Sun 00:00-01:00 and 00:30-01:30 overlap"},
		{"into the next day", Definition{Week: week(t, "mon 22:00-06:00; tue 05:00-09:00")}, "Mon 22:00-06:00 runs into Tue 05:00-09:00"},
		{"over the week's turn", Definition{Week: week(t, "sat 22:00-06:00; sun 05:00-09:00")}, "Sat 22:00-06:00 runs into Sun 05:00-09:00"},
		{"into an open day", Definition{Week: week(t, "thu 22:00-06:00"), Open: map[Date][]Window{friday: {{300, 360}}}},
			"2026-01-09: Thu 22:00-06:00 runs into Fri 05:00-06:00"},
		{"out of an open day", Definition{Week: week(t, "sat 05:00-09:00"), Open: map[Date][]Window{friday: {{1320, 1800}}}},
			"2026-01-10: Fri 22:00-06:00 runs into Sat 05:00-09:00"},
		{"into a closed day", Definition{Week: week(t, "thu 22:00-06:00; fri 05:00-09:00"), Closed: []Closing{{From: friday, To: friday}}},
			"Thu 22:00-06:00 runs into Fri 05:00-09:00"},
		{"an end that is a beginning", Definition{Week: week(t, "mon 22:00-06:00; tue 06:00-09:00")}, ""},
	}
	for _, tt := range tests {
		tt.d.Zone = time.UTC
		_, err := New(tt.d)
		if got := ""; err != nil && err.Error() != tt.err || err == nil && tt.err != got {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
		if tt.err == "these hours never open" && !errors.Is(err, ErrNeverOpen) {
			t.Errorf("%s: %v is not ErrNeverOpen", tt.name, err)
		}
	}
}

// A day has a length where all open days have the same.
func TestDay(t *testing.T) {
	tests := []struct {
		week string
		open []Window
		want time.Duration
		ok   bool
	}{
		{"mon-fri 09:00-17:00", nil, 8 * time.Hour, true},
		{"mon-thu 09:00-12:00,13:00-18:00; fri 22:00-06:00", nil, 8 * time.Hour, true},
		{"mon-thu 09:00-17:00; fri 09:00-15:00", nil, 8 * time.Hour, false},
		{"mon-fri 09:00-17:00", []Window{{540, 720}}, 8 * time.Hour, false},
		{"mon-fri 09:00-17:00", []Window{{600, 1080}}, 8 * time.Hour, true},
	}
	for _, tt := range tests {
		d := Definition{Zone: time.UTC, Week: week(t, tt.week), Open: map[Date][]Window{}}
		if tt.open != nil {
			d.Open[Date{2026, 12, 31}] = tt.open
		}
		h, err := New(d)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := h.Day(); got != tt.want || ok != tt.ok {
			t.Errorf("%s, and %v: a day is %s %t, want %s %t", tt.week, tt.open, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"mon-fri", "09:00-12:00, 13:00-17:30", "22:00-06:00", "2026-12-28..2026-12-31", "12-24", "24:00-01:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, _ = ParseDays(s)
		_, _ = ParseClosed(s)
		windows, err := ParseWindows(s)
		if err != nil {
			return
		}
		var words []string
		for _, w := range windows {
			words = append(words, w.String())
		}
		again, err := ParseWindows(strings.Join(words, ","))
		if err != nil || !cmp.Equal(windows, again) {
			t.Errorf("%q is %v, and written as %v it is %v, %v", s, windows, words, again, err)
		}
	})
}
