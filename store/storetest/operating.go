package storetest

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

func refused(t *testing.T, what string, err error) {
	t.Helper()
	var r *queue.RefusedError
	if !errors.As(err, &r) {
		t.Errorf("%s: got %v, want it refused", what, err)
	}
}

func unknown(t *testing.T, what string, err error) {
	t.Helper()
	var u *queue.UnknownError
	if !errors.As(err, &u) {
		t.Errorf("%s: got %v, want it unknown", what, err)
	}
}

var operating = map[string]func(*testing.T, store.Store){
	"held jobs wait for their release, one or a graph": func(t *testing.T, s store.Store) {
		one, two, three := job("q", 1), job("q", 2), job("q", 3)
		for _, j := range []*queue.New{&one, &two, &three} {
			j.Held, j.Graph = true, "deploy"
		}
		one.Graph = ""
		three.After = []string{two.ID}
		add(t, s, one, two, three)
		stand(t, s, "at first", map[string]queue.State{"q/1": queue.Held, "q/2": queue.Held, "q/3": queue.Held})
		got := must(s.Claim(t.Context(), claim(9, after(year))))(t)
		if len(got.Jobs) != 0 || !got.Next.IsZero() {
			t.Errorf("claimed %+v", got)
		}
		same(t, "counted", must(s.CountJobs(t.Context()))(t), queue.Counts{"q": {queue.Held: 3}})
		heard := listen(t, s)
		same(t, "released", must(s.ReleaseJobs(t.Context(), one.ID, after(time.Second)))(t), 1)
		await(t, heard, "jobs/q")
		sameTime(t, "due", jobs(t, s)["q/1"].RunAt, after(time.Second))
		same(t, "the graph", must(s.ReleaseJobs(t.Context(), "deploy", t0))(t), 2)
		same(t, "once more", must(s.ReleaseJobs(t.Context(), "deploy", t0))(t), 0)
		same(t, "claimed", len(take(t, s, after(time.Second))), 2)
		same(t, "waits", jobs(t, s)["q/3"].Waits, 1)
		for _, name := range []string{"", "nothing", id(2, 9)} {
			_, err := s.ReleaseJobs(t.Context(), name, t0)
			unknown(t, name, err)
		}
	},
	"a job released before what it comes after is done waits on": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		b := behind("q", 2, a)
		b.Held = true
		add(t, s, a, b)
		got := take(t, s, t0)
		end(t, s, got["q/1"], queue.Done)
		same(t, "held still", len(take(t, s, after(year))), 0)
		must(s.ReleaseJobs(t.Context(), b.ID, t0))(t)
		same(t, "claimed", len(take(t, s, t0)), 1)
	},
	"a failed job tried again has all its attempts, and revives what it took along": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		b := behind("q", 2, a)
		c := behind("q", 3, b)
		c.Held = true
		add(t, s, a, b, c)
		end(t, s, take(t, s, t0)["q/1"], queue.Failed)
		heard := listen(t, s)
		ok(t, s.RetryJob(t.Context(), a.ID, after(time.Hour)))
		await(t, heard, "jobs/q")
		stand(t, s, "then", map[string]queue.State{"q/1": queue.Pending, "q/2": queue.Pending, "q/3": queue.Held})
		got := jobs(t, s)
		for _, j := range got {
			if j.Attempts != 0 || j.Cause != "" || !j.FinishedAt.IsZero() {
				t.Errorf("%s: %+v", j.Key, j)
			}
		}
		same(t, "counted", must(s.CountJobs(t.Context()))(t)["q"], map[queue.State]int{queue.Pending: 2, queue.Held: 1})
		again := take(t, s, after(time.Hour))
		same(t, "claimed", len(again), 1)
		same(t, "to be sent", again["q/1"].Looking, false)
		end(t, s, again["q/1"], queue.Done)
		same(t, "then the next", len(take(t, s, after(time.Hour))), 1)
	},
	"what also comes after another that failed stays cancelled, because of that": func(t *testing.T, s store.Store) {
		a, b := job("q", 1), job("q", 2)
		c := behind("q", 3, a, b)
		add(t, s, a, b, c, behind("q", 4, c))
		got := take(t, s, t0)
		end(t, s, got["q/1"], queue.Failed)
		end(t, s, got["q/2"], queue.Failed)
		ok(t, s.RetryJob(t.Context(), a.ID, t0))
		for _, key := range []string{"q/3", "q/4"} {
			j := jobs(t, s)[key]
			same(t, "state", j.State, queue.Cancelled)
			same(t, "cause", j.Cause, b.ID)
			same(t, "reason", j.LastError, "job q/2 failed: out of order")
		}
		refused(t, "trying again what would wait for ever", s.RetryJob(t.Context(), c.ID, t0))
		ok(t, s.RetryJob(t.Context(), b.ID, t0))
		stand(t, s, "then", map[string]queue.State{"q/1": queue.Pending, "q/2": queue.Pending, "q/3": queue.Pending, "q/4": queue.Pending})
	},
	"a failed job of unknown outcome is looked for first when it is tried again": func(t *testing.T, s store.Store) {
		j := claimed(t, s, 1)[0]
		f := finished(j, queue.Failed)
		f.Looks = 1
		must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t)
		ok(t, s.RetryJob(t.Context(), j.ID, t0))
		got := take(t, s, t0)[j.Key]
		if !got.Looking || got.Looks != 2 || !got.FirstSent.Equal(t0) {
			t.Errorf("got %+v", got)
		}
	},
	"only what failed or was cancelled can be tried again": func(t *testing.T, s store.Store) {
		js := claimed(t, s, 2)
		refused(t, "running", s.RetryJob(t.Context(), js[0].ID, t0))
		end(t, s, js[1], queue.Done)
		refused(t, "done", s.RetryJob(t.Context(), js[1].ID, t0))
		add(t, s, job("q", 9))
		refused(t, "pending", s.RetryJob(t.Context(), id(2, 9), t0))
		unknown(t, "not there", s.RetryJob(t.Context(), id(2, 99), t0))
		unknown(t, "no id", s.RetryJob(t.Context(), "99", t0))
	},
	"a pending job is cancelled at once, with all that waits for it": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		b := behind("q", 2, a)
		held := job("q", 3)
		held.Held = true
		add(t, s, a, b, held)
		for _, id := range []string{a.ID, held.ID} {
			same(t, "state", must(s.CancelJob(t.Context(), id, after(time.Second)))(t).State, queue.Cancelled)
		}
		stand(t, s, "then", map[string]queue.State{"q/1": queue.Cancelled, "q/2": queue.Cancelled, "q/3": queue.Cancelled})
		got := jobs(t, s)
		same(t, "reason", []string{got["q/1"].LastError, got["q/2"].LastError},
			[]string{"cancelled by hand", "job q/1 was cancelled: cancelled by hand"})
		sameTime(t, "finished", got["q/2"].FinishedAt, after(time.Second))
		same(t, "claimed", len(take(t, s, after(year))), 0)
		ok(t, s.RetryJob(t.Context(), a.ID, t0))
		stand(t, s, "tried again", map[string]queue.State{"q/1": queue.Pending, "q/2": queue.Pending, "q/3": queue.Cancelled})
	},
	"a running job is cancelled when it is known not to have got through": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		add(t, s, a, behind("q", 2, a))
		j := take(t, s, t0)["q/1"]
		got := must(s.CancelJob(t.Context(), a.ID, t0))(t)
		if got.State != queue.Running || !got.Cancelling {
			t.Errorf("got %+v", got)
		}
		f := finished(j, queue.Pending)
		f.Looks, f.LastError, f.RunAt = 2, "timed out", after(time.Second)
		same(t, "unknown", must(s.Finish(t.Context(), t0, []queue.Finished{f}))(t), []bool{true})
		same(t, "to be looked for", jobs(t, s)["q/1"].State, queue.Pending)
		look := take(t, s, after(time.Second))["q/1"]
		same(t, "looking", look.Looking, true)
		f = finished(look, queue.Pending)
		f.LastError = "timed out"
		same(t, "absent", must(s.Finish(t.Context(), after(time.Minute), []queue.Finished{f}))(t), []bool{true})
		stand(t, s, "then", map[string]queue.State{"q/1": queue.Cancelled, "q/2": queue.Cancelled})
		same(t, "reason", jobs(t, s)["q/1"].LastError, "cancelled by hand; before that: timed out")
		same(t, "claimed", len(take(t, s, after(year))), 0)
	},
	"the tier of a cancelled reminder is given up with it, at once or when it is known not to stand": func(t *testing.T, s store.Store) {
		first, second := ticket(1), ticket(2)
		first.Tiers[0].State, second.Tiers[0].State = escalation.TierOwed, escalation.TierOwed
		ts := open(t, s, first, second)
		var ns []queue.New
		for i, tl := range ts {
			n := job(escalation.QueueSlack, i)
			n.Payload = must(json.Marshal(escalation.Post{Timeline: tl.ID, Reminder: &escalation.Reminder{Tier: 1}}))(t)
			ns = append(ns, n)
		}
		add(t, s, ns...)
		must(s.CancelJob(t.Context(), ns[0].ID, after(time.Second)))(t)
		ask := claim(1, t0)
		ask.Queue = escalation.QueueSlack
		j := must(s.Claim(t.Context(), ask))(t).Jobs[0]
		must(s.CancelJob(t.Context(), j.ID, after(time.Second)))(t)
		same(t, "on its way", load(t, s, ts[1])[0].Tiers[0].State, escalation.TierOwed)
		end(t, s, j, queue.Pending)
		for _, tl := range ts {
			got := load(t, s, tl)[0]
			same(t, "tier 1", got.Tiers[0].State, escalation.TierFailed)
			same(t, "tier 2", got.Tiers[1].State, escalation.TierPending)
			same(t, "history", kinds(t, s, tl.ID), []escalation.EventKind{escalation.EventOpened, escalation.EventFailed})
		}
	},
	"a running job that gets through was not cancelled": func(t *testing.T, s store.Store) {
		a := job("q", 1)
		add(t, s, a, behind("q", 2, a))
		j := take(t, s, t0)["q/1"]
		lease := jobs(t, s)["q/1"].RunAt
		must(s.CancelJob(t.Context(), a.ID, t0))(t)
		sameTime(t, "its lease", jobs(t, s)["q/1"].RunAt, lease)
		end(t, s, j, queue.Done)
		stand(t, s, "then", map[string]queue.State{"q/1": queue.Done, "q/2": queue.Pending})
		_, err := s.CancelJob(t.Context(), a.ID, t0)
		refused(t, "done", err)
		_, err = s.CancelJob(t.Context(), id(2, 99), t0)
		unknown(t, "not there", err)
	},
	"cancelling and claiming at once: sent or cancelled, never both": func(t *testing.T, s store.Store) {
		const n = 100
		all := firstJobs(n)
		add(t, s, all...)
		started := make(chan queue.Job, n)
		together(2, func(w int) {
			for i := range n {
				if w == 1 {
					if _, err := s.CancelJob(t.Context(), all[n-1-i].ID, t0); err != nil {
						t.Error(err)
					}
					continue
				}
				got, err := s.Claim(t.Context(), claim(1, t0))
				if err != nil {
					t.Error(err)
				}
				for _, j := range got.Jobs {
					started <- j
				}
			}
		})
		close(started)
		now := jobs(t, s)
		running := 0
		for j := range started {
			if running++; now[j.Key].State != queue.Running {
				t.Errorf("%s was claimed, and is %s", j.Key, now[j.Key].State)
			}
		}
		cancelled := len(must(s.Jobs(t.Context(), queue.Filter{State: queue.Cancelled}))(t))
		same(t, "claimed or cancelled", running+cancelled, n)
	},
	"a stale worker changes nothing of a job tried again": func(t *testing.T, s store.Store) {
		stale := claimed(t, s, 1)[0]
		heir := must(s.Claim(t.Context(), claim(1, after(time.Minute))))(t).Jobs[0]
		end(t, s, heir, queue.Failed)
		ok(t, s.RetryJob(t.Context(), stale.ID, after(time.Minute)))
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{finished(stale, queue.Done)}))(t), []bool{false})
		take(t, s, after(time.Minute))
		same(t, "written", must(s.Finish(t.Context(), t0, []queue.Finished{finished(heir, queue.Done)}))(t), []bool{false})
	},
}
