package row

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
)

func TestATimelineIsRecalledOnceAndAsItWasRead(t *testing.T) {
	var recent Recent
	read := fullest("42", 1)
	recent.Remember([]escalation.Timeline{read})
	read.Tiers[0].State, read.Clocks[0].DeadlinePassed, read.Posts[0].TS = escalation.TierFailed, false, "changed"

	known := recent.Recall([]string{read.ID, "another"})
	if diff := cmp.Diff(map[string]escalation.Timeline{read.ID: fullest("42", 1)}, known); diff != "" {
		t.Errorf("-read +recalled:\n%s", diff)
	}
	if again := recent.Recall([]string{read.ID}); len(again) > 0 {
		t.Errorf("recalled again: %+v", again)
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	var recent Recent
	for i := range 3 * mostRecent {
		recent.Remember([]escalation.Timeline{{ID: strconv.Itoa(i)}})
	}
	if n := len(recent.of); n > mostRecent {
		t.Errorf("%d timelines are remembered", n)
	}
}
