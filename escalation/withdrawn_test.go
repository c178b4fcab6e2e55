package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Rule 5: the bot was down over a deadline, and hears afterwards that the ticket was solved without a reply. When that
// was says whether the promise had been broken; where nobody says when, it was not.
func TestATicketThatWasSolvedAfterItsDeadlineHadBrokenItsPromise(t *testing.T) {
	for name, c := range map[string]struct {
		solved time.Time
		want   time.Time // when the promise broke
	}{
		"before the deadline":         {at(49), time.Time{}},
		"after it":                    {at(70), at(50)},
		"nobody says when":            {time.Time{}, time.Time{}},
		"at a time that is to come":   {at(95), time.Time{}},
		"at the deadline, to the dot": {at(50), time.Time{}},
	} {
		tl := enterprise()
		change := Decide(tl, Facts{
			Now: at(90), Settings: &Settings{}, NewID: counter("job"),
			Answer: desk.Answer{Status: desk.Withdrawn, Ticket: desk.Ticket{Status: desk.StatusSolved, SolvedAt: c.solved}},
		})
		if change.Timeline == nil || change.Timeline.State != Withdrawn {
			t.Errorf("%s: it is not withdrawn: %+v", name, change)
			continue
		}
		if got := change.Timeline.FirstReply().BreachedAt; !got.Equal(c.want) || len(change.Breaches) > 0 != !c.want.IsZero() {
			t.Errorf("%s: broken at %v, counted %v; want %v", name, got, change.Breaches, c.want)
		}
	}
}
