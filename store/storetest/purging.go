package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
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

// of stores one of everything that a workspace has. n tells their ids apart.
func of(t *testing.T, s store.Store, workspace string, n int) escalation.Timeline {
	t.Helper()
	tl := ticket(n)
	tl.Workspace = workspace
	tl = open(t, s, tl)[0]
	m := mention(n)
	m.Workspace = workspace
	_, err := s.Hear(t.Context(), m, t0)
	ok(t, err)
	var js []queue.New
	for i, key := range []string{"reminder/" + tl.ID + "/1/1", "page/" + tl.ID + "/1/1", "answer/" + workspace + "/C0/1.000001"} {
		j := job("slack", 10*n+i)
		j.Key, j.Gates = key, nil
		if i == 0 {
			j.Gates = []string{"workspace/" + workspace, "slack/" + workspace + "/chat.postMessage"}
		}
		js = append(js, j)
	}
	js[1].After = []string{js[0].ID}
	ok(t, s.AddJobs(t.Context(), js, t0))
	hear(t, s, desk.Event{Workspace: workspace, TicketID: workspace, Kind: desk.Replied, At: t0}, 0)
	for _, key := range []string{"scan/" + workspace + "/C0", "slack/directory/" + workspace} {
		ok(t, s.Put(t.Context(), key, []byte("x"), t0))
	}
	claimKey(t, s, "passed/"+workspace+"/C0/1.000001", time.Hour)
	ok(t, s.ShutGate(t.Context(), queue.Gate{Key: "workspace/" + workspace, Until: after(time.Hour)}))
	st := setting("channel/C0", 1)
	st.Workspace = workspace
	set(t, s, st)
	addRoster(t, s, workspace, 0, "Ana")
	addRoster(t, s, workspace, time.Hour, "Ben")
	install(t, s, installation(workspace, -year))
	return tl
}

// left are the rows that a workspace has, as far as they can be read.
func left(t *testing.T, s store.Store, workspace string, tl escalation.Timeline) (n int) {
	t.Helper()
	n += len(load(t, s, tl)) - count(load(t, s, tl), func(tl escalation.Timeline) bool { return tl.ID == "" })
	n += len(kinds(t, s, tl.ID))
	n += len(must(s.EarlyDesk(t.Context(), workspace, workspace, t0))(t))
	n += len(must(s.Settings(t.Context(), workspace))(t))
	n += len(must(s.JobsByKey(t.Context(), []string{"reminder/" + tl.ID + "/1/1", "page/" + tl.ID + "/1/1", "answer/" + workspace + "/C0/1.000001"}))(t))
	n += len(must(s.Rosters(t.Context(), workspace, t0, after(year)))(t))
	for _, key := range []string{"scan/" + workspace + "/C0", "slack/directory/" + workspace} {
		if _, _, found, err := s.Get(t.Context(), key); err != nil {
			t.Fatal(err)
		} else if found {
			n++
		}
	}
	if must(s.KeyClaimed(t.Context(), "passed/"+workspace+"/C0/1.000001", t0))(t) {
		n++
	}
	n += count(must(s.Gates(t.Context(), t0))(t), func(g queue.Gate) bool { return g.Key == "workspace/"+workspace })
	for _, i := range must(s.Installations(t.Context()))(t) {
		if i.Workspace == workspace {
			n++
		}
	}
	return n
}

func count[T any](all []T, is func(T) bool) (n int) {
	for _, v := range all {
		if is(v) {
			n++
		}
	}
	return n
}

var leaving = map[string]func(*testing.T, store.Store){
	"a workspace that the bot has left is erased whole, and nothing of another": func(t *testing.T, s store.Store) {
		gone, stays, alike := of(t, s, "T1", 1), of(t, s, "T2", 2), of(t, s, "T10", 3)
		had, has := left(t, s, "T2", stays), left(t, s, "T10", alike)
		ok(t, s.EndInstallation(t.Context(), "T1", t0, "uninstalled"))
		for calls := 0; ; calls++ {
			n := must(s.EraseWorkspace(t.Context(), "T1", after(time.Second), 2))(t)
			if n == 0 {
				break
			}
			if calls > 20 {
				t.Fatal("it does not end")
			}
		}
		same(t, "left of it", left(t, s, "T1", gone), 0)
		same(t, "left of another", left(t, s, "T2", stays), had)
		same(t, "left of one whose id begins alike", left(t, s, "T10", alike), has)
	},
	"a workspace where the bot is, or was lately, is not erased": func(t *testing.T, s store.Store) {
		tl := of(t, s, "T1", 1)
		had := left(t, s, "T1", tl)
		refused := func() {
			t.Helper()
			if _, err := s.EraseWorkspace(t.Context(), "T1", t0, 10); !errors.Is(err, store.ErrInstalled) {
				t.Errorf("%v", err)
			}
			same(t, "left of it", left(t, s, "T1", tl), had)
		}
		refused()
		ok(t, s.EndInstallation(t.Context(), "T1", t0, "uninstalled"))
		refused()
	},
	"a workspace that nobody knows is nothing": func(t *testing.T, s store.Store) {
		same(t, "deleted", must(s.EraseWorkspace(t.Context(), "T9", t0, 10))(t), 0)
	},
}
