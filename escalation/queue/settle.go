package queue

import (
	"maps"
	"slices"
	"time"
)

// Settle applies what the end of watched jobs means for others. A job that was to be cancelled, and certainly
// was not sent, is cancelled. Jobs that come after one that is done wait for one less. Jobs that come after
// one that failed or was cancelled are cancelled with it. It returns the queues that got something to do, and
// the jobs that it cancelled because somebody had said so. A store calls it in the transaction that finished the jobs.
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
