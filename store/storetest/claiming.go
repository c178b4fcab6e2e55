package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

var claiming = map[string]func(*testing.T, store.Store){
	"a claim starts a job: one attempt more, two looks owed, the lease running": func(t *testing.T, s store.Store) {
		j := job("q", 1)
		add(t, s, j, job("other", 2))
		got := must(s.Claim(t.Context(), claim(10, after(time.Second+999*time.Nanosecond))))(t)
		j.RunAt = after(31 * time.Second)
		want := queue.Job{New: j, State: queue.Running, CreatedAt: t0, Attempts: 1, Looks: 2, Fence: 1, Worker: "w",
			FirstSent: after(time.Second), LastSent: after(time.Second)}
		due := want
		due.Due = t0
		same(t, "claimed", got, queue.Claimed{Jobs: []queue.Job{due}, Next: j.RunAt})
		same(t, "stored", jobs(t, s)[j.Key], want)
	},
	"the earliest come first, not before their time, and what comes next is told": func(t *testing.T, s store.Store) {
		later, soonest, middle := job("q", 1), job("q", 2), job("q", 3)
		later.RunAt, soonest.RunAt, middle.RunAt = after(time.Minute), after(-time.Second), after(-time.Millisecond)
		add(t, s, later, middle, soonest)
		first := must(s.Claim(t.Context(), claim(1, t0)))(t)
		same(t, "first", keys(first), []string{"q/2"})
		if first.Next.IsZero() || first.Next.After(t0) {
			t.Errorf("what is left is due already, and is told for %v", first.Next)
		}
		second := must(s.Claim(t.Context(), claim(9, t0)))(t)
		same(t, "second", keys(second), []string{"q/3"})
		sameTime(t, "next is the end of a lease", second.Next, after(30*time.Second))
		third := must(s.Claim(t.Context(), claim(9, after(time.Second))))(t)
		same(t, "third", len(third.Jobs), 0)
	},
	"in an empty queue nothing comes next": func(t *testing.T, s store.Store) {
		add(t, s, job("q", 1))
		done(t, s, must(s.Claim(t.Context(), claim(1, t0)))(t).Jobs...)
		got := must(s.Claim(t.Context(), claim(1, after(year))))(t)
		if len(got.Jobs) != 0 || !got.Next.IsZero() {
			t.Errorf("got %+v", got)
		}
	},
	"claims never overlap": func(t *testing.T, s store.Store) {
		const n = 400
		add(t, s, firstJobs(n)...)
		var mu sync.Mutex
		times := map[string]int{}
		together(8, func(w int) {
			for {
				r := claim(7, t0)
				r.Worker = fmt.Sprint(w)
				got, err := s.Claim(t.Context(), r)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got.Jobs) == 0 {
					return
				}
				mu.Lock()
				for _, j := range got.Jobs {
					times[j.Key]++
				}
				mu.Unlock()
			}
		})
		if len(times) != n {
			t.Errorf("%d of %d were claimed", len(times), n)
		}
		for key, k := range times {
			if k != 1 {
				t.Errorf("%s was claimed %d times", key, k)
			}
		}
	},
	"a job left running is taken over when its lease ends, to be looked for": func(t *testing.T, s store.Store) {
		add(t, s, job("q", 1))
		must(s.Claim(t.Context(), claim(1, t0)))(t)
		early := must(s.Claim(t.Context(), claim(1, after(30*time.Second-time.Microsecond))))(t)
		same(t, "before the lease ends", len(early.Jobs), 0)
		r := claim(1, after(30*time.Second))
		r.Worker = "heir"
		got := must(s.Claim(t.Context(), r))(t).Jobs
		if len(got) != 1 {
			t.Fatal("not taken over")
		}
		j := got[0]
		if !j.Looking || j.Looks != 2 || j.Attempts != 1 || j.Fence != 2 || j.Worker != "heir" || !j.LastSent.Equal(t0) {
			t.Errorf("got %+v", j)
		}
	},
	"a renewed lease ends later, a lost one is not renewed": func(t *testing.T, s store.Store) {
		add(t, s, job("q", 1), job("q", 2))
		got := must(s.Claim(t.Context(), claim(2, t0)))(t).Jobs
		got[1].Fence = 9 // somebody else's by now
		ok(t, s.Renew(t.Context(), got, after(time.Minute)))
		taken := must(s.Claim(t.Context(), claim(2, after(30*time.Second))))(t)
		same(t, "taken over", keys(taken), []string{got[1].Key})
		ok(t, s.Renew(t.Context(), nil, after(time.Minute)))
	},
	"a job behind a shut gate waits, and others pass it": func(t *testing.T, s store.Store) {
		behind, free := job("q", 1), job("q", 2)
		behind.Gates, free.Gates = []string{"token", "limit"}, []string{"token"}
		add(t, s, behind, free)
		ok(t, s.ShutGate(t.Context(), gate("limit", 20*time.Second)))
		same(t, "while shut", keys(must(s.Claim(t.Context(), claim(9, t0)))(t)), []string{"q/2"})
		sameTime(t, "put off until", jobs(t, s)["q/1"].RunAt, after(20*time.Second))
		same(t, "when it opens", keys(must(s.Claim(t.Context(), claim(9, after(20*time.Second))))(t)), []string{"q/1"})
	},
	"gates for looking hold up only looks": func(t *testing.T, s store.Store) {
		j := job("q", 1)
		j.Gates, j.LookGates = []string{"send"}, []string{"look"}
		add(t, s, j)
		ok(t, s.ShutGate(t.Context(), gate("look", time.Hour)))
		same(t, "sent", keys(must(s.Claim(t.Context(), claim(1, t0)))(t)), []string{"q/1"})
		same(t, "not looked for", len(must(s.Claim(t.Context(), claim(1, after(time.Minute))))(t).Jobs), 0)
		ok(t, s.OpenGate(t.Context(), "look", after(time.Minute)))
		ok(t, s.ShutGate(t.Context(), gate("send", time.Hour)))
		got := must(s.Claim(t.Context(), claim(1, after(time.Minute))))(t).Jobs
		if len(got) != 1 || !got[0].Looking {
			t.Errorf("got %+v", got)
		}
	},
	"under one pace key one starts an interval, whoever claims": func(t *testing.T, s store.Store) {
		const n = 12
		for i := range n {
			j := job("q", i)
			j.Pace = fmt.Sprintf("C%d", i%2)
			add(t, s, j)
		}
		for tick := range n / 2 {
			now := after(time.Duration(tick) * time.Second)
			var mu sync.Mutex
			started := map[string]int{}
			together(6, func(int) {
				r := claim(4, now)
				r.Pace = time.Second
				for range 6 {
					got, err := s.Claim(t.Context(), r)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, j := range got.Jobs {
						started[j.Pace]++
					}
					mu.Unlock()
				}
			})
			same(t, fmt.Sprintf("started in second %d", tick), started, map[string]int{"C0": 1, "C1": 1})
		}
		r := claim(n, after(time.Minute-time.Second))
		r.Pace = time.Second
		for _, j := range must(s.Claim(t.Context(), r))(t).Jobs {
			if !j.Looking {
				t.Errorf("%s was left over", j.Key)
			}
		}
	},
	"of a queue with a rate, so many start as it allows, whoever claims, and the next is told": func(t *testing.T, s store.Store) {
		const n = 10
		for i := range n {
			add(t, s, job("q", i))
		}
		for tick := range n {
			now := after(time.Duration(tick) * 2 * time.Second)
			var mu sync.Mutex
			started := 0
			together(4, func(int) {
				r := claim(5, now)
				r.Every, r.Lease = 2*time.Second, time.Hour
				got, err := s.Claim(t.Context(), r)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				started += len(got.Jobs)
				if next := now.Add(2 * time.Second); tick < n-1 && !got.Next.Equal(next) {
					t.Errorf("the next is told for %v, want %v", got.Next, next)
				}
			})
			same(t, fmt.Sprintf("started at %d", tick), started, 1)
		}
	},
	"a high rate lets several start at once": func(t *testing.T, s store.Store) {
		for i := range 30 {
			add(t, s, job("q", i))
		}
		r := claim(30, t0)
		r.Every = 10 * time.Millisecond
		same(t, "started", len(must(s.Claim(t.Context(), r))(t).Jobs), 5)
		r.Now = after(20 * time.Millisecond)
		same(t, "20 ms later", len(must(s.Claim(t.Context(), r))(t).Jobs), 2)
	},
	"a job with a longer time-out has a longer lease": func(t *testing.T, s store.Store) {
		j := job("q", 1)
		j.Timeout = 65 * time.Second
		add(t, s, j)
		r := claim(1, t0)
		r.Timeout = 5 * time.Second
		got := must(s.Claim(t.Context(), r))(t).Jobs[0]
		same(t, "time-out", got.Timeout, j.Timeout)
		sameTime(t, "lease", got.RunAt, after(90*time.Second))
	},
	"without a pace, pace keys hold up nothing": func(t *testing.T, s store.Store) {
		a, b := job("q", 1), job("q", 2)
		a.Pace, b.Pace = "C1", "C1"
		add(t, s, a, b)
		same(t, "claimed", len(must(s.Claim(t.Context(), claim(9, t0)))(t).Jobs), 2)
	},
}

func keys(c queue.Claimed) []string {
	var keys []string
	for _, j := range c.Jobs {
		keys = append(keys, j.Key)
	}
	return keys
}

// gate is a gate shut until so long after t0.
func gate(key string, d time.Duration) queue.Gate {
	return queue.Gate{Key: key, Until: after(d), Reason: "for a reason"}
}

// finished is a claimed job's new row.
func finished(j queue.Job, state queue.State) queue.Finished {
	return queue.Finished{ID: j.ID, Fence: j.Fence, State: state, RunAt: j.RunAt, Attempts: j.Attempts}
}

// done finishes claimed jobs.
func done(t *testing.T, s store.Store, jobs ...queue.Job) {
	t.Helper()
	for _, j := range jobs {
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{finished(j, queue.Done)}))(t), []bool{true})
	}
}
