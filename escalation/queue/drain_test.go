package queue_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

func TestStoppingLetsWhatIsInFlightFinishAndClaimsNoMore(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
			time.Sleep(4 * time.Second)
			accept()
			return queue.Sent(nil)
		}
		ids := w.add(3, nil)
		p := w.start(func(_ *queue.Config, q *queue.QueueConfig) { q.Workers = 2 })
		pass(time.Second)
		took, err := p.drained()
		if err != nil || took != 3*time.Second {
			w.Errorf("stopping took %s, want the 3 s until the sends end; error %v", took, err)
		}
		w.expect(ids[0], queue.Done, 1, 0)
		w.expect(ids[1], queue.Done, 1, 0)
		w.expect(ids[2], queue.Pending, 0, 0)
	})
}

func TestStoppingHandsBackWhatWasClaimedAndNotSent(t *testing.T) {
	inWorld(t, func(w *world) {
		toLook := w.add(1, nil)[0]
		leaveRunning(w, toLook)
		pass(30 * time.Second)
		toSend := w.add(1, nil)[0]
		w.service.preparing = func(context.Context, []queue.Job) error {
			time.Sleep(2 * time.Second)
			return nil
		}
		p := w.start(nil)
		pass(time.Second) // in the middle of preparing
		w.expect(toSend, queue.Running, 1, 2)
		if _, err := p.drained(); err != nil {
			w.Error(err)
		}
		w.expect(toSend, queue.Pending, 0, 0)
		w.expect(toLook, queue.Pending, 1, 2)
		for _, id := range []string{toSend, toLook} {
			if j := w.job(id); w.service.story(id) != "" || j.RunAt.After(time.Now()) {
				w.Errorf("called: %q, due %s from now; want not called, and due at once", w.service.story(id), time.Until(j.RunAt))
			}
		}
	})
}

// A claim that commits unheard would block its jobs for a whole lease.
func TestAClaimUnderWayWhenStoppingIsHeardOutAndHandedBack(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.preparing = func(context.Context, []queue.Job) error {
			w.Error("prepared what was not to be sent any more")
			return nil
		}
		p := w.start(func(c *queue.Config, _ *queue.QueueConfig) {
			c.Store.(*cord).claiming = time.Second
		})
		pass(1500 * time.Millisecond)
		ids := w.add(3, nil)
		pass(time.Second)
		w.expect(ids[0], queue.Running, 1, 2)
		if _, err := p.drained(); err != nil {
			w.Error(err)
		}
		for _, id := range ids {
			w.expect(id, queue.Pending, 0, 0)
		}
	})
}

// leaveRunning claims a job for sending, as a process does that then dies.
func leaveRunning(w *world, id string) {
	w.Helper()
	_, err := w.store.Claim(w.Context(), queue.Request{
		Queue: "slack", Worker: "dead", N: 100, Now: time.Now(), Lease: 30 * time.Second,
	})
	if err != nil {
		w.Fatal(err)
	}
	w.expect(id, queue.Running, 1, 2)
}

func TestASendThatOutlivesTheDrainIsCutAndLeftUnknown(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(ctx context.Context, _ queue.Job, _ func()) queue.Outcome {
			<-ctx.Done()
			return queue.Failure(ctx.Err())
		}
		id := w.add(1, nil)[0]
		p := w.start(func(c *queue.Config, q *queue.QueueConfig) { q.Timeout = 15 * time.Second })
		pass(time.Second)
		took, err := p.drained()
		if err != nil || took != 10*time.Second {
			w.Errorf("stopping took %s, want 10s; error %v", took, err)
		}
		w.expect(id, queue.Pending, 1, 2)
	})
}

func TestATaskThatNeverEndsKeepsNobodyFromStopping(t *testing.T) {
	inWorld(t, func(w *world) {
		end := make(chan struct{})
		w.service.sending = func(context.Context, queue.Job, func()) queue.Outcome {
			<-end
			return queue.Sent(nil)
		}
		id := w.add(1, nil)[0]
		p := w.start(nil)
		pass(time.Second)
		if took, err := p.drained(); err != nil || took > 15*time.Second {
			w.Errorf("stopping took %s; error %v", took, err)
		}
		w.expect(id, queue.Running, 1, 2)
		if n := w.log.count("level=ERROR", "jobs do not end"); n != 1 {
			w.Errorf("%d log lines about it, want 1", n)
		}
		close(end)
		pass(time.Second)
	})
}

func TestWhatADeadProcessLeftIsTakenOverWhenItsLeaseEnds(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.add(1, nil)[0]
		leaveRunning(w, id)
		w.service.accept(id) // it got through before the process died
		begin := time.Now()
		w.start(nil)
		pass(29 * time.Second)
		w.expect(id, queue.Running, 1, 2)
		pass(2 * time.Second)
		w.expect(id, queue.Done, 1, 0)
		if diff := cmp.Diff("look 0s", w.service.story(id)); diff != "" {
			w.Errorf("what happened (-want +got):\n%s", diff)
		}
		if at := w.service.calls[0].at.Sub(begin); at < 30*time.Second {
			w.Errorf("taken over after %s, before the lease ended", at)
		}
	})
}

// Process after process dies while it sends, before anything could be written down.
func TestNeverPastItsLimitOverTakeOvers(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.add(1, func(j *queue.New) { j.MaxAttempts = 3 })[0]
		sending, died := make(chan struct{}), make(chan struct{})
		w.service.sending = func(context.Context, queue.Job, func()) queue.Outcome {
			sending <- struct{}{}
			<-died
			return queue.Outcome{}
		}
		for range 3 {
			p := w.start(nil)
			<-sending
			p.cord.set(true, false)
			died <- struct{}{}
			if _, err := p.drained(); err == nil {
				w.Error("Run logs nothing of a result that it could not write")
			}
		}
		w.expect(id, queue.Running, 3, 2)
		w.start(nil)
		pass(time.Minute)
		w.expect(id, queue.Failed, 3, 0)
		if n := w.service.sends(id); n != 3 {
			w.Errorf("sent %d times, want 3", n)
		}
		if n := w.log.count("level=ERROR", id, "given up after 3 attempts"); n != 1 {
			w.Errorf("%d log lines at error, want 1", n)
		}
	})
}

func TestALimitLoweredMeanwhileIsKept(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(context.Context, queue.Job, func()) queue.Outcome {
			return queue.Outcome{Kind: queue.KindRetry, After: time.Minute, Err: errors.New("503")}
		}
		id := w.add(1, nil)[0]
		p := w.start(nil)
		pass(3*time.Minute + time.Second)
		w.expect(id, queue.Pending, 4, 0)
		p.drained()
		w.start(func(_ *queue.Config, q *queue.QueueConfig) { q.MaxAttempts = 3 })
		pass(5 * time.Minute)
		w.expect(id, queue.Failed, 4, 0)
		if n := w.service.sends(id); n != 4 {
			w.Errorf("sent %d times, want 4", n)
		}
	})
}
