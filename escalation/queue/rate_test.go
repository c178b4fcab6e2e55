package queue

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever the rate, and however often who asks for how many: in no span are more jobs started than
// the rate allows it, but for the lot that goes at once; and a queue that always asks is not slower.
func TestARateIsKeptAndReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{rapid.IntRange(1, 5000).Draw(t, "jobs"), time.Duration(rapid.IntRange(1, 3600).Draw(t, "seconds")) * time.Second}
		every := rate.every()
		early := max(lot-every, 0) // so much ahead of its time a start may be
		var shut time.Time
		var starts []time.Time
		now := noon
		for range 60 {
			r := Request{Now: now, N: rapid.IntRange(1, 20).Draw(t, "n"), Every: every}
			n, from := r.Allowed(shut)
			if n == 0 && !from.After(now) {
				t.Fatalf("none are allowed, and from %s on, which is past", from)
			}
			if n > 0 {
				shut = r.Taken(shut, n)
			}
			for range n {
				starts = append(starts, now)
			}
			if n == 0 {
				now = from
			}
			now = now.Add(time.Duration(rapid.IntRange(0, int(2*every)).Draw(t, "later")))
		}
		for i := range starts {
			for k := i; k < len(starts); k++ {
				most := int((starts[k].Sub(starts[i])+early)/every) + 1
				if k-i+1 > most {
					t.Fatalf("%d starts within %s, one each %s", k-i+1, starts[k].Sub(starts[i]), every)
				}
			}
		}
	})
	r := Request{Now: noon, N: 9, Every: (Rate{30, time.Minute}).every()}
	started := 0
	var shut time.Time
	for ; r.Now.Before(at(time.Minute)); r.Now = r.Now.Add(100 * time.Millisecond) {
		if n, _ := r.Allowed(shut); n > 0 {
			shut = r.Taken(shut, n)
			started += n
		}
	}
	if started != 30 {
		t.Errorf("%d a minute, want 30", started)
	}
}

func TestWithoutARateAllAreAllowed(t *testing.T) {
	if n, _ := (Request{Now: noon, N: 7}).Allowed(at(time.Hour)); n != 7 {
		t.Errorf("%d of 7 are allowed", n)
	}
}
