package queue

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return noon.Add(d) }

func TestAdmit(t *testing.T) {
	request := Request{Queue: "slack", Worker: "w2", N: 10, Now: noon, Lease: 30 * time.Second, Pace: time.Second}
	fresh := func(id string) Job {
		return Job{New: New{ID: id, RunAt: at(-time.Minute)}, State: Pending}
	}
	// unlooked is a job of which an attempt is still to be looked for.
	unlooked := func(id string, looks int) Job {
		j := fresh(id)
		j.Attempts, j.Looks, j.Fence = 3, looks, 7
		j.FirstSent, j.LastSent = at(-time.Hour), at(-time.Minute)
		return j
	}
	with := func(j Job, f func(*Job)) Job { f(&j); return j }
	gates := func(j Job, send, look []string) Job { j.Gates, j.LookGates = send, look; return j }
	pace := func(j Job) Job { j.Pace = "channel"; return j }
	awaited := func(id string, since time.Duration) Job {
		j := pace(fresh(id))
		j.Awaited = at(since)
		return j
	}

	sending := func(j *Job) {
		j.Due = j.RunAt
		j.State, j.Attempts, j.Looks, j.Fence, j.Worker = Running, j.Attempts+1, 2, j.Fence+1, "w2"
		j.FirstSent, j.LastSent, j.RunAt = noon, noon, at(30*time.Second)
	}
	looking := func(j *Job) {
		j.Due = j.RunAt
		j.State, j.Fence, j.Worker, j.RunAt, j.Looking = Running, j.Fence+1, "w2", at(30*time.Second), true
	}
	until := func(d time.Duration) func(*Job) {
		return func(j *Job) { j.State, j.RunAt = Pending, at(d) }
	}

	tests := []struct {
		name string
		jobs []Job
		shut map[string]time.Time
		pace time.Duration // other than a second
		want Admission
	}{
		{
			name: "a job never sent is sent, and looked for before anything else may happen to it",
			jobs: []Job{fresh("a")},
			want: Admission{Start: []Job{with(fresh("a"), sending)}},
		},
		{
			name: "a further send counts, and leaves the time of the first",
			jobs: []Job{unlooked("a", 0)},
			want: Admission{Start: []Job{with(unlooked("a", 0), func(j *Job) {
				sending(j)
				j.FirstSent = at(-time.Hour)
			})}},
		},
		{
			name: "a job whose outcome is unknown is looked for, which is no attempt",
			jobs: []Job{unlooked("a", 2), unlooked("b", 1)},
			want: Admission{Start: []Job{with(unlooked("a", 2), looking), with(unlooked("b", 1), looking)}},
		},
		{
			name: "a job that a dead process left running is looked for",
			jobs: []Job{with(unlooked("a", 2), func(j *Job) { j.State, j.Worker = Running, "w1" })},
			want: Admission{Start: []Job{with(unlooked("a", 2), looking)}},
		},
		{
			name: "a shut gate keeps a job from being sent until it opens",
			jobs: []Job{gates(fresh("a"), []string{"open", "method"}, nil), fresh("b")},
			shut: map[string]time.Time{"method": at(20 * time.Second)},
			want: Admission{
				Start: []Job{with(fresh("b"), sending)},
				Defer: []Job{with(gates(fresh("a"), []string{"open", "method"}, nil), until(20*time.Second))},
			},
		},
		{
			name: "of several shut gates the last to open counts",
			jobs: []Job{gates(fresh("a"), []string{"x", "y", "z"}, nil)},
			shut: map[string]time.Time{"x": at(5 * time.Second), "y": at(20 * time.Second), "z": at(10 * time.Second)},
			want: Admission{Defer: []Job{with(gates(fresh("a"), []string{"x", "y", "z"}, nil), until(20*time.Second))}},
		},
		{
			name: "a gate that opens this instant is open",
			jobs: []Job{gates(fresh("a"), []string{"x"}, nil)},
			shut: map[string]time.Time{"x": noon},
			want: Admission{Start: []Job{with(gates(fresh("a"), []string{"x"}, nil), sending)}},
		},
		{
			name: "a gate shut for long is looked at again after a minute",
			jobs: []Job{gates(fresh("a"), []string{"token"}, nil)},
			shut: map[string]time.Time{"token": at(365 * 24 * time.Hour)},
			want: Admission{Defer: []Job{with(gates(fresh("a"), []string{"token"}, nil), until(time.Minute))}},
		},
		{
			name: "looking waits behind its own gates only, and the look stays due",
			jobs: []Job{
				gates(unlooked("a", 2), []string{"post"}, []string{"read"}),
				gates(unlooked("b", 2), []string{"read"}, []string{"post"}),
			},
			shut: map[string]time.Time{"post": at(20 * time.Second)},
			want: Admission{
				Start: []Job{with(gates(unlooked("a", 2), []string{"post"}, []string{"read"}), looking)},
				Defer: []Job{with(gates(unlooked("b", 2), []string{"read"}, []string{"post"}), until(20*time.Second))},
			},
		},
		{
			name: "of one pace one job starts, the others take turns behind it",
			jobs: []Job{pace(fresh("a")), pace(fresh("b")), pace(fresh("c"))},
			want: Admission{
				Start: []Job{with(pace(fresh("a")), sending)},
				Defer: []Job{with(pace(fresh("b")), until(time.Second)), with(pace(fresh("c")), until(2*time.Second))},
				Paced: map[string]time.Time{"channel": at(time.Second)},
			},
		},
		{
			name: "of one pace the longest awaited starts first, and what nobody waits for last",
			jobs: []Job{pace(fresh("a")), awaited("b", -time.Minute), awaited("c", -time.Hour)},
			want: Admission{
				Start: []Job{with(awaited("c", -time.Hour), sending)},
				Defer: []Job{with(awaited("b", -time.Minute), until(time.Second)), with(pace(fresh("a")), until(2*time.Second))},
				Paced: map[string]time.Time{"channel": at(time.Second)},
			},
		},
		{
			name: "whoever expires before their turn is looked at then",
			jobs: []Job{pace(fresh("a")), with(pace(fresh("b")), func(j *Job) { j.Expires = at(time.Second / 2) })},
			want: Admission{
				Start: []Job{with(pace(fresh("a")), sending)},
				Defer: []Job{with(pace(fresh("b")), func(j *Job) {
					j.Expires = at(time.Second / 2)
					until(time.Second/2 + time.Microsecond)(j)
				})},
				Paced: map[string]time.Time{"channel": at(time.Second)},
			},
		},
		{
			name: "a pace in use puts all off",
			jobs: []Job{pace(fresh("a")), pace(fresh("b"))},
			shut: map[string]time.Time{"channel": at(400 * time.Millisecond)},
			want: Admission{
				Defer: []Job{
					with(pace(fresh("a")), until(400*time.Millisecond)),
					with(pace(fresh("b")), until(1400*time.Millisecond)),
				},
			},
		},
		{
			name: "a pace that ends this instant is free",
			jobs: []Job{pace(fresh("a"))},
			shut: map[string]time.Time{"channel": noon},
			want: Admission{
				Start: []Job{with(pace(fresh("a")), sending)},
				Paced: map[string]time.Time{"channel": at(time.Second)},
			},
		},
		{
			name: "a job behind a shut gate uses up no pace",
			jobs: []Job{gates(pace(fresh("a")), []string{"x"}, nil), pace(fresh("b"))},
			shut: map[string]time.Time{"x": at(time.Second)},
			want: Admission{
				Start: []Job{with(pace(fresh("b")), sending)},
				Defer: []Job{with(gates(pace(fresh("a")), []string{"x"}, nil), until(time.Second))},
				Paced: map[string]time.Time{"channel": at(time.Second)},
			},
		},
		{
			name: "looking is not paced",
			jobs: []Job{pace(unlooked("a", 1)), pace(fresh("b"))},
			want: Admission{
				Start: []Job{with(pace(unlooked("a", 1)), looking), with(pace(fresh("b")), sending)},
				Paced: map[string]time.Time{"channel": at(time.Second)},
			},
		},
		{
			name: "a queue without a pace starts all at once",
			pace: -1,
			jobs: []Job{pace(fresh("a")), pace(fresh("b"))},
			want: Admission{Start: []Job{with(pace(fresh("a")), sending), with(pace(fresh("b")), sending)}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request
			if tt.pace != 0 {
				r.Pace = tt.pace
			}
			before := maps.Clone(tt.shut)
			got := Admit(tt.jobs, tt.shut, r)
			if tt.want.Paced == nil {
				tt.want.Paced = map[string]time.Time{}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Admit (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, tt.shut); diff != "" {
				t.Errorf("Admit changed what it was given:\n%s", diff)
			}
		})
	}
}

func TestALongTimeOutLengthensTheLease(t *testing.T) {
	r := Request{Now: noon, Lease: 30 * time.Second, Timeout: 5 * time.Second}
	for timeout, want := range map[time.Duration]time.Duration{
		0: 30 * time.Second, time.Second: 30 * time.Second, 65 * time.Second: 90 * time.Second,
	} {
		got := Admit([]Job{{New: New{Timeout: timeout}}}, nil, r).Start[0]
		if lease := got.RunAt.Sub(noon); lease != want {
			t.Errorf("a lease of %s for a time-out of %s, want %s", lease, timeout, want)
		}
	}
}
