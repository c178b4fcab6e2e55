package walk

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// dueIn are timelines that are due now, one in each of so many channels.
func dueIn(channels int, now time.Time) (ts []escalation.Timeline) {
	for i := range channels {
		ts = append(ts, enterprise(func(t *escalation.Timeline) {
			t.ID, t.Channel, t.Ticket.ID = fmt.Sprint("tl-", i), fmt.Sprint("C", i), fmt.Sprint(i)
			t.Tiers[0].Due = now
		}))
	}
	return ts
}

// Rule 5: replicas share the asking, and what one that is gone has left the others ask about.
func TestReplicasShareTheAsking(t *testing.T) {
	const channels, replicas = 60, 3
	now := at(10)
	asked := func(at time.Time, who ...int) (times map[string]int, most int) {
		times = map[string]int{}
		for _, i := range who {
			w := &Walker{Share: func() (int, int) { return i, replicas }}
			mine := w.mine(dueIn(channels, now), at)
			most = max(most, len(mine))
			for _, tl := range mine {
				times[tl.ID]++
			}
		}
		return times, most
	}
	times, most := asked(now, 0, 1, 2)
	for id, n := range times {
		if n != 1 {
			t.Errorf("%s is asked about %d times", id, n)
		}
	}
	if len(times) != channels || most > channels*2/3 {
		t.Errorf("%d are asked about, %d by one", len(times), most)
	}
	if times, _ := asked(now, 0, 1); len(times) == channels {
		t.Error("the share of the third is asked about at once")
	}
	if times, _ := asked(now.Add(leftFor+time.Millisecond), 0); len(times) != channels {
		t.Errorf("of those that were left %d are asked about", len(times))
	}
	for _, share := range []func() (int, int){nil, func() (int, int) { return 0, 1 }} {
		if got := (&Walker{Share: share}).mine(dueIn(channels, now), now); len(got) != channels {
			t.Errorf("one that is alone asks about %d", len(got))
		}
	}
}

func TestTheTimelinesOfAChannelFallToOneReplica(t *testing.T) {
	now := at(10)
	due := dueIn(1, now)
	due = append(due, due[0], due[0])
	for i := range 2 {
		w := &Walker{Share: func() (int, int) { return i, 2 }}
		if got := w.mine(append([]escalation.Timeline(nil), due...), now); len(got) != 0 && len(got) != len(due) {
			t.Errorf("replica %d has %d of %d", i, len(got), len(due))
		}
	}
}
