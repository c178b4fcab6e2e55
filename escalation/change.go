package escalation

import (
	"slices"

	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Change is one decision: a timeline's new state with what happened to it and the jobs it owes. A
// store commits all of a change, or none of it.
type Change struct {
	// Timeline is the new state; its Version is still the one that was read. Nil where only a
	// mention is answered.
	Timeline *Timeline
	Events   []Event
	Jobs     []queue.New
	// Breaches are the clocks whose breach is certain now. They are counted, and not stored.
	Breaches []policy.ClockKind
	// Reminds is the reminder that one of Jobs is to post; nil: none.
	Reminds *Post
	// Mention, if set, is the mention this change acts on: each is acted on once.
	Mention *MentionKey
}

// Saved says what became of a change.
type Saved string

const (
	SavedOK      Saved = "saved"
	SavedStale   Saved = "stale"   // the timeline's version was no longer the one read: nothing was written
	SavedRepeats Saved = "repeats" // the mention had been acted on already: nothing was written
)

// Effect is what a job's outcome does to its timeline. deliver makes it, the queue carries it, and the store
// applies it to the locked timeline and commits both with the job. The timeline may have changed in any way since
// the job was made: Apply has to allow for that.
//
//	ReminderPosted, ReminderDeferred, ReminderGivenUp; PageTaken, PageUnwanted, PageGivenUp
type Effect interface {
	queue.Effect // Subjects are the ids of timelines
	// Apply changes one of those timelines and returns what happened. Without events and without a change nothing is
	// written.
	Apply(t *Timeline) (events []Event, changed bool)
}

// Effects are what one job does to several timelines: one effect for each.
type Effects []Effect

// Subjects implements queue.Effect.
func (es Effects) Subjects() (ids []string) {
	for _, e := range es {
		ids = append(ids, e.Subjects()...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Apply implements Effect.
func (es Effects) Apply(t *Timeline) (events []Event, changed bool) {
	for _, e := range es {
		if slices.Contains(e.Subjects(), t.ID) {
			more, did := e.Apply(t)
			events, changed = append(events, more...), changed || did
		}
	}
	return events, changed
}

// Opened is the result of opening a timeline.
type Opened struct {
	ID  string // the timeline that is open now: the new one, or the one that was open already
	New bool
	// Repeat says that the same message has opened it before. If neither New nor Repeat is set, another message has
	// opened it, about the same ticket.
	Repeat bool
}

// OpenQuery asks for open timelines of one workspace.
type OpenQuery struct {
	Workspace string
	Channel   string // "": every channel
	By        OpenOrder
	Limit     int
}

// OpenOrder is the order in which open timelines are listed.
type OpenOrder string

const (
	ByNext     OpenOrder = "next"     // the next that the walker looks at first
	ByDeadline OpenOrder = "deadline" // the nearest deadline first
	ByPosted   OpenOrder = "posted"   // the newest message first
)
