package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// EventKind names what happened to a timeline (rule 16). The strings are stored and exported.
type EventKind string

const (
	EventOpened     EventKind = "opened"
	EventDue        EventKind = "due"        // a tier came due and a reminder was decided
	EventPosted     EventKind = "posted"     // its reminder is in the thread
	EventSuperseded EventKind = "superseded" // a higher tier was decided instead
	EventDeferred   EventKind = "deferred"   // a decided reminder was not posted in time and is decided again
	EventFailed     EventKind = "failed"     // a reminder was given up
	EventGone       EventKind = "gone"       // the message was deleted in whose thread the reminders are
	EventSnoozed    EventKind = "snoozed"
	EventUnsnoozed  EventKind = "unsnoozed" // what was pending is due at its own times again
	EventOwned      EventKind = "owned"     // somebody is on it; with a length, what was pending was postponed
	EventPaused     EventKind = "paused"    // its channel is paused: nobody is reminded before Until
	EventResumed    EventKind = "resumed"   // the pause ended early
	EventDesk       EventKind = "desk"      // the help desk's answer changed
	EventFact       EventKind = "fact"      // the help desk told what happened to the ticket: see Fact
	EventKept       EventKind = "kept"      // a clock stopped with its promise kept
	EventVoid       EventKind = "void"      // a clock stopped because nothing is left to promise
	EventStarted    EventKind = "started"   // a clock started, or started again
	EventRelaid     EventKind = "relaid"    // calendars close other days now, so deadlines and due times are others
	EventPolicy     EventKind = "policy"    // another policy was chosen: Cause says which it had
	EventReopened   EventKind = "reopened"  // a solved ticket came back
	EventAnswered   EventKind = "answered"
	EventWithdrawn  EventKind = "withdrawn"
	EventBreached   EventKind = "breached"
	EventExpired    EventKind = "expired"

	EventPaged        EventKind = "paged"         // the receiver took a page; Cause, if any, says what the page could not know
	EventPageDropped  EventKind = "page_dropped"  // it was not sent after all
	EventPageFailed   EventKind = "page_failed"   // it was given up
	EventPageResolved EventKind = "page_resolved" // it was taken back once the timeline had closed
)

// Event is one thing that happened to a timeline. Events are only ever added.
type Event struct {
	Timeline string    `json:"-"`
	At       time.Time `json:"-"`
	Kind     EventKind `json:"-"`
	Tier     int       `json:"-"` // 1-based; 0: not about one tier
	Details
}

// Details are what is known of an event beside its kind. They are stored as JSON.
type Details struct {
	Cause     string            `json:"cause,omitempty"`
	By        string            `json:"by,omitempty"`        // Slack user id
	From      string            `json:"from,omitempty"`      // EventOwned: who gave them the ticket, without a snooze
	For       time.Duration     `json:"for,omitempty"`       // how far a snooze or an owner moved what was pending
	Until     time.Time         `json:"until,omitzero"`      // when the next reminder would come after that; a pause's end
	Late      time.Duration     `json:"late,omitempty"`      // how long after its due time
	Mentioned []string          `json:"mentioned,omitempty"` // Slack ids, or here / channel
	With      []string          `json:"with,omitempty"`      // EventPosted: the ids of all timelines of its digest, this one's too; nil: it was no digest
	Round     int               `json:"round,omitempty"`
	TS        string            `json:"ts,omitempty"`
	Desk      desk.AnswerStatus `json:"desk,omitempty"`
	ReplyAt   time.Time         `json:"reply_at,omitzero"`
	Page      string            `json:"page,omitempty"`  // the page's name
	Clock     policy.ClockKind  `json:"clock,omitempty"` // which clock it is about; "": the first reply's
	Fact      *desk.Fact        `json:"fact,omitempty"`
	Was       *string           `json:"was,omitempty"`      // EventFact: the priority, or the type, before; nil: it is about neither
	Heard     time.Time         `json:"heard,omitzero"`     // EventFact: when it was heard; zero: when it happened
	Reminder  *Reminder         `json:"reminder,omitempty"` // EventDue: the reminder as it was decided
}
