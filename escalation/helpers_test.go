package escalation_test

import (
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
)

// repeating makes the last tier repeat.
func repeating(every time.Duration) func(*Timeline) {
	return func(t *Timeline) { t.Tiers[len(t.Tiers)-1].Repeat = every }
}

func states(t Timeline) []TierState {
	var ss []TierState
	for _, tier := range t.Tiers {
		ss = append(ss, tier.State)
	}
	return ss
}

func dues(t Timeline) []time.Time {
	var ds []time.Time
	for _, tier := range t.Tiers {
		ds = append(ds, tier.Due)
	}
	return ds
}

func kinds(events []Event) []EventKind {
	var ks []EventKind
	for _, e := range events {
		ks = append(ks, e.Kind)
	}
	return ks
}
