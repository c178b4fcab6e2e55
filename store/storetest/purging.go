package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

var purging = map[string]func(*testing.T, store.Store){
	"what is old is purged, a few at a time, and nothing else": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(1), ticket(2), ticket(3), ticket(4))
		for i := range 3 {
			closeTimeline(t, s, ts[i]) // an hour after t0
		}
		js := claimed(t, s, 5)
		for i := range 4 {
			f := []queue.Finished{finished(js[i], queue.Done)}
			must(s.Finish(t.Context(), after(time.Hour+time.Duration(i)*time.Minute), f))(t)
		}
		for i := range 2 {
			_, err := s.Hear(t.Context(), mention(i), after(time.Duration(i)*time.Hour))
			ok(t, err)
		}
		purge := func(d time.Duration, n int) int {
			t.Helper()
			return must(s.Purge(t.Context(), after(d), after(d), after(d), n))(t)
		}
		same(t, "nothing is old", purge(0, 10), 0)
		same(t, "two of each", purge(time.Hour+2*time.Minute, 2), 6)
		same(t, "the rest", purge(time.Hour+2*time.Minute, 2), 1)
		same(t, "no more", purge(time.Hour+2*time.Minute, 2), 0)

		for i, tl := range load(t, s, ts...) {
			if gone := tl.ID == ""; gone != (i < 3) {
				t.Errorf("timeline %d: gone %v", i+1, gone)
			}
		}
		same(t, "history of a purged one", len(kinds(t, s, ts[0].ID)), 0)
		same(t, "history of one that stays", len(kinds(t, s, ts[3].ID)), 1)
		same(t, "jobs", len(jobs(t, s)), 3)
	},
	"old events of the desk and keys run out are purged, what was set up is kept": func(t *testing.T, s store.Store) {
		for i := range 3 {
			hear(t, s, told("42", time.Duration(i)*time.Hour), time.Duration(i)*time.Hour)
			claimKey(t, s, fmt.Sprint("key ", i), time.Duration(i)*time.Hour)
		}
		install(t, s, installation("T1", -year))
		ok(t, s.EndInstallation(t.Context(), "T1", after(-year), "uninstalled"))
		set(t, s, setting("a", 1))
		set(t, s, setting("a", 2))
		purge := func(d time.Duration, n int) int {
			t.Helper()
			return must(s.Purge(t.Context(), after(d), after(d), after(d), n))(t)
		}
		same(t, "nothing is old", purge(0, 10), 0)
		same(t, "a key has not run out, and stays", purge(time.Minute, 10), 1)
		same(t, "one of each", purge(2*time.Hour, 1), 2)
		same(t, "the rest", purge(2*time.Hour, 10), 1)
		same(t, "the last are kept", len(earlyDesk(t, s, "42", -year)), 1)
		same(t, "and good for no second use", claimKey(t, s, "key 2", 2*time.Hour), false)
		same(t, "a year later", purge(year, 10), 2)
		same(t, "installations", len(must(s.Installations(t.Context()))(t)), 1)
		same(t, "settings", len(must(s.SettingVersions(t.Context(), "T1", "a", 10))(t)), 2)
	},
	"migrating again changes nothing, and all is applied": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		together(3, func(int) {
			if err := s.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
		same(t, "timeline", load(t, s, tl)[0], tl)
		for _, m := range must(s.MigrationStatus(t.Context()))(t) {
			if !m.Applied || m.Name == "" || m.Version == 0 {
				t.Errorf("got %+v", m)
			}
		}
	},
	"a store says what it is, and answers": func(t *testing.T, s store.Store) {
		if s.Name() == "" {
			t.Error("it has no name")
		}
		ok(t, s.Ping(t.Context()))
		before := time.Now()
		now, has, err := s.Clock(t.Context())
		ok(t, err)
		if has && (now.Before(before.Add(-time.Minute)) || now.After(time.Now().Add(time.Minute)) || now.Location() != time.UTC) {
			t.Errorf("its clock says %v", now)
		}
	},
	"listening ends with its context": func(t *testing.T, s store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Listen(ctx, store.Listener{}) }()
		cancel()
		if err := soon(t, "the end of listening", ended); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	},
}
