package walk

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// leftFor is how long a replica leaves the timelines of another alone: longer than that one needs to ask about them.
// After that it counts as gone.
const leftFor = desk.AskShare + time.Second

// mine are the due timelines of this replica, so that each ticket is asked about once however many replicas there are
// (rule 5), and those that another replica has left undecided for too long. All timelines of a channel belong to the
// same replica: their reminders may become one digest. If replicas disagree about who is at work, that does no harm: a
// decision is saved only once.
func (w *Walker) mine(due []escalation.Timeline, now time.Time) []escalation.Timeline {
	if w.Share == nil {
		return due
	}
	i, n := w.Share()
	if n < 2 {
		return due
	}
	return slices.DeleteFunc(due, func(t escalation.Timeline) bool {
		return fallsTo(channelOf(t), n) != i && now.Sub(t.NextAt()) <= leftFor
	})
}

// fallsTo is which of n replicas a channel belongs to.
func fallsTo(at escalation.Thread, n int) int {
	h := fnv.New32a()
	h.Write([]byte(at.Workspace + "/" + at.Channel))
	return int(h.Sum32() % uint32(n))
}
