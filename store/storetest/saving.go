package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

var saving = map[string]func(*testing.T, store.Store){
	"a change is written with its events and jobs, and adds one to the version": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		tl.Tiers[0].State, tl.SnoozedUntil = escalation.TierOwed, after(time.Hour)
		events := []escalation.Event{
			{Timeline: tl.ID, At: after(2 * time.Minute), Kind: escalation.EventSnoozed, Details: escalation.Details{
				By: "U1", For: time.Hour, Until: after(time.Hour), Mentioned: []string{"U2", "here"}, ReplyAt: after(time.Minute)}},
			{Timeline: tl.ID, At: after(time.Minute), Kind: escalation.EventDue, Tier: 1, Details: escalation.Details{Round: 1}},
		}
		j := job("q", 1)
		j.Gates, j.LookGates, j.Pace = []string{"a", "b"}, []string{"c"}, "p"
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Events: events, Jobs: []queue.New{j}}}))(t),
			[]escalation.Saved{escalation.SavedOK})

		want := tl
		want.Version = 2
		same(t, "timeline", load(t, s, tl)[0], want)
		same(t, "history, in order of writing", must(s.History(t.Context(), tl.ID))(t)[1:], events)
		same(t, "job", jobs(t, s)[j.Key], queue.Job{New: j, State: queue.Pending, CreatedAt: j.RunAt})
	},
	"a job that several changes carry is there once, if one of them is saved": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(1), ticket(2), ticket(3))
		shared := job("q", 1)
		var changes []escalation.Change
		for i := range ts {
			after := job("q", 10+i)
			after.After = []string{shared.ID}
			changes = append(changes, escalation.Change{Timeline: &ts[i], Jobs: []queue.New{shared, after}})
		}
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &ts[0]}}))(t)
		same(t, "saved", must(s.Save(t.Context(), changes))(t), []escalation.Saved{escalation.SavedStale, escalation.SavedOK, escalation.SavedOK})
		all := jobs(t, s)
		same(t, "jobs", len(all), 3)
		same(t, "the shared one", all[shared.Key].State, queue.Pending)
		same(t, "one that comes after it", all["q/12"].Waits, 1)
	},
	"a stale version writes nothing": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		_, err := s.Hear(t.Context(), mention(1), t0)
		ok(t, err)
		tl.Cause = "first"
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl}}))(t)
		key := mention(1).MentionKey
		tl.Cause = "second" // still made from version 1
		stale := escalation.Change{Timeline: &tl, Jobs: []queue.New{job("q", 1)}, Mention: &key,
			Events: []escalation.Event{{Timeline: tl.ID, At: t0, Kind: escalation.EventDue}}}
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{stale}))(t), []escalation.Saved{escalation.SavedStale})

		if got := load(t, s, tl)[0]; got.Cause != "first" || got.Version != 2 {
			t.Errorf("cause %q, version %d", got.Cause, got.Version)
		}
		same(t, "history", kinds(t, s, tl.ID), []escalation.EventKind{escalation.EventOpened})
		same(t, "jobs", len(jobs(t, s)), 0)
		if acted := must(s.Hear(t.Context(), mention(1), t0))(t); acted {
			t.Error("the mention counts as acted on")
		}
	},
	"of many who decide from one version, one is written": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		written := winners(t, 16, func(i int) (bool, error) {
			mine := tl
			return wasSaved(s.Save(t.Context(), []escalation.Change{{Timeline: &mine, Jobs: []queue.New{job("q", i)}}}))
		})
		same(t, "written", written, 1)
		same(t, "jobs", len(jobs(t, s)), 1)
	},
	"a stale change leaves its neighbours alone": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(1), ticket(2), ticket(3))
		ts[1].Version = 7
		var changes []escalation.Change
		for i := range ts {
			changes = append(changes, escalation.Change{Timeline: &ts[i], Jobs: []queue.New{job("q", i)}})
		}
		same(t, "saved", must(s.Save(t.Context(), changes))(t),
			[]escalation.Saved{escalation.SavedOK, escalation.SavedStale, escalation.SavedOK})
		got := jobs(t, s)
		if len(got) != 2 || got["q/1"].ID != "" {
			t.Errorf("jobs: %v", got)
		}
	},
	"a timeline named twice in a call is stale the second time": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		same(t, "saved", must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl}, {Timeline: &tl}}))(t),
			[]escalation.Saved{escalation.SavedOK, escalation.SavedStale})
	},
	"changes committed before are stale when saved again": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		c := []escalation.Change{{Timeline: &tl, Jobs: []queue.New{job("q", 1)},
			Events: []escalation.Event{{Timeline: tl.ID, At: t0, Kind: escalation.EventDue}}}}
		same(t, "first", must(s.Save(t.Context(), c))(t), []escalation.Saved{escalation.SavedOK})
		same(t, "again", must(s.Save(t.Context(), c))(t), []escalation.Saved{escalation.SavedStale})
		same(t, "history", kinds(t, s, tl.ID), []escalation.EventKind{escalation.EventOpened, escalation.EventDue})
	},
	"a job's key is unique": func(t *testing.T, s store.Store) {
		first := job("q", 1)
		add(t, s, first)
		again := job("q", 1)
		again.ID, again.Payload = id(2, 99), []byte("other")
		add(t, s, again, again)
		got := must(s.Jobs(t.Context(), queue.Filter{}))(t)
		if len(got) != 1 || got[0].ID != first.ID || string(got[0].Payload) != string(first.Payload) {
			t.Errorf("got %+v", got)
		}
		tl := open(t, s, ticket(1))[0]
		same(t, "a change that owes it", must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Jobs: []queue.New{again}}}))(t),
			[]escalation.Saved{escalation.SavedOK})
		same(t, "jobs", len(jobs(t, s)), 1)
	},
	"a thousand and more changes are saved in one call": func(t *testing.T, s store.Store) {
		const n = 1203
		ts := make([]escalation.Timeline, n)
		for i := range ts {
			ts[i] = ticket(i)
		}
		ts = open(t, s, ts...)
		changes := make([]escalation.Change, n)
		for i := range ts {
			changes[i] = escalation.Change{Timeline: &ts[i], Jobs: []queue.New{job("q", i)},
				Events: []escalation.Event{{Timeline: ts[i].ID, At: t0, Kind: escalation.EventDue, Tier: 1}}}
		}
		for i, saved := range must(s.Save(t.Context(), changes))(t) {
			if saved != escalation.SavedOK {
				t.Fatalf("change %d: %s", i, saved)
			}
		}
		same(t, "jobs", len(jobs(t, s)), n)
		same(t, "history of the last", kinds(t, s, ts[n-1].ID), []escalation.EventKind{escalation.EventOpened, escalation.EventDue})
	},
	"one change that cannot be stored fails its call, and nothing of it is written": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		bad := job("q", 1)
		bad.ID = "poison"
		if _, err := s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Jobs: []queue.New{bad}}}); err == nil {
			t.Fatal("no error")
		}
		same(t, "timeline", load(t, s, tl)[0].Version, int64(1))
		same(t, "saved once mended", must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl}}))(t), []escalation.Saved{escalation.SavedOK})
	},
	"whoever listens hears of new jobs": func(t *testing.T, s store.Store) {
		heard := listen(t, s)
		tl := open(t, s, ticket(1))[0]
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Jobs: []queue.New{job("saved", 1)}}}))(t)
		await(t, heard, "jobs/saved")
		add(t, s, job("added", 2))
		await(t, heard, "jobs/added")
	},
}

// Heard keeps all news, each as a word: jobs/ and a queue, settings/ or installations/ and a workspace.
func Heard(heard chan<- string) store.Listener {
	return store.Listener{
		Jobs:          func(queue string) { heard <- "jobs/" + queue },
		Settings:      func(workspace string) { heard <- "settings/" + workspace },
		Installations: func(workspace string) { heard <- "installations/" + workspace },
	}
}

// listen returns the topics notified of from now on.
func listen(t *testing.T, s store.Store) <-chan string {
	t.Helper()
	heard := make(chan string, 1000)
	go func() { _ = s.Listen(t.Context(), Heard(heard)) }()
	for i := 0; ; i++ { // until the listener is there
		add(t, s, job("hello", 1000+i))
		select {
		case topic := <-heard:
			same(t, "topic", topic, "jobs/hello")
			return heard
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// await waits until a topic is heard.
func await(t *testing.T, heard <-chan string, topic string) {
	t.Helper()
	for soon(t, topic, heard) != topic {
	}
}

func mention(n int) escalation.Mention {
	return escalation.Mention{
		MentionKey: escalation.MentionKey{Workspace: "T1", Channel: "C1", TS: fmt.Sprintf("1700000100.%06d", n)},
		ThreadTS:   ticket(1).TS, User: "U1", Text: fmt.Sprintf("<@UBOT> %dm", n),
	}
}

// wasSaved says of the answer to one change whether it was committed.
func wasSaved(saved []escalation.Saved, err error) (bool, error) {
	return err == nil && saved[0] == escalation.SavedOK, err
}
