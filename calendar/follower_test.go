package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
)

func TestTheCalendarIsReadEveryMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, &memory{})
		if got := k.onShift(); got != "Ana Silva" {
			t.Fatalf("on shift: %q", got)
		}
		k.source.set(func(s *source) { s.events = []calendar.Event{shift("Bob", 24*time.Hour)} })
		pass(time.Minute)
		if got := k.onShift(); got != "Bob Lee" {
			t.Errorf("on shift a minute later: %q", got)
		}
		if age := time.Since(k.Roster().AsOf); age != 0 {
			t.Errorf("the roster is %s old", age)
		}
	})
}

func TestTheCalendarIsReadAtOnceOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{}, &memory{})
		k.source.set(func(s *source) { s.events = []calendar.Event{shift("Bob", 24*time.Hour)} })
		k.Refresh()
		synctest.Wait()
		if got := k.onShift(); got != "Bob Lee" {
			t.Errorf("on shift: %q", got)
		}
	})
}

func TestAReadingReachesFromTheSupportDayBeforeAWeekAheadOrUntilItGrowsStale(t *testing.T) {
	for staleAfter, wantTo := range map[time.Duration]string{
		12 * time.Hour: "2000-01-08 02:00", 8*24*time.Hour + 3*time.Hour: "2000-01-10 02:00",
	} {
		synctest.Test(t, func(t *testing.T) { // starts at 2000-01-01 00:00 UTC
			k := keep(t, &source{}, &memory{}, func(o *calendar.Options) { o.Matching.StaleAfter = staleAfter })
			if from := at(t, "1999-12-30 02:00"); !k.source.from.Equal(from) {
				t.Errorf("from %s", k.source.from)
			}
			if to := at(t, wantTo); !k.source.to.Equal(to) {
				t.Errorf("stale after %s: to %s", staleAfter, k.source.to)
			}
		})
	}
}

// The monotonic clock stops while a machine sleeps, and would make an old reading look young.
func TestAReadingIsDatedByTheWallClock(t *testing.T) {
	r, err := calendar.Read(t.Context(), &source{}, matching(), time.Now())
	if err != nil || r.ReadAt != r.ReadAt.Round(0) {
		t.Errorf("read at %v, %v", r.ReadAt, err)
	}
}

func TestTheRosterIsOfNowNotOfTheLastReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := calendar.Event{Title: "Bob", Start: time.Now().Add(2 * time.Hour), End: time.Now().Add(20 * time.Hour)}
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 2*time.Hour), late}}, &memory{})
		k.source.set(func(s *source) { s.err = errors.New("away") })
		pass(2 * time.Hour)
		if got := k.onShift(); got != "Bob Lee" {
			t.Errorf("on shift after the change: %q", got)
		}
	})
}

func TestTheLastRosterServesForTwelveHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, &memory{})
		k.source.set(func(s *source) { s.err = errors.New("away") })
		pass(12 * time.Hour)
		if got := k.onShift(); got != "Ana Silva" {
			t.Errorf("after 12 h, on shift: %q", got)
		}
		pass(time.Second)
		if r := k.Roster(); !r.AsOf.IsZero() || len(r.OnShift) > 0 {
			t.Errorf("after more than 12 h there is still a roster: %+v", r)
		}
	})
}

func TestAFailedReadingIsTriedAgainEverLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		k := keep(t, &source{err: errors.New("no such calendar: check calendar.id")}, &memory{})
		pass(30 * time.Minute)
		var after []time.Duration
		for _, at := range k.source.readTimes()[:10] {
			after = append(after, at.Sub(start))
		}
		want := []time.Duration{
			0, 5 * time.Second, 15 * time.Second, 35 * time.Second, 75 * time.Second, 155 * time.Second, 315 * time.Second,
			615 * time.Second, 915 * time.Second, 1215 * time.Second, // every 5 minutes from here
		}
		if diff := cmp.Diff(want, after); diff != "" {
			t.Errorf("read after (-want +got):\n%s", diff)
		}
		if !strings.Contains(k.log.String(), "level=ERROR") || !strings.Contains(k.log.String(), "check calendar.id") {
			t.Errorf("log: %s", k.log)
		}

		k.source.set(func(s *source) { s.err = nil })
		pass(5 * time.Minute)
		reads := len(k.source.readTimes())
		pass(10 * time.Minute)
		if n := len(k.source.readTimes()) - reads; n != 10 {
			t.Errorf("%d readings in the 10 minutes after it answered again", n)
		}
		if !strings.Contains(k.log.String(), "can be read again") {
			t.Errorf("log: %s", k.log)
		}
	})
}

func TestACalendarThatHangsKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, &memory{})
		k.source.set(func(s *source) { s.hangs = true })
		pass(2 * time.Minute)
		before := time.Now()
		if got := k.onShift(); got != "Ana Silva" {
			t.Errorf("on shift: %q", got)
		}
		k.SetMatching(matching())
		if waited := time.Since(before); waited != 0 {
			t.Errorf("waited %s", waited)
		}
	})
}

func TestARestartFindsTheStoredRoster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		first := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour), shift("Embedded: Auth - Bob", time.Hour)}}, store)
		want := first.Roster()
		first.end()
		pass(time.Hour / 2)

		second := keep(t, &source{err: errors.New("away")}, store)
		if !second.isReady() {
			t.Error("not ready with the stored roster")
		}
		got := second.Roster()
		want.At = got.At
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("roster after the restart (-before +after):\n%s", diff)
		}
		if second.Roster().AsOf.IsZero() {
			t.Error("no roster")
		}
	})
}

func TestTheStoredRosterIsNotUsed(t *testing.T) {
	tests := map[string]func(*memory, *calendar.Options){
		"when it is of another calendar": func(_ *memory, o *calendar.Options) { o.Calendar = "other" },
		"when it is too old":             func(*memory, *calendar.Options) { time.Sleep(13 * time.Hour) },
		"when it cannot be read":         func(m *memory, _ *calendar.Options) { m.rows["calendar/shifts"] = []byte("{") },
		"when it comes from a clock that ran ahead": func(_ *memory, o *calendar.Options) {
			o.Now = func() time.Time { return time.Now().Add(-time.Hour) }
		},
		"when the database is away": func(m *memory, _ *calendar.Options) { m.err = errors.New("database away") },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &memory{}
				keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, store).end()
				k := keep(t, &source{err: errors.New("away")}, store, func(o *calendar.Options) { spoil(store, o) })
				if r := k.Roster(); !r.AsOf.IsZero() || k.isReady() {
					t.Errorf("ready with %+v", r)
				}
			})
		})
	}
}

func TestAStoredRosterIsFoundOnceTheDatabaseIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, store).end()
		store.set(func(m *memory) { m.err = errors.New("database away") })
		k := keep(t, &source{err: errors.New("away")}, store)
		store.set(func(m *memory) { m.err = nil })
		pass(10 * time.Second)
		if got := k.onShift(); got != "Ana Silva" || !k.isReady() {
			t.Errorf("on shift: %q, ready: %t", got, k.isReady())
		}
	})
}

func TestAReadingCutOffByTheEndIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{hangs: true}, &memory{})
		k.end()
		if log := k.log.String(); log != "" {
			t.Errorf("it logs %s", log)
		}
	})
}

func TestTheStoredRosterServesWhileTheFirstReadingTakesLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, store).end()
		k := keep(t, &source{hangs: true}, store)
		if got := k.onShift(); got != "Ana Silva" || !k.isReady() {
			t.Errorf("on shift: %q, ready: %t", got, k.isReady())
		}
	})
}

func TestAnOlderStoredRosterReplacesNoNewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, store)
		store.set(func(m *memory) { m.full = true })
		k.source.set(func(s *source) { s.events = []calendar.Event{shift("Bob", 24*time.Hour)} })
		pass(time.Minute)
		k.source.set(func(s *source) { s.err = errors.New("away") })
		pass(time.Minute)
		if got := k.onShift(); got != "Bob Lee" {
			t.Errorf("on shift: %q", got)
		}
	})
}

func TestWhatAnotherReplicaReadServesTheOneThatCannot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &memory{}
		cut := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, store)
		cut.source.set(func(s *source) { s.err = errors.New("away") })
		keep(t, &source{events: []calendar.Event{shift("Bob", 24*time.Hour)}}, store)
		pass(2 * time.Minute)
		if got := cut.onShift(); got != "Bob Lee" {
			t.Errorf("on shift: %q", got)
		}
	})
}

func TestADatabaseThatIsAwayCostsNoRoster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, &memory{err: errors.New("database away")})
		if got := k.onShift(); got != "Ana Silva" || !k.isReady() {
			t.Errorf("on shift: %q, ready: %t", got, k.isReady())
		}
		if !strings.Contains(k.log.String(), "could not be stored") {
			t.Errorf("log: %s", k.log)
		}
	})
}

func TestReadyWaitsForTheFirstReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{err: errors.New("away")}, &memory{})
		if k.isReady() {
			t.Error("ready without a reading")
		}
		k.source.set(func(s *source) { s.err = nil })
		pass(10 * time.Second)
		if !k.isReady() {
			t.Error("not ready after a reading, although it named nobody")
		}
	})
}

func TestWithoutACalendarThereIsNoRosterToWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, nil, &memory{}, func(o *calendar.Options) { o.Source = nil })
		if r := k.Roster(); !k.isReady() || !r.AsOf.IsZero() {
			t.Errorf("ready: %t, roster: %+v", k.isReady(), r)
		}

		k.SetSource("shifts", &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}})
		synctest.Wait()
		if got := k.onShift(); got != "Ana Silva" {
			t.Errorf("on shift once there is a calendar: %q", got)
		}
	})
}

func TestNobodyWaitsForACalendarThatWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{err: errors.New("away")}, &memory{})
		k.SetSource("", nil)
		if !k.isReady() {
			t.Error("not ready")
		}
	})
}

func TestNewRulesAreInForceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Zoe", 24*time.Hour)}}, &memory{})
		k.source.set(func(s *source) { s.err = errors.New("away") })
		if n := len(k.Unresolved()); n != 1 {
			t.Fatalf("%d events unresolved", n)
		}
		reads := len(k.source.readTimes())
		k.SetMatching(with(matching(), calendar.Engineer{Name: "Zoe", Slack: "U0ZOE"}))
		if got := k.onShift(); got != "Zoe" || len(k.Unresolved()) > 0 {
			t.Errorf("on shift: %q, unresolved: %v", got, k.Unresolved())
		}
		synctest.Wait()
		if len(k.source.readTimes()) == reads {
			t.Error("the calendar was not read again at once")
		}
	})
}

func TestEngineersBesideThoseOfTheRulesAreMatchedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Zoe", 24*time.Hour), shift("Ana", 24*time.Hour)}}, &memory{})
		zoe := calendar.Engineer{Name: "Zoe", Slack: "U0ZOE"}
		impostor := calendar.Engineer{Name: "Ana Silva", Slack: "U0OTHER"}
		now := time.Now()
		k.SetMore([]calendar.Engineer{zoe, impostor}, nil)
		if got := k.Roster().OnShift; len(got) != 2 || got[0].Slack != "U0ANA" || got[1].Slack != "U0ZOE" || len(k.Unresolved()) > 0 {
			t.Errorf("on shift: %v, unresolved: %v", got, k.Unresolved())
		}
		k.SetMore([]calendar.Engineer{zoe}, []calendar.Change{{Who: zoe, From: now, To: now.Add(time.Hour)}})
		if got := gather(t, k.metrics)["slabuddy_roster_engineers state=away"]; got != 1 || k.onShift() != "Ana Silva" {
			t.Errorf("with Zoe away, %v are away and on shift is %s", got, k.onShift())
		}
		pass(2 * time.Minute)
		if got := k.onShift(); got != "Ana Silva" {
			t.Errorf("after the next reading, on shift: %s", got)
		}
		if n := len(k.InForce().Matching.Engineers); n != 3 {
			t.Errorf("%d engineers are said to be of the rules", n)
		}
	})
}

func TestWhatIsInForceIsTheSameUntilItIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, &memory{})
		first := k.InForce()
		if first != k.InForce() || !first.HasCalendar || len(first.Reading.Events) != 1 {
			t.Errorf("in force: %+v", first)
		}
		pass(time.Minute)
		if k.InForce() == first {
			t.Error("a new reading is not in force")
		}
		k.SetSource("shifts", nil)
		if k.InForce().HasCalendar || len(k.InForce().Reading.Events) > 0 {
			t.Errorf("without a calendar, in force: %+v", k.InForce())
		}
	})
}

func TestAnotherCalendarForgetsTheOneBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}}, &memory{})
		k.SetSource("other", &source{err: errors.New("away")})
		if got := k.onShift(); got != "" {
			t.Errorf("on shift: %q", got)
		}
		synctest.Wait()
		if got := k.onShift(); got != "" {
			t.Errorf("on shift, after a failed reading of the other: %q", got)
		}
	})
}

func TestAReadingOfACalendarLeftMeanwhileIsNotUsed(t *testing.T) {
	for name, leave := range map[string]func(*kept){
		"for another": func(k *kept) { k.SetSource("other", &source{err: errors.New("away")}) },
		"for none":    func(k *kept) { k.SetSource("shifts", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := keep(t, &source{events: []calendar.Event{shift("Ana", 24*time.Hour)}, takes: time.Second}, &memory{})
				leave(k)
				pass(2 * time.Second)
				if got := k.onShift(); got != "" {
					t.Errorf("on shift: %q", got)
				}
			})
		})
	}
}

func TestAnUnresolvedTitleIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, &source{events: []calendar.Event{shift("Zoe", 24*time.Hour), shift("Zoe", time.Hour), shift("Yan", 24*time.Hour)}}, &memory{})
		pass(10 * time.Minute)
		k.SetMatching(matching())
		for _, title := range []string{"title=Zoe", "title=Yan"} {
			if n := strings.Count(k.log.String(), title); n != 1 {
				t.Errorf("%s logged %d times:\n%s", title, n, k.log)
			}
		}
		if n := len(k.Unresolved()); n != 3 {
			t.Errorf("%d events are reported as unresolved", n)
		}
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	for name, src := range map[string]*source{"between readings": {}, "during one": {hangs: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := keep(t, src, &memory{})
				reads := len(k.source.readTimes())
				if err := k.end(); err != nil {
					t.Errorf("Run: %v", err)
				}
				if n := len(k.source.readTimes()); n != reads {
					t.Errorf("read %d times more after its end", n-reads)
				}
				if k.log.String() != "" {
					t.Errorf("log: %s", k.log)
				}
			})
		})
	}
}
