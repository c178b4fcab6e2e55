package hours

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// minutes is the second opinion: it marks each real minute of some days as open or closed, by looking at what
// a clock on the wall shows, and counts marks.
type minutes struct {
	from  time.Time
	walls []int64 // what the clock shows in each minute, as if it were in UTC
	first map[int64]int
	last  map[int64]int
	open  []bool
}

func lookAt(d Definition, from time.Time, days int) *minutes {
	m := &minutes{from: from, first: map[int64]int{}, last: map[int64]int{}, open: make([]bool, days*minutesADay)}
	for i := range m.open {
		t := from.Add(time.Duration(i) * time.Minute).In(d.Zone)
		_, offset := t.Zone()
		wall := t.Unix() + int64(offset)
		m.walls = append(m.walls, wall)
		m.last[wall] = i
		if _, seen := m.first[wall]; !seen {
			m.first[wall] = i
		}
	}
	taken := make([]bool, len(m.open))
	for day := range days + 1 {
		date := from.UTC().Truncate(24*time.Hour).AddDate(0, 0, day)
		windows, special := windowsOn(d, date)
		for _, w := range windows {
			opens, closes := date.Unix()+int64(w.From)*60, date.Unix()+int64(w.To)*60
			for i := m.shows(m.first, opens); i < m.shows(m.last, closes); i++ {
				if !taken[i] { // by a window that opened before
					taken[i] = true
					m.open[i] = special || !covered(from.Add(time.Duration(i)*time.Minute), d.Shut)
				}
			}
		}
	}
	return m
}

// shows is the minute that shows wall, or if none does, the one before which the clock jumps over it.
func (m *minutes) shows(minutes map[int64]int, wall int64) int {
	if i, ok := minutes[wall]; ok {
		return i
	}
	for i, w := range m.walls {
		if w > wall {
			return i
		}
	}
	return len(m.walls)
}

func covered(t time.Time, by []Span) bool {
	return slices.ContainsFunc(by, func(s Span) bool { return !t.Before(s.From) && t.Before(s.To) })
}

func windowsOn(d Definition, date time.Time) (windows []Window, special bool) {
	if windows, special = d.Open[DateOf(date)]; special {
		return windows, true
	}
	for _, c := range d.Closed {
		if c.Yearly && c.From.Month == date.Month() && c.From.Day == date.Day() || !c.Yearly && c.From == DateOf(date) {
			return nil, false
		}
	}
	return d.Week[date.Weekday()], false
}

// counts tells of each minute whether it is open and not paused.
func (m *minutes) counts(pauses []Span) []bool {
	counts := slices.Clone(m.open)
	for i := range counts {
		counts[i] = counts[i] && !covered(m.from.Add(time.Duration(i)*time.Minute), pauses)
	}
	return counts
}

// nth is the place of the nth minute that counts.
func nth(counts []bool, n int) int {
	for i, open := range counts {
		if open {
			if n--; n == 0 {
				return i
			}
		}
	}
	return -1
}

func count(counts []bool) (n int) {
	for _, open := range counts {
		if open {
			n++
		}
	}
	return n
}

// Around these times clocks are changed, by an hour, by half of one, at midnight, and by a whole day.
var changes = []struct {
	zone string
	at   string
}{
	{"UTC", "2026-01-05 00:00"}, {"Europe/Berlin", "2026-03-29 01:00"}, {"Europe/Berlin", "2026-10-25 01:00"},
	{"America/New_York", "2026-11-01 06:00"}, {"America/New_York", "2026-03-08 07:00"}, {"Australia/Lord_Howe", "2026-04-04 15:00"},
	{"Australia/Lord_Howe", "2026-10-03 15:30"}, {"America/Sao_Paulo", "2015-02-22 02:00"}, {"America/Sao_Paulo", "2015-10-18 03:00"},
	{"Asia/Tehran", "2016-03-20 20:30"}, {"Pacific/Apia", "2011-12-30 10:00"}, {"Asia/Kathmandu", "2026-02-27 00:00"},
	{"Africa/Casablanca", "2026-02-15 02:00"}, {"Africa/Cairo", "2026-04-23 22:00"}, {"America/St_Johns", "2006-10-29 02:31"},
}

const lookDays = 28 // so many that days without anything of their own are passed over as a whole

// drawn are hours of any kind, with a time near to a change of the clock.
func drawn(rt *rapid.T) (Definition, time.Time) {
	change := rapid.SampledFrom(changes).Draw(rt, "change")
	loc, err := time.LoadLocation(change.zone)
	if err != nil {
		rt.Fatal(err)
	}
	near, err := time.Parse("2006-01-02 15:04", change.at)
	if err != nil {
		rt.Fatal(err)
	}
	near = near.Add(time.Duration(rapid.IntRange(-3*minutesADay, 3*minutesADay).Draw(rt, "minutes from it")) * time.Minute)
	d := Definition{Zone: loc, Open: map[Date][]Window{}}
	for day := range d.Week {
		d.Week[day] = windows(rt, "week")
	}
	date := func() Date { return DateOf(near.AddDate(0, 0, rapid.IntRange(-2, 8).Draw(rt, "date"))) }
	for range rapid.IntRange(0, 3).Draw(rt, "closed") {
		on := date()
		d.Closed = append(d.Closed, Closing{From: on, To: on, Yearly: rapid.Bool().Draw(rt, "every year")})
	}
	for range rapid.IntRange(0, 2).Draw(rt, "open") {
		d.Open[date()] = windows(rt, "open")
	}
	d.Shut = spans(rt, near, "shut")
	return d, near
}

// windows are none, one or two of a day; the last may end on the next.
func windows(rt *rapid.T, label string) []Window {
	times := rapid.SliceOfNDistinct(rapid.IntRange(0, 4*24), 4, 4, rapid.ID).Draw(rt, label)
	slices.Sort(times)
	for i := range times {
		times[i] *= 15
	}
	all := []Window{{times[0], times[1]}, {times[2], times[3]}}[:rapid.IntRange(0, 2).Draw(rt, label)]
	if len(all) > 0 && rapid.Bool().Draw(rt, "over night") {
		all[len(all)-1].To = minutesADay + rapid.IntRange(0, times[0]).Draw(rt, "until")
	}
	return all
}

func spans(rt *rapid.T, near time.Time, label string) (all []Span) {
	for range rapid.IntRange(0, 3).Draw(rt, label) {
		from := near.Add(time.Duration(rapid.IntRange(-minutesADay, 7*minutesADay).Draw(rt, "from")) * time.Minute)
		all = append(all, Span{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 2*minutesADay).Draw(rt, "for")) * time.Minute)})
	}
	return all
}

// Rule 18: whatever the hours, counting comes out as when each minute is looked at.
func counting(rt *rapid.T) {
	d, near := drawn(rt)
	h, err := New(d)
	if err != nil {
		rt.Skip(err) // they overlap, or never open
	}
	m := lookAt(d, near.Add(-6*24*time.Hour).Truncate(24*time.Hour), lookDays)
	minute := func(i int) time.Time { return m.from.Add(time.Duration(i) * time.Minute) }
	from := int(near.Sub(m.from) / time.Minute)
	to := rapid.IntRange(from, (lookDays-3)*minutesADay).Draw(rt, "to")
	pauses := spans(rt, near, "pauses")

	counts := m.counts(pauses)[from:to]
	n := count(counts)
	if got, want := h.Elapsed(minute(from), minute(to), pauses), time.Duration(n)*time.Minute; got != want {
		rt.Fatalf("from %s to %s: %s elapsed, want %s", minute(from), minute(to), got, want)
	}
	if n > 0 {
		due := minute(from + nth(counts, n) + 1)
		if got := h.Due(minute(from), time.Duration(n)*time.Minute, pauses); !got.Equal(due) {
			rt.Fatalf("%d minutes from %s: due %s, want %s", n, minute(from), got, due)
		}
	}
	if n := count(m.open[from:to]); n > 0 {
		start := minute(from + nth(m.open[from:to], 1))
		if got := h.Add(minute(to), -time.Duration(n)*time.Minute); !got.Equal(start) {
			rt.Fatalf("%d minutes before %s: %s, want %s", n, minute(to), got, start)
		}
	}
	if i := slices.Index(m.open[from:to], true); i >= 0 {
		if got := h.Add(minute(from), 0); !got.Equal(minute(from + i)) {
			rt.Fatalf("counting from %s begins %s, want %s", minute(from), got, minute(from+i))
		}
	}
	if got := h.Open(minute(from)); got != m.open[from] {
		rt.Fatalf("open at %s: %t, want %t", minute(from), got, m.open[from])
	}
}

func TestCounting(t *testing.T) { rapid.Check(t, counting) }

func FuzzCounting(f *testing.F) { f.Fuzz(rapid.MakeFuzz(counting)) }

// What holds at any instant, also between two seconds and over years.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, near := drawn(rt)
		h, err := New(d)
		if err != nil {
			rt.Skip(err)
		}
		from := near.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(rt, "nanoseconds")))
		length := func(label string) time.Duration {
			return time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(rt, label))
		}
		a, b := length("a"), length("b")
		due := h.Add(from, a)
		if got := h.Elapsed(from, due, nil); got != a {
			rt.Errorf("from %s, %s is due %s, and then %s has elapsed", from, a, due, got)
		}
		if got, want := h.Add(due, b), h.Add(from, a+b); !got.Equal(want) {
			rt.Errorf("%s and then %s is %s, at once %s", a, b, got, want)
		}
		if got := h.Add(h.Add(due, -a), a); !got.Equal(due) {
			rt.Errorf("%s back from %s and on again is %s", a, due, got)
		}
		if !h.Open(due.Add(-1)) {
			rt.Errorf("due %s is neither open nor a close", due)
		}
		spans := h.Spans(from, due, nil)
		at, open := from, time.Duration(0)
		for _, s := range spans {
			if !s.From.Equal(at) || !s.From.Before(s.To) {
				rt.Fatalf("at %s the spans go on with %+v", at, s)
			}
			if at = s.To; s.Open {
				open += s.To.Sub(s.From)
			}
		}
		if got := h.Breakdown(from, due, nil); !strings.Contains(got, " → due ") {
			rt.Errorf("the walk from %s to %s is %q", from, due, got)
		}
		if !at.Equal(due) || open != a {
			rt.Errorf("the spans from %s to %s end %s, and %s of %s are open", from, due, at, open, a)
		}
	})
}
