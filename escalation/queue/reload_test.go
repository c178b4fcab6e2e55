package queue_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// slowly accepts a job at once, and takes a second to say so.
func slowly(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
	accept()
	time.Sleep(time.Second)
	return queue.Sent(nil)
}

func (w *world) reconfigure(p *process, queues ...queue.QueueConfig) {
	w.Helper()
	for i := range queues {
		queues[i].Handler = w.service
	}
	if err := p.engine.Reconfigure(queues); err != nil {
		w.Fatal(err)
	}
}

func TestAReloadChangesTheWorkersAndLosesNothingInFlight(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = slowly
		w.add(200, nil)
		p := w.start(func(_ *queue.Config, q *queue.QueueConfig) { q.Workers = 10 })
		pass(1500 * time.Millisecond)
		running := func(what string, want int) {
			w.Helper()
			if n := len(w.jobs(queue.Running)); n != want {
				w.Errorf("%s: %d are running, want %d", what, n, want)
			}
		}
		running("at first", 10)
		w.reconfigure(p, queue.QueueConfig{Name: "slack", Workers: 3})
		pass(0)
		running("fewer workers, and nothing ended yet", 10)
		pass(time.Second)
		running("then", 3)
		w.reconfigure(p, queue.QueueConfig{Name: "slack", Workers: 40})
		pass(0)
		running("more workers, at once", 40)
		pass(20 * time.Second)
		if done := len(w.jobs(queue.Done)); done != 200 || len(w.service.accepted) != 200 {
			w.Errorf("%d are done after %d sends, want 200 of each", done, len(w.service.accepted))
		}
	})
}

func TestAQueueMayComeAndGo(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = slowly
		ids := w.add(2, nil)
		late := w.add(1, func(j *queue.New) { j.Queue = "page" })[0]
		p := w.start(func(_ *queue.Config, q *queue.QueueConfig) { q.Workers = 1 })
		pass(500 * time.Millisecond)
		w.reconfigure(p, queue.QueueConfig{Name: "page"})
		pass(time.Minute)
		w.expect(ids[0], queue.Done, 1, 0)
		w.expect(ids[1], queue.Pending, 0, 0)
		w.expect(late, queue.Done, 1, 0)
		w.reconfigure(p, queue.QueueConfig{Name: "page"}, queue.QueueConfig{Name: "slack"})
		pass(2 * time.Second)
		w.expect(ids[1], queue.Done, 1, 0)
		if _, err := p.drained(); err != nil {
			w.Error(err)
		}
		if err := p.engine.Reconfigure([]queue.QueueConfig{{Name: "late", Handler: w.service}}); err != nil {
			w.Errorf("after the end: %v", err)
		}
	})
}

func TestAReloadThatIsWrongChangesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.add(1, nil)[0]
		p := w.start(nil)
		err := p.engine.Reconfigure([]queue.QueueConfig{
			{Name: "page", Handler: w.service}, {Name: "slack", Handler: w.service, Timeout: 25 * time.Second, Lease: 30 * time.Second},
		})
		if err == nil || !strings.Contains(err.Error(), `queue "slack": a lease of 30s does not cover a send`) {
			w.Errorf("got %v", err)
		}
		other := w.add(1, func(j *queue.New) { j.Queue = "page" })[0]
		pass(time.Minute)
		w.expect(id, queue.Done, 1, 0)
		w.expect(other, queue.Pending, 0, 0)
	})
}

func TestARateIsSharedByAllProcessesAndChangedByAReload(t *testing.T) {
	inWorld(t, func(w *world) {
		rated := func(_ *queue.Config, q *queue.QueueConfig) { q.Rate = queue.Rate{Jobs: 30, Per: time.Minute} }
		w.add(500, nil)
		a, b := w.start(rated), w.start(rated)
		pass(5*time.Minute - time.Millisecond)
		if n := len(w.service.accepted); n != 150 {
			w.Errorf("%d were sent in five minutes, want 30 each", n)
		}
		for i, c := range w.service.accepted[1:] {
			if gap := c.at.Sub(w.service.accepted[i].at); gap < 2*time.Second {
				w.Fatalf("two were sent within %s", gap)
			}
		}
		for _, p := range []*process{a, b} {
			w.reconfigure(p, queue.QueueConfig{Name: "slack"})
		}
		pass(10 * time.Second)
		if n := len(w.jobs(queue.Done)); n != 500 {
			w.Errorf("%d are done without a rate, want all 500", n)
		}
	})
}

func TestAJobMayHaveATimeOutOfItsOwn(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(ctx context.Context, _ queue.Job, accept func()) queue.Outcome {
			select {
			case <-ctx.Done():
				return queue.Outcome{Kind: queue.KindRetry, Err: ctx.Err()}
			case <-time.After(50 * time.Second):
				accept()
				return queue.Sent(nil)
			}
		}
		long := w.add(1, func(j *queue.New) { j.Timeout = time.Minute })[0]
		short := w.add(1, func(j *queue.New) { j.MaxAttempts = 1 })[0]
		w.start(nil)
		w.start(nil)
		pass(2 * time.Minute)
		w.expect(long, queue.Done, 1, 0)
		w.expect(short, queue.Failed, 1, 0)
	})
}

func TestALogTellsWhatAttemptsCameTo(t *testing.T) {
	inWorld(t, func(w *world) {
		lost := w.add(1, nil)[0]
		smooth := w.add(1, nil)[0]
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			if j.ID == lost && j.Attempts == 1 {
				return queue.Outcome{Kind: queue.KindUnknown}
			}
			accept()
			return queue.Outcome{Kind: queue.KindSent, Result: queue.Result{Status: 201, Body: "made"}}
		}
		p := w.start(nil)
		pass(time.Minute)
		var got []string
		for _, id := range []string{lost, smooth} {
			d, err := w.store.ShowJob(w.Context(), id)
			if err != nil {
				w.Fatal(err)
			}
			if d.Result != (queue.Result{Status: 201, Body: "made"}) {
				w.Errorf("the answer is %+v", d.Result)
			}
			for _, a := range d.Log {
				got = append(got, string(a.Kind))
			}
		}
		if said := strings.Join(got, " "); said != "unknown absent absent sent" {
			w.Errorf("the logs of both say %q", said)
		}
		if n := p.observed("slabuddy_job_wait_seconds"); n != 3 {
			w.Errorf("the wait was measured %d times, want 3, once a send", n)
		}
		if n := p.observed("slabuddy_job_run_seconds"); n != 3 {
			w.Errorf("the run was measured %d times, want 3, once a send", n)
		}
	})
}

// observed is how often a histogram of the queue "slack" observed something.
func (p *process) observed(name string) uint64 {
	p.w.Helper()
	families, err := p.reg.Gather()
	if err != nil {
		p.w.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetHistogram().GetSampleCount()
		}
	}
	return 0
}

// Rule 12: what may have been sent is settled before it is cancelled.
func TestAJobCancelledInFlightIsSettledFirstAndNeverSentAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		ids := w.add(2, nil)
		behind := w.add(1, func(j *queue.New) { j.After = ids[1:] })[0]
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			time.Sleep(time.Second)
			if j.ID == ids[0] {
				accept()
			}
			return queue.Outcome{Kind: queue.KindUnknown}
		}
		w.start(nil)
		pass(500 * time.Millisecond)
		for _, id := range ids {
			if _, err := w.store.CancelJob(w.Context(), id, time.Now()); err != nil {
				w.Fatal(err)
			}
		}
		pass(5 * time.Second)
		w.expect(ids[1], queue.Pending, 1, 2)
		pass(time.Minute)
		w.expect(ids[0], queue.Done, 1, 0)
		w.expect(ids[1], queue.Cancelled, 1, 0)
		w.expect(behind, queue.Cancelled, 0, 0)
		if n := w.service.sends(ids[1]); n != 1 {
			w.Errorf("the cancelled one was sent %d times, want once", n)
		}
	})
}
