package commands

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// endOfShift is when somebody's shift ends that lasts at now, or, where none does, the next one that begins on the
// same day of now's zone; shifts that follow each other without a break are one. False: there is none.
func endOfShift(turns []calendar.Turn, name string, now time.Time) (end time.Time, ok bool) {
	latest := midnight(now, 1)
	for _, t := range turns { // by their start
		switch {
		case t.Name != name || !t.End.After(now):
		case !ok && t.Start.Before(latest):
			end, ok = t.End, true
		case ok && !t.Start.After(end) && t.End.After(end):
			end = t.End
		}
	}
	return end, ok
}
