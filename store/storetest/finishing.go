package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

// posted is an effect: tier (from 0) of a timeline was posted.
type posted struct {
	timeline string
	tier     int
}

func (p posted) Subjects() []string { return []string{p.timeline} }

func (p posted) Apply(t *escalation.Timeline) ([]escalation.Event, bool) {
	if t.Tiers[p.tier].State == escalation.TierPosted {
		return nil, false
	}
	t.Tiers[p.tier].State = escalation.TierPosted
	return []escalation.Event{{Timeline: t.ID, At: t0, Kind: escalation.EventPosted, Tier: p.tier + 1}}, true
}

// foreign is an effect that no store knows how to apply.
type foreign struct{}

func (foreign) Subjects() []string { return []string{id(1, 1)} }

var finishing = map[string]func(*testing.T, store.Store){
	"a finished job is as the engine says": func(t *testing.T, s store.Store) {
		add(t, s, job("q", 1))
		j := must(s.Claim(t.Context(), claim(1, t0)))(t).Jobs[0]
		f := queue.Finished{ID: j.ID, Fence: j.Fence, State: queue.Pending, RunAt: after(time.Minute), Attempts: 3, Looks: 1, LastError: "late"}
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{true})
		got := jobs(t, s)[j.Key]
		if got.State != queue.Pending || !got.RunAt.Equal(f.RunAt) || got.Attempts != 3 || got.Looks != 1 || got.LastError != "late" {
			t.Errorf("got %+v", got)
		}
		next := must(s.Claim(t.Context(), claim(1, after(time.Minute))))(t).Jobs
		if len(next) != 1 || !next[0].Looking {
			t.Errorf("a job with looks owed was claimed as %+v", next)
		}
	},
	"an effect commits with its job": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		j := claimed(t, s, 1)[0]
		f := finished(j, queue.Done)
		f.Effect = posted{tl.ID, 0}
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{true})
		got := load(t, s, tl)[0]
		if got.Tiers[0].State != escalation.TierPosted || got.Version <= tl.Version {
			t.Errorf("got %+v", got)
		}
		same(t, "history", kinds(t, s, tl.ID), []escalation.EventKind{escalation.EventOpened, escalation.EventPosted})
		_, next := dueIDs(t, s, t0, 1)
		sameTime(t, "next due", next, tl.Tiers[1].Due)
		version := got.Version
		same(t, "written again", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{false})
		same(t, "version", load(t, s, tl)[0].Version, version)
		same(t, "history", kinds(t, s, tl.ID), []escalation.EventKind{escalation.EventOpened, escalation.EventPosted})
	},
	"an effect is applied to its timeline as it is, read just before or changed since": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(1), ticket(2))
		js := claimed(t, s, 2)
		read := load(t, s, ts...)
		read[0].SnoozedBy = "U0ANA"
		must(s.Save(t.Context(), []escalation.Change{{Timeline: &read[0]}}))(t)
		rows := []queue.Finished{finished(js[0], queue.Done), finished(js[1], queue.Done)}
		rows[0].Effect, rows[1].Effect = posted{ts[0].ID, 0}, posted{ts[1].ID, 0}
		same(t, "written", must(s.Finish(t.Context(), t0, rows))(t), []bool{true, true})
		for i, got := range load(t, s, ts...) {
			want := read[i]
			want.Version += int64(2 - i) // the first was saved in between, too
			want.Tiers[0].State = escalation.TierPosted
			same(t, "timeline", got, want)
			same(t, "history", kinds(t, s, got.ID), []escalation.EventKind{escalation.EventOpened, escalation.EventPosted})
		}
	},
	"effects on several timelines commit with their one job, but for what was purged": func(t *testing.T, s store.Store) {
		ts := open(t, s, ticket(2), ticket(1))
		f := finished(claimed(t, s, 1)[0], queue.Done)
		f.Effect = escalation.Effects{posted{ts[0].ID, 0}, posted{id(1, 9), 0}, posted{ts[1].ID, 1}}
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{true})
		first, second := load(t, s, ts[0])[0], load(t, s, ts[1])[0]
		same(t, "first", first.Tiers[0].State, escalation.TierPosted)
		same(t, "second", second.Tiers[1].State, escalation.TierPosted)
		same(t, "each its own tier", second.Tiers[0].State, escalation.TierPending)
		same(t, "written again", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{false})
		same(t, "history", kinds(t, s, ts[1].ID), []escalation.EventKind{escalation.EventOpened, escalation.EventPosted})
	},
	"an effect that changes nothing writes nothing": func(t *testing.T, s store.Store) {
		tl := ticket(1)
		tl.Tiers[0].State = escalation.TierPosted
		tl = open(t, s, tl)[0]
		f := finished(claimed(t, s, 1)[0], queue.Done)
		f.Effect = posted{tl.ID, 0}
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{true})
		same(t, "timeline", load(t, s, tl)[0], tl)
	},
	"two effects on one timeline in a batch both apply": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		js := claimed(t, s, 2)
		a, b := finished(js[0], queue.Done), finished(js[1], queue.Done)
		a.Effect, b.Effect = posted{tl.ID, 0}, posted{tl.ID, 1}
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{a, b}))(t), []bool{true, true})
		got := load(t, s, tl)[0]
		if got.Tiers[0].State != escalation.TierPosted || got.Tiers[1].State != escalation.TierPosted {
			t.Errorf("got %+v", got.Tiers)
		}
		same(t, "history", kinds(t, s, tl.ID),
			[]escalation.EventKind{escalation.EventOpened, escalation.EventPosted, escalation.EventPosted})
	},
	"a late finish of a lost lease writes nothing, nor its effect, nor its gate": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		j := claimed(t, s, 1)[0]
		heir := must(s.Claim(t.Context(), claim(1, after(time.Minute))))(t).Jobs[0]
		late := finished(j, queue.Done)
		late.Effect, late.Shut = posted{tl.ID, 0}, new(queue.Gate)
		*late.Shut = gate("g", time.Hour)
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{late}))(t), []bool{false})
		same(t, "timeline", load(t, s, tl)[0], tl)
		same(t, "gates", len(must(s.Gates(t.Context(), t0))(t)), 0)
		same(t, "the heir's", must(s.Finish(t.Context(), t0, []queue.Finished{finished(heir, queue.Done)}))(t), []bool{true})
	},
	"a lost job leaves its neighbours alone": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 3)
		rows := []queue.Finished{finished(js[0], queue.Done), finished(js[1], queue.Failed), finished(js[2], queue.Cancelled)}
		rows[1].Fence++
		same(t, "written", must(s.Finish(t.Context(), t0, rows))(t), []bool{true, false, true})
		got := jobs(t, s)
		same(t, "states", []queue.State{got["q/0"].State, got["q/1"].State, got["q/2"].State},
			[]queue.State{queue.Done, queue.Running, queue.Cancelled})
	},
	"an effect that cannot be stored fails the batch, and no job is written": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 2)
		rows := []queue.Finished{finished(js[0], queue.Done), finished(js[1], queue.Done)}
		rows[1].Effect = foreign{}
		if _, err := s.Finish(t.Context(), t0, rows); err == nil {
			t.Error("no error")
		}
		same(t, "state", jobs(t, s)["q/0"].State, queue.Running)
	},
	"an effect on a purged timeline is forgotten, and its job finished": func(t *testing.T, s store.Store) {
		f := finished(claimed(t, s, 1)[0], queue.Done)
		f.Effect = posted{id(1, 1), 0}
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{true})
	},
	"effects and decisions on one timeline never undo each other": func(t *testing.T, s store.Store) {
		const n = 20
		var ts []escalation.Timeline
		for i := range n {
			ts = append(ts, ticket(i))
		}
		ts = open(t, s, ts...)
		js := claimed(t, s, 2*n)
		together(4, func(w int) {
			if w < 2 { // tier w of each timeline is posted, in one order and the other
				var rows []queue.Finished
				for i := range n {
					k := i
					if w == 1 {
						k = n - 1 - i
					}
					f := finished(js[w*n+k], queue.Done)
					f.Effect = posted{ts[k].ID, w}
					rows = append(rows, f)
				}
				if _, err := s.Finish(t.Context(), t0, rows); err != nil {
					t.Error(err)
				}
				return
			}
			for i := range n { // while others decide
				for try := 0; ; try++ {
					now, err := s.Load(t.Context(), []string{ts[i].ID})
					if err != nil {
						t.Error(err)
						return
					}
					now[0].Cause += fmt.Sprint(w)
					saved, err := s.Save(t.Context(), []escalation.Change{{Timeline: &now[0]}})
					if err != nil {
						t.Error(err)
						return
					}
					if saved[0] == escalation.SavedOK {
						break
					}
				}
			}
		})
		for _, tl := range load(t, s, ts...) {
			if tl.Tiers[0].State != escalation.TierPosted || tl.Tiers[1].State != escalation.TierPosted || len(tl.Cause) != 2 {
				t.Errorf("%s: tiers %s and %s, cause %q", tl.ID, tl.Tiers[0].State, tl.Tiers[1].State, tl.Cause)
			}
		}
	},
	"many finish at once": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 200)
		together(4, func(w int) {
			for start := w * 50; start < w*50+50; start += 25 {
				var rows []queue.Finished
				for _, j := range js[start : start+25] {
					rows = append(rows, finished(j, queue.Done))
				}
				written, err := s.Finish(t.Context(), t0, rows)
				for i, w := range written {
					if !w {
						t.Errorf("row %d was not written", i)
					}
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		same(t, "left", must(s.CountJobs(t.Context()))(t), queue.Counts{})
	},
	"jobs are listed by queue and state, and those to be dealt with are counted": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 4)
		for i, state := range []queue.State{queue.Done, queue.Failed, queue.Cancelled} {
			must(s.Finish(t.Context(), t0, []queue.Finished{finished(js[i], state)}))(t)
		}
		add(t, s, job("q", 10), job("other", 11), job("other", 12))
		for _, c := range []struct {
			f    queue.Filter
			want int
		}{
			{queue.Filter{}, 7},
			{queue.Filter{Limit: 2}, 2},
			{queue.Filter{Queue: "other"}, 2},
			{queue.Filter{Queue: "q", State: queue.Failed}, 1},
			{queue.Filter{State: queue.Pending}, 3},
		} {
			same(t, fmt.Sprintf("%+v", c.f), len(must(s.Jobs(t.Context(), c.f))(t)), c.want)
		}
		same(t, "counts", must(s.CountJobs(t.Context()))(t), queue.Counts{
			"q":     {queue.Running: 1, queue.Failed: 1, queue.Pending: 1},
			"other": {queue.Pending: 2},
		})
	},
}

// claimed adds n jobs of queue "q" and claims them at t0; they come in order of their numbers.
func claimed(t *testing.T, s store.Store, n int) []queue.Job {
	t.Helper()
	for i := range n {
		j := job("q", i)
		j.RunAt = after(time.Duration(i-n) * time.Millisecond)
		add(t, s, j)
	}
	got := must(s.Claim(t.Context(), claim(n, t0)))(t).Jobs
	if len(got) != n {
		t.Fatalf("claimed %d of %d jobs", len(got), n)
	}
	return got
}
