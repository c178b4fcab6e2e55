package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
)

// shown are turns and gaps as "Ana Silva 09:00-17:00" and "17:00-24:00", in the zone of the times given.
func shown(o calendar.Outlook, zone *time.Location) (turns, gaps []string) {
	const layout = "02 15:04"
	span := func(a, b time.Time) string { return a.In(zone).Format(layout) + " to " + b.In(zone).Format(layout) }
	for _, t := range o.Turns {
		turns = append(turns, fmt.Sprintf("%s %s (%s)", t.Name, span(t.Start, t.End), t.Title))
	}
	for _, g := range o.Gaps {
		gaps = append(gaps, span(g.Start, g.End))
	}
	return turns, gaps
}

func TestLookingAhead(t *testing.T) {
	day := func(clock string) time.Time { return at(t, "2026-03-10 "+clock) }
	shift := func(title, from, to string) calendar.Event { return event(t, title, lasting(day(from), day(to))) }
	tests := map[string]struct {
		events      []calendar.Event
		changes     []calendar.Change
		turns, gaps []string
	}{
		"nobody at all": {gaps: []string{"10 08:00 to 10 20:00"}},
		"a shift within it": {
			events: []calendar.Event{shift("Ana", "09:00", "17:00")},
			turns:  []string{"Ana Silva 10 09:00 to 10 17:00 (Ana)"}, gaps: []string{"10 08:00 to 10 09:00", "10 17:00 to 10 20:00"},
		},
		"shifts that meet leave no gap": {
			events: []calendar.Event{shift("Bob", "13:00", "23:00"), shift("Ana", "07:00", "13:00")},
			turns:  []string{"Ana Silva 10 07:00 to 10 13:00 (Ana)", "Bob Lee 10 13:00 to 10 23:00 (Bob)"},
		},
		"shifts that overlap, one within another": {
			events: []calendar.Event{shift("Ana", "07:00", "19:00"), shift("Bob", "10:00", "11:00")},
			turns:  []string{"Ana Silva 10 07:00 to 10 19:00 (Ana)", "Bob Lee 10 10:00 to 10 11:00 (Bob)"}, gaps: []string{"10 19:00 to 10 20:00"},
		},
		"those that are over, or come later, are none of it": {
			events: []calendar.Event{shift("Ana", "05:00", "08:00"), shift("Bob", "20:00", "21:00")}, gaps: []string{"10 08:00 to 10 20:00"},
		},
		"an absence in the calendar takes out its hours": {
			events: []calendar.Event{shift("Ana", "08:00", "20:00"), shift("Ana sick", "10:00", "12:00"), shift("Ana PTO", "18:00", "22:00")},
			turns:  []string{"Ana Silva 10 08:00 to 10 10:00 (Ana)", "Ana Silva 10 12:00 to 10 18:00 (Ana)"},
			gaps:   []string{"10 10:00 to 10 12:00", "10 18:00 to 10 20:00"},
		},
		"so does one that was said, and only its own": {
			events:  []calendar.Event{shift("Ana", "08:00", "20:00"), shift("Bob", "08:00", "11:00")},
			changes: []calendar.Change{{Who: ana, From: day("10:00"), To: day("12:00")}},
			turns:   []string{"Ana Silva 10 08:00 to 10 10:00 (Ana)", "Bob Lee 10 08:00 to 10 11:00 (Bob)", "Ana Silva 10 12:00 to 10 20:00 (Ana)"},
			gaps:    []string{"10 11:00 to 10 12:00"},
		},
		"a swap shows who comes": {
			events:  []calendar.Event{shift("Ana", "08:00", "20:00")},
			changes: []calendar.Change{{Who: ana, By: bob, From: day("12:00"), To: day("20:00")}},
			turns:   []string{"Ana Silva 10 08:00 to 10 12:00 (Ana)", "Bob Lee 10 12:00 to 10 20:00 (Ana)"},
		},
		"being embedded is no shift": {
			events: []calendar.Event{shift("Embedded: Auth - Ana", "08:00", "09:00")},
			turns:  []string{"Ana Silva 10 08:00 to 10 09:00 (Embedded: Auth - Ana)"}, gaps: []string{"10 09:00 to 10 20:00"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := schedule(matching(), day("08:00"), test.events...).With(test.changes).Ahead(day("08:00"), day("20:00"))
			turns, gaps := shown(o, time.UTC)
			if diff := cmp.Diff(test.turns, turns); diff != "" {
				t.Errorf("turns (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.gaps, gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
}

// On the last Sunday of March clocks in Berlin jump from 02:00 to 03:00; a night of shifts from 22:00 to
// 02:00 and from 03:00 to 08:00 has no gap then, and has one hour of it in any other night.
func TestGapsWhenClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	night := func(first, second string) calendar.Schedule {
		now := in(t, berlin, first+" 22:00")
		return schedule(matching(), now,
			event(t, "Ana", lasting(in(t, berlin, first+" 22:00"), calendar.TimeOfDay(2*time.Hour).On(now.Year(), now.Month(), now.Day()+1, berlin))),
			event(t, "Bob", lasting(in(t, berlin, second+" 03:00"), in(t, berlin, second+" 08:00"))))
	}
	tests := map[string]struct {
		first, second string
		want          time.Duration
	}{
		"an ordinary night":   {"2026-03-21", "2026-03-22", time.Hour},
		"clocks go forward":   {"2026-03-28", "2026-03-29", 0},
		"clocks are put back": {"2026-10-24", "2026-10-25", 2 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var uncovered time.Duration
			for _, g := range night(test.first, test.second).Gaps(in(t, berlin, test.first+" 22:00"), in(t, berlin, test.second+" 08:00")) {
				uncovered += g.End.Sub(g.Start)
			}
			if uncovered != test.want {
				t.Errorf("uncovered for %s, want %s", uncovered, test.want)
			}
		})
	}
}

func TestAnOutlookReachesAsFarAsTheReading(t *testing.T) {
	now := at(t, "2026-03-10 08:00")
	s := matching().Schedule(calendar.Reading{
		ReadAt: now, From: now.Add(-time.Hour), To: now.Add(24 * time.Hour),
		Events: []calendar.Event{event(t, "Zoe"), event(t, "Yan", lasting(now.Add(-3*time.Hour), now))},
	})
	got := s.Ahead(now, now.Add(7*24*time.Hour))
	want := calendar.Outlook{
		From: now, Until: now.Add(24 * time.Hour), Gaps: []calendar.Interval{{Start: now, End: now.Add(24 * time.Hour)}},
		Unresolved: []calendar.Unresolved{{Title: "Zoe", Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outlook (-want +got):\n%s", diff)
	}
	for name, o := range map[string]calendar.Outlook{
		"beyond the reading": s.Ahead(now.Add(48*time.Hour), now.Add(72*time.Hour)),
		"never read":         calendar.Schedule{}.Ahead(now, now.Add(time.Hour)),
	} {
		if diff := cmp.Diff(calendar.Outlook{}, o); diff != "" {
			t.Errorf("%s, something is known (-want +got):\n%s", name, diff)
		}
	}
}
