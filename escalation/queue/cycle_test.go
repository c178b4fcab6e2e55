package queue

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestJobsAreAddedAfterThoseTheyComeAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jobs := graph(t)
		sorted, err := InOrder(jobs)
		var cycle *CycleError
		if errors.As(err, &cycle) {
			checkCycle(t, jobs, cycle.Keys)
			return
		}
		if len(sorted) != len(jobs) {
			t.Fatalf("%d of %d jobs are left", len(sorted), len(jobs))
		}
		seen := map[string]bool{"elsewhere": true}
		for _, j := range sorted {
			for _, id := range j.After {
				if !seen[id] {
					t.Fatalf("%s is before %s, which it comes after", j.ID, id)
				}
			}
			seen[j.ID] = true
		}
	})
}

// graph draws a few jobs that come after each other at random, and after one that was there.
func graph(t *rapid.T) []New {
	n := rapid.IntRange(1, 8).Draw(t, "jobs")
	jobs := make([]New, n)
	for i := range jobs {
		jobs[i] = New{ID: fmt.Sprint(i), Key: fmt.Sprint("key ", i)}
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, n), 0, 2).Draw(t, "after") {
			if k == n {
				jobs[i].After = append(jobs[i].After, "elsewhere")
				continue
			}
			jobs[i].After = append(jobs[i].After, fmt.Sprint(k))
		}
	}
	return jobs
}

// checkCycle checks that each of keys comes after the next, all the way round.
func checkCycle(t *rapid.T, jobs []New, keys []string) {
	for i, key := range keys {
		next := keys[(i+1)%len(keys)]
		here := slices.IndexFunc(jobs, func(j New) bool { return j.Key == key })
		there := slices.IndexFunc(jobs, func(j New) bool { return j.Key == next })
		if here < 0 || there < 0 || !slices.Contains(jobs[here].After, jobs[there].ID) {
			t.Fatalf("%v is no cycle: %s does not come after %s", keys, key, next)
		}
	}
}

func TestACycleIsNamed(t *testing.T) {
	jobs := []New{
		{ID: "1", Key: "build"}, {ID: "2", Key: "test", After: []string{"1", "4"}},
		{ID: "3", Key: "ship", After: []string{"2"}}, {ID: "4", Key: "tell", After: []string{"3"}},
	}
	_, err := InOrder(jobs)
	if want := "these jobs wait for each other in a circle, so that none could ever start: test → tell → ship → test"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = InOrder([]New{{ID: "1", Key: "build", After: []string{"1"}}})
	if want := "job build waits for itself"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestALongChainIsNoTrouble(t *testing.T) {
	const n = 50_000
	jobs := make([]New, n)
	for i := range jobs {
		jobs[i] = New{ID: fmt.Sprint(i), After: []string{fmt.Sprint(i + 1)}}
	}
	if sorted, err := InOrder(jobs); err != nil || sorted[0].ID != fmt.Sprint(n-1) {
		t.Errorf("%d sorted, error %v", len(sorted), err)
	}
}
