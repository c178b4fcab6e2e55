package calendar_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
)

func TestWhatPeopleSayBesideTheCalendar(t *testing.T) {
	away := func(who calendar.Engineer, from, to string) calendar.Change {
		return calendar.Change{Who: who, From: at(t, "2026-03-10 "+from), To: at(t, "2026-03-10 "+to)}
	}
	swap := func(who, by calendar.Engineer, from, to string) calendar.Change {
		c := away(who, from, to)
		c.By = by
		return c
	}
	shift, embedding := event(t, "Ana on-shift"), event(t, "Embedded: Auth - Ana")
	tests := map[string]struct {
		events  []calendar.Event
		changes []calendar.Change
		now     string // 12:00 if empty
		want    who
	}{
		"away takes off shift":               {events: []calendar.Event{shift}, changes: []calendar.Change{away(ana, "12:00", "13:00")}, want: who{Away: []string{"Ana Silva"}}},
		"away takes off being embedded":      {events: []calendar.Event{embedding}, changes: []calendar.Change{away(ana, "11:00", "13:00")}, want: who{Away: []string{"Ana Silva"}}},
		"away until its end, exclusive":      {events: []calendar.Event{shift}, changes: []calendar.Change{away(ana, "11:00", "12:00")}, want: who{OnShift: []string{"Ana Silva"}}},
		"away not before":                    {events: []calendar.Event{shift}, changes: []calendar.Change{away(ana, "12:01", "13:00")}, want: who{OnShift: []string{"Ana Silva"}}},
		"away of somebody else":              {events: []calendar.Event{shift}, changes: []calendar.Change{away(bob, "11:00", "13:00")}, want: who{OnShift: []string{"Ana Silva"}, Away: []string{"Bob Lee"}}},
		"an end before the beginning is not": {events: []calendar.Event{shift}, changes: []calendar.Change{away(ana, "13:00", "11:00")}, want: who{OnShift: []string{"Ana Silva"}}},

		"a swap puts the other on, and takes one off": {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "11:00", "13:00")}, want: who{OnShift: []string{"Bob Lee"}}},
		"a swap counts from its beginning":            {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "12:00", "13:00")}, want: who{OnShift: []string{"Bob Lee"}}},
		"before a swap nothing has changed":           {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "12:01", "13:00")}, want: who{OnShift: []string{"Ana Silva"}}},
		"after a swap it is as before":                {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "11:00", "12:00")}, want: who{OnShift: []string{"Ana Silva"}}},
		"a swap beyond the shift ends with the shift": {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "08:00", "23:00")}, now: "17:00", want: who{}},
		"a swap without a shift puts nobody on":       {changes: []calendar.Change{swap(ana, bob, "08:00", "23:00")}, want: who{}},
		"a swap leaves others on":                     {events: []calendar.Event{shift, event(t, "Carla")}, changes: []calendar.Change{swap(ana, bob, "11:00", "13:00")}, want: who{OnShift: []string{"Bob Lee", "Carla"}}},
		"what is taken over can be handed on":         {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "09:00", "17:00"), swap(bob, carla, "11:00", "13:00")}, want: who{OnShift: []string{"Carla"}}},
		"who takes over and is away is not on":        {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "09:00", "17:00"), away(bob, "11:00", "13:00")}, want: who{Away: []string{"Bob Lee"}}},
		"who was away and swapped is still away":      {events: []calendar.Event{shift, event(t, "Ana sick")}, changes: []calendar.Change{swap(ana, bob, "09:00", "17:00")}, want: who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}}},
		"being embedded is not handed over":           {events: []calendar.Event{embedding}, changes: []calendar.Change{swap(ana, bob, "11:00", "13:00")}, want: who{OnShift: []string{"Bob Lee"}}},
		"embedded again after the swap":               {events: []calendar.Event{embedding}, changes: []calendar.Change{swap(ana, bob, "11:00", "13:00")}, now: "20:00", want: who{Embedded: map[string][]string{"Ana Silva": {"Auth"}}}},
		"two who swap with each other":                {events: []calendar.Event{shift}, changes: []calendar.Change{swap(ana, bob, "09:00", "17:00"), swap(bob, ana, "09:00", "17:00")}, want: who{OnShift: []string{"Ana Silva"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.now == "" {
				test.now = "12:00"
			}
			now := at(t, "2026-03-10 "+test.now)
			before := schedule(matching(), now, test.events...)
			untouched := summary(before, before.At(now, time.Hour))
			after := before.With(test.changes)
			if diff := cmp.Diff(test.want, summary(after, after.At(now, time.Hour))); diff != "" {
				t.Errorf("roster (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(untouched, summary(before, before.At(now, time.Hour))); diff != "" {
				t.Errorf("the schedule itself has changed:\n%s", diff)
			}
		})
	}
}

func TestAnAbsenceHoldsWithoutACalendar(t *testing.T) {
	now := at(t, "2026-03-10 12:00")
	s := calendar.Schedule{}.With([]calendar.Change{{Who: ana, From: now, To: now.Add(time.Hour)}})
	want := calendar.Roster{At: now, Away: []calendar.Engineer{ana}}
	if diff := cmp.Diff(want, s.At(now, time.Hour)); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
}

func TestTheShiftThatPutsSomebodyOn(t *testing.T) {
	nine, noon, one, five := at(t, "2026-03-10 09:00"), at(t, "2026-03-10 12:00"), at(t, "2026-03-10 13:00"), at(t, "2026-03-10 17:00")
	private := func(e *calendar.Event) { e.Private = true }
	tests := map[string]struct {
		events  []calendar.Event
		changes []calendar.Change
		want    map[string]calendar.Shift
	}{
		"the event": {events: []calendar.Event{event(t, "Ana on-shift")}, want: map[string]calendar.Shift{"Ana Silva": {Title: "Ana on-shift", Start: nine, End: five}}},
		"of several, that which ends last, however they are ordered": {
			events: []calendar.Event{event(t, "Ana early", lasting(nine, one)), event(t, "Ana late", lasting(noon, five)), event(t, "Ana lunch", lasting(nine, one))},
			want:   map[string]calendar.Shift{"Ana Silva": {Title: "Ana late", Start: noon, End: five}},
		},
		"a private event's title is matched, and not shown": {
			events: []calendar.Event{event(t, "Ana on-shift", private)}, want: map[string]calendar.Shift{"Ana Silva": {Start: nine, End: five}},
		},
		"nobody's, once they are away": {
			events: []calendar.Event{event(t, "Ana on-shift")}, changes: []calendar.Change{{Who: ana, From: nine, To: five}},
		},
		"of a swap, as much as was taken over": {
			events: []calendar.Event{event(t, "Ana on-shift")}, changes: []calendar.Change{{Who: ana, By: bob, From: noon, To: one}},
			want: map[string]calendar.Shift{"Bob Lee": {Title: "Ana on-shift", Start: noon, End: one}},
		},
		"before a swap, until it begins": {
			events: []calendar.Event{event(t, "Ana on-shift")}, changes: []calendar.Change{{Who: ana, By: bob, From: one, To: five}},
			want: map[string]calendar.Shift{"Ana Silva": {Title: "Ana on-shift", Start: nine, End: one}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := schedule(matching(), noon, test.events...).With(test.changes).At(noon, time.Hour).Shifts
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("shifts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPrivateEventThatNamesNobodyIsToldWithoutItsTitle(t *testing.T) {
	s := schedule(matching(), at(t, "2026-03-10 12:00"), event(t, "Zoe's secret", func(e *calendar.Event) { e.Private = true }))
	if len(s.Unresolved) != 1 || s.Unresolved[0].Title != "" {
		t.Errorf("unresolved: %+v", s.Unresolved)
	}
}
