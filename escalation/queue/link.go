package queue

import (
	"slices"
	"time"
)

// Linking is what Link has to do.
type Linking struct {
	Jobs []New // those just added, as InOrder has them
	// There names, for jobs of the same call that were not added because their key was there, the
	// job that has it.
	There map[string]string
	// Forgiving takes jobs that are not there for done: their retention may be over.
	Forgiving bool
}

// Link makes jobs that were just added wait for those they come after. One that comes after a job
// that has failed or was cancelled is cancelled at once. A store calls it in the transaction that
// adds the jobs.
func Link(g Graph, l Linking, now time.Time) error {
	before := map[string][]string{}
	var ids []string
	for _, j := range l.Jobs {
		for _, id := range j.After {
			if there, ok := l.There[id]; ok {
				id = there
			}
			if !slices.Contains(before[j.ID], id) {
				before[j.ID] = append(before[j.ID], id)
			}
		}
		if len(j.After) > 0 {
			ids = append(append(ids, j.ID), before[j.ID]...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	locked, err := g.Lock(slices.Compact(ids))
	if err != nil {
		return err
	}
	jobs := byID(locked)
	var edges []Edge
	var changed []Job
	for _, n := range l.Jobs {
		if len(n.After) == 0 {
			continue
		}
		j := jobs[n.ID]
		for _, id := range before[n.ID] {
			p, known := jobs[id]
			switch {
			case known:
				edges = append(edges, Edge{n.ID, id})
				j.comesAfter(p, now)
			case !l.Forgiving:
				return &UnknownError{ID: id, By: n.Key}
			}
		}
		jobs[n.ID] = j
		changed = append(changed, j)
	}
	if err := g.Join(edges); err != nil {
		return err
	}
	return g.Write(changed)
}

// comesAfter makes a new job wait for p, or go with it.
func (j *Job) comesAfter(p Job, now time.Time) {
	if p.State == Done {
		return
	}
	j.Waits++
	if (p.State == Failed || p.State == Cancelled) && j.State != Cancelled {
		j.goWith(p, now)
	}
}

// goWith cancels a job because p, which it comes after, will not be done.
func (j *Job) goWith(p Job, now time.Time) {
	j.Cause, j.LastError = p.ID, because(p)
	if p.Cause != "" {
		j.Cause, j.LastError = p.Cause, p.LastError
	}
	j.State, j.FinishedAt = Cancelled, now
}

// because says that p is the cause.
func because(p Job) string {
	what := " failed"
	if p.State == Cancelled {
		what = " was cancelled"
	}
	if p.LastError == "" {
		return tidy("job "+p.Key+what, mostError)
	}
	return tidy("job "+p.Key+what+": "+p.LastError, mostError)
}

func byID(jobs []Job) map[string]Job {
	m := make(map[string]Job, len(jobs))
	for _, j := range jobs {
		m[j.ID] = j
	}
	return m
}
