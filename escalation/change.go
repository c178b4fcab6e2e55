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
	// Breaches are the clocks whose breach became certain, so that it is counted. They are not stored.
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
// applies it to the locked timeline and commits both with the job. Apply must allow for whatever happened to
// the timeline since the job was made.
//
//	ReminderPosted, ReminderDeferred, ReminderGivenUp; PageTaken, PageUnwanted, PageGivenUp
type Effect interface {
	queue.Effect // Subjects are the ids of timelines
	// Apply changes t, one of them, and returns what happened. No events and no change: nothing is written.
	Apply(t *Timeline) (events []Event, changed bool)
}

// Effects are what one job does to several timelines, each its own.
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

// Opened says what became of a timeline that was to be opened.
type Opened struct {
	ID  string // the timeline that is open now: the new one, or the one that was open already
	New bool
	// Repeat is set when the same message had been opened before; otherwise, if not New, another
	// message's timeline about the ticket is still open.
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
	ByNext     OpenOrder = "next"     // whom the walker looks at first
	ByDeadline OpenOrder = "deadline" // the nearest deadline first
	ByPosted   OpenOrder = "posted"   // the newest message first
)
