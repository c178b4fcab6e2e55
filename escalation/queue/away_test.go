package queue_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

func TestResultsAreKeptUntilTheStoreTakesThem(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.start(nil)
		w.service.sending = func(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
			p.cord.set(true, false)
			accept()
			return queue.Sent(nil)
		}
		ids := w.add(20, nil)
		pass(20 * time.Second)
		for _, id := range ids {
			w.expect(id, queue.Running, 1, 2)
		}
		before := p.cord.finishes
		p.cord.set(false, false)
		pass(2 * time.Second)
		if n := p.cord.finishes - before; n > 6 {
			w.Errorf("20 results were written in %d calls: they do not go together again", n)
		}
		for _, id := range ids {
			w.expect(id, queue.Done, 1, 0)
			if n := w.service.times(id); n != 1 {
				w.Errorf("accepted %d times", n)
			}
		}
	})
}

func TestALostAnswerOfTheStoreDoesNoHarm(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			if j.Payload != nil {
				return queue.Outcome{Kind: queue.KindTerminal, Err: errors.New("is_archived")}
			}
			accept()
			return queue.Sent(nil)
		}
		done := w.add(1, nil)[0]
		failed := w.add(1, func(j *queue.New) { j.Payload = []byte("bad") })[0]
		p := w.start(nil)
		p.cord.set(false, true)
		pass(10 * time.Second)
		p.cord.set(false, false)
		pass(10 * time.Second)
		w.expect(done, queue.Done, 1, 0)
		w.expect(failed, queue.Failed, 1, 0)
		if n := w.service.times(done); n != 1 {
			w.Errorf("accepted %d times", n)
		}
		if n := w.log.count("came too late"); n != 0 {
			w.Errorf("%d log lines take the rows for another process's", n)
		}
		if n := w.log.count("failed for good", failed); n != 1 {
			w.Errorf("%d log lines name the failed job, want 1", n)
		}
	})
}

func TestAStoreThatIsAwayIsToldOnceAndOnceThatItIsBack(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.start(func(c *queue.Config, _ *queue.QueueConfig) { c.Poll = time.Hour })
		pass(time.Second)
		for range 2 {
			p.cord.set(true, false)
			p.engine.Wake("slack")
			pass(30 * time.Second)
			p.cord.set(false, false)
			pass(5 * time.Second)
		}
		down, up := w.log.count("claiming jobs fails", errAway.Error()), w.log.count("claiming jobs works again")
		if down != 2 || up != 2 {
			w.Errorf("two absences are logged %d and %d times", down, up)
		}
	})
}

// What the store will not take, here an effect that it does not know, is its own job's trouble.
func TestAResultTheStoreNeverTakesHoldsUpNoOther(t *testing.T) {
	inWorld(t, func(w *world) {
		odd := w.add(10, nil)[3]
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			accept()
			if j.ID == odd {
				return queue.Sent(foreign{})
			}
			return queue.Sent(nil)
		}
		w.start(nil)
		pass(5 * time.Second)
		w.add(10, nil)
		pass(5 * time.Second)
		if n := len(w.jobs(queue.Done)); n != 19 {
			w.Errorf("%d jobs are done, want all 19 others", n)
		}
		w.expect(odd, queue.Running, 1, 2)
		if n := w.log.count("writing the results of jobs"); n != 1 {
			w.Errorf("%d log lines name it, want 1", n)
		}
	})
}

func TestPreparingThatFailsPutsAllBackUnsent(t *testing.T) {
	for name, fail := range map[string]func(context.Context) error{
		"an error": func(context.Context) error { return errors.New("the database is away") },
		"a panic":  func(context.Context) error { panic("oops") },
		"a hang":   func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				var failing atomic.Bool
				failing.Store(true)
				w.service.preparing = func(ctx context.Context, _ []queue.Job) error {
					if failing.Load() {
						return fail(ctx)
					}
					return nil
				}
				ids := w.add(5, nil)
				w.start(nil)
				pass(time.Minute)
				for _, id := range ids {
					if s := w.service.story(id); s != "" {
						w.Errorf("not prepared, and yet: %s", s)
					}
				}
				if n := w.log.count("preparing jobs fails"); n != 1 {
					w.Errorf("%d log lines, want 1", n)
				}
				failing.Store(false)
				pass(10 * time.Second)
				for _, id := range ids {
					w.expect(id, queue.Done, 1, 0)
				}
			})
		})
	}
}

// Two seconds of preparing leave fourteen of the lease; a send and settling take fifteen.
func TestAJobWhoseLeaseNoLongerCoversASendIsPutBack(t *testing.T) {
	inWorld(t, func(w *world) {
		var rounds atomic.Int32
		w.service.preparing = func(context.Context, []queue.Job) error {
			if rounds.Add(1) < 3 {
				time.Sleep(2 * time.Second)
			}
			return nil
		}
		id := w.add(1, nil)[0]
		w.start(func(_ *queue.Config, q *queue.QueueConfig) { q.Lease = 16 * time.Second })
		pass(3500 * time.Millisecond)
		if s := w.service.story(id); s != "" {
			w.Errorf("sent on a lease too short: %s", s)
		}
		pass(3 * time.Second)
		w.expect(id, queue.Done, 1, 0)
		if n := rounds.Load(); n != 3 {
			w.Errorf("prepared %d times, want 3", n)
		}
	})
}

func TestALookForWhatWasJustSentIsPutOff(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.add(1, nil)[0]
		_, err := w.store.Claim(w.Context(), queue.Request{Queue: "slack", Worker: "dead", N: 1, Now: time.Now(), Lease: time.Second})
		if err != nil {
			w.Fatal(err)
		}
		sent := time.Now()
		w.start(nil)
		pass(time.Minute)
		if at := w.service.calls[0].at.Sub(sent); !w.service.calls[0].looking || at != 10*time.Second {
			w.Errorf("first call after %s: %s; want a look after 10s", at, w.service.story(id))
		}
		w.expect(id, queue.Done, 2, 0)
	})
}

func TestTheLeaseOfASlowLookIsRenewed(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = acceptedAndLost
		w.service.looking = func(ctx context.Context, j queue.Job) queue.Outcome {
			select {
			case <-time.After(55 * time.Second):
				return w.service.find(j.ID)
			case <-ctx.Done():
				return queue.LookFailure(ctx.Err())
			}
		}
		id := w.add(1, nil)[0]
		a, b := w.start(nil), w.start(nil)
		pass(2 * time.Minute)
		w.expect(id, queue.Done, 1, 0)
		if s := w.service.story(id); s != "send 0s, look 10s" {
			w.Errorf("what happened: %s", s)
		}
		// Due at half the lease: after 15, 30 and 45 s.
		if n := a.cord.renewals + b.cord.renewals; n < 3 || n > 4 {
			w.Errorf("%d renewals", n)
		}
	})
}

// A process loses its database while it sends, another takes over, the first comes back.
func TestALateResultChangesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = func(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
			accept()
			time.Sleep(2 * time.Second)
			return queue.Outcome{Kind: queue.KindUnknown}
		}
		id := w.add(1, nil)[0]
		a := w.start(nil)
		pass(time.Second)
		a.cord.set(true, false)
		w.start(nil)
		pass(time.Minute)
		w.expect(id, queue.Done, 1, 0)
		a.cord.set(false, false)
		pass(time.Minute)
		w.expect(id, queue.Done, 1, 0)
		if s := w.service.story(id); s != "send 0s, look 30s" && s != "send 0s, look 31s" {
			w.Errorf("what happened: %s", s)
		}
	})
}

// foreign is an effect that no store knows how to apply.
type foreign struct{}

func (foreign) Subjects() []string { return []string{"nothing"} }
