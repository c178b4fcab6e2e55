package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store"
)

var rosters = map[string]func(*testing.T, store.Store){
	"a roster is stored when it differs from the latest, and every field survives": func(t *testing.T, s store.Store) {
		full := calendar.Snapshot{
			Known: true, OnShift: []string{"Ana Silva", "Ben \x1f <O'Kafor>"}, Embedded: map[string][]string{"Ana Silva": {"Auth", "Storage"}}, Away: []string{"Chloé"},
		}
		for i, c := range []struct {
			at     time.Duration
			roster calendar.Snapshot
			added  bool
		}{
			{0, full, true}, {time.Minute, full, false}, {2 * time.Minute, calendar.Snapshot{Known: true}, true}, {3 * time.Minute, calendar.Snapshot{}, true},
			{4 * time.Minute, full, true}, {time.Minute, calendar.Snapshot{}, false}, {4 * time.Minute, calendar.Snapshot{}, false},
		} {
			same(t, fmt.Sprint("added ", i), must(s.AddRoster(t.Context(), "T1", review.RosterSince{At: after(c.at), Roster: c.roster}))(t), c.added)
		}
		same(t, "all", must(s.Rosters(t.Context(), "T1", after(-year), after(year)))(t), review.Rosters{
			{At: after(0).UTC(), Roster: full}, {At: after(2 * time.Minute).UTC(), Roster: calendar.Snapshot{Known: true}},
			{At: after(3 * time.Minute).UTC()}, {At: after(4 * time.Minute).UTC(), Roster: full},
		})
	},
	"the rosters of a span begin with the one in force, and are one workspace's": func(t *testing.T, s store.Store) {
		for hour, name := range []string{"Ana", "Ben", "Ana"} {
			addRoster(t, s, "T1", time.Duration(hour)*time.Hour, name)
		}
		addRoster(t, s, "T2", 90*time.Minute, "Zoe")
		for _, c := range []struct {
			from, to time.Duration
			want     []string
		}{
			{-time.Hour, 0, nil}, {-time.Hour, time.Second, []string{"Ana"}}, {time.Minute, time.Hour, []string{"Ana"}}, {time.Hour, 2 * time.Hour, []string{"Ben"}},
			{90 * time.Minute, 3 * time.Hour, []string{"Ben", "Ana"}}, {year, 2 * year, []string{"Ana"}},
		} {
			var got []string
			for _, r := range must(s.Rosters(t.Context(), "T1", after(c.from), after(c.to)))(t) {
				got = append(got, r.Roster.OnShift...)
			}
			same(t, fmt.Sprint(c.from, " to ", c.to), got, c.want)
		}
		same(t, "from the beginning", len(must(s.Rosters(t.Context(), "T1", time.Time{}, after(year)))(t)), 3)
		same(t, "elsewhere", len(must(s.Rosters(t.Context(), "T3", after(-year), after(year)))(t)), 0)
	},
	"of replicas that store the same roster at once, one adds it": func(t *testing.T, s store.Store) {
		var added atomic.Int32
		together(16, func(int) {
			did, err := s.AddRoster(t.Context(), "T1", review.RosterSince{At: t0, Roster: calendar.Snapshot{Known: true, OnShift: []string{"Ana"}}})
			if err != nil {
				t.Error(err)
			} else if did {
				added.Add(1)
			}
		})
		same(t, "added", added.Load(), int32(1))
	},
	"rosters that ended before the retention are purged, and the one in force stays": func(t *testing.T, s store.Store) {
		for hour, name := range []string{"Ana", "Ben", "Ana", "Ben"} {
			addRoster(t, s, "T1", time.Duration(hour)*time.Hour, name)
		}
		addRoster(t, s, "T2", 0, "Zoe")
		purge := func(d time.Duration, n int) int {
			t.Helper()
			return must(s.Purge(t.Context(), after(d), after(-year), after(-year), n))(t)
		}
		same(t, "one at a time", purge(150*time.Minute, 1), 1)
		same(t, "the rest", purge(150*time.Minute, 10), 1)
		same(t, "no more", purge(150*time.Minute, 10), 0)
		left := must(s.Rosters(t.Context(), "T1", after(150*time.Minute), after(year)))(t)
		same(t, "in force then, and later", len(left), 2)
		same(t, "a year later", purge(year, 10), 1)
		same(t, "the last of each stays", len(must(s.Rosters(t.Context(), "T2", after(year), after(2*year)))(t)), 1)
	},
}

// addRoster stores that somebody is on shift from so long after t0 on.
func addRoster(t *testing.T, s store.Store, workspace string, since time.Duration, name string) {
	t.Helper()
	must(s.AddRoster(t.Context(), workspace, review.RosterSince{At: after(since), Roster: calendar.Snapshot{Known: true, OnShift: []string{name}}}))(t)
}
