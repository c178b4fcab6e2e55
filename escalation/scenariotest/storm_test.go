package scenariotest

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// storm has forty tickets come within five minutes, which nobody answers, and lets an hour pass. Processes die meanwhile,
// and Slack's answers are lost.
func storm(t *testing.T, database string, digestFrom int) *fortnight {
	f := newFortnight(t, database)
	f.settings, f.often = escalation.DefaultSettings(), 3
	f.settings.DigestFrom = digestFrom
	f.settings.Poll = 24 * time.Hour
	f.settings.Channels = map[string]policy.Channel{"C0ENTERPRISE": {}}
	start := f.now()
	for i := range 40 {
		f.until(start.Add(time.Duration(i) * 7500 * time.Millisecond))
		id := fmt.Sprint(100 + i)
		m := escalation.Message{
			Thread:   escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: tsOf(f.now(), id)},
			PostedAt: f.now(), Ticket: escalation.Ticket{ID: id, Priority: "high"},
		}
		outcome, err := f.opener.Open(t.Context(), m)
		f.check(err)
		if outcome != flow.OpenedNew {
			t.Fatalf("ticket %s: %s", id, outcome)
		}
		f.all = append(f.all, m)
	}
	for minute := 6; minute <= 75; minute++ {
		f.until(start.Add(time.Duration(minute) * time.Minute))
		if minute%7 == 0 {
			f.restart() // besides those in the midst of a post
		}
	}
	return f
}

// everyBreachTold checks that each ticket was told of, tier after tier and none twice, that its deadline passed without
// an answer, and that somebody was told of that.
func (f *fortnight) everyBreachTold(tiers map[string][]int) {
	f.t.Helper()
	for _, m := range f.all {
		told := tiers[m.Ticket.ID]
		if len(told) == 0 || told[len(told)-1] != 4 || !slices.IsSorted(told) || len(slices.Compact(slices.Clone(told))) != len(told) {
			f.t.Errorf("of ticket %s the tiers %v were told", m.Ticket.ID, told)
		}
		line, found, err := f.store.FindByThread(f.t.Context(), m.Thread)
		f.check(err)
		if !found || line.FirstReply().BreachedAt.IsZero() {
			f.t.Errorf("ticket %s: the breach is not recorded", m.Ticket.ID)
		}
	}
}

// Rules 11 to 13, 21 and 22: over all four tiers of forty tickets, on both stores and through kills, a few messages tell of
// every ticket and every breach, and cost nobody more than a few pings. With digests off each ticket is told of by itself.
func TestAStormOverAllTiersThroughKills(t *testing.T) {
	stores := map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "storm.db") },
		"postgres": func(t *testing.T) string { return pgtest.URL(t) },
	}
	for name, database := range stores {
		for _, from := range []int{5, 0} {
			t.Run(fmt.Sprintf("%s, digest.from %d", name, from), func(t *testing.T) {
				t.Parallel()
				f := storm(t, database(t), from)
				posts, pings, tiers := f.slack.told()
				f.everyBreachTold(tiers)
				mostPinged := 0
				for _, n := range pings {
					mostPinged = max(mostPinged, n)
				}
				t.Logf("%d posts, %d pings to the most pinged, %d kills", posts, mostPinged, f.kills)
				switch {
				case from > 0 && (posts > 12 || mostPinged > 8):
					t.Errorf("%d posts and %d pings, want 12 and 8 at most", posts, mostPinged)
				case from == 0 && posts < len(f.all):
					t.Errorf("%d posts of %d tickets, each by itself", posts, len(f.all))
				}
			})
		}
	}
}
