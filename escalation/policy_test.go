package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
)

// Rules 2 and 19: tiers come one after the other, the first before the deadline, all of them before the ticket is
// given up; a warning has a deadline to count back from, which is longer.
func TestTimesThatCannotBeKept(t *testing.T) {
	after := func(d time.Duration) Tier { return Tier{After: d} }
	before := func(d time.Duration) Tier { return Tier{Before: d} }
	const h = time.Hour
	for _, tt := range []struct {
		name string
		p    Promise
		want []Mistimed
	}{
		{"as it should be", Promise{Deadline: 4 * h, Tiers: []Tier{after(h), before(h), after(4 * h)}}, nil},
		{"a warning before the last tier", Promise{Tiers: []Tier{before(h), after(4 * h)}}, nil},
		{"no deadline", Promise{Tiers: []Tier{before(h)}}, []Mistimed{{Tier: 1, Why: NoDeadline, Due: -h}}},
		{"a warning before the start", Promise{Deadline: 4 * h, Tiers: []Tier{before(4 * h), after(2 * h)}}, []Mistimed{{Tier: 1, Why: BeforeStart}}},
		{"at once", Promise{Tiers: []Tier{after(h), after(h)}}, []Mistimed{{Tier: 2, Why: NotLater, Due: h, Than: 1, ThanDue: h}}},
		{"too late for the deadline", Promise{Deadline: h, Tiers: []Tier{after(2 * h), after(3 * h)}}, []Mistimed{{Tier: 1, Why: DeadlineBefore, Due: 2 * h}}},
		{"given up before", Promise{Tiers: []Tier{after(h), after(200 * h)}}, []Mistimed{{Tier: 2, Why: NeverComes, Due: 200 * h, Than: 1, ThanDue: h}}},
		{"without a time", Promise{Tiers: []Tier{{}, after(h)}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "mistimed", tt.p.Mistimed(200*h, nil), tt.want)
		})
	}
}
