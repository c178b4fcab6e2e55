package queue

import (
	"maps"
	"slices"
	"time"
)

// byHand is the LastError of what an operator cancelled.
const byHand = "cancelled by hand"

// Retry makes a job that has failed or was cancelled pending again, with all its attempts, and revives the jobs that were
// cancelled because of it. If it is unknown whether its last attempt got through, a look comes first. Errors:
// *UnknownError; *RefusedError.
func Retry(g Graph, id string, now time.Time) (woken []string, err error) {
	s := newStep(g, now)
	j, err := s.one(id)
	if err != nil {
		return nil, err
	}
	if j.State != Failed && j.State != Cancelled {
		return nil, refuse("job %s is %s: only a job that failed or was cancelled can be tried again", id, j.State)
	}
	if err := s.noneEndedBefore(j); err != nil {
		return nil, err
	}
	j.Attempts, j.Held, j.Cancelling, j.Cause, j.FinishedAt, j.RunAt = 0, false, false, "", time.Time{}, now
	if j.Looks > 0 {
		j.Looks = 2
	}
	s.start(&j)
	if err := s.Write([]Job{j}); err != nil {
		return nil, err
	}
	return s.queues(), s.revive(j)
}

// noneEndedBefore refuses a job that would wait for ever.
func (s *step) noneEndedBefore(j Job) error {
	if j.Waits == 0 {
		return nil
	}
	edges, err := s.Before([]string{j.ID})
	if err != nil {
		return err
	}
	ids := make([]string, len(edges))
	for i, e := range edges {
		ids[i] = e.After
	}
	jobs, err := s.Lock(ids)
	if err != nil {
		return err
	}
	for _, p := range jobs {
		if p.State == Failed || p.State == Cancelled {
			first := p.ID
			if p.Cause != "" {
				first = p.Cause
			}
			return refuse("job %s comes after job %s, which is %s: try job %s again, and this one follows", j.ID, p.ID, p.State, first)
		}
	}
	return nil
}

// revive makes the jobs wait again that were cancelled because of root. A job that also comes after another job which
// will not be done stays cancelled, with that one as the cause.
func (s *step) revive(root Job) error {
	jobs, err := s.lost(root)
	if err != nil || len(jobs) == 0 {
		return err
	}
	edges, err := s.Before(slices.Collect(maps.Keys(jobs)))
	if err != nil {
		return err
	}
	before := map[string][]string{}
	var others []string
	for _, e := range edges {
		before[e.Job] = append(before[e.Job], e.After)
		if _, lost := jobs[e.After]; !lost {
			others = append(others, e.After)
		}
	}
	around, err := s.Lock(others)
	if err != nil {
		return err
	}
	all := byID(around)
	for id, j := range jobs {
		j.State, j.Cause, j.LastError, j.FinishedAt = Pending, "", "", time.Time{}
		if j.Held {
			j.State = Held
		}
		all[id] = j
	}
	// Jobs that come after one that stays cancelled stay cancelled, too: repeat until nothing changes.
	for changed := true; changed; {
		changed = false
		for id := range jobs {
			j := all[id]
			for _, b := range before[id] {
				p := all[b]
				if j.State != Cancelled && (p.State == Failed || p.State == Cancelled) {
					j.goWith(p, s.now)
					all[id], changed = j, true
				}
			}
		}
	}
	revived := make([]Job, 0, len(jobs))
	for id := range jobs {
		revived = append(revived, all[id])
	}
	return s.Write(revived)
}

// lost finds all jobs that were cancelled because of root, directly or through others.
func (s *step) lost(root Job) (map[string]Job, error) {
	all := map[string]Job{}
	front := []string{root.ID}
	for len(front) > 0 {
		edges, err := s.Behind(front)
		if err != nil || len(edges) == 0 {
			return all, err
		}
		next := map[string]bool{}
		for _, e := range edges {
			if _, known := all[e.Job]; !known {
				next[e.Job] = true
			}
		}
		jobs, err := s.Lock(slices.Collect(maps.Keys(next)))
		if err != nil {
			return nil, err
		}
		front = front[:0]
		for _, j := range jobs {
			if j.State == Cancelled && j.Cause == root.ID {
				all[j.ID] = j
				front = append(front, j.ID)
			}
		}
	}
	return all, nil
}

// Cancel cancels a job and all jobs that wait for it. A job that may have been sent is only marked: first a look settles
// whether it got through, and it is cancelled if not. Cancel returns the job as it is then. Errors: *UnknownError;
// *RefusedError.
func Cancel(g Graph, id string, now time.Time) (Job, error) {
	s := newStep(g, now)
	j, err := s.one(id)
	if err != nil {
		return Job{}, err
	}
	switch {
	case j.State == Done || j.State == Failed || j.State == Cancelled:
		return Job{}, refuse("job %s is %s: there is nothing left to cancel", id, j.State)
	case j.State == Running || j.Looks > 0:
		j.Cancelling = true
		return j, s.Write([]Job{j})
	}
	j.LastError = ""
	j = cancelled(j, now)
	if err := s.Write([]Job{j}); err != nil {
		return Job{}, err
	}
	return j, s.takeAlong([]Job{j})
}

func cancelled(j Job, now time.Time) Job {
	j.State, j.Cancelling, j.FinishedAt = Cancelled, false, now
	if j.LastError == "" {
		j.LastError = byHand
	} else {
		j.LastError = tidy(byHand+"; before that: "+j.LastError, mostError)
	}
	return j
}

// Release lets held jobs go. It returns how many were held, and the queues that were given
// something to do.
func Release(g Graph, ids []string, now time.Time) (released int, woken []string, err error) {
	s := newStep(g, now)
	jobs, err := s.Lock(ids)
	if err != nil {
		return 0, nil, err
	}
	var changed []Job
	for _, j := range jobs {
		if !j.Held {
			continue
		}
		j.Held = false
		if j.State == Held {
			s.start(&j)
			released++
		}
		changed = append(changed, j)
	}
	return released, s.queues(), s.Write(changed)
}
