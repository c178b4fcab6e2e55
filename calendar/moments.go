package calendar

import (
	"slices"
	"time"
)

// Moments are when the roster may change, after from and until to, in order: somebody's shift, embedding or
// absence begins or ends.
func (s Schedule) Moments(from, to time.Time) []time.Time {
	var all []time.Time
	for _, e := range slices.Concat(s.Entries, s.said) {
		for _, at := range []time.Time{e.Start, e.End, e.EmbeddedFrom, e.EmbeddedTo} {
			if at.After(from) && !at.After(to) {
				all = append(all, at)
			}
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}
