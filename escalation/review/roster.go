package review

import (
	"slices"
	"sort"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// RosterSince is who was on shift in a workspace from a moment on, until the next one (rule 16).
type RosterSince struct {
	At     time.Time
	Roster calendar.Snapshot
}

// Rosters are those of one workspace, in the order of their times.
type Rosters []RosterSince

// At is the roster at a moment; Known is false where none had been kept yet.
func (rs Rosters) At(at time.Time) calendar.Snapshot {
	i := sort.Search(len(rs), func(i int) bool { return rs[i].At.After(at) })
	if i == 0 {
		return calendar.Snapshot{}
	}
	return rs[i-1].Roster
}

// Until is when somebody who is on shift at a moment was no longer; zero where that is not known.
func (rs Rosters) Until(at time.Time, name string) time.Time {
	for i := sort.Search(len(rs), func(i int) bool { return rs[i].At.After(at) }); i < len(rs); i++ {
		if s := rs[i].Roster; s.Known && !slices.Contains(s.OnShift, name) {
			return rs[i].At
		}
	}
	return time.Time{}
}

// Spans calls f with each span of a time in which the roster did not change, in order.
func (rs Rosters) Spans(from, to time.Time, f func(from, to time.Time, roster calendar.Snapshot)) {
	for from.Before(to) {
		i := sort.Search(len(rs), func(i int) bool { return rs[i].At.After(from) })
		end := to
		if i < len(rs) && rs[i].At.Before(to) {
			end = rs[i].At
		}
		f(from, end, rs.At(from))
		from = end
	}
}
