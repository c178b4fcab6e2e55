package queue

import (
	"context"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// claim claims jobs and starts them until ctx ends: as many as there are idle workers, whenever
// one is idle and a job is due, and when woken.
func (r *runner) claim(ctx, tasks context.Context) {
	poll := time.NewTimer(0)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			r.alarm.set(r.engine.Now())
		case <-r.alarm.rung:
		}
		for ctx.Err() == nil && r.claimable() {
			if wait := r.claimOnce(ctx, tasks); sleep.For(ctx, wait) != nil {
				return
			}
		}
		poll.Reset(r.nextLook())
	}
}

func (r *runner) claimable() bool {
	due, ok := r.alarm.in(r.engine.Now())
	return ok && due <= 0 && !r.held() && r.flight.idle() > 0
}

func (r *runner) held() bool { return r.engine.Hold != nil && r.engine.Hold() }

// nextLook is how long the loop may sleep. What is due now waits for an idle worker, which rings the alarm, or for the
// end of a hold, which rings nothing.
func (r *runner) nextLook() time.Duration {
	due, ok := r.alarm.in(r.engine.Now())
	if !ok || due <= 0 {
		return r.engine.Poll
	}
	return min(due, r.engine.Poll)
}

// claimOnce makes one claim and returns how long to wait before the next, even if jobs are due.
func (r *runner) claimOnce(ctx, tasks context.Context) (wait time.Duration) {
	idle := r.flight.idle()
	if idle <= 0 {
		return 0 // some were taken away just now
	}
	// Cleared first, so that a wake-up during the claim is not lost.
	r.alarm.clear()
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	now, c := r.engine.Now(), r.config()
	got, err := r.engine.Store.Claim(call, Request{
		Queue: r.name, Worker: r.engine.Worker, N: idle, Now: now,
		Lease: c.Lease, Pace: c.Pace, Every: c.Rate.every(), Timeout: c.Timeout,
	})
	if err != nil {
		r.alarm.set(now)
		return r.claiming.failed(err)
	}
	r.claiming.over()
	if !got.Next.IsZero() {
		r.alarm.set(got.Next)
	}
	if len(got.Jobs) > 0 {
		r.flight.takeOff(got.Jobs)
		r.tasks.Go(func() { r.runBatch(ctx, tasks, got.Jobs) })
		return 0
	}
	if !got.Next.IsZero() && !got.Next.After(now) {
		return emptyHanded
	}
	return 0
}

// emptyHanded is the wait after a claim that got nothing though jobs are due: another process's
// claim has them locked, or there are more behind those that a gate or a pace put off.
const emptyHanded = 5 * time.Millisecond

// alarm knows when a queue is next worth claiming from, and wakes its loop.
type alarm struct {
	rung chan struct{}

	mu sync.Mutex
	at time.Time // zero: nothing is known to become due
}

func newAlarm() *alarm { return &alarm{rung: make(chan struct{}, 1)} }

// set brings the alarm forward to at. It never moves it back.
func (a *alarm) set(at time.Time) {
	a.mu.Lock()
	sooner := a.at.IsZero() || at.Before(a.at)
	if sooner {
		a.at = at
	}
	a.mu.Unlock()
	if sooner {
		a.ring()
	}
}

// ring makes the loop look again.
func (a *alarm) ring() {
	select {
	case a.rung <- struct{}{}:
	default:
	}
}

func (a *alarm) clear() {
	a.mu.Lock()
	a.at = time.Time{}
	a.mu.Unlock()
}

// in is how long it is from now until the alarm; ok is false if it is not set.
func (a *alarm) in(now time.Time) (d time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at.Sub(now), !a.at.IsZero()
}
