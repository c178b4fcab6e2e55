package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

// behind is a job like job, that comes after others.
func behind(q string, n int, after ...queue.New) queue.New {
	j := job(q, n)
	for _, a := range after {
		j.After = append(j.After, a.ID)
	}
	return j
}

// take claims all that can be claimed of the queue "q", and returns it by key.
func take(t *testing.T, s store.Store, now time.Time) map[string]queue.Job {
	t.Helper()
	byKey := map[string]queue.Job{}
	for _, j := range must(s.Claim(t.Context(), claim(100, now)))(t).Jobs {
		byKey[j.Key] = j
	}
	return byKey
}

// end finishes a claimed job in a state, with an error if it failed.
func end(t *testing.T, s store.Store, j queue.Job, state queue.State) {
	t.Helper()
	f := finished(j, state)
	if state == queue.Failed {
		f.LastError = "out of order"
	}
	same(t, "written", must(s.Finish(t.Context(), after(time.Minute), []queue.Finished{f}))(t), []bool{true})
}

// stand checks in which states the jobs of the queue "q" are.
func stand(t *testing.T, s store.Store, what string, want map[string]queue.State) {
	t.Helper()
	got := map[string]queue.State{}
	for key, j := range jobs(t, s) {
		got[key] = j.State
	}
	same(t, what, got, want)
}

func edgesOf(t *testing.T, s store.Store, id string) (before, after []string) {
	t.Helper()
	d := must(s.ShowJob(t.Context(), id))(t)
	for _, j := range d.Before {
		before = append(before, j.Key)
	}
	for _, j := range d.Behind {
		after = append(after, j.Key)
	}
	return before, after
}

var waiting = map[string]func(*testing.T, store.Store){
	"a job starts when all that it comes after is done, across queues": func(t *testing.T, s store.Store) {
		a, b := job("q", 1), job("other", 2)
		c := behind("q", 3, a, b)
		add(t, s, c, a, b)
		same(t, "waits for", jobs(t, s)["q/3"].Waits, 2)
		first := take(t, s, t0)
		same(t, "claimed", len(first), 1)
		end(t, s, first["q/1"], queue.Done)
		next := must(s.Claim(t.Context(), claim(9, after(year))))(t)
		if len(next.Jobs) != 0 || !next.Next.IsZero() {
			t.Errorf("before the other is done: %+v", next)
		}
		heard := listen(t, s)
		r := claim(1, t0)
		r.Queue = "other"
		end(t, s, must(s.Claim(t.Context(), r))(t).Jobs[0], queue.Done)
		await(t, heard, "jobs/q")
		sameTime(t, "due", jobs(t, s)["q/3"].RunAt, after(time.Minute))
		same(t, "claimed", len(take(t, s, after(time.Minute))), 1)
	},
	"one before many, many before one, and each starts once": func(t *testing.T, s store.Store) {
		const n = 20
		all := []queue.New{job("q", 0)}
		last := behind("q", n+1)
		for i := range n {
			j := behind("q", i+1, all[0])
			all, last.After = append(all, j), append(last.After, j.ID)
		}
		add(t, s, append([]queue.New{last}, all...)...)
		end(t, s, take(t, s, t0)["q/0"], queue.Done)
		middle := take(t, s, after(time.Minute))
		same(t, "in the middle", len(middle), n)
		var rows []queue.Finished
		for _, j := range middle {
			rows = append(rows, finished(j, queue.Done))
		}
		together(4, func(w int) {
			if _, err := s.Finish(t.Context(), after(time.Minute), rows[w*n/4:(w+1)*n/4]); err != nil {
				t.Error(err)
			}
		})
		got := take(t, s, after(time.Minute))
		same(t, "at the end", len(got), 1)
		same(t, "waits for", jobs(t, s)[last.Key].Waits, 0)
	},
	"a job is not started before its own time, when those before it are done": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		b := behind("q", 2, a)
		b.RunAt = after(time.Hour)
		add(t, s, a, b)
		sameTime(t, "meanwhile", jobs(t, s)["q/2"].RunAt, after(time.Hour))
		end(t, s, take(t, s, t0)["q/1"], queue.Done)
		same(t, "too early", len(take(t, s, after(59*time.Minute))), 0)
		same(t, "at its time", len(take(t, s, after(time.Hour))), 1)
	},
	"a job added after others that are done waits for nobody": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		add(t, s, a)
		end(t, s, take(t, s, t0)["q/1"], queue.Done)
		add(t, s, behind("q", 2, a))
		same(t, "claimed", len(take(t, s, after(time.Minute))), 1)
	},
	"a failed job cancels all that waits for it, naming the cause": func(t *testing.T, s store.Store) {
		a, free := job("q", 1), job("q", 9)
		b := behind("q", 2, a)
		c := behind("q", 3, b, free)
		c.Held = true
		add(t, s, a, b, c, free)
		end(t, s, take(t, s, t0)["q/1"], queue.Failed)
		stand(t, s, "then", map[string]queue.State{"q/1": queue.Failed, "q/2": queue.Cancelled, "q/3": queue.Cancelled, "q/9": queue.Running})
		for _, key := range []string{"q/2", "q/3"} {
			j := jobs(t, s)[key]
			same(t, "reason", j.LastError, "job q/1 failed: out of order")
			same(t, "cause", j.Cause, a.ID)
			sameTime(t, "at", j.FinishedAt, after(time.Minute))
		}
	},
	"a dropped job cancels what waits for it": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		add(t, s, a, behind("q", 2, a))
		f := finished(take(t, s, t0)["q/1"], queue.Cancelled)
		f.LastError = "it was answered"
		must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
		same(t, "reason", jobs(t, s)["q/2"].LastError, "job q/1 was cancelled: it was answered")
	},
	"a job added after one that failed is cancelled at once": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		add(t, s, a)
		end(t, s, take(t, s, t0)["q/1"], queue.Failed)
		b := behind("q", 2, a)
		add(t, s, b, behind("q", 3, b))
		stand(t, s, "then", map[string]queue.State{"q/1": queue.Failed, "q/2": queue.Cancelled, "q/3": queue.Cancelled})
	},
	"jobs that wait for each other are refused, all of them": func(t *testing.T, s store.Store) {
		a, b := job("q", 1), job("q", 2)
		a.After, b.After = []string{b.ID}, []string{a.ID}
		err := s.AddJobs(t.Context(), []queue.New{job("q", 3), a, b}, t0)
		var cycle *queue.CycleError
		if !errors.As(err, &cycle) || len(cycle.Keys) != 2 {
			t.Errorf("got %v", err)
		}
		same(t, "added", len(jobs(t, s)), 0)
	},
	"a job after one that is not there is refused, and all that came with it": func(t *testing.T, s store.Store) {
		err := s.AddJobs(t.Context(), []queue.New{job("q", 1), behind("q", 2, job("q", 3))}, t0)
		var unknown *queue.UnknownError
		if !errors.As(err, &unknown) || unknown.ID != id(2, 3) || unknown.By != "q/2" {
			t.Errorf("got %v", err)
		}
		same(t, "added", len(jobs(t, s)), 0)
	},
	"jobs added once more change nothing, and keys stand for the jobs that have them": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		b := behind("q", 2, a)
		add(t, s, a, b)
		end(t, s, take(t, s, t0)["q/1"], queue.Done)
		running := take(t, s, after(time.Minute))
		add(t, s, a, b)
		same(t, "running still", jobs(t, s)["q/2"].State, queue.Running)

		again := job("q", 4)
		again.Key = b.Key
		add(t, s, again, behind("q", 5, again))
		before, _ := edgesOf(t, s, id(2, 5))
		same(t, "comes after", before, []string{b.Key})
		end(t, s, running["q/2"], queue.Done)
		same(t, "claimed", len(take(t, s, after(time.Minute))), 1)
	},
	"adding while others end leaves nobody waiting for what is done": func(t *testing.T, s store.Store) {
		const n = 40
		first := firstJobs(n)
		add(t, s, first...)
		claimed := must(s.Claim(t.Context(), claim(n, t0)))(t).Jobs
		together(4, func(w int) {
			for i := w / 2; i < n; i += 2 {
				if w%2 == 0 {
					if _, err := s.Finish(t.Context(), t0, []queue.Finished{finished(claimed[i], queue.Done)}); err != nil {
						t.Error(err)
					}
					continue
				}
				byID := map[string]queue.New{}
				for _, f := range first {
					byID[f.ID] = f
				}
				j := behind("q", 100+i, byID[claimed[i].ID], byID[claimed[(i+1)%n].ID])
				if err := s.AddJobs(t.Context(), []queue.New{j}, t0); err != nil {
					t.Error(err)
				}
			}
		})
		same(t, "all are due", len(take(t, s, t0)), n)
	},
	"adding while others fail leaves nobody waiting for them": func(t *testing.T, s store.Store) {
		const n = 20
		add(t, s, firstJobs(n)...)
		claimed := must(s.Claim(t.Context(), claim(n, t0)))(t).Jobs
		var mu sync.Mutex
		added := 0
		together(2, func(w int) {
			for i, j := range claimed {
				if w == 0 {
					if _, err := s.Finish(t.Context(), t0, []queue.Finished{finished(j, queue.Failed)}); err != nil {
						t.Error(err)
					}
					continue
				}
				n := behind("q", 100+i)
				n.After = []string{j.ID}
				more := behind("q", 200+i, n)
				if err := s.AddJobs(t.Context(), []queue.New{n, more}, t0); err != nil {
					t.Error(err)
					continue
				}
				mu.Lock()
				added += 2
				mu.Unlock()
			}
		})
		same(t, "cancelled", len(must(s.Jobs(t.Context(), queue.Filter{State: queue.Cancelled}))(t)), added)
		same(t, "added", added, 2*n)
	},
	"a decision's jobs may come after each other, and after what is no longer kept": func(t *testing.T, s store.Store) {
		tl := open(t, s, ticket(1))[0]
		reminder, long := job("q", 1), job("q", 99)
		page, resolve := behind("q", 2, reminder), behind("q", 3, long)
		saved := must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Jobs: []queue.New{page, reminder, resolve}}}))(t)
		same(t, "saved", saved, []escalation.Saved{escalation.SavedOK})
		got := take(t, s, t0)
		if _, early := got["q/2"]; early || len(got) != 2 {
			t.Errorf("claimed %v", got)
		}
		end(t, s, got["q/1"], queue.Done)
		same(t, "then", take(t, s, after(time.Minute))["q/2"].State, queue.Running)
	},
	"what is waited for, and what it is the cause of, is not purged before those behind it": func(t *testing.T, s store.Store) {
		a, failing, alone := job("q", 1), job("q", 2), job("q", 3)
		held := behind("q", 4, a)
		held.Held = true
		add(t, s, a, failing, alone, held, behind("q", 5, failing))
		got := take(t, s, t0)
		end(t, s, got["q/1"], queue.Done)
		end(t, s, got["q/2"], queue.Failed)
		end(t, s, got["q/3"], queue.Done)
		purge := func() (n int) {
			t.Helper()
			return must(s.Purge(t.Context(), t0, after(year), t0, 10))(t)
		}
		same(t, "the cancelled and the lone one", purge(), 2)
		same(t, "then the cause", purge(), 1)
		same(t, "no more", purge(), 0)
		stand(t, s, "left", map[string]queue.State{"q/1": queue.Done, "q/4": queue.Held})
		must(s.ReleaseJobs(t.Context(), held.ID, t0))(t)
		end(t, s, take(t, s, t0)["q/4"], queue.Done)
		same(t, "the last", purge(), 1)
		same(t, "and what it came after", purge(), 1)
	},
	"a graph of thousands is added at once": func(t *testing.T, s store.Store) {
		const n = 2000
		all := []queue.New{job("q", 0)}
		for i := range n - 1 {
			all = append(all, behind("q", i+1, all[i/2]))
		}
		add(t, s, all...)
		same(t, "may start", len(take(t, s, t0)), 1)
		same(t, "wait", must(s.CountJobs(t.Context()))(t), queue.Counts{"q": {queue.Running: 1, queue.Pending: n - 1}})
	},
	"gates that open let nobody go who waits for others": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		b := behind("q", 2, a)
		b.Gates = []string{"token"}
		add(t, s, a, b)
		ok(t, s.ShutGate(t.Context(), gate("token", time.Hour)))
		ok(t, s.OpenGate(t.Context(), "token", t0))
		same(t, "claimed", len(take(t, s, t0)), 1)
	},
	"a page of a list begins where the one before ended": func(t *testing.T, s store.Store) {
		var all []queue.New
		for i := range 7 {
			j := job("q", i)
			j.RunAt = after(time.Duration(i/2) * time.Second)
			if i > 4 {
				j.After = []string{all[0].ID}
			}
			all = append(all, j)
		}
		add(t, s, all...)
		var got []string
		f := queue.Filter{Queue: "q", Limit: 2}
		for range 5 {
			page := must(s.Jobs(t.Context(), f))(t)
			for _, j := range page {
				got = append(got, j.Key)
			}
			if len(page) > 0 {
				f.Cursor = queue.CursorAfter(page[len(page)-1])
			}
		}
		var want []string
		for i := range 7 {
			want = append(want, fmt.Sprintf("q/%d", i))
		}
		same(t, "all pages", got, want)
		f.Cursor = "nonsense"
		if _, err := s.Jobs(t.Context(), f); err == nil {
			t.Error("no error")
		}
	},
}
