package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
)

// rostered is a team with a shift calendar.
const rostered = `
calendar: {id: shifts@group.calendar.google.com}
engineers:
  - {name: Ana Silva, aliases: [Ana], slack: U0ANA}
  - {name: Bob Stone, aliases: [Bob], slack: U0BOB, products: [Auth]}
channels: {C0ENTERPRISE: {}}
`

// shift makes the shift calendar, with events that last from an hour ago for a day.
func (w *world) shift(titles ...string) {
	w.t.Helper()
	c := w.calendar.AddCalendar(&calendartest.Calendar{ID: "shifts@group.calendar.google.com", Summary: "Shifts", Public: true})
	for _, title := range titles {
		_, err := c.Insert(calendartest.Event{
			Summary: title,
			Start:   calendartest.At(time.Now().UTC().Add(-time.Hour)), End: calendartest.At(time.Now().UTC().Add(24 * time.Hour)),
		})
		w.check(err)
	}
}

// Rules 8 and 9: whoever is embedded is left out of tier 1, named there in plain text only, and pinged in
// tier 2.
func TestTheEmbeddedAreLeftInPeaceUntilTierTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), rostered)
	w.shift("Ana on-shift", "Embedded: Auth - Bob")
	w.start()
	first := w.ticket(enterprise, "42", 11*time.Minute)
	second := w.ticket(enterprise, "43", 21*time.Minute)

	one := w.reminder(enterprise, first)
	expect(t, one.Text, "Tier 1 of 4", "Bob Stone") // who comes next
	if got, want := pinged(one), []string{"U0ANA"}; !slices.Equal(got, want) {
		t.Errorf("tier 1 pings %v, want %v:\n%s", got, want, one.Text)
	}
	two := w.reminder(enterprise, second)
	expect(t, two.Text, "Tier 2 of 4")
	if got, want := pinged(two), []string{"U0ANA", "U0BOB"}; !slices.Equal(got, want) {
		t.Errorf("tier 2 pings %v, want %v:\n%s", got, want, two.Text)
	}
}

// Rule 8: with the calendar away since before the start, the roster that an earlier process stored is used.
func TestTheStoredRosterOutlivesARestartWithoutTheCalendar(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, rostered)
		w.shift("Ana on-shift")
		c := w.start()
		w.until("the calendar read", patience, func() bool {
			_, metrics := c.page("/metrics")
			return strings.Contains(metrics, `slabuddy_roster_engineers{state="on_shift"} 1`)
		})
		if code := c.stop(); code != 0 {
			t.Errorf("exit code %d", code)
		}

		w.calendar.Fail(calendartest.Refuse(calendartest.BackendError()), -1)
		before := len(w.calendar.Requests())
		c = w.start()
		reminder := w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute))
		if got, want := pinged(reminder), []string{"U0ANA"}; !slices.Equal(got, want) {
			t.Errorf("the reminder pings %v, want %v:\n%s", got, want, reminder.Text)
		}
		c.says("the last roster stays in use")
		if len(w.calendar.Requests()) == before {
			t.Error("the calendar was not asked, so its being away was not noticed")
		}
	})
}

// Rules 16 and 25: who is on shift is stored when it changes, and the report says hours with nobody from then on.
func TestWhoIsOnShiftIsKeptWhenItChanges(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, rostered)
		w.shift("Ana on-shift")
		c := w.start()
		kept := func() (on [][]string) {
			all, err := w.peek().Rosters(t.Context(), w.slack.Options().Team.ID, time.Time{}, time.Now().Add(time.Hour))
			w.check(err)
			for _, r := range all {
				on = append(on, r.Roster.OnShift)
			}
			return on
		}
		w.until("the roster stored", 30*time.Second, func() bool { return len(kept()) == 1 })
		w.types("U0ANA", enterprise, "/sla swap <@U0BOB|bob> for 2h")
		w.until("the swap stored", 30*time.Second, func() bool { return len(kept()) == 2 })
		if got := kept(); !slices.Equal(got[0], []string{"Ana Silva"}) || !slices.Equal(got[1], []string{"Bob Stone"}) {
			t.Errorf("stored: %v", got)
		}
		w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute))
		if code := c.stop(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		expect(t, w.must("report", "--since", "1d").stdout, "Who was on shift is known since")
	})
}
