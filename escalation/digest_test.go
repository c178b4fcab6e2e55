package escalation_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Rule 22: those that are due wait for those that come, if together they are enough, and not for long.
func TestGatherUntil(t *testing.T) {
	for _, tt := range []struct {
		name string
		w    Waiting
		from int
		now  time.Time
		want time.Time
	}{
		{"one alone goes at once", Waiting{Due: 1, First: at(10)}, 5, at(10), time.Time{}},
		{"too few together", Waiting{Due: 1, First: at(10), Coming: 3}, 5, at(10), time.Time{}},
		{"enough together", Waiting{Due: 1, First: at(10), Coming: 4}, 5, at(10), at(12.5)},
		{"all are here", Waiting{Due: 40, First: at(10)}, 5, at(10), time.Time{}},
		{"the first has waited long enough", Waiting{Due: 9, First: at(10), Coming: 4}, 5, at(12.5), time.Time{}},
		{"no digests", Waiting{Due: 9, First: at(10), Coming: 4}, 0, at(10), time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "until", tt.w.GatherUntil(tt.from, tt.now), tt.want)
		})
	}
}

func TestDueReminder(t *testing.T) {
	equal(t, "before it is due", enterprise().DueReminder(at(9)), time.Time{})
	equal(t, "the first that is due", enterprise().DueReminder(at(25)), at(10))
	equal(t, "one is on its way", enterprise(inStates(TierOwed)).DueReminder(at(25)), time.Time{})
	equal(t, "paused", enterprise(func(tl *Timeline) { tl.PausedUntil = at(30) }).DueReminder(at(25)), time.Time{})
	equal(t, "a page waits for nobody", enterprise(func(tl *Timeline) { tl.Tiers[0].Page = "pager" }).DueReminder(at(25)), time.Time{})
}

// numbered is the sample's timeline as the n-th ticket of a channel.
func numbered(n int, channel string) Timeline {
	return enterprise(func(tl *Timeline) {
		tl.ID, tl.Ticket.ID = fmt.Sprintf("tl-%02d", n), fmt.Sprint(n)
		tl.Channel = channel
		tl.Clocks = slices.Clone(tl.Clocks)
		tl.Clocks[0].Deadline = at(100 - float64(n)) // the later ones first
	})
}

// Rule 22: reminders of one channel, if there are enough, are one job, the nearest deadline first.
func TestDigests(t *testing.T) {
	from := func(string) int { return 3 }
	for _, tt := range []struct {
		name        string
		here, there int // tickets of two channels
		from        func(string) int
		single      int
		digests     []int
	}{
		{"too few", 2, 2, from, 4, nil},
		{"enough in one channel", 3, 2, from, 2, []int{3}},
		{"enough in both", 3, 4, from, 0, []int{3, 4}},
		{"more than one message holds", 41, 0, from, 0, []int{21, 20}},
		{"never", 9, 9, func(string) int { return 0 }, 18, nil},
		{"one alone is no digest", 1, 0, func(string) int { return 1 }, 1, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var changes []Change
			for i := range tt.here + tt.there {
				channel := "C0HERE"
				if i >= tt.here {
					channel = "C0THERE"
				}
				c := Decide(numbered(i, channel), facts(at(10)))
				changes = append(changes, c)
			}
			single, digests := Digests(changes, at(10), tt.from, counter("digest"))
			equal(t, "single", len(single), tt.single)
			var sizes []int
			for _, d := range digests {
				sizes = append(sizes, len(d))
			}
			equal(t, "digests", sizes, tt.digests)
		})
	}
}

// Rules 11 and 22: whichever change of a digest is saved brings the job, and its tier waits for that one.
func TestADigestIsOneJobOfAllItsTimelines(t *testing.T) {
	var changes []Change
	for _, tl := range []Timeline{numbered(1, "C0ENTERPRISE"), numbered(2, "C0ENTERPRISE"), numbered(3, "C0ENTERPRISE")} {
		c := Decide(tl, facts(at(10)))
		changes = append(changes, c)
	}
	_, digests := Digests(changes, at(10), func(string) int { return 3 }, counter("digest"))
	var named []string
	for i, c := range digests[0] {
		equal(t, "jobs", len(c.Jobs), 1)
		job := c.Jobs[0]
		equal(t, "key", job.Key, "digest/digest-1")
		equal(t, "good for a minute", job.Expires, at(11))
		equal(t, "looked for in the channel", job.LookGates[1], gate.Method("T0ACME", gate.MethodHistory))
		equal(t, "the tier waits for it", c.Timeline.Tiers[0].Digest, "digest-1")
		digest, err := ReadPost(queue.Job{New: job})
		if err != nil {
			t.Fatal(err)
		}
		row := digest.Rows[i]
		named = append(named, row.Reminder.Ticket.ID)
		equal(t, "a row names its timeline", row.Timeline, c.Timeline.ID)
		equal(t, "outdated", Outdated(c.Timeline, row, at(10)), "")
		other := row
		other.Digest = "digest-2"
		equal(t, "another digest's", Outdated(c.Timeline, other, at(10)), "the tier no longer waits for it")
	}
	equal(t, "the nearest deadline first", named, []string{"3", "2", "1"})
}

// Rule 22: whatever happens to a digest's tickets within five seconds is one update.
func TestADigestIsBroughtUpToDateGently(t *testing.T) {
	keys := map[string]bool{}
	for i, seconds := range []float64{0, 1, 4.9, 5} {
		tl := numbered(i, "C0ENTERPRISE")
		tl.Posts = []Posting{{TS: "17.1", Tier: 1, Round: 1, Digest: "digest-1"}}
		f := facts(at(20).Add(time.Duration(seconds * float64(time.Second))))
		f.Answer = desk.Answer{Status: desk.Answered}
		c := Decide(tl, f)
		keys[c.Jobs[0].Key] = true
		if wait := c.Jobs[0].RunAt.Sub(at(20)); wait < 7*time.Second || wait > 12*time.Second {
			t.Errorf("runs after %s", wait)
		}
	}
	equal(t, "updates", len(keys), 2)
}
