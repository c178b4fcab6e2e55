// Package storetest holds both stores to the same rules: one suite, run against each, on real
// databases. A test's name is the rule.
package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/fields/fieldstest"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store"
)

// Run runs the suite. open gives each test a store of its own, migrated and empty.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for group, tests := range map[string]map[string]func(*testing.T, store.Store){
		"opening":  opening,
		"walking":  walking,
		"saving":   saving,
		"mentions": mentions,
		"claiming": claiming,
		"waiting":  waiting,
		"operate":  operating,
		"logs":     logging,
		"finish":   finishing,
		"gates":    gates,
		"values":   keyValues,
		"purging":  purging,
		"fields":   fields,
		"listing":  listing,
		"lateness": lateness,
		"records":  recording,
		"desk":     deskTelling,
		"keys":     idempotency,
		"installs": installing,
		"settings": settingUp,
		"rosters":  rosters,
		"rewrite":  rewriting,
		"leaving":  leaving,
	} {
		for name, test := range tests {
			t.Run(group+"/"+name, func(t *testing.T) { test(t, open(t)) })
		}
	}
}

// t0 has microseconds, and is not in UTC: stores give back the former and keep the latter.
var t0 = time.Date(2026, 11, 20, 10, 0, 0, 123456000, time.FixedZone("CET", 3600))

// after is the time so long after t0.
func after(d time.Duration) time.Time { return t0.Add(d) }

// odd holds what no text may: NUL, a byte of no character, and lone surrogates as UTF-8 must not have them.
const odd = "a\x00b\xffc\xed\xa0\x80d\xed\xbf\xbfe"

const year = 365 * 24 * time.Hour

// id is the n-th of a kind's ids.
func id(kind, n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", kind, n) }

// ticket is an open timeline of a message and a ticket of its own, posted n seconds after t0, with
// two tiers due 10 and 20 minutes later.
func ticket(n int) escalation.Timeline {
	posted := after(time.Duration(n) * time.Second)
	due := func(d time.Duration) escalation.DueTier {
		return escalation.DueTier{
			Tier:  policy.Tier{After: d, Notify: []string{circle.OnShift}},
			Clock: policy.FirstReply, Due: posted.Add(d), State: escalation.TierPending,
		}
	}
	return escalation.Timeline{
		ID:        id(1, n),
		Thread:    escalation.Thread{Workspace: "T1", Channel: "C1", TS: fmt.Sprintf("1700000000.%06d", n)},
		Ticket:    escalation.Ticket{ID: fmt.Sprint(n), Priority: "high", Customer: "Ann", Subject: "It <broke> – äöü"},
		PostedAt:  posted,
		OpenedAt:  posted.Add(time.Second),
		Policy:    "enterprise",
		Tiers:     []escalation.DueTier{due(10 * time.Minute), due(20 * time.Minute)},
		Clocks:    []escalation.Clock{{Kind: policy.FirstReply, Start: posted, Deadline: posted.Add(20 * time.Minute)}},
		ExpiresAt: posted.Add(30 * 24 * time.Hour),
		State:     escalation.Open,
		AskedAt:   posted,
	}
}

// job is a job of queue q with a key of its own, to run at t0.
func job(q string, n int) queue.New {
	return queue.New{ID: id(2, n), Key: fmt.Sprintf("%s/%d", q, n), Queue: q,
		Payload: []byte(fmt.Sprintf(`{"n":%d}`, n)), RunAt: t0, MaxAttempts: 3, Expires: t0.Add(time.Hour), Awaited: t0.Add(-time.Hour)}
}

// firstJobs are the jobs of queue "q" numbered below n.
func firstJobs(n int) []queue.New {
	all := make([]queue.New, n)
	for i := range all {
		all[i] = job("q", i)
	}
	return all
}

// claim asks for up to n jobs of queue "q" at now, with a lease of 30 s.
func claim(n int, now time.Time) queue.Request {
	return queue.Request{Queue: "q", Worker: "w", N: n, Now: now, Lease: 30 * time.Second}
}

func open(t *testing.T, s store.Store, ts ...escalation.Timeline) []escalation.Timeline {
	t.Helper()
	for i, o := range must(s.Open(t.Context(), ts))(t) {
		if !o.New {
			t.Fatalf("timeline %s was not opened: %+v", ts[i].ID, o)
		}
	}
	return load(t, s, ts...)
}

// load reads timelines back, in the order of ts.
func load(t *testing.T, s store.Store, ts ...escalation.Timeline) []escalation.Timeline {
	t.Helper()
	ids := make([]string, len(ts))
	for i, tl := range ts {
		ids[i] = tl.ID
	}
	byID := map[string]escalation.Timeline{}
	for _, tl := range must(s.Load(t.Context(), ids))(t) {
		byID[tl.ID] = tl
	}
	out := make([]escalation.Timeline, len(ts))
	for i, tl := range ts {
		out[i] = byID[tl.ID]
	}
	return out
}

func add(t *testing.T, s store.Store, jobs ...queue.New) {
	t.Helper()
	ok(t, s.AddJobs(t.Context(), jobs, t0))
}

// jobs lists the jobs of queue "q" by key.
func jobs(t *testing.T, s store.Store) map[string]queue.Job {
	t.Helper()
	byKey := map[string]queue.Job{}
	for _, j := range must(s.Jobs(t.Context(), queue.Filter{Queue: "q"}))(t) {
		byKey[j.Key] = j
	}
	return byKey
}

// kinds tells what a timeline's history says happened.
func kinds(t *testing.T, s store.Store, id string) []escalation.EventKind {
	t.Helper()
	var ks []escalation.EventKind
	for _, e := range must(s.History(t.Context(), id))(t) {
		ks = append(ks, e.Kind)
	}
	return ks
}

// must returns v, or ends the test if there was an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any, opts ...cmp.Option) {
	t.Helper()
	if d := cmp.Diff(want, got, opts...); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func sameTime(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// together runs f n times at once, and waits.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

// winners calls f n times at once, and says of how many it was told that they won.
func winners(t *testing.T, n int, f func(i int) (won bool, err error)) int {
	t.Helper()
	var won atomic.Int32
	together(n, func(i int) {
		did, err := f(i)
		if err != nil {
			t.Error(err)
		} else if did {
			won.Add(1)
		}
	})
	return int(won.Load())
}

// soon waits for ch.
func soon[T any](t *testing.T, what string, ch <-chan T) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		t.Fatalf("%s: nothing came", what)
	}
	var none T
	return none
}

var fields = map[string]func(*testing.T, store.Store){
	"every field of a timeline survives its opening": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[escalation.Timeline](t)
		want.ID, want.Version, want.State = id(1, 1), 1, escalation.Open
		same(t, "read back", open(t, s, want)[0], want)
	},
	"every field of a timeline that may change survives a change": func(t *testing.T, s store.Store) {
		opened := open(t, s, ticket(1))[0]
		want := fieldstest.Filled[escalation.Timeline](t)
		want.ID, want.Version, want.Thread, want.PostedAt = opened.ID, opened.Version, opened.Thread, opened.PostedAt
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Timeline: &want}}))(t), []escalation.Saved{escalation.SavedOK})
		want.Version++
		same(t, "read back", load(t, s, want)[0], want)
		same(t, "emptied again", emptied(t, s, want).Owner, escalation.Owner{})
	},
	"every field of an event survives": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		want := fieldstest.Filled[escalation.Event](t)
		want.Timeline = tl.ID
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Events: []escalation.Event{want}}}))(t)
		same(t, "read back", must(s.History(t.Context(), tl.ID))(t)[1], want)
	},
	"every field of a desk's event survives": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[desk.Event](t)
		ok(t, s.HearDesk(t.Context(), want, t0))
		same(t, "read back", must(s.EarlyDesk(t.Context(), want.Workspace, want.TicketID, t0))(t), []desk.Event{want})
	},
	"every field of an installation survives": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[setup.Installation](t)
		ok(t, s.SaveInstallation(t.Context(), want))
		same(t, "read back", must(s.Installations(t.Context()))(t), []setup.Installation{want})
	},
	"every field of a setting survives": func(t *testing.T, s store.Store) {
		want := fieldstest.Filled[setup.Setting](t)
		want.Version = 1
		same(t, "added", must(s.AddSetting(t.Context(), want))(t), true)
		same(t, "in force", must(s.Settings(t.Context(), want.Workspace))(t), []setup.Setting{want})
		same(t, "versions", must(s.SettingVersions(t.Context(), want.Workspace, want.Scope, 1))(t), []setup.Setting{want})
	},
}

// emptied saves a timeline without all that it need not have.
func emptied(t *testing.T, s store.Store, tl escalation.Timeline) escalation.Timeline {
	t.Helper()
	bare := ticket(1)
	bare.Version = tl.Version
	must(s.Save(t.Context(), []escalation.Change{{Timeline: &bare}}))(t)
	got := load(t, s, tl)[0]
	bare.Version++
	same(t, "timeline", got, bare)
	return got
}
