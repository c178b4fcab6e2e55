package walk

import (
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
)

// Rule 5: tickets without an answer are asked about beside the walk, as long as they are not too many: then it waits.
func TestTheWalkWaitsForMoreThanMayBeAskedAboutBeside(t *testing.T) {
	var b beside
	release := make(chan struct{})
	b.begin(make([]escalation.Timeline, 1), func() error { <-release; return nil })
	many := make([]escalation.Timeline, mostBeside)
	for i := range many {
		many[i].ID = string(rune('a' + i))
	}
	decided := false
	b.begin(many, func() error { decided = true; return nil })
	if !decided {
		t.Error("it goes on without them")
	}
	close(release)
	b.asks.Wait()
	if n := b.count(); n != 0 {
		t.Errorf("%d are still under way", n)
	}
}
