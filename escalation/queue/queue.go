// Package queue runs jobs: outbound calls, stored durably until each is known to
// have happened exactly once.
//
// It knows nothing of tickets or Slack. A payload is opaque; a [Handler] turns
// claimed jobs into [Task]s; a [Store] keeps the rows. What a job's outcome
// means for the rest of the program travels as an [Effect], which the
// store commits in the same transaction as the job's own new state.
//
// # A job's life
//
//	  held
//	     │ released
//	     ▼      claim: attempts+1, looks=2
//	┌─────────┐ ───────────────────────────▶ ┌─────────┐ sent, or found ─────────▶ done
//	│ pending │                              │ running │ terminal, or used up ───▶ failed
//	└─────────┘ ◀─────────────────────────── └─────────┘ dropped ────────────────▶ cancelled
//	     ▲                                        │  ▲ │
//	     │   a send: retry: looks=0, backs off    │  └─┘ lease ended: taken over,
//	     │           limited, held: looks=0,      │      looks stays 2
//	     │             attempts-1, gate shut      │
//	     │           unknown: looks=2, in 10 s    │
//	     │   a look: absent: looks-1, in 5 s,     │
//	     │             at once when none is left  │
//	     │           lookfail: backs off          │
//	     │           limited, held: gate shut     │
//	     └────────────────────────────────────────┘
//
// looks is how many times in a row a look for the last attempt must still find
// nothing before the job may be sent again. It is 2 from the
// instant a job is claimed for sending, so a crash at any point leaves a row
// that says "unknown": the process that takes it over looks before it sends. A claim of
// a job with looks > 0 is a claim for looking, and costs no attempt. Attempts
// used up make a job fail only once nothing is left to be looked for. A job that
// is cancelled by hand while it runs, or while looks is above 0, is settled first:
// it is cancelled, and not sent again.
//
// Two pure functions hold these rules: Admit for the claim, which the stores
// call, and next for the way back.
//
// # Jobs that wait for others
//
// A job may name others in New.After, in any queue. It counts how many of
// them are not done yet (Job.Waits) and is not claimed before that is none.
//
//	done      ─▶ those that wait for it wait for one less; at none, they are due
//	failed    ─▶ those that wait for it are cancelled, and those that wait for them, all
//	cancelled ─▶ naming the job that is the cause (Job.Cause)
//	retried   ─▶ those cancelled because of it wait again
//
// All of it happens in the transaction of what caused it. A job that no other
// waits for costs nothing more: a claim does not see those that wait, because they
// are parked at a time that never comes, and Finish looks further only at rows
// that are marked as watched. Link, Settle, Retry, Cancel and Release
// hold the rules, once for both stores, over the few reads and writes of a [Graph].
//
// # An engine at work
//
// Each queue of an [Engine] goes round like this, all parts at once:
//
//	woken, due, idle ─▶ claim ─▶ Prepare ─▶ Send or Look ─▶ next ─▶ write ─▶ Store.Finish
//	  or polled       as many as  a batch    a goroutine            whatever has gathered
//	       ▲          are idle    at once    for each job           since the last write
//	       └───────────────────────── due again at ◀────────────────────┘
//
// Reconfigure changes any of it while it runs.
//
// # Why no job library
//
// A job is committed together with the decision that makes it, in Postgres and in SQLite alike, and one
// whose outcome is unknown is looked for before it is sent again; River would run it again. This is not
// slower for that. River v0.51.0 did 10,197 posts a second and this queue 17,184, 1.69 times as many: the
// same 60,000 posts through the same poster, with 200 workers and 10 connections each, on the same
// Postgres 15, turn by turn in one run, best of three rounds each. The machine had 2 cores (AMD EPYC),
// shared by Postgres, the stub of Slack and other work, so the ratio says more than the rates. River had
// unique keys, as here, and the wait between fetches that gave it its best round. To repeat it:
//
//	make bench BENCHFLAGS='-run river'
package queue

import (
	"context"
	"time"
)

// State of a job. The strings are stored and shown.
type State string

const (
	Held      State = "held"      // waits until somebody releases it
	Pending   State = "pending"   // waits for its RunAt, and before that for the jobs it comes after
	Running   State = "running"   // claimed; RunAt is when the lease ends
	Done      State = "done"      // happened, exactly once
	Failed    State = "failed"    // given up: terminal error or out of attempts
	Cancelled State = "cancelled" // no longer wanted; surely not sent
)

// New is a job to add. The store adds it in the transaction of the decision that makes it.
type New struct {
	ID          string // unique, made by the caller; goes out with the call so that it can be found again
	Key         string // unique as long as the job is kept: a second job with the key is not added
	Queue       string
	Payload     []byte
	RunAt       time.Time // not before
	MaxAttempts int       // 0: the queue's own limit
	Expires     time.Time // after this its handler drops it, so it does not wait for its pace; zero: never
	Awaited     time.Time // when somebody began to wait for it: of one pace the longest awaited starts first; zero: nobody waits, it starts last
	Pace        string    // jobs with one pace key start no closer together than the queue's Pace; "" is unpaced
	Gates       []string  // while one of these keys is shut, it is not sent (a rate limit, a revoked token)
	LookGates   []string  // while one of these keys is shut, it is not looked for

	After   []string      // ids of the jobs that have to be done before, added by the same call or there already
	Held    bool          // waits for Release
	Graph   string        // jobs with one name are released together; "": none
	Timeout time.Duration // for one Send; 0: the queue's own
}

// Job is a stored job. Times are UTC with microsecond precision.
type Job struct {
	New
	State     State
	CreatedAt time.Time
	Attempts  int       // sends begun; a rate-limited one is taken back
	Looks     int       // looks that must find nothing before the next send, 0 to 2
	Fence     int64     // grows with each claim; finishing names the one it was claimed under
	Worker    string    // who claimed it last
	FirstSent time.Time // when the first attempt was claimed; zero before
	LastSent  time.Time // when the latest attempt was claimed; zero before
	LastError string

	// The rest is not read by a claim. After is read by ShowJob alone.
	Waits      int       // jobs it comes after that are not done
	Cause      string    // id of the job that failed or was cancelled, and this one with it
	Cancelling bool      // it is cancelled as soon as its last outcome is known
	FinishedAt time.Time // zero before
	Result     Result

	// Set by a claim, and not stored.
	Looking bool      // claimed for looking, not for sending
	Due     time.Time // when it could have been claimed
}

// Result is what the other side answered.
type Result struct {
	Status int    // as its protocol numbers answers; 0: not known
	Body   string // cut at 4 KiB
}

// Attempt is one line of a job's log.
type Attempt struct {
	Number  int // of the send; looks have the number of the send they look for
	Looking bool
	At      time.Time // when it ended
	Kind    Kind
	Error   string // cut at 1 KiB; "" if there was none
}

// MostAttempts is how many lines of a job's log are kept, the latest.
const MostAttempts = 50

// Request asks for jobs to run.
type Request struct {
	Queue  string
	Worker string
	N      int           // at most so many
	Now    time.Time     // the caller's clock; stores never use their own
	Lease  time.Duration // until Now+Lease nobody else takes the claimed jobs
	Pace   time.Duration // least time between two starts under one pace key; 0 or less: unpaced
	Every  time.Duration // least time between two starts in the queue, on average; 0: no rate
	// Timeout is the queue's own. The lease of a job with a longer one is so much longer.
	Timeout time.Duration
}

// Claimed is the answer to a Request.
type Claimed struct {
	Jobs []Job
	// Next is when the earliest job of the queue that was left becomes due; zero if there is
	// none. It is not after now when N jobs were claimed, more than that were due, or others held the locks.
	Next time.Time
}

// Gate is a durable stop: no job that names Key is claimed before Until.
type Gate struct {
	Key    string
	Until  time.Time
	Reason string // shown to the operator; never a secret
}

// Finished is a claimed job's new row, decided by the engine. The store writes it and its effect only if the job is still
// running under Fence.
type Finished struct {
	ID        string
	Fence     int64
	State     State
	RunAt     time.Time
	Attempts  int
	Looks     int
	LastError string
	Shut      *Gate    // shut together with this row; a gate already shut for longer stays
	Effect    Effect   // applied by the store in the same transaction; nil: none
	Result    Result   // zero: what was there stays
	Log       *Attempt // nil: nothing to keep
}

// Store is what the engine needs of a database. Both stores pass store/storetest.
type Store interface {
	// Claim locks due jobs (pending, or running with their lease ended), as many as the queue's
	// rate allows, lets Admit choose, and writes its choice. Concurrent claims never get the same job.
	Claim(ctx context.Context, r Request) (Claimed, error)
	// Finish writes the rows that are still running under their fence and reports for each
	// whether it was written. A row, its effect, its log and what it means for jobs that wait for
	// it (Settle) commit together; a large call may take several transactions. Called again after
	// an unknown commit, it writes nothing twice.
	Finish(ctx context.Context, now time.Time, rows []Finished) (written []bool, err error)
	// Renew moves the lease end of jobs, known by ID and Fence alone, to until if they are still
	// running under their fence.
	Renew(ctx context.Context, jobs []Job, until time.Time) error
}

// Handler knows what a queue's payloads mean.
type Handler interface {
	// Prepare is called once for each claimed batch, right before its jobs run, and returns one
	// task for each job in the same order. An error puts all of them back, unsent.
	Prepare(ctx context.Context, jobs []Job) ([]Task, error)
}

// Task is one claimed job, ready to run. The engine calls Send or Look, never both.
type Task interface {
	// Send makes the call. The context ends with the queue's time-out. Sent, Dropped and Failure
	// make its outcomes.
	Send(ctx context.Context) Outcome
	// Look finds out whether an earlier attempt got through: Sent, Absent or LookFailure.
	Look(ctx context.Context) Outcome
	// GiveUp returns the effect of the job failing for good with err.
	GiveUp(err error) Effect
}
