package commands

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

func TestASpanIsReadInTheCalendarsZone(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 18, 15, 30, 0, 0, zone) // a Wednesday
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := map[string]struct{ from, to time.Time }{
		"":                       {now, at("2026-11-19 00:00")},
		"today":                  {now, at("2026-11-19 00:00")},
		"tomorrow":               {at("2026-11-19 00:00"), at("2026-11-20 00:00")},
		"for 2h":                 {now, at("2026-11-18 17:30")},
		"2h":                     {now, at("2026-11-18 17:30")},
		"for 1 hour 30 minutes":  {now, at("2026-11-18 17:00")},
		"for 1h30m":              {now, at("2026-11-18 17:00")},
		"for 3 days":             {now, at("2026-11-21 15:30")},
		"for 2w":                 {now, at("2026-12-02 15:30")},
		"until 17:00":            {now, at("2026-11-18 17:00")},
		"until 9:00":             {now, at("2026-11-19 09:00")},
		"until 15:30":            {now, at("2026-11-19 15:30")},
		"until 5pm":              {now, at("2026-11-18 17:00")},
		"until 12am":             {now, at("2026-11-19 00:00")},
		"until tomorrow":         {now, at("2026-11-20 00:00")},
		"until 2026-12-01":       {now, at("2026-12-02 00:00")},
		"until 2026-12-01 12:00": {now, at("2026-12-01 12:00")},
		"till friday":            {now, at("2026-11-21 00:00")},
		"until wed":              {now, at("2026-11-19 00:00")},
	}
	for said, want := range tests {
		got, err := parseSpan(strings.Fields(said), now)
		if err != nil || !got.From.Equal(want.from) || !got.To.Equal(want.to) {
			t.Errorf("%q: %s to %s, %v; want %s to %s", said, got.From, got.To, err, want.from, want.to)
		}
	}
}

func TestASpanThatCannotBeIsRefusedKindly(t *testing.T) {
	now := time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)
	tests := map[string]error{
		"soon":                     errSpan,
		"for":                      errSpan,
		"for ever":                 errSpan,
		"for 2 lightyears":         errSpan,
		"until":                    errSpan,
		"until 25:00":              errSpan,
		"until 13pm":               errSpan,
		"until 17":                 errSpan,
		"until 2026-13-01":         errSpan,
		"until 2026-12-01 at noon": errSpan,
		"today 2h":                 errSpan,
		"for 0h":                   errNone,
		"until 2026-11-01":         errPast,
		"until today 15:00":        errPast,
		"until 2028-01-01":         errLong,
		"for 99999d":               errLong,
	}
	for said, want := range tests {
		if got, err := parseSpan(strings.Fields(said), now); !errors.Is(err, want) {
			t.Errorf("%q: %v, %v; want %v", said, got, err, want)
		}
	}
}

// On the day when clocks go back an hour, a day is 25 hours long.
func TestADayEndsAtMidnightWhateverTheClocksDo(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 10, 25, 0, 0, 0, 0, zone)
	got, err := parseSpan([]string{"today"}, now)
	if err != nil || got.To.Sub(got.From) != 25*time.Hour {
		t.Errorf("%v, %v", got, err)
	}
}

func TestACommandIsReadWhateverTheCase(t *testing.T) {
	tests := map[string]struct {
		verb, words string
		who         person
		unknown     bool
	}{
		"":                                    {},
		"  ":                                  {},
		"all":                                 {verb: "all"},
		"ALL":                                 {verb: "all"},
		"Who":                                 {verb: "who"},
		"away":                                {verb: "away"},
		"away off":                            {verb: "away", words: "off"},
		"away <@U0BOB|bob> until 17:00":       {verb: "away", words: "until 17:00", who: person{"U0BOB", "bob"}},
		"away for 2h <@U0BOB>":                {verb: "away", words: "for 2h", who: person{"U0BOB", ""}},
		"away @bob.lee tomorrow":              {verb: "away", words: "tomorrow", who: person{"", "bob.lee"}},
		"swap @Bob":                           {verb: "swap", who: person{"", "Bob"}},
		"pause 2h":                            {verb: "pause", words: "2h"},
		"frobnicate the <@U0BOB|bob> heavily": {verb: "frobnicate", words: "the heavily", who: person{"U0BOB", "bob"}, unknown: true},
		"help!":                               {verb: "help"},
	}
	for text, want := range tests {
		got := parse(text)
		if got.verb != want.verb || strings.Join(got.words, " ") != want.words || got.who != want.who || got.known == want.unknown {
			t.Errorf("%q: %+v; want %+v", text, got, want)
		}
	}
}

// Rule 24: what is said without an end lasts to the end of the shift, over midnight too.
func TestTheEndOfAShift(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	at := func(hour int) time.Time { return day.Add(time.Duration(hour) * time.Hour) }
	turn := func(name string, from, to int) calendar.Turn {
		return calendar.Turn{Engineer: calendar.Engineer{Name: name}, Shift: calendar.Shift{Start: at(from), End: at(to)}}
	}
	turns := []calendar.Turn{turn("Ana", 8, 12), turn("Bob", 8, 16), turn("Ana", 12, 16), turn("Ana", 22, 30), turn("Cleo", 30, 38)}
	for _, tt := range []struct {
		name string
		now  int
		want int // 0: none
	}{
		{"Ana", 9, 16},   // two that follow each other
		{"Ana", 17, 30},  // the night's is still to come
		{"Ana", 23, 30},  // a night shift does not end at midnight
		{"Ana", 29, 30},  // nor does it begin there
		{"Bob", 17, 0},   // over for today
		{"Cleo", 23, 0},  // tomorrow's
		{"Cleo", 25, 38}, // today's, after midnight
		{"Dee", 9, 0},
	} {
		got, ok := endOfShift(turns, tt.name, at(tt.now))
		if ok != (tt.want > 0) || ok && !got.Equal(at(tt.want)) {
			t.Errorf("%s at %d: %s, %t; want %d", tt.name, tt.now, got, ok, tt.want)
		}
	}
}
