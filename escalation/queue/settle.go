package queue

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Settle applies what the end of watched jobs means for others. A job that an operator wanted to cancel, and that
// certainly was not sent, is cancelled. Jobs that come after one that is done wait for one less. Jobs that come after one
// that failed or was cancelled are cancelled with it. It returns the queues that got something to do, and the jobs that it
// cancelled for an operator. A store calls it in the transaction that finished the jobs.
func Settle(g Graph, ids []string, now time.Time) (woken []string, byHand []Job, err error) {
	s := newStep(g, now)
	jobs, err := s.Lock(ids)
	if err != nil {
		return nil, nil, err
	}
	var done []string
	var ended []Job
	for _, j := range jobs {
		if j.Cancelling && j.State == Pending && j.Looks == 0 {
			j = cancelled(j, now)
			if err := s.Write([]Job{j}); err != nil {
				return nil, nil, err
			}
			byHand = append(byHand, j)
		}
		switch j.State {
		case Done:
			done = append(done, j.ID)
		case Failed, Cancelled:
			ended = append(ended, j)
		}
	}
	if err := s.doneBefore(done); err != nil {
		return nil, nil, err
	}
	err = s.takeAlong(ended)
	return s.queues(), byHand, err
}

// doneBefore lowers Waits of each job that comes after jobs of ids, which are done.
func (s *step) doneBefore(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	edges, err := s.Behind(ids)
	if err != nil || len(edges) == 0 {
		return err
	}
	fewer := map[string]int{}
	for _, e := range edges {
		fewer[e.Job]++
	}
	jobs, err := s.Lock(slices.Collect(maps.Keys(fewer)))
	if err != nil {
		return err
	}
	for i := range jobs {
		j := &jobs[i]
		j.Waits -= fewer[j.ID]
		if j.Waits == 0 && j.State == Pending {
			s.start(j)
		}
	}
	return s.Write(jobs)
}

// takeAlong cancels all jobs that wait for those in ended, directly or through others.
func (s *step) takeAlong(ended []Job) error {
	for len(ended) > 0 {
		causes := byID(ended)
		edges, err := s.Behind(slices.Collect(maps.Keys(causes)))
		if err != nil || len(edges) == 0 {
			return err
		}
		cause := map[string]Job{}
		for _, e := range edges {
			cause[e.Job] = causes[e.After]
		}
		jobs, err := s.Lock(slices.Collect(maps.Keys(cause)))
		if err != nil {
			return err
		}
		ended = ended[:0:0]
		for _, j := range jobs {
			if j.State == Held || j.State == Pending {
				j.goWith(cause[j.ID], s.now)
				ended = append(ended, j)
			}
		}
		if err := s.Write(ended); err != nil {
			return err
		}
	}
	return nil
}

// Graph is the dependency graph of the jobs of a store, as one transaction sees it: an edge leads from a job
// to one that it comes after.
type Graph interface {
	// Lock reads jobs and keeps other transactions from changing them until this one ends. It leaves out
	// those that do not exist.
	Lock(ids []string) ([]Job, error)
	// Before returns the edges from ids to the jobs that they come after, Behind those from the jobs that come after ids.
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
