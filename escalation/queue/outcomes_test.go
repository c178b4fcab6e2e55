package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// seldom polls so seldom that jobs go on in time only because the engine knows when they are due.
func seldom(c *queue.Config, _ *queue.QueueConfig) { c.Poll = time.Minute }

var quiet = slog.New(slog.DiscardHandler)

// lost is an attempt nobody knows the outcome of.
func lost(context.Context, queue.Job, func()) queue.Outcome {
	return queue.Failure(errors.New("connection reset"))
}

// acceptedAndLost is one that got through, and nobody knows.
func acceptedAndLost(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
	accept()
	return queue.Failure(errors.New("connection reset"))
}

// firstOnly does one thing the first time, and sends properly afterwards.
func firstOnly(f func(context.Context, queue.Job, func()) queue.Outcome) func(context.Context, queue.Job, func()) queue.Outcome {
	return func(ctx context.Context, j queue.Job, accept func()) queue.Outcome {
		if j.Attempts == 1 {
			return f(ctx, j, accept)
		}
		accept()
		return queue.Sent(nil)
	}
}

func TestUnknownIsLookedForTwiceAndThenSentAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = firstOnly(lost)
		id := w.add(1, nil)[0]
		w.start(seldom)
		pass(time.Minute)
		if diff := cmp.Diff("send 0s, look 10s, look 15s, send 15s", w.service.story(id)); diff != "" {
			w.Errorf("what happened (-want +got):\n%s", diff)
		}
		w.expect(id, queue.Done, 2, 0)
	})
}

func TestFoundIsDoneWithoutASecondSend(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = acceptedAndLost
		id := w.add(1, nil)[0]
		w.start(seldom)
		pass(time.Minute)
		if diff := cmp.Diff("send 0s, look 10s", w.service.story(id)); diff != "" {
			w.Errorf("what happened (-want +got):\n%s", diff)
		}
		w.expect(id, queue.Done, 1, 0)
	})
}

func TestALookThatFailsNeverPermitsASendAndIsNoAttempt(t *testing.T) {
	for name, outcome := range map[string]func() queue.Outcome{
		"an error":     func() queue.Outcome { return queue.LookFailure(errors.New("no")) },
		"a panic":      func() queue.Outcome { panic("no") },
		"no outcome":   func() queue.Outcome { return queue.Outcome{} },
		"a wrong word": func() queue.Outcome { return queue.Outcome{Kind: queue.KindRetry} },
		"one in a row": nil,
		"a rate limit": func() queue.Outcome {
			return queue.Outcome{Kind: queue.KindLimited, Gate: "replies", After: 20 * time.Second}
		},
		"a lost token":  func() queue.Outcome { return queue.Outcome{Kind: queue.KindHeld} },
		"a dead thread": func() queue.Outcome { return queue.Outcome{Kind: queue.KindTerminal} },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.service.sending = acceptedAndLost
				var mended atomic.Bool
				var looks atomic.Int32
				w.service.looking = func(_ context.Context, j queue.Job) queue.Outcome {
					switch n := looks.Add(1); {
					case mended.Load():
						return w.service.find(j.ID)
					case outcome != nil:
						return outcome()
					case n == 1:
						return queue.Absent()
					}
					return queue.LookFailure(errors.New("no"))
				}
				id := w.add(1, func(j *queue.New) { j.LookGates = []string{"replies"} })[0]
				w.start(seldom)
				pass(3 * time.Minute)
				if j := w.job(id); j.Attempts != 1 || j.Looks == 0 || w.service.sends(id) != 1 {
					w.Errorf("%s with %d attempts, %d looks due and %d sends", j.State, j.Attempts, j.Looks, w.service.sends(id))
				}
				if n := looks.Load(); n < 3 {
					w.Errorf("only %d looks in three minutes", n)
				}
				mended.Store(true)
				pass(time.Minute)
				w.expect(id, queue.Done, 1, 0)
				if n := w.service.times(id); n != 1 {
					w.Errorf("accepted %d times", n)
				}
			})
		})
	}
}

func TestAPanicCountsAsUnknown(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = firstOnly(func(_ context.Context, _ queue.Job, accept func()) queue.Outcome {
			accept()
			panic("boom")
		})
		id := w.add(1, nil)[0]
		w.start(seldom)
		pass(time.Second)
		w.expect(id, queue.Pending, 1, 2)
		pass(time.Minute)
		w.expect(id, queue.Done, 1, 0)
		if n := w.log.count("level=ERROR", "panicked", "boom", "outcomes_test.go"); n != 1 {
			w.Errorf("%d log lines name the panic and where it was, want 1", n)
		}
	})
}

func TestAHangEndsWithTheTimeOut(t *testing.T) {
	inWorld(t, func(w *world) {
		w.service.sending = firstOnly(func(ctx context.Context, _ queue.Job, accept func()) queue.Outcome {
			<-ctx.Done()
			return queue.Failure(ctx.Err())
		})
		id := w.add(1, nil)[0]
		w.start(seldom)
		pass(5*time.Second - time.Millisecond)
		w.expect(id, queue.Running, 1, 2)
		pass(time.Millisecond)
		w.expect(id, queue.Pending, 1, 2)
		pass(time.Minute)
		if diff := cmp.Diff("send 0s, look 15s, look 20s, send 20s", w.service.story(id)); diff != "" {
			w.Errorf("what happened (-want +got):\n%s", diff)
		}
	})
}

func TestALimitCostsNoAttemptAndStopsAllJobsOfItsGate(t *testing.T) {
	inWorld(t, func(w *world) {
		var limited atomic.Bool
		limited.Store(true)
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			if limited.Load() && len(j.Gates) > 0 {
				return queue.Failure(&queue.Error{
					Kind: queue.KindLimited, After: 30 * time.Second, Gate: j.Gates[0], Err: errors.New("slow down"),
				})
			}
			accept()
			return queue.Sent(nil)
		}
		gated := func(j *queue.New) { j.Gates = []string{"slack/T1/chat.postMessage"} }
		first := w.add(1, gated)[0]
		w.start(nil)
		pass(time.Second)
		behind, beside := w.add(40, gated), w.add(3, nil)
		pass(28 * time.Second)
		w.expect(first, queue.Pending, 0, 0)
		for _, id := range behind {
			if s := w.service.story(id); s != "" {
				w.Fatalf("a job behind the gate was tried: %s", s)
			}
			w.expect(id, queue.Pending, 0, 0)
		}
		for _, id := range beside {
			w.expect(id, queue.Done, 1, 0)
		}
		limited.Store(false)
		pass(2 * time.Second)
		for _, id := range append(behind, first) {
			w.expect(id, queue.Done, 1, 0)
		}
	})
}

func TestAHeldGateStaysShutUntilItIsOpened(t *testing.T) {
	inWorld(t, func(w *world) {
		var revoked atomic.Bool
		revoked.Store(true)
		w.service.sending = func(_ context.Context, j queue.Job, accept func()) queue.Outcome {
			if revoked.Load() {
				return queue.Failure(&queue.Error{Kind: queue.KindHeld, Gate: "workspace/T1", Err: errors.New("token_revoked")})
			}
			accept()
			return queue.Sent(nil)
		}
		ids := w.add(3, func(j *queue.New) { j.Gates = []string{"workspace/T1"} })
		w.start(seldom)
		pass(5 * time.Minute)
		for _, id := range ids {
			w.expect(id, queue.Pending, 0, 0)
			if n := w.service.sends(id); n != 1 {
				w.Errorf("tried %d times behind a gate held shut", n)
			}
		}
		gates, err := w.store.Gates(w.Context(), time.Now())
		if err != nil || len(gates) != 1 || gates[0].Reason != "token_revoked" {
			w.Errorf("gates %v, %v", gates, err)
		}
		revoked.Store(false)
		if err := w.store.OpenGate(w.Context(), "workspace/T1", time.Now()); err != nil {
			w.Fatal(err)
		}
		pass(time.Minute)
		for _, id := range ids {
			w.expect(id, queue.Done, 1, 0)
		}
	})
}

func TestOutOfAttemptsIsFailedLoudlyWithItsEffect(t *testing.T) {
	inWorld(t, func(w *world) {
		timeline := openTimeline(w)
		w.service.sending = func(context.Context, queue.Job, func()) queue.Outcome {
			return queue.Outcome{Kind: queue.KindRetry, Err: errors.New("503")}
		}
		w.service.effect = func(err error) queue.Effect { return gaveUp{timeline, err.Error()} }
		id := w.add(1, func(j *queue.New) { j.MaxAttempts = 4 })[0]
		w.start(seldom)
		pass(time.Minute)
		w.expect(id, queue.Failed, 4, 0)
		if n := w.service.sends(id); n != 4 {
			w.Errorf("sent %d times, want 4", n)
		}
		if n := w.log.count("level=ERROR", id, "given up after 4 attempts: 503"); n != 1 {
			w.Errorf("%d log lines at error, want 1", n)
		}
		if causes := failures(w, timeline); !cmp.Equal(causes, []string{"given up after 4 attempts: 503"}) {
			w.Errorf("effects of giving up: %q", causes)
		}
	})
}

func TestATerminalErrorFailsAtOnceWithItsEffect(t *testing.T) {
	inWorld(t, func(w *world) {
		timeline := openTimeline(w)
		w.service.sending = func(context.Context, queue.Job, func()) queue.Outcome {
			return queue.Failure(&queue.Error{Kind: queue.KindTerminal, Err: errors.New("is_archived")})
		}
		w.service.effect = func(err error) queue.Effect { return gaveUp{timeline, err.Error()} }
		id := w.add(1, nil)[0]
		w.start(seldom)
		pass(time.Minute)
		w.expect(id, queue.Failed, 1, 0)
		if causes := failures(w, timeline); !cmp.Equal(causes, []string{"is_archived"}) || w.service.sends(id) != 1 {
			w.Errorf("sent %d times, effects of giving up: %q", w.service.sends(id), causes)
		}
	})
}

// gaveUp is an effect that leaves a trace in a timeline's history.
type gaveUp struct{ timeline, cause string }

func (e gaveUp) Subjects() []string { return []string{e.timeline} }

func (e gaveUp) Apply(t *escalation.Timeline) ([]escalation.Event, bool) {
	return []escalation.Event{{
		Timeline: t.ID, At: time.Now(), Kind: escalation.EventFailed, Details: escalation.Details{Cause: e.cause},
	}}, false
}

func openTimeline(w *world) (id string) {
	w.Helper()
	now := time.Now().UTC()
	opened, err := w.store.Open(w.Context(), []escalation.Timeline{{
		ID: "00000000-0000-4000-8000-00000000aaaa", Ticket: escalation.Ticket{ID: "42"}, State: escalation.Open,
		Thread:   escalation.Thread{Workspace: "T1", Channel: "C1", TS: "1.000001"},
		PostedAt: now, OpenedAt: now, Clocks: []escalation.Clock{{Kind: policy.FirstReply, Start: now, Deadline: now.Add(time.Hour)}}, ExpiresAt: now.Add(time.Hour), AskedAt: now,
	}})
	if err != nil || len(opened) != 1 {
		w.Fatal(opened, err)
	}
	return opened[0].ID
}

func failures(w *world, timeline string) (causes []string) {
	w.Helper()
	events, err := w.store.History(w.Context(), timeline)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == escalation.EventFailed {
			causes = append(causes, e.Cause)
		}
	}
	return causes
}

// Rule 12: a look that a few more attempts will not help is refused for good, which fails its job after an hour.
func TestALookThatIsRefusedForGoodIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		err    *queue.Error
		denied bool
	}{
		"for good":                       {&queue.Error{Kind: queue.KindTerminal}, true},
		"by a code that nobody knows":    {&queue.Error{Kind: queue.KindRetry, Tries: 5}, true},
		"for now":                        {&queue.Error{Kind: queue.KindRetry}, false},
		"perhaps":                        {&queue.Error{Kind: queue.KindUnknown}, false},
		"until somebody mends something": {&queue.Error{Kind: queue.KindHeld}, false},
	} {
		c.err.Err = errors.New("no")
		if o := queue.LookFailure(c.err); o.Denied != c.denied {
			t.Errorf("%s: denied %v", name, o.Denied)
		}
	}
}
