package row

import (
	"slices"
	"sync"

	"github.com/slabuddy/slabuddy/escalation"
)

// Recent remembers timelines that were read a moment ago. The timeline of a reminder is read just before it is
// sent, and seldom changes until that is on record: what changes it then need not read it once more.
type Recent struct {
	mu sync.Mutex
	of map[string]escalation.Timeline
}

// mostRecent bounds what is remembered: some more than there are jobs on their way in a busy process.
const mostRecent = 500

// Remember remembers timelines as they are now, whatever their reader does to them.
func (r *Recent) Remember(ts []escalation.Timeline) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range ts {
		if r.of == nil || len(r.of) >= mostRecent {
			r.of = make(map[string]escalation.Timeline, mostRecent)
		}
		r.of[t.ID] = Copy(t)
	}
}

// Recall returns those of the timelines that are remembered, each once.
func (r *Recent) Recall(ids []string) map[string]escalation.Timeline {
	known := make(map[string]escalation.Timeline, len(ids))
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if t, ok := r.of[id]; ok {
			known[id] = t
			delete(r.of, id)
		}
	}
	return known
}

// Copy is t with lists of its own.
func Copy(t escalation.Timeline) escalation.Timeline {
	t.Tiers, t.Clocks = slices.Clone(t.Tiers), slices.Clone(t.Clocks)
	t.Posts, t.Desk.Heard = slices.Clone(t.Posts), slices.Clone(t.Desk.Heard)
	return t
}
