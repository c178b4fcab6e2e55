package hours

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// vector is a case of testdata/hours.json, or of further.json, which was counted minute by minute on the wall's clock by
// a program in another language. Instants are UTC; week, closed and open are in zone.
type vector struct {
	ID, Kind, Zone, Week string
	Closed               []string
	Open                 map[string]string
	Start, End           time.Time
	Pauses               [][2]time.Time
	Target, Want         string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	var all []vector
	for _, name := range []string{"hours", "further"} {
		data, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var vs []vector
		if err := json.Unmarshal(data, &vs); err != nil {
			t.Fatal(err)
		}
		all = append(all, vs...)
	}
	return all
}

// hours are those of a vector: days parted by semicolons, 24x7 for none.
func (v vector) hours(t testing.TB) *Hours {
	t.Helper()
	if v.Week == "24x7" {
		return nil
	}
	d := Definition{Zone: zone(t, v.Zone), Week: week(t, v.Week), Open: map[Date][]Window{}}
	for _, s := range v.Closed {
		closed, err := ParseClosed(s)
		if err != nil {
			t.Fatal(err)
		}
		d.Closed = append(d.Closed, closed...)
	}
	for date, windows := range v.Open {
		d.Open[parse(t, ParseDate, date)] = parse(t, ParseWindows, windows)
	}
	h, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func zone(t testing.TB, name string) *time.Location { return parse(t, time.LoadLocation, name) }

// week reads "mon-fri 09:00-17:00; sat 10:00-12:00". Days named twice have the later windows.
func week(t testing.TB, s string) (w [7][]Window) {
	t.Helper()
	for part := range strings.SplitSeq(s, ";") {
		names, windows, _ := strings.Cut(strings.TrimSpace(part), " ")
		for _, day := range parse(t, ParseDays, names) {
			w[day] = parse(t, ParseWindows, windows)
		}
	}
	return w
}

func parse[T any](t testing.TB, f func(string) (T, error), s string) T {
	t.Helper()
	v, err := f(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			h := v.hours(t)
			var target time.Duration
			if v.Target != "" {
				target = parse(t, time.ParseDuration, v.Target)
			}
			var pauses []Span
			for _, p := range v.Pauses {
				pauses = append(pauses, Span{From: p[0], To: p[1]})
			}
			var got time.Time
			switch v.Kind {
			case "due":
				got = h.Due(v.Start, target, pauses)
			case "before":
				got = h.Add(v.Start, -target)
			case "starts":
				got = h.Add(v.Start, 0)
			case "elapsed":
				if got, want := h.Elapsed(v.Start, v.End, pauses), parse(t, time.ParseDuration, v.Want); got != want {
					t.Errorf("%s elapsed, want %s", got, want)
				}
				return
			default:
				t.Fatalf("what is %q?", v.Kind)
			}
			if want := parse(t, func(s string) (time.Time, error) { return time.Parse(time.RFC3339, s) }, v.Want); !got.Equal(want) {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// What clocks come to in hours from nine to five, on the week of Monday 12 January 2026.
func TestClocks(t *testing.T) {
	h, err := New(Definition{Zone: time.UTC, Week: week(t, "mon-fri 09:00-17:00")})
	if err != nil {
		t.Fatal(err)
	}
	pause := func(from, to string) []Span { return []Span{{From: at(t, from), To: at(t, to)}} }
	tests := []struct {
		name   string
		from   string
		d      time.Duration
		pauses []Span
		want   string
	}{
		{"S7: solved after three of eight hours, and reopened", "2026-01-12 09:00", 8 * time.Hour, pause("2026-01-12 12:00", "2026-01-14 09:00"), "2026-01-14 14:00"},
		{"S11: snoozed shortly before closing", "2026-01-12 16:50", 30 * time.Minute, nil, "2026-01-13 09:20"},
		{"S13: a ticket of Saturday night", "2026-01-10 03:00", 10 * time.Minute, nil, "2026-01-12 09:10"},
		{"S13: and one of Sunday evening", "2026-01-11 20:00", 10 * time.Minute, nil, "2026-01-12 09:10"},
		{"pending, and on hold without a moment between", "2026-01-12 09:00", 2 * time.Hour,
			append(pause("2026-01-12 10:00", "2026-01-12 11:00"), pause("2026-01-12 11:00", "2026-01-12 12:00")...), "2026-01-12 13:00"},
		{"two pauses in one minute", "2026-01-12 09:00", time.Hour,
			append(pause("2026-01-12 09:10:10", "2026-01-12 09:10:20"), pause("2026-01-12 09:10:30", "2026-01-12 09:10:40")...), "2026-01-12 10:00:20"},
	}
	for _, tt := range tests {
		if got := h.Due(at(t, tt.from), tt.d, tt.pauses); !got.Equal(at(t, tt.want)) {
			t.Errorf("%s: due %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A year of working days, ten of them closed.
func BenchmarkAdd(b *testing.B) {
	d := Definition{Zone: zone(b, "Europe/Berlin"), Week: week(b, "mon-fri 09:00-17:00")}
	for _, s := range []string{"01-01", "01-06", "2026-04-03", "2026-04-06", "05-01", "2026-05-14", "2026-05-25", "10-03", "12-24", "12-25"} {
		d.Closed = append(d.Closed, parse(b, ParseClosed, s)...)
	}
	h, err := New(d)
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2026, 1, 5, 8, 30, 0, 0, time.UTC)
	year := h.Elapsed(from, from.AddDate(1, 0, 0), nil)
	b.ReportAllocs()
	for b.Loop() {
		h.Add(from, year)
	}
	if got := h.Add(from, year); !got.Equal(from.AddDate(1, 0, 0)) {
		b.Fatalf("a year on is %s", got)
	}
}
