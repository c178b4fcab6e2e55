package queue

import (
	"fmt"
	"strings"
)

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

// sorting is a search of all that jobs come after, deepest first. It keeps its own stack: a chain
// may be longer than a goroutine's should grow.
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
