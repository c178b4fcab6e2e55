package queue

import "time"

// lot is the span whose starts a rate lets go at once, so that high rates need not a claim for each.
const lot = 50 * time.Millisecond

// Rate bounds how many jobs of a queue are started, by all replicas together. They are spread
// evenly: 30 a minute is one every two seconds. The zero value is no bound.
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

// Taken is until when a queue's gate is shut after n jobs were started at r.Now.
func (r Request) Taken(shut time.Time, n int) time.Time {
	if shut.Before(r.Now) {
		shut = r.Now
	}
	return shut.Add(time.Duration(n) * r.Every)
}
