package move

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store"
)

// t0 has microseconds, which have to survive.
var t0 = time.Date(2026, 11, 20, 10, 0, 0, 123456000, time.UTC)

func after(d time.Duration) time.Time { return t0.Add(d) }

func id(kind, n int) string { return fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n) }

func openStore(t testing.TB, url string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// timeline is an open one of a ticket of its own.
func timeline(n int) escalation.Timeline {
	posted := after(time.Duration(n) * time.Second)
	return escalation.Timeline{
		ID:       id(1, n),
		Thread:   escalation.Thread{Workspace: "T1", Channel: fmt.Sprintf("C%d", n%3), TS: fmt.Sprintf("1700000000.%06d", n)},
		Ticket:   escalation.Ticket{ID: fmt.Sprint(n), Priority: "high", Customer: "Ann", Subject: "It <broke> – äöü 🔥"},
		PostedAt: posted, OpenedAt: posted.Add(time.Second), Policy: "enterprise",
		Tiers: []escalation.DueTier{{Tier: policy.Tier{After: 10 * time.Minute, Notify: []string{"on-shift"}},
			Clock: policy.FirstReply, Due: posted.Add(10 * time.Minute), State: escalation.TierPending}},
		Clocks: []escalation.Clock{{Kind: policy.FirstReply, Start: posted, Deadline: posted.Add(20 * time.Minute)}}, ExpiresAt: posted.Add(30 * 24 * time.Hour), State: escalation.Open, AskedAt: posted,
	}
}

// liveIn does with a store all that a bot does: something of everything is in it then.
func liveIn(t testing.TB, s store.Store) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var ts []escalation.Timeline
	for n := range 7 {
		ts = append(ts, timeline(n))
	}
	_, err := s.Open(ctx, ts)
	check(err)
	ts[1].Version, ts[2].Version = 1, 1
	ts[1].SnoozedUntil, ts[1].SnoozedBy = after(time.Hour), "U0ANA"
	ts[2].State, ts[2].ClosedAt, ts[2].AnsweredAt = escalation.Answered, after(time.Hour), after(time.Hour)
	_, err = s.Hear(ctx, mention(1), t0)
	check(err)
	_, err = s.Hear(ctx, mention(2), t0)
	check(err)
	_, err = s.Save(ctx, []escalation.Change{
		{Timeline: &ts[1], Mention: &escalation.MentionKey{Workspace: "T1", Channel: "C1", TS: "1.1"},
			Events: []escalation.Event{{Timeline: ts[1].ID, At: after(time.Minute), Kind: escalation.EventSnoozed}},
			Jobs:   []queue.New{job(1)}},
		{Timeline: &ts[2], Events: []escalation.Event{{Timeline: ts[2].ID, At: after(2 * time.Minute), Kind: escalation.EventAnswered}}},
	})
	check(err)
	check(s.HearDesk(ctx, desk.Event{TicketID: "9", Kind: "replied"}, t0))
	check(s.HearDesk(ctx, desk.Event{TicketID: "9", Kind: "replied", At: after(-time.Hour), Proof: true, Cause: "webhook"}, t0))
	workIn(t, s)
	check(s.Put(ctx, "roster", []byte("{\x00\xff}"), t0))
	check(s.Put(ctx, "empty", nil, t0))
	_, err = s.ClaimKey(ctx, "state/1", t0, after(time.Hour))
	check(err)
	check(s.SaveInstallation(ctx, setup.Installation{Workspace: "T1", Name: "One", Token: []byte{0, 1, 2}, Scopes: []string{"a", "b"}, InstalledAt: t0}))
	check(s.EndInstallation(ctx, "T1", after(time.Hour), "uninstalled"))
	check(s.SaveInstallation(ctx, setup.Installation{Workspace: "T2", Name: "Two"}))
	for hour, on := range [][]string{{"Ana Silva"}, nil, {"Ana Silva"}} {
		_, err = s.AddRoster(ctx, "T1", review.RosterSince{At: after(time.Duration(hour) * time.Hour), Roster: calendar.Snapshot{Known: true, OnShift: on}})
		check(err)
	}
	for v := range int64(3) {
		_, err = s.AddSetting(ctx, setup.Setting{Workspace: "T1", Scope: "channel/C1", Version: v + 1, At: after(time.Duration(v)), By: "U0HANA",
			Body: json.RawMessage(fmt.Sprintf(`{"v":%d}`, v))})
		check(err)
	}
}

func mention(n int) escalation.Mention {
	return escalation.Mention{MentionKey: escalation.MentionKey{Workspace: "T1", Channel: "C1", TS: fmt.Sprintf("1.%d", n)},
		ThreadTS: "1700000000.000001", User: "U0ANA", Text: "2h"}
}

func job(n int) queue.New {
	return queue.New{ID: id(2, n), Key: fmt.Sprintf("job/%d", n), Queue: "q", Payload: []byte{0, byte(n)}, RunAt: t0, MaxAttempts: 3,
		Expires: after(time.Hour), Pace: "C1", Gates: []string{"g1", "g2"}}
}

// workIn leaves jobs in every state.
func workIn(t testing.TB, s store.Store) {
	t.Helper()
	ctx := t.Context()
	var jobs []queue.New
	for n := 10; n < 22; n++ {
		j := job(n)
		j.Pace, j.Gates, j.Queue = "", nil, "calls"
		jobs = append(jobs, j)
	}
	jobs[8].After, jobs[8].Graph = []string{jobs[7].ID}, "graph"
	jobs[9].After, jobs[9].Graph = []string{jobs[7].ID, jobs[8].ID}, "graph"
	jobs[10].Held, jobs[10].Timeout = true, time.Minute
	jobs[11].Payload = nil
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.AddJobs(ctx, jobs, t0))
	_, err := s.CancelJob(ctx, jobs[7].ID, t0) // and what comes after it
	check(err)
	check(s.ShutGate(ctx, queue.Gate{Key: "g1", Until: after(time.Hour), Reason: "429"}))
	c, err := s.Claim(ctx, queue.Request{Queue: "calls", Worker: "w", N: 6, Now: t0, Lease: 30 * time.Second})
	check(err)
	var done []queue.Finished
	for i, state := range []queue.State{queue.Done, queue.Failed, queue.Pending, queue.Done} { // two are left running
		f := queue.Finished{ID: c.Jobs[i].ID, Fence: c.Jobs[i].Fence, State: state, RunAt: after(time.Minute), Attempts: 1, LastError: string(state)}
		if state != queue.Done {
			f.Log = &queue.Attempt{Number: 1, At: t0, Kind: "retry", Error: "503"}
		} else {
			f.Result = queue.Result{Status: 200, Body: "ok"}
		}
		done = append(done, f)
	}
	_, err = s.Finish(ctx, after(time.Second), done)
	check(err)
}

// allOf is all that the methods of a store return.
func allOf(t testing.TB, s store.Store) map[string]any {
	t.Helper()
	ctx := t.Context()
	all := map[string]any{}
	add := func(what string, v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		all[what] = v
	}
	records, err := s.Records(ctx, "", time.Time{}, "", 1000)
	add("records", records, err)
	due, next, err := s.Due(ctx, after(12*time.Minute), 100)
	add("due", []any{due, next}, err)
	ask, err := s.ToAsk(ctx, after(time.Hour), after(time.Hour), 100)
	add("to ask", ask, err)
	early, err := s.Early(ctx, []escalation.Thread{{Workspace: "T1", Channel: "C1", TS: "1700000000.000001"}}, t0)
	add("mentions", early, err)
	heard, err := s.EarlyDesk(ctx, "", "9", t0)
	add("desk", heard, err)
	for at, now := range map[string]time.Time{"now": after(time.Second), "later": after(24 * time.Hour)} {
		gates, err := s.Gates(ctx, now)
		add("gates "+at, gates, err)
	}
	addJobs(ctx, s, add)
	for _, key := range []string{"roster", "empty"} {
		value, at, found, err := s.Get(ctx, key)
		add("kept "+key, []any{string(value), at, found}, err)
	}
	used, err := s.KeyClaimed(ctx, "state/1", after(time.Minute))
	add("used", used, err)
	installs, err := s.Installations(ctx)
	add("installs", installs, err)
	settings, err := s.Settings(ctx, "T1")
	add("settings", settings, err)
	rosters, err := s.Rosters(ctx, "T1", t0, after(24*time.Hour))
	add("rosters", rosters, err)
	versions, err := s.SettingVersions(ctx, "T1", "channel/C1", 9)
	add("versions", versions, err)
	return all
}

func addJobs(ctx context.Context, s store.Store, add func(string, any, error)) {
	jobs, err := s.Jobs(ctx, queue.Filter{})
	add("jobs", jobs, err)
	for _, j := range jobs {
		d, err := s.ShowJob(ctx, j.ID)
		add("job "+j.ID, d, err)
		byKey, err := s.JobsByKey(ctx, []string{j.Key})
		add("job "+j.Key, byKey, err)
	}
	stats, err := s.JobStats(ctx, after(time.Minute), t0)
	add("stats", stats, err)
}
