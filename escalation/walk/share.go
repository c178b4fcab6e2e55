package walk

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// leftFor is how long a replica leaves another's timelines alone: longer than one that is at work takes to ask about
// them. One that was killed has them no more.
const leftFor = desk.AskShare + time.Second

// mine are those of the due timelines that fall to this replica, so that each ticket is asked about once however many
// replicas there are (rule 5), and those that another has left for too long. A channel is one replica's as a whole:
// its reminders may become one digest. No harm comes of replicas that disagree about who is there: a decision is saved
// once.
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

// fallsTo says to which of n replicas a channel falls.
func fallsTo(at escalation.Thread, n int) int {
	h := fnv.New32a()
	h.Write([]byte(at.Workspace + "/" + at.Channel))
	return int(h.Sum32() % uint32(n))
}
