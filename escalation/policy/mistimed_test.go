package policy_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Rules 2 and 19: tiers come one after the other, the first before the deadline, all of them before the ticket is
// given up; a warning has a deadline to count back from, which is longer.
func TestTimesThatCannotBeKept(t *testing.T) {
	after := func(d time.Duration) policy.Tier { return policy.Tier{After: d} }
	before := func(d time.Duration) policy.Tier { return policy.Tier{Before: d} }
	const h = time.Hour
	for _, tt := range []struct {
		name string
		p    policy.Promise
		want []policy.Mistimed
	}{
		{"as it should be", policy.Promise{Deadline: 4 * h, Tiers: []policy.Tier{after(h), before(h), after(4 * h)}}, nil},
		{"a warning before the last tier", policy.Promise{Tiers: []policy.Tier{before(h), after(4 * h)}}, nil},
		{"no deadline", policy.Promise{Tiers: []policy.Tier{before(h)}}, []policy.Mistimed{{Tier: 1, Why: policy.NoDeadline, Due: -h}}},
		{"a warning before the start", policy.Promise{Deadline: 4 * h, Tiers: []policy.Tier{before(4 * h), after(2 * h)}}, []policy.Mistimed{{Tier: 1, Why: policy.BeforeStart}}},
		{"at once", policy.Promise{Tiers: []policy.Tier{after(h), after(h)}}, []policy.Mistimed{{Tier: 2, Why: policy.NotLater, Due: h, Than: 1, ThanDue: h}}},
		{"too late for the deadline", policy.Promise{Deadline: h, Tiers: []policy.Tier{after(2 * h), after(3 * h)}}, []policy.Mistimed{{Tier: 1, Why: policy.DeadlineBefore, Due: 2 * h}}},
		{"given up before", policy.Promise{Tiers: []policy.Tier{after(h), after(200 * h)}}, []policy.Mistimed{{Tier: 2, Why: policy.NeverComes, Due: 200 * h, Than: 1, ThanDue: h}}},
		{"without a time", policy.Promise{Tiers: []policy.Tier{{}, after(h)}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			escalationtest.Equal(t, "mistimed", tt.p.Mistimed(200*h, nil), tt.want)
		})
	}
}
