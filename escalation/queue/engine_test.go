package queue_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

func TestEveryJobIsSentOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		ids := w.add(100, nil)
		p := w.start(nil)
		pass(time.Minute)
		for _, id := range ids {
			w.expect(id, queue.Done, 1, 0)
			if n := w.service.times(id); n != 1 {
				w.Errorf("job %s was accepted %d times", id, n)
			}
		}
		if n := p.cord.renewals; n > 0 {
			w.Errorf("leases of jobs long done were renewed %d times", n)
		}
	})
}

func TestNoMoreJobsAreClaimedThanThereAreWorkers(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			time.Sleep(time.Duration(1+len(j.ID)%3) * time.Second)
			accept()
			return queue.Sent(nil)
		}
		w.add(50, nil)
		w.start(func(_ *queue.Config, q *queue.QueueConfig) { q.Workers = 5 })
		most := 0
		for range 300 {
			pass(100 * time.Millisecond)
			most = max(most, len(w.jobs(queue.Running)))
		}
		if most != 5 || w.service.most != 5 {
			w.Errorf("at most %d jobs were claimed and %d sent at once, want 5 and 5", most, w.service.most)
		}
		if n := len(w.jobs(queue.Done)); n != 50 {
			w.Errorf("%d jobs are done, want 50", n)
		}
	})
}

func TestASlowJobHoldsUpNoOther(t *testing.T) {
	inWorld(t, func(w *world) {
		slow := w.add(1, nil)[0]
		w.service.sending = func(ctx context.Context, j queue.Job, accept func()) queue.Outcome {
			if j.ID == slow {
				time.Sleep(4 * time.Second)
			}
			accept()
			return queue.Sent(nil)
		}
		w.start(func(_ *queue.Config, q *queue.QueueConfig) { q.Workers = 2 })
		pass(time.Second)
		w.add(30, nil)
		pass(1100 * time.Millisecond)
		if n := len(w.jobs(queue.Done)); n != 30 {
			w.Errorf("%d jobs are done beside the slow one, want 30", n)
		}
		w.expect(slow, queue.Running, 1, 2)
	})
}

// With a poll of an hour only a wake-up, or knowing the next due time, explains a timely send.
func TestAJobIsSentWhenItIsDue(t *testing.T) {
	hourly := func(c *queue.Config, _ *queue.QueueConfig) { c.Poll = time.Hour }
	sentAfter := func(w *world, id string, d time.Duration) {
		w.Helper()
		if s := w.service.story(id); s != "" {
			w.Errorf("sent before it was due: %s", s)
		}
		pass(d)
		w.expect(id, queue.Done, 1, 0)
	}
	t.Run("woken", func(t *testing.T) {
		inWorld(t, func(w *world) {
			p := w.start(hourly)
			pass(time.Minute)
			id := w.add(1, nil)[0]
			pass(time.Minute)
			p.engine.Wake("some other queue")
			pass(0)
			p.engine.Wake("slack")
			sentAfter(w, id, 0)
		})
	})
	t.Run("at its time", func(t *testing.T) {
		inWorld(t, func(w *world) {
			id := w.add(1, func(j *queue.New) { j.RunAt = j.RunAt.Add(10 * time.Minute) })[0]
			w.start(hourly)
			pass(10*time.Minute - time.Millisecond)
			sentAfter(w, id, time.Millisecond)
		})
	})
	t.Run("at its time once more", func(t *testing.T) {
		inWorld(t, func(w *world) {
			id := w.add(1, nil)[0]
			w.service.sending = func(context.Context, queue.Job, func()) queue.Outcome {
				return queue.Outcome{Kind: queue.KindRetry, After: 10 * time.Minute}
			}
			w.start(hourly)
			pass(10*time.Minute - time.Millisecond)
			if n := w.service.sends(id); n != 1 {
				w.Errorf("tried %d times before the retry, want once", n)
			}
			pass(time.Millisecond)
			if n := w.service.sends(id); n != 2 {
				w.Errorf("tried %d times after the retry, want twice", n)
			}
		})
	})
	t.Run("found by polling when nobody woke it", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.start(nil)
			pass(time.Minute + time.Millisecond)
			sentAfter(w, w.add(1, nil)[0], time.Second)
		})
	})
}

func TestWhileHeldNothingIsClaimedAndWhatIsInFlightGoesOn(t *testing.T) {
	inWorld(t, func(w *world) {
		var held atomic.Bool
		w.service.sending = func(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
			time.Sleep(3 * time.Second)
			accept()
			return queue.Sent(nil)
		}
		flying := w.add(1, nil)[0]
		w.start(func(c *queue.Config, _ *queue.QueueConfig) { c.Hold = held.Load })
		pass(time.Second)
		held.Store(true)
		waiting := w.add(1, nil)[0]
		pass(time.Minute)
		w.expect(flying, queue.Done, 1, 0)
		w.expect(waiting, queue.Pending, 0, 0)
		held.Store(false)
		pass(5 * time.Second)
		w.expect(waiting, queue.Done, 1, 0)
	})
}

// Paces are taken at the claim, so a send that is slow to start must not come too close to the next.
func TestJobsOfOnePaceAreSentASecondApart(t *testing.T) {
	inWorld(t, func(w *world) {
		paced := w.add(5, func(j *queue.New) { j.Pace = "channel" })
		other := w.add(5, nil)
		w.start(nil)
		pass(100 * time.Millisecond)
		for _, id := range other {
			w.expect(id, queue.Done, 1, 0)
		}
		pass(10 * time.Second)
		var times []time.Time
		for _, c := range w.service.accepted {
			if slices.Contains(paced, c.job) {
				times = append(times, c.at)
			}
		}
		if len(times) != 5 {
			w.Fatalf("%d of 5 paced jobs were sent", len(times))
		}
		for i, at := range times[1:] {
			if gap := at.Sub(times[i]); gap < 1050*time.Millisecond || gap > 1200*time.Millisecond {
				w.Errorf("sends %d and %d are %s apart, want a second and a little", i, i+1, gap)
			}
		}
	})
}

func TestTwoProcessesShareTheJobs(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
			accept()
			time.Sleep(300 * time.Millisecond)
			return queue.Sent(nil)
		}
		ids := w.add(120, nil)
		a, b := w.start(nil), w.start(nil)
		pass(10 * time.Second)
		for _, id := range ids {
			w.expect(id, queue.Done, 1, 0)
			if n := w.service.times(id); n != 1 {
				w.Errorf("job %s was accepted %d times", id, n)
			}
		}
		for _, p := range []*process{a, b} {
			if n := p.attempts("sent"); n < 30 {
				w.Errorf("one process sent only %v of 120", n)
			}
		}
	})
}

// attempts reads slabuddy_job_attempts_total{queue="slack",outcome}.
func (p *process) attempts(outcome string) float64 {
	p.w.Helper()
	families, err := p.reg.Gather()
	if err != nil {
		p.w.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "slabuddy_job_attempts_total" && len(m.GetLabel()) == 2 &&
				m.GetLabel()[0].GetValue() == outcome && m.GetLabel()[1].GetValue() == "slack" {
				return m.GetCounter().GetValue()
			}
		}
	}
	return -1
}

func TestAttemptsAreCountedByOutcome(t *testing.T) {
	inWorld(t, func(w *world) {
		w.add(3, nil)
		w.add(1, func(j *queue.New) { j.Payload = []byte("bad") })
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			if len(j.Payload) > 0 {
				return queue.Outcome{Kind: queue.KindTerminal}
			}
			accept()
			return queue.Outcome{}
		}
		p := w.start(nil)
		pass(time.Minute)
		for outcome, want := range map[string]float64{"unknown": 3, "sent": 3, "terminal": 1, "retry": 0} {
			if n := p.attempts(outcome); n != want {
				w.Errorf("%v attempts came to %s, want %v", n, outcome, want)
			}
		}
	})
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	good := func() queue.Config {
		return queue.Config{
			Store: &cord{}, Now: time.Now, Rand: func() float64 { return 0 }, Logger: quiet, Registerer: prometheus.NewRegistry(),
			Worker: "w", Queues: []queue.QueueConfig{{Name: "slack", Handler: &service{}}},
		}
	}
	if _, err := queue.NewEngine(good()); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
	long := good()
	long.Queues[0].Timeout = time.Hour
	if _, err := queue.NewEngine(long); err != nil {
		t.Errorf("the default lease does not cover a long time-out: %v", err)
	}
	tests := map[string]struct {
		spoil func(*queue.Config)
		says  string
	}{
		"no name for the process": {func(c *queue.Config) { c.Worker = "" }, "Worker"},
		"no handler":              {func(c *queue.Config) { c.Queues[0].Handler = nil }, "Handler"},
		"one queue twice":         {func(c *queue.Config) { c.Queues = append(c.Queues, c.Queues[0]) }, "twice"},
		"a lease that does not cover a send": {func(c *queue.Config) {
			c.Queues[0].Timeout, c.Queues[0].Lease = 20*time.Second, 30*time.Second
		}, "a lease of 30s does not cover a send (20s)"},
		"less than no workers": {func(c *queue.Config) { c.Queues[0].Workers = -1 }, "less than nothing"},
	}
	for name, tt := range tests {
		c := good()
		tt.spoil(&c)
		if _, err := queue.NewEngine(c); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want one that says %q", name, err, tt.says)
		}
	}
}
