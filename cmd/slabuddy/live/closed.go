package live

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar/closed"
)

// closedDays reads the calendars of closed days.
func (p *pass) closedDays(ctx context.Context) {
	for _, id := range slices.Sorted(maps.Keys(p.Closed)) {
		reading, cancel := context.WithTimeout(ctx, 20*time.Second)
		read, err := closed.Read(reading, p.Closed[id], p.Now())
		cancel()
		switch {
		case err != nil:
			p.wrong("closed", "See the message; a private calendar has to be shared with the service account's address.", "The closed days of %s cannot be read: %v.", id, err)
		case len(read.Events) == 0:
			p.look("closed", "Is it the right one? Google's calendars of holidays hold two years or so.", "The calendar %s closes no day in the year to come.", id)
		default:
			p.ok("closed", "%d closed days and times of %s are known.", len(read.Events), id)
		}
	}
}
