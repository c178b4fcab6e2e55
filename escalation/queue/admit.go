package queue

import (
	"slices"
	"time"
)

// recheck is how long a job sleeps behind a shut gate at most. So a gate that an operator opens early, after replacing a
// token for example, is noticed.
const recheck = time.Minute

// Admission is what Admit decided about a batch of locked jobs.
type Admission struct {
	Start []Job                // claimed: to be written as running, then run
	Defer []Job                // pending again at a later RunAt
	Paced map[string]time.Time // pace keys used, with the time until which each is now shut
}

// Admit decides which of the due jobs may start at r.Now. Of those that share a pace the longest awaited goes first: many
// answers in a row hold up nothing that is due. shut says of the keys that the jobs name until when they are shut; keys
// that are open may be missing. Admit is pure: a store locks the jobs and the keys, calls it, and writes what it decides.
func Admit(jobs []Job, shut map[string]time.Time, r Request) Admission {
	a := Admission{Paced: map[string]time.Time{}}
	turn := map[string]time.Time{} // when the next deferred job of a pace key may start at the earliest
	for _, j := range inLine(jobs) {
		looking := j.Looks > 0
		keys := j.Gates
		if looking {
			keys = j.LookGates
		}
		if until := latest(shut, keys); until.After(r.Now) {
			a.Defer = append(a.Defer, deferred(j, earlier(until, r.Now.Add(recheck))))
			continue
		}
		if j.Pace != "" && r.Pace > 0 && !looking && !j.expired(r.Now) {
			next, used := turn[j.Pace]
			if !used {
				next = shut[j.Pace]
			}
			if next.After(r.Now) {
				turn[j.Pace] = next.Add(r.Pace)
				a.Defer = append(a.Defer, deferred(j, earlier(j.dropAt(next), r.Now.Add(recheck))))
				continue
			}
			turn[j.Pace] = r.Now.Add(r.Pace)
			a.Paced[j.Pace] = r.Now.Add(r.Pace)
		}
		a.Start = append(a.Start, started(j, r))
	}
	return a
}

// inLine are the jobs in the order in which those of one pace start: the longest awaited first. Jobs that nobody waits
// for come last, in their own order.
func inLine(jobs []Job) []Job {
	if !slices.ContainsFunc(jobs, func(j Job) bool { return !j.Awaited.IsZero() }) {
		return jobs
	}
	jobs = slices.Clone(jobs)
	slices.SortStableFunc(jobs, func(a, b Job) int {
		switch {
		case a.Awaited.IsZero() && b.Awaited.IsZero():
			return 0
		case a.Awaited.IsZero():
			return 1
		case b.Awaited.IsZero():
			return -1
		}
		return a.Awaited.Compare(b.Awaited)
	})
	return jobs
}

// expired says that a job will be dropped, not sent. It takes no turn of its pace. Otherwise a long line would spend all
// its turns on jobs that are too old, and never send one.
func (j Job) expired(now time.Time) bool { return !j.Expires.IsZero() && now.After(j.Expires) }

// dropAt is when a job whose turn comes at next is looked at again: as soon as it expires, if that is earlier. The job
// that is decided in its place takes a turn of its own.
func (j Job) dropAt(next time.Time) time.Time {
	if j.Expires.IsZero() {
		return next
	}
	return earlier(next, j.Expires.Add(time.Microsecond))
}

func started(j Job, r Request) Job {
	j.Due = j.RunAt
	j.Looking = j.Looks > 0
	if !j.Looking {
		j.Attempts++
		j.Looks = 2
		j.LastSent = r.Now
		if j.FirstSent.IsZero() {
			j.FirstSent = r.Now
		}
	}
	j.State = Running
	j.Fence++
	j.Worker = r.Worker
	// A process that takes the job over has to find what a send left behind that took until its time-out.
	j.RunAt = r.Now.Add(r.Lease + max(j.Timeout-r.Timeout, 0))
	return j
}

func deferred(j Job, until time.Time) Job {
	j.State = Pending
	j.RunAt = until
	return j
}

func latest(shut map[string]time.Time, keys []string) time.Time {
	var until time.Time
	for _, k := range keys {
		if t := shut[k]; t.After(until) {
			until = t
		}
	}
	return until
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// lot is the span whose starts may all begin at once. So a high rate does not need a claim for each start.
const lot = 50 * time.Millisecond

// Rate bounds how many jobs of a queue all replicas together start. The starts are spread evenly: 30 a minute is one
// every two seconds. The zero value is no bound.
type Rate struct {
	Jobs int
	Per  time.Duration
}

// every is the time from one start to the next.
func (r Rate) every() time.Duration {
	if r.Jobs <= 0 || r.Per <= 0 {
		return 0
	}
	return max(r.Per/time.Duration(r.Jobs), time.Microsecond)
}

// RateGate is the key under which stores keep when the next job of a queue may start, among the gates.
func RateGate(queue string) string { return "rate/" + queue }

// Allowed is how many jobs may start at r.Now, if the queue's gate is shut until shut, at most r.N;
// and, if none may, from when on.
func (r Request) Allowed(shut time.Time) (n int, from time.Time) {
	if r.Every <= 0 {
		return r.N, time.Time{}
	}
	slack := max(lot-r.Every, 0)
	ahead := shut.Sub(r.Now)
	if shut.IsZero() || ahead < 0 {
		ahead = 0
	}
	if ahead > slack {
		return 0, shut.Add(-slack)
	}
	return min(r.N, 1+int((slack-ahead)/r.Every)), time.Time{}
}

// Taken is until when a queue's gate is shut once n jobs were started at r.Now.
func (r Request) Taken(shut time.Time, n int) time.Time {
	if shut.Before(r.Now) {
		shut = r.Now
	}
	return shut.Add(time.Duration(n) * r.Every)
}
