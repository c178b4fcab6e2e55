package row

import (
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// clocksApart bounds by how much a timeline's id may be older than its ticket's message: the one is dated by
// our clock, the other by Slack's.
const clocksApart = 24 * time.Hour

// From is where to begin to look for timelines of tickets posted at since or later, and after the id given:
// after which id, and posted since when at the earliest.
func From(since time.Time, after string) (id string, posted time.Time) {
	if epoch := time.Unix(0, 0); since.Before(epoch) {
		since = epoch
	}
	return max(after, FirstID(since.Add(-clocksApart))), since
}

// MostEvents is how many events are read at a time with their timelines, but for the history of one that
// has more: a ticket that nobody answers, with a tier that repeats, has thousands.
const MostEvents = 5000

// Whole are the timelines whose history was read to its end, of events in the order of theirs, of which
// one more than MostEvents was asked for. That may be none.
func Whole(ts []escalation.Timeline, events []escalation.Event) []escalation.Timeline {
	if len(events) <= MostEvents {
		return ts
	}
	cut := events[len(events)-1].Timeline
	n, _ := slices.BinarySearchFunc(ts, cut, func(t escalation.Timeline, id string) int { return strings.Compare(t.ID, id) })
	return ts[:n]
}

// Records puts timelines and events together: each event goes to its timeline, and keeps its place. The events
// of one timeline stand together, and are not copied.
func Records(ts []escalation.Timeline, events []escalation.Event) []review.Record {
	records := make([]review.Record, len(ts))
	byID := make(map[string]*review.Record, len(ts))
	for i, t := range ts {
		records[i].Timeline = t
		byID[t.ID] = &records[i]
	}
	for len(events) > 0 {
		n := 1
		for n < len(events) && events[n].Timeline == events[0].Timeline {
			n++
		}
		if r := byID[events[0].Timeline]; r != nil {
			r.History = events[:n:n]
		}
		events = events[n:]
	}
	return records
}
