package queue

import "time"

// Settle does what the finishing of watched jobs means: one that was to be cancelled and surely was
// not sent is; those that come after what is done wait for one job less; those that come after what
// failed or was cancelled are cancelled with it. It returns the queues that were given something to
// do. A store calls it in the transaction that finished the jobs.
func Settle(g Graph, ids []string, now time.Time) (woken []string, err error) {
	s := newStep(g, now)
	jobs, err := s.Lock(ids)
	if err != nil {
		return nil, err
	}
	var done []string
	var ended []Job
	for _, j := range jobs {
		if j.Cancelling && j.State == Pending && j.Looks == 0 {
			j = cancelled(j, now)
			if err := s.Write([]Job{j}); err != nil {
				return nil, err
			}
		}
		switch j.State {
		case Done:
			done = append(done, j.ID)
		case Failed, Cancelled:
			ended = append(ended, j)
		}
	}
	if err := s.doneBefore(done); err != nil {
		return nil, err
	}
	return s.queues(), s.takeAlong(ended)
}

// doneBefore lets those who come after the jobs of ids wait for so many less.
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
	jobs, err := s.Lock(keysOf(fewer))
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

// takeAlong cancels all that waits for the jobs in ended, however far behind.
func (s *step) takeAlong(ended []Job) error {
	for len(ended) > 0 {
		causes := byID(ended)
		edges, err := s.Behind(keysOf(causes))
		if err != nil || len(edges) == 0 {
			return err
		}
		cause := map[string]Job{}
		for _, e := range edges {
			cause[e.Job] = causes[e.After]
		}
		jobs, err := s.Lock(keysOf(cause))
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

func keysOf[V any](m map[string]V) []string {
	ids := make([]string, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	return ids
}
