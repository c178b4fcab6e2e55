package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/fields/fieldstest"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

// shown is what a list shows of a job, and a claim does not.
func shown(t *testing.T, s store.Store, id string) queue.Details {
	t.Helper()
	return must(s.ShowJob(t.Context(), id))(t)
}

var logging = map[string]func(*testing.T, store.Store){
	"every field of a new job survives": func(t *testing.T, s store.Store) {
		before := job("q", 1)
		want := fieldstest.Filled[queue.New](t)
		want.ID, want.Queue, want.After, want.Timeout = id(2, 2), "q", []string{before.ID}, 90*time.Second
		add(t, s, before, want)
		got := shown(t, s, want.ID)
		same(t, "read back", got.New, want)
		same(t, "state", []any{got.State, got.Waits, got.CreatedAt.Equal(t0)}, []any{queue.Held, 1, true})
		want.After = nil
		same(t, "by key", must(s.JobsByKey(t.Context(), []string{want.Key}))(t)[0].New, want)
	},
	"what was answered is kept, until something else is": func(t *testing.T, s store.Store) {
		j := claimed(t, s, 1)[0]
		f := finished(j, queue.Pending)
		f.Result = queue.Result{Status: 503, Body: "busy – äöü"}
		must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
		same(t, "at first", jobs(t, s)[j.Key].Result, f.Result)
		j = take(t, s, after(year))[j.Key]
		f = finished(j, queue.Pending)
		f.RunAt = t0
		must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
		same(t, "no answer", jobs(t, s)[j.Key].Result, queue.Result{Status: 503, Body: "busy – äöü"})
		f = finished(take(t, s, after(year))[j.Key], queue.Done)
		f.Result = queue.Result{Status: 200}
		must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
		same(t, "at last", jobs(t, s)[j.Key].Result, f.Result)
	},
	"every attempt's end is kept, of a lost lease none, and only the latest of many": func(t *testing.T, s store.Store) {
		j := claimed(t, s, 1)[0]
		line := func(n int) *queue.Attempt {
			return &queue.Attempt{Number: n, Looking: n%2 == 0, At: after(time.Duration(n) * time.Second).UTC(), Kind: queue.KindRetry, Error: fmt.Sprint("error ", n)}
		}
		lost := finished(j, queue.Pending)
		lost.Fence, lost.Log, lost.Result = 99, line(99), queue.Result{Body: "lost"}
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{lost}))(t), []bool{false})
		const n = 60
		for i := range n {
			f := finished(j, queue.Pending)
			f.RunAt, f.Log = t0, line(i)
			must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
			if i < n-1 {
				j = take(t, s, t0)[j.Key]
			}
		}
		var want []queue.Attempt
		for i := n - queue.MostAttempts; i < n; i++ {
			want = append(want, *line(i))
		}
		got := shown(t, s, j.ID)
		same(t, "log", got.Log, want)
		same(t, "result", got.Result, queue.Result{})
	},
	"a job's log goes with it": func(t *testing.T, s store.Store) {
		j := claimed(t, s, 1)[0]
		f := finished(j, queue.Failed)
		f.Log = &queue.Attempt{Number: 1, At: t0, Kind: queue.KindTerminal, Error: "no"}
		must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
		same(t, "purged", must(s.Purge(t.Context(), t0, after(year), t0, 10))(t), 1)
		add(t, s, job("q", 0))
		same(t, "log", len(shown(t, s, j.ID).Log), 0)
	},
	"a job shows what it comes after, and what comes after it": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		b := behind("other", 2, a)
		add(t, s, a, b, behind("q", 3, b))
		before, after := edgesOf(t, s, b.ID)
		same(t, "before", before, []string{"q/1"})
		same(t, "behind", after, []string{"q/3"})
		for _, id := range []string{id(2, 9), "nonsense"} {
			_, err := s.ShowJob(t.Context(), id)
			unknown(t, id, err)
		}
	},
	"jobs are found by age, graph and text": func(t *testing.T, s store.Store) {
		old, other := job("q", 1), job("q", 2)
		other.Graph, other.Key = "Deploy", "Smörgås"
		add(t, s, old)
		ok(t, s.AddJobs(t.Context(), []queue.New{other}, after(time.Hour)))
		end(t, s, take(t, s, t0)["q/1"], queue.Failed)
		for _, c := range []struct {
			f    queue.Filter
			want []string
		}{
			{queue.Filter{CreatedBefore: after(time.Hour)}, []string{"q/1"}},
			{queue.Filter{CreatedBefore: after(2 * time.Hour)}, []string{"q/1", "Smörgås"}},
			{queue.Filter{Graph: "Deploy"}, []string{"Smörgås"}},
			{queue.Filter{Text: "deploy"}, []string{"Smörgås"}},
			{queue.Filter{Text: "SM"}, []string{"Smörgås"}},
			{queue.Filter{Text: "of Order"}, []string{"q/1"}},
			{queue.Filter{Text: old.ID}, []string{"q/1"}},
			{queue.Filter{Text: "%"}, nil},
		} {
			got := map[string]bool{}
			for _, j := range must(s.Jobs(t.Context(), c.f))(t) {
				got[j.Key] = true
			}
			want := map[string]bool{}
			for _, key := range c.want {
				want[key] = true
			}
			same(t, fmt.Sprintf("%+v", c.f), got, want)
		}
	},
	"the oldest of each queue and state is told, and what ended lately is counted": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 3)
		end(t, s, js[0], queue.Done) // a minute after t0
		end(t, s, js[1], queue.Failed)
		future, due, held := job("later", 11), job("q", 12), job("q", 13)
		future.RunAt, held.Held = after(time.Hour), true
		waits := behind("waits", 14, due)
		add(t, s, future, due, held, waits)
		now := after(10 * time.Minute)
		want := []queue.Stat{
			{Queue: "later", State: queue.Pending, Jobs: 1},
			{Queue: "q", State: queue.Failed, Jobs: 1, Oldest: after(time.Minute).UTC()},
			{Queue: "q", State: queue.Held, Jobs: 1, Oldest: t0.UTC()},
			{Queue: "q", State: queue.Pending, Jobs: 1, Oldest: t0.UTC()},
			{Queue: "q", State: queue.Running, Jobs: 1, Oldest: t0.UTC()},
			{Queue: "waits", State: queue.Pending, Jobs: 1},
		}
		same(t, "stats", must(s.JobStats(t.Context(), now, time.Time{}))(t), want)
		want = append(want[:1:1], append([]queue.Stat{{Queue: "q", State: queue.Done, Jobs: 1, Oldest: after(time.Minute).UTC()}}, want[1:]...)...)
		same(t, "with those that ended lately", must(s.JobStats(t.Context(), now, after(time.Minute)))(t), want)
		same(t, "with none that ended lately", len(must(s.JobStats(t.Context(), now, after(2*time.Minute)))(t)), len(want)-1)
	},
	"a job that keeps failing is as old as its first attempt, one behind a gate as its making": func(t *testing.T, s store.Store) {
		j := claimed(t, s, 1)[0]
		f := finished(j, queue.Pending)
		f.RunAt = after(time.Hour)
		must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
		gated := job("gated", 2)
		gated.Gates = []string{"token"}
		add(t, s, gated)
		ok(t, s.ShutGate(t.Context(), gate("token", time.Hour)))
		r := claim(1, after(time.Minute))
		r.Queue = "gated"
		must(s.Claim(t.Context(), r))(t)
		same(t, "stats", must(s.JobStats(t.Context(), after(time.Minute), time.Time{}))(t), []queue.Stat{
			{Queue: "gated", State: queue.Pending, Jobs: 1, Oldest: t0.UTC()},
			{Queue: "q", State: queue.Pending, Jobs: 1, Oldest: t0.UTC()},
		})
	},
}
