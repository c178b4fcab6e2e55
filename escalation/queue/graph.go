package queue

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Graph is the dependency graph of the jobs of a store, as one transaction sees it: an edge leads from a job
// to one that it comes after.
type Graph interface {
	// Lock reads jobs and keeps other transactions from changing them until this one ends. It leaves out
	// those that do not exist.
	Lock(ids []string) ([]Job, error)
	// Before returns the edges to what ids come after, Behind those from what comes after them.
	Before(ids []string) ([]Edge, error)
	Behind(ids []string) ([]Edge, error)
	// Join adds edges, and marks the jobs that they lead to as watched: Finish then calls Settle.
	Join(edges []Edge) error
	// Write writes what may have changed of jobs: State, RunAt, Held, Waits, Attempts, Looks, Cause,
	// Cancelling, LastError, FinishedAt. Those that are Parked it parks; those that are Cancelling
	// it marks as watched; of those that are Running it leaves lease and RunAt alone.
	Write(jobs []Job) error
}

// Edge says that Job comes after another one.
type Edge struct{ Job, After string }

// step is one change of a graph: a Graph with the time, and the queues that got something to do.
type step struct {
	Graph
	now   time.Time
	woken map[string]bool
}

func newStep(g Graph, now time.Time) *step { return &step{g, now, map[string]bool{}} }

func (s *step) queues() []string { return slices.Collect(maps.Keys(s.woken)) }

// one locks a job that somebody named.
func (s *step) one(id string) (Job, error) {
	jobs, err := s.Lock([]string{id})
	if err != nil {
		return Job{}, err
	}
	if len(jobs) == 0 {
		return Job{}, &UnknownError{ID: id}
	}
	return jobs[0], nil
}

// start makes a released job pending, and wakes its queue if it may run.
func (s *step) start(j *Job) {
	j.State = Pending
	if j.Waits == 0 {
		j.RunAt = later(j.RunAt, s.now)
		s.woken[j.Queue] = true
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// UnknownError says that there is no job of an id, or no more.
type UnknownError struct {
	ID string
	By string // key of the job that wanted to come after it; "" if a person asked
}

func (e *UnknownError) Error() string {
	if e.By != "" {
		return fmt.Sprintf("job %s is to come after job %s, which is not there: add both together, or check the id", e.By, e.ID)
	}
	return fmt.Sprintf("there is no job %s, or it was deleted when its time was over", e.ID)
}

// RefusedError says why something cannot be done with a job in its present state.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

func refuse(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }
