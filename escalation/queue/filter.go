package queue

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Filter picks jobs to show. Its zero value picks all.
type Filter struct {
	Queue         string    // "": every queue
	State         State     // "": every state
	CreatedBefore time.Time // zero: of every age
	Text          string    // in the id, key, graph or last error, in any case; "": any
	Graph         string    // "": in any or none
	Limit         int       // at most so many; 0: no limit
	Cursor        string    // CursorAfter the last job of the batch before; "": the first batch
}

// Never is the time at which stores park the jobs that wait for others, or for their release.
var Never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Parked says that a job cannot be claimed, independent of its RunAt.
func (j Job) Parked() bool {
	return j.State == Held || j.State == Pending && j.Waits > 0
}

// Position is where a job is in a list: by time, with those parked at the end.
type Position struct {
	RunAt, CreatedAt time.Time
	ID               string
}

// CursorAfter is the cursor of the batch that begins after j.
func CursorAfter(j Job) string {
	at := j.RunAt
	if j.Parked() {
		at = Never
	}
	return fmt.Sprintf("%d.%d.%s", at.UnixMicro(), j.CreatedAt.UnixMicro(), j.ID)
}

// Position is where the batch that f asks for begins; ok is false for the first.
func (f Filter) Position() (p Position, ok bool, err error) {
	if f.Cursor == "" {
		return Position{}, false, nil
	}
	parts := strings.SplitN(f.Cursor, ".", 3)
	if len(parts) == 3 {
		run, errR := strconv.ParseInt(parts[0], 10, 64)
		created, errC := strconv.ParseInt(parts[1], 10, 64)
		if errR == nil && errC == nil {
			return Position{time.UnixMicro(run).UTC(), time.UnixMicro(created).UTC(), parts[2]}, true, nil
		}
	}
	return Position{}, false, fmt.Errorf("%q is no cursor: take the one that the page before ended with", f.Cursor)
}

// Counts are numbers of jobs by queue and state. Stores count the jobs somebody may have to do
// something about (held, pending, running, failed); done and cancelled ones are not counted.
type Counts map[string]map[State]int

// Stat counts the jobs of one queue in one state.
type Stat struct {
	Queue string
	State State
	Jobs  int
	// Oldest is when the job that has waited longest began to wait. Pending: when it was first sent, or could have been
	// sent with open gates; zero if all are due later, or wait for others. Held: when it was added. Running: when it was
	// claimed. In other states: when it ended.
	Oldest time.Time
}

// Details are all that is kept about a job.
type Details struct {
	Job
	Log    []Attempt // the last MostAttempts that did not succeed at once, the earliest first
	Before []Job     // those it comes after
	Behind []Job     // those that come after it
}

// CountsOf are the numbers of stats alone.
func CountsOf(stats []Stat) Counts {
	counts := Counts{}
	for _, c := range stats {
		if counts[c.Queue] == nil {
			counts[c.Queue] = map[State]int{}
		}
		counts[c.Queue][c.State] = c.Jobs
	}
	return counts
}
