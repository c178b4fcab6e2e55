package commands

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
)

const (
	// longestAlone is how long somebody may be off in a row without the right to set up: colleagues have holidays, and
	// two of them empty no roster for a year.
	longestAlone = 14 * 24 * time.Hour
	// inARow is how far apart two absences are that count as one: whoever comes back for an evening was not there.
	inARow = 24 * time.Hour
)

// tooLong says that an absence takes the right to set up, with those of the same person before and after it. Making
// one shorter never does.
func tooLong(a setup.Absence, all []setup.AbsenceView) bool {
	again, renews := running(a, all)
	if renews && !a.To.After(again.To) {
		return false
	}
	from, to := a.From, a.To
	for grown := true; grown; {
		grown = false
		for _, have := range all {
			if have.Who != a.Who || have.From.After(to.Add(inARow)) || have.To.Before(from.Add(-inARow)) {
				continue
			}
			if have.From.Before(from) {
				from, grown = have.From, true
			}
			if have.To.After(to) {
				to, grown = have.To, true
			}
		}
	}
	return to.Sub(from) > longestAlone
}
