package queue

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Linking is what Link has to do.
type Linking struct {
	Jobs []New // those just added, as InOrder has them
	// There names, for jobs of the same call that were not added because their key was there, the
	// job that has it.
	There map[string]string
	// Forgiving: jobs that do not exist count as done, because their retention may be over.
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

// comesAfter makes a new job wait for p, or cancels it if p will not be done.
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

// because makes p the cause.
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

// CycleError names the jobs that wait for each other.
type CycleError struct {
	Keys []string // each comes after the next, and the last after the first
}

func (e *CycleError) Error() string {
	if len(e.Keys) == 1 {
		return fmt.Sprintf("job %s waits for itself", e.Keys[0])
	}
	return fmt.Sprintf("these jobs wait for each other in a circle, so that none could ever start: %s → %s",
		strings.Join(e.Keys, " → "), e.Keys[0])
}

// InOrder sorts jobs that are added together so that each comes later than the jobs in its After. If there is
// no such order it returns a *CycleError. Jobs that exist already cannot be part of a cycle: they come after
// nothing that is added later.
func InOrder(jobs []New) ([]New, error) {
	s := sorting{jobs: jobs, byID: make(map[string]int, len(jobs)), seen: make([]visit, len(jobs))}
	for i, j := range jobs {
		s.byID[j.ID] = i
	}
	for i := range jobs {
		if err := s.put(i); err != nil {
			return nil, err
		}
	}
	return s.sorted, nil
}

type visit int8

const (
	unseen   visit = iota
	underWay       // what it comes after is put first
	inPlace
)

// sorting is a depth-first search of all jobs that jobs come after. It keeps its own stack, because a chain may be longer
// than a goroutine's stack should grow.
type sorting struct {
	jobs   []New
	byID   map[string]int
	seen   []visit
	sorted []New
}

type frame struct{ job, next int }

func (s *sorting) put(start int) error {
	if s.seen[start] == inPlace {
		return nil
	}
	stack := []frame{{job: start}}
	s.seen[start] = underWay
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		j := s.jobs[top.job]
		if top.next == len(j.After) {
			s.seen[top.job] = inPlace
			s.sorted = append(s.sorted, j)
			stack = stack[:len(stack)-1]
			continue
		}
		before, here := s.byID[j.After[top.next]]
		top.next++
		switch {
		case !here || s.seen[before] == inPlace:
		case s.seen[before] == underWay:
			return s.cycle(stack, before)
		default:
			s.seen[before] = underWay
			stack = append(stack, frame{job: before})
		}
	}
	return nil
}

// cycle names the jobs on the stack from first on.
func (s *sorting) cycle(stack []frame, first int) error {
	var keys []string
	for _, f := range stack {
		if f.job == first || len(keys) > 0 {
			keys = append(keys, s.jobs[f.job].Key)
		}
	}
	return &CycleError{Keys: keys}
}
