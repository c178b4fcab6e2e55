package queue

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// memory is a Graph of a few jobs, written as stores have to.
type memory struct {
	jobs    map[string]Job
	edges   []Edge
	watched map[string]bool
}

func (m *memory) Lock(ids []string) ([]Job, error) {
	var jobs []Job
	for _, id := range ids {
		if j, ok := m.jobs[id]; ok {
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

func (m *memory) Before(ids []string) ([]Edge, error) {
	return m.find(func(e Edge) bool { return slices.Contains(ids, e.Job) }), nil
}

func (m *memory) Behind(ids []string) ([]Edge, error) {
	return m.find(func(e Edge) bool { return slices.Contains(ids, e.After) }), nil
}

func (m *memory) find(is func(Edge) bool) (found []Edge) {
	for _, e := range m.edges {
		if is(e) {
			found = append(found, e)
		}
	}
	return found
}

func (m *memory) Join(edges []Edge) error {
	for _, e := range edges {
		m.watched[e.After] = true
	}
	m.edges = append(m.edges, edges...)
	return nil
}

func (m *memory) Write(jobs []Job) error {
	for _, j := range jobs {
		m.jobs[j.ID] = j
		if j.Cancelling {
			m.watched[j.ID] = true
		}
	}
	return nil
}

// finish does to a running job what an engine and its store do.
func (m *memory) finish(t *rapid.T, j Job, as State) {
	j.State = as
	if as != Pending {
		j.FinishedAt, j.LastError = noon, "oops"
	}
	if as == Pending && !rapid.Bool().Draw(t, "unknown") {
		j.Looks = 0
	}
	m.jobs[j.ID] = j
	if m.watched[j.ID] {
		if _, _, err := Settle(m, []string{j.ID}, noon); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever happens to jobs that come after each other, in whatever order: none runs before those it
// comes after are done, none waits for what will not be done, and every cancelled one names a cause.
func TestJobsThatWaitForOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &memory{jobs: map[string]Job{}, watched: map[string]bool{}}
		t.Repeat(map[string]func(*rapid.T){
			"add":    m.add,
			"run":    m.run,
			"retry":  func(t *rapid.T) { m.ignoring(t, func(id string) error { _, err := Retry(m, id, noon); return err }) },
			"cancel": func(t *rapid.T) { m.ignoring(t, func(id string) error { _, err := Cancel(m, id, noon); return err }) },
			"release": func(t *rapid.T) {
				m.ignoring(t, func(id string) error { _, _, err := Release(m, []string{id}, noon); return err })
			},
			"": m.check,
		})
		m.toTheEnd(t)
	})
}

// any picks a job; there is none under "".
func (m *memory) any(t *rapid.T) string {
	ids := append(slices.Collect(maps.Keys(m.jobs)), "")
	slices.Sort(ids)
	return rapid.SampledFrom(ids).Draw(t, "id")
}

// ignoring does something to a job that may well be refused.
func (m *memory) ignoring(t *rapid.T, f func(id string) error) {
	id := m.any(t)
	err := f(id)
	var refused *RefusedError
	var unknown *UnknownError
	if err != nil && !errors.As(err, &refused) && !(id == "" && errors.As(err, &unknown)) {
		t.Fatal(err)
	}
}

func (m *memory) add(t *rapid.T) {
	from := len(m.jobs)
	var jobs []New
	for i := range rapid.IntRange(1, 4).Draw(t, "jobs") {
		j := New{ID: fmt.Sprintf("%03d", from+i), Key: fmt.Sprint("key ", from+i), Held: rapid.Bool().Draw(t, "held")}
		for range rapid.IntRange(0, 3).Draw(t, "edges") {
			if from+i > 0 {
				j.After = append(j.After, fmt.Sprintf("%03d", rapid.IntRange(0, from+i-1).Draw(t, "after")))
			}
		}
		job := Job{New: j, State: Pending}
		if j.Held {
			job.State = Held
		}
		m.jobs[j.ID] = job
		jobs = append(jobs, j)
	}
	if err := Link(m, Linking{Jobs: jobs}, noon); err != nil {
		t.Fatal(err)
	}
}

// run claims a job that may be claimed, or goes on with one that is.
func (m *memory) run(t *rapid.T) {
	j, ok := m.jobs[m.any(t)]
	switch {
	case !ok:
	case j.State == Running:
		m.finish(t, j, rapid.SampledFrom([]State{Done, Failed, Cancelled, Pending}).Draw(t, "outcome"))
	case j.State == Pending && !j.Parked():
		j.State, j.Looks = Running, 2
		m.jobs[j.ID] = j
	}
}

func (m *memory) check(t *rapid.T) {
	for _, j := range m.jobs {
		notDone := 0
		var ended []string
		for _, e := range m.find(func(e Edge) bool { return e.Job == j.ID }) {
			p := m.jobs[e.After]
			if p.State != Done {
				notDone++
			}
			if p.State == Failed || p.State == Cancelled {
				ended = append(ended, p.ID)
			}
		}
		if j.Waits != notDone {
			t.Fatalf("%s waits for %d jobs, and %d are not done", j.ID, j.Waits, notDone)
		}
		if notDone > 0 && (j.State == Running || j.State == Done || j.State == Failed) {
			t.Fatalf("%s is %s before what it comes after was done", j.ID, j.State)
		}
		if len(ended) > 0 && j.State != Cancelled {
			t.Fatalf("%s is %s, and waits for %v, which will not be done", j.ID, j.State, ended)
		}
		if (j.State == Held) != (j.Held && j.State != Cancelled) {
			t.Fatalf("%s is %s, held %v", j.ID, j.State, j.Held)
		}
		if j.Cause != "" && (j.State != Cancelled || m.jobs[j.Cause].State != Failed && m.jobs[j.Cause].State != Cancelled || m.jobs[j.Cause].Cause != "") {
			t.Fatalf("%s is %s because of %s, which is %s", j.ID, j.State, j.Cause, m.jobs[j.Cause].State)
		}
		if j.Cancelling && j.State == Pending && j.Looks == 0 {
			t.Fatalf("%s is to be cancelled, and could be sent", j.ID)
		}
		if (j.State == Done || j.State == Failed || j.State == Cancelled) == j.FinishedAt.IsZero() {
			t.Fatalf("%s is %s, and finished at %s", j.ID, j.State, j.FinishedAt)
		}
	}
}

// toTheEnd shows that nothing is stuck: once all that failed is tried again, all that is held
// released, and all sends succeed, every job is done.
func (m *memory) toTheEnd(t *rapid.T) {
	ids := slices.Collect(maps.Keys(m.jobs))
	slices.Sort(ids)
	for range len(ids) + 1 {
		for _, id := range ids {
			switch j := m.jobs[id]; {
			case j.State == Held:
				if _, _, err := Release(m, []string{id}, noon); err != nil {
					t.Fatal(err)
				}
			case (j.State == Failed || j.State == Cancelled) && j.Cause == "":
				// Refused as long as one that it comes after is not tried again.
				_, _ = Retry(m, id, noon)
			case j.State == Running || j.State == Pending && !j.Parked():
				j.State = Running
				m.jobs[id] = j
				m.finish(t, j, Done)
			}
		}
		m.check(t)
	}
	for _, j := range m.jobs {
		if j.State != Done {
			t.Fatalf("%s is stuck: %s, waits for %d, cause %q", j.ID, j.State, j.Waits, j.Cause)
		}
	}
}

func TestTheCauseIsNamedAllTheWay(t *testing.T) {
	m := &memory{jobs: map[string]Job{}, watched: map[string]bool{}}
	a, b, c := New{ID: "a", Key: "build"}, New{ID: "b", Key: "test", After: []string{"a"}}, New{ID: "c", Key: "ship", After: []string{"b"}}
	for _, n := range []New{a, b, c} {
		m.jobs[n.ID] = Job{New: n, State: Pending}
	}
	if err := Link(m, Linking{Jobs: []New{a, b, c}}, noon); err != nil {
		t.Fatal(err)
	}
	m.jobs["a"] = Job{New: a, State: Failed, LastError: "no space left"}
	if _, _, err := Settle(m, []string{"a"}, noon); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"b", "c"} {
		if j := m.jobs[id]; j.State != Cancelled || j.Cause != "a" || j.LastError != "job build failed: no space left" {
			t.Errorf("%s: %s because of %q: %s", id, j.State, j.Cause, j.LastError)
		}
	}
	_, err := Retry(m, "c", noon)
	if want := "job c comes after job b, which is cancelled: try job a again, and this one follows"; err == nil || err.Error() != want {
		t.Errorf("trying the last one again: %v, want %s", err, want)
	}
}

func TestWhatMayHaveBeenSentIsNotCancelledBeforeThatIsKnown(t *testing.T) {
	for name, j := range map[string]Job{
		"running":          {New: New{ID: "a"}, State: Running, Looks: 2},
		"to be looked for": {New: New{ID: "a"}, State: Pending, Looks: 1},
	} {
		m := &memory{jobs: map[string]Job{"a": j}, watched: map[string]bool{}}
		got, err := Cancel(m, "a", noon)
		if err != nil || got.State != j.State || !got.Cancelling || !m.watched["a"] {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		got.State, got.Looks = Pending, 0 // it turned out not to have got through
		m.jobs["a"] = got
		if _, ended, err := Settle(m, []string{"a"}, noon.Add(time.Minute)); err != nil || len(ended) != 1 || ended[0].ID != "a" {
			t.Fatalf("%s: ended %v, %v", name, ended, err)
		}
		if got := m.jobs["a"]; got.State != Cancelled || got.LastError != "cancelled by hand" || !got.FinishedAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("%s, then absent: %+v", name, got)
		}
	}
}

func TestTryingAgainLooksFirstIfTheLastOutcomeIsUnknown(t *testing.T) {
	m := &memory{jobs: map[string]Job{"a": {New: New{ID: "a"}, State: Failed, Attempts: 25, Looks: 1}}}
	if _, err := Retry(m, "a", noon); err != nil {
		t.Fatal(err)
	}
	if j := m.jobs["a"]; j.State != Pending || j.Attempts != 0 || j.Looks != 2 || !j.RunAt.Equal(noon) {
		t.Errorf("got %+v", j)
	}
}
