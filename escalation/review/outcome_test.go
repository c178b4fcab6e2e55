package review

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

var (
	posted   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	deadline = posted.Add(50 * time.Minute)
	before   = deadline.Add(-time.Second)
	after    = deadline.Add(time.Second)
)

// What became of the promise, by what the walker recorded.
func TestOutcome(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		state    escalation.TimelineState
		answered time.Time
		breached bool
		now      time.Time
		want     Outcome
	}{
		{"open, its deadline to come", escalation.Open, time.Time{}, false, before, Open},
		{"open at its deadline, nobody asked yet", escalation.Open, time.Time{}, false, deadline, Unchecked},
		{"open after it, the help desk silent", escalation.Open, time.Time{}, false, after, Unchecked},
		{"open after it, no reply confirmed", escalation.Open, time.Time{}, true, after, Breached},
		{"answered in time", escalation.Answered, before, false, after, Met},
		{"answered at the deadline", escalation.Answered, deadline, false, after, Met},
		{"answered in time, and still open for its solution", escalation.Open, before, false, after, Met},
		{"answered late", escalation.Answered, after, true, after, Breached},
		{"withdrawn in time", escalation.Withdrawn, time.Time{}, false, before, Withdrawn},
		{"withdrawn after a breach", escalation.Withdrawn, time.Time{}, true, after, Breached},
		{"withdrawn after a deadline at which the help desk was silent", escalation.Withdrawn, time.Time{}, false, after, Withdrawn},
		{"expired", escalation.Expired, time.Time{}, true, after, Breached},
		{"expired before its deadline", escalation.Expired, time.Time{}, false, before, Expired},
	} {
		tl := escalation.Timeline{State: test.state, PostedAt: posted, Clocks: []escalation.Clock{{Kind: policy.FirstReply, Start: posted, Deadline: deadline}}, AnsweredAt: test.answered}
		if test.breached {
			tl.FirstReply().BreachedAt = deadline
		}
		if got := OutcomeOf(tl, test.now); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// How a tier came out: nothing is pending in a closed timeline, and what stands in the thread was posted.
func TestTierState(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		timeline escalation.TimelineState
		state    escalation.TierState
		stands   bool
		want     escalation.TierState
	}{
		{"still to come", escalation.Open, escalation.TierPending, false, escalation.TierPending},
		{"on its way", escalation.Open, escalation.TierOwed, false, escalation.TierOwed},
		{"posted, to be repeated", escalation.Open, escalation.TierPending, true, escalation.TierPosted},
		{"never needed", escalation.Answered, escalation.TierPending, false, Unneeded},
		{"on its way when it closed", escalation.Withdrawn, escalation.TierOwed, false, Unneeded},
		{"posted, not to be repeated any more", escalation.Answered, escalation.TierPending, true, escalation.TierPosted},
		{"posted", escalation.Answered, escalation.TierPosted, true, escalation.TierPosted},
		{"superseded", escalation.Answered, escalation.TierSuperseded, false, escalation.TierSuperseded},
		{"failed", escalation.Open, escalation.TierFailed, false, escalation.TierFailed},
		{"a page alone", escalation.Answered, escalation.TierPaged, false, escalation.TierPaged},
	} {
		got := tierState(escalation.Timeline{State: test.timeline}, escalation.DueTier{State: test.state}, test.stands)
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
