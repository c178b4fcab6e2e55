package setup

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
)

// Handovers are a workspace's changes of shift after from, and until to.
func (r *Rosters) Handovers(workspace string, from, to time.Time) []calendar.Handover {
	m := r.match(workspace)
	return m.schedule.Handovers(from, to, m.reading.Rules.StaleAfter)
}
