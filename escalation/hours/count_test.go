package hours

import (
	"math"
	"testing"
	"time"
)

// However much is to be counted in however little time, counting ends after ten years: each day of them that is
// closed every year is looked at, for every ticket (rule 29).
func TestHorizon(t *testing.T) {
	closed, err := ParseClosed("01-01..12-30")
	if err != nil {
		t.Fatal(err)
	}
	from := at(t, "2026-01-09 16:40")
	for name, closed := range map[string][]Closing{"a minute a week": nil, "a minute every seven years or so": closed[:364]} {
		h, err := New(Definition{Zone: time.UTC, Week: week(t, "mon 00:00-00:01"), Closed: closed})
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Add(from, math.MaxInt64); got.Year() != 2036 {
			t.Errorf("292 years in %s end in %s", name, got)
		}
		if got := h.Add(from, -math.MaxInt64); got.Year() != 2016 {
			t.Errorf("292 years in %s begin in %s", name, got)
		}
	}
}

// Nil hours count always.
func TestAroundTheClock(t *testing.T) {
	var h *Hours
	from := at(t, "2026-01-10 03:00")
	pause := []Span{{From: from.Add(time.Hour), To: from.Add(2 * time.Hour)}}
	if got := h.Due(from, 3*time.Hour, pause); !got.Equal(from.Add(4 * time.Hour)) {
		t.Errorf("three hours with one of pause end %s", got)
	}
	if got := h.Elapsed(from, from.Add(4*time.Hour), pause); got != 3*time.Hour {
		t.Errorf("four hours with one of pause are %s", got)
	}
	if day, ok := h.Day(); day != 24*time.Hour || !ok {
		t.Errorf("a day is %s, %t", day, ok)
	}
	if !h.Open(from) || h.Version() != "" || h.Zone() != time.UTC {
		t.Error("nil hours are not as they should be")
	}
}

// Hours made of the same have the same version, and of anything else another.
func TestVersion(t *testing.T) {
	friday := Date{2026, 1, 9}
	made := func(change func(*Definition)) string {
		d := Definition{Zone: time.UTC, Week: week(t, "mon-fri 09:00-17:00"), Open: map[Date][]Window{}}
		change(&d)
		h, err := New(d)
		if err != nil {
			t.Fatal(err)
		}
		return h.Version()
	}
	same := made(func(*Definition) {})
	if made(func(*Definition) {}) != same {
		t.Error("the version changes by itself")
	}
	told := func(change func(*Definition)) string {
		d := Definition{Zone: time.UTC, Week: week(t, "mon-fri 09:00-17:00")}
		change(&d)
		h, err := New(d)
		if err != nil {
			t.Fatal(err)
		}
		return h.CalendarDays()
	}
	if told(func(d *Definition) { d.Closed = []Closing{{From: friday, To: friday}} }) != "" {
		t.Error("calendars tell of a day that is configured")
	}
	if told(func(d *Definition) { d.Closed = []Closing{{From: friday, To: friday, FromCalendar: true}} }) == "" {
		t.Error("what a calendar tells makes no difference")
	}
	for name, change := range map[string]func(*Definition){
		"zone":   func(d *Definition) { d.Zone = zone(t, "Europe/Berlin") },
		"week":   func(d *Definition) { d.Week[6] = []Window{{540, 600}} },
		"closed": func(d *Definition) { d.Closed = []Closing{{From: friday, To: friday}} },
		"shut":   func(d *Definition) { d.Shut = []Span{{From: at(t, "2026-01-09 10:00"), To: at(t, "2026-01-09 11:00")}} },
		"open":   func(d *Definition) { d.Open[friday] = []Window{{540, 600}} },
	} {
		if made(change) == same {
			t.Errorf("with another %s the version is the same", name)
		}
	}
}

// Counting that is to begin in a pause begins after it.
func TestBeginsAfterPause(t *testing.T) {
	h, err := New(Definition{Zone: time.UTC, Week: week(t, "mon-fri 09:00-17:00")})
	if err != nil {
		t.Fatal(err)
	}
	from, until := at(t, "2026-01-09 10:00"), at(t, "2026-01-09 11:00")
	if got := h.Due(from, 0, []Span{{From: from, To: until}}); !got.Equal(until) {
		t.Errorf("counting begins %s, want %s", got, until)
	}
}

// In St. John's the clock went from 00:01 back to 23:01: a night that was over by the date went on.
func TestBackOverMidnight(t *testing.T) {
	h, err := New(Definition{Zone: zone(t, "America/St_Johns"), Week: week(t, "fri 23:59-23:58")})
	if err != nil {
		t.Fatal(err)
	}
	sunday := at(t, "2006-10-29 02:30:30")
	if got := h.Elapsed(sunday, sunday.Add(time.Hour), nil); got != 57*time.Minute+30*time.Second {
		t.Errorf("%s of the hour count, want 57m30s", got)
	}
}

// There a window of the Sunday opened on what was Saturday again a minute later.
func TestADayThatOpensBeforeItsDate(t *testing.T) {
	h, err := New(Definition{Zone: zone(t, "America/St_Johns"), Week: week(t, "sun 00:00-12:00")})
	if err != nil {
		t.Fatal(err)
	}
	opens, saturday := at(t, "2006-10-29 02:30"), at(t, "2006-10-29 03:00")
	if got := h.Elapsed(opens.Add(-time.Hour), saturday, nil); got != 30*time.Minute {
		t.Errorf("%s have elapsed, want 30m", got)
	}
	if got := h.Add(saturday, -30*time.Minute); !got.Equal(opens) {
		t.Errorf("30 minutes before %s: %s, want %s", saturday, got, opens)
	}
}

// What is shut in the small hours is taken from the night that began the day before, also where days are passed over
// as a whole.
func TestWhatIsShutAfterMidnight(t *testing.T) {
	shut := Span{From: at(t, "2026-01-14 01:00"), To: at(t, "2026-01-14 02:00")}
	h, err := New(Definition{Zone: time.UTC, Week: week(t, "mon-sun 20:00-04:00"), Shut: []Span{shut}})
	if err != nil {
		t.Fatal(err)
	}
	from, to := at(t, "2026-01-02 12:00"), at(t, "2026-01-30 02:00")
	if got, want := h.Elapsed(from, to, nil), (27*8+6-1)*time.Hour; got != want {
		t.Errorf("%s have elapsed, want %s", got, want)
	}
	if got := h.Add(from, (27*8+6-1)*time.Hour); !got.Equal(to) {
		t.Errorf("due %s, want %s", got, to)
	}
}
