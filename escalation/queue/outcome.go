package queue

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what an attempt came to.
type Kind string

const (
	KindSent     Kind = "sent"     // it happened; a look that found it says so too
	KindDropped  Kind = "dropped"  // no longer wanted, and not sent
	KindRetry    Kind = "retry"    // it surely did not happen; try again later
	KindUnknown  Kind = "unknown"  // it may have happened; look first
	KindLimited  Kind = "limited"  // refused for its rate: costs no attempt, shuts a gate for After
	KindHeld     Kind = "held"     // refused until somebody corrects something: costs no attempt, shuts a gate; the job is pending, not Held
	KindTerminal Kind = "terminal" // it will never be accepted
	KindAbsent   Kind = "absent"   // looked, and it is not there
	KindLookFail Kind = "lookfail" // could not look: proves nothing, costs no attempt
)

// Outcome is what a task returns.
type Outcome struct {
	Kind   Kind
	Err    error
	After  time.Duration // Limited: how long; Retry, LookFail: at least so long, if not 0
	Tries  int           // Retry: it fails after so many attempts, if not 0; the queue's own limit holds as well
	Gate   string        // Limited, Held: the key to shut
	Denied bool          // LookFail: looking is refused, it seems for good
	Effect Effect        // Sent, Dropped: committed together with the job's row
	Result Result        // what was answered, if anything was: kept with the job
}

// Effect is what an outcome changes beside its job. The queue only carries it: the store applies it in the transaction of
// the job's new state. All effects change timelines: see escalation.Effect.
type Effect interface {
	// Subjects are the ids of what it changes, which the store locks before, in their order.
	Subjects() []string
}

// Sent says that the call happened, now or in an earlier attempt.
func Sent(effect Effect) Outcome { return Outcome{Kind: KindSent, Effect: effect} }

// Dropped says that the call is no longer wanted and was not made.
func Dropped(reason string, effect Effect) Outcome {
	return Outcome{Kind: KindDropped, Err: errors.New(reason), Effect: effect}
}

// Absent says that a look found no trace of the call.
func Absent() Outcome { return Outcome{Kind: KindAbsent} }

// Error lets a client say what its failure means for the job. An error of any other type means Unknown: the call may have
// happened.
type Error struct {
	Kind  Kind // Retry, Unknown, Limited, Held, Terminal
	After time.Duration
	Tries int
	Gate  string
	Err   error
}

func (e *Error) Error() string {
	if e.After > 0 {
		return fmt.Sprintf("%v (wait %s)", e.Err, e.After)
	}
	return e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Failure turns the error of a send into its outcome.
func Failure(err error) Outcome {
	var e *Error
	if errors.As(err, &e) {
		return Outcome{Kind: e.Kind, Err: err, After: e.After, Tries: e.Tries, Gate: e.Gate}
	}
	return Outcome{Kind: KindUnknown, Err: err}
}

// LookFailure turns the error of a look into its outcome: no error ever permits a send.
func LookFailure(err error) Outcome {
	o := Failure(err)
	if o.Kind != KindLimited && o.Kind != KindHeld {
		o.Denied = o.Kind == KindTerminal || o.Tries > 0 // a few more attempts will not change that
		o.Kind = KindLookFail
	}
	return o
}
