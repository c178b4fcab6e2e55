package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// about is a note about a timeline as it stands.
func about(kind NoteKind, t Timeline, user string, f Facts) Note {
	n := noteFor(user, f)
	n.Kind, n.Timeline = kind, &t
	return n
}

// closedBefore is the note to somebody who asked for something when all was over.
func closedBefore(what Asked, t Timeline, user string, f Facts) Note {
	n := about(NoteClosed, t, user, f)
	n.Asked = what
	return n
}

// Note is the bot's answer to somebody who mentioned it or pressed a button, as data; whoever answers
// renders it. An answer to a mention is posted in the thread, one to a button is seen by its presser
// alone.
type Note struct {
	Kind NoteKind `json:"kind"`
	User string   `json:"user,omitempty"` // who asked; named only where it helps, never pinged
	Name string   `json:"name,omitempty"` // Paused, Resumed, Assigned: who asked, as plain text

	// Snoozed, Nothing, Owned, TookOver:
	For    time.Duration `json:"for,omitempty"`    // how far the pending tiers moved; Owned, TookOver: 0 if none was pending
	Capped bool          `json:"capped,omitempty"` // more was asked for: no reminder comes later than MaxSnooze from now
	Until  time.Time     `json:"until,omitzero"`   // when the next reminder would come; zero: none would
	Zone   string        `json:"zone,omitempty"`   // Snoozed: whose time of day they named; "": they named none
	// Guessed says that they used words that are not known, which were taken as a snooze.
	Guessed bool  `json:"guessed,omitempty"`
	Next    *Next `json:"next,omitempty"`
	// BeyondDeadline says that Until lies beyond Deadline, which is still to come and does not move.
	BeyondDeadline bool      `json:"beyond_deadline,omitempty"`
	Deadline       time.Time `json:"deadline,omitzero"` // set together with Until

	// Help, and wherever the word is of a reply: CanDone says that there is no help desk, so that no
	// reply is ever noticed, and that `done` closes.
	Snooze    time.Duration `json:"snooze,omitempty"`
	MaxSnooze time.Duration `json:"max_snooze,omitempty"`
	CanDone   bool          `json:"can_done,omitempty"`

	// Together, of Status, says that it answers several mentions at once. What it tells is made just before sending.
	Together bool `json:"together,omitempty"`

	Asked Asked `json:"asked,omitempty"` // Closed: what there was no use for any more

	// Status, Nothing, Closed, Done, Settled, Unanswered, Silent, Why:
	Timeline *Timeline `json:"timeline,omitempty"`
	// Owed, of Status, is the tier whose reminder is on its way just now; 0: none is. With it, that
	// there is no Next does not mean that everybody has been reminded.
	Owed int `json:"owed,omitempty"`
	// Sums, of Status, say how the time of the clocks that run is counted; around the clock there is none.
	Sums map[policy.ClockKind]string `json:"sums,omitempty"`

	// NotAssigned: why, and the names of those on shift.
	Refused Refusal  `json:"bar,omitempty"`
	OnShift []string `json:"on_shift,omitempty"`

	// Owned, AlreadyYours, TookOver, Assigned, HandedOver, AlreadyTheirs: who is on it now, and who was before. Previous is nil if nobody was,
	// or if it was they themselves.
	Owner    *Owner `json:"owner,omitempty"`
	Previous *Owner `json:"previous,omitempty"`

	Check *Check `json:"check,omitempty"` // Settled, Unanswered, Silent
	Why   *Why   `json:"why,omitempty"`   // Why
}

// Check is what the help desk said when it was asked on somebody's request.
type Check struct {
	At     time.Time         `json:"at"`               // when it was asked
	Status desk.AnswerStatus `json:"status,omitempty"` // what counts: an older reply leaves the ticket unanswered
	// RepliedAt is the time of the reply that the help desk knows. With NoteUnanswered it is an older one,
	// from before the ticket's message, which answers something else (rule 5). Zero: none, or undated.
	RepliedAt time.Time `json:"replied_at,omitzero"`
	Cause     string    `json:"cause,omitempty"` // withdrawn in what way
}

// Why explains to one person why a reminder pinged them, or that it did not.
type Why struct {
	Reminder Reminder        `json:"reminder"`        // as it was decided: policy, tier, times, gaps, the desk's answer and when
	Notify   []string        `json:"notify"`          // the words of its tier in the policy
	As       MentionedAs     `json:"as"`              // how they were pinged
	Sum      string          `json:"sum,omitempty"`   // how the time of its clock is counted; "": around the clock
	Shift    *calendar.Shift `json:"shift,omitempty"` // AsPerson, AsOwner: the calendar event that has them on shift
}

// MentionedAs is how a reminder pinged somebody.
type MentionedAs string

const (
	AsPerson  MentionedAs = "person"  // by name: one of the tier's circle, or of a circle it covers
	AsOwner   MentionedAs = "owner"   // by name and alone: they had said that they are on it
	AsGroup   MentionedAs = "group"   // not by name, but user groups were pinged: Slack knows who is in them
	AsChannel MentionedAs = "channel" // not by name, but here or the whole channel was pinged
	AsNobody  MentionedAs = "nobody"  // not at all
)

// Asked is what somebody asked for.
type Asked string

const (
	AskedSnooze   Asked = ""
	AskedOwn      Asked = "own"
	AskedCheck    Asked = "check"
	AskedDone     Asked = "done"
	AskedUnsnooze Asked = "unsnooze"
	AskedStop     Asked = "stop"
)

// NoteKind says what a note answers.
type NoteKind string

const (
	NoteSnoozed    NoteKind = "snoozed"     // the next steps are postponed
	NoteUnsnoozed  NoteKind = "unsnoozed"   // they are at their own times again
	NoteNotSnoozed NoteKind = "not-snoozed" // nothing was put off, so there is nothing to take back
	NoteLongest    NoteKind = "longest"     // the next reminder comes as late already as it was asked to, or may: see Until
	NoteStop       NoteKind = "stop"        // what ends the reminders, and what postpones them; nothing was moved
	NoteNothing    NoteKind = "nothing"     // nothing is pending, so nothing was moved
	NoteClosed     NoteKind = "closed"      // the timeline is closed; nothing was moved
	NoteDone       NoteKind = "done"        // closed by `done` (no help desk)
	NoteHelp       NoteKind = "help"        // what one can say
	NoteStatus     NoteKind = "status"      // where the timeline stands
	NoteUntracked  NoteKind = "untracked"   // this is not the thread of a ticket the bot follows

	NoteAssigned      NoteKind = "assigned"       // Owner has the ticket now; told in the thread, and they are pinged unless it was their own word
	NoteNotAssigned   NoteKind = "not-assigned"   // whoever is meant cannot have it: see Refused
	NoteAlreadyTheirs NoteKind = "already-theirs" // they had it already; nothing has changed
	NoteHandedOver    NoteKind = "handed-over"    // of a button or a command: Owner has it, and is told in the thread

	NoteRelieved NoteKind = "relieved" // Owner took the ticket, and Previous, who is pinged, has it no more

	// Of buttons:
	NoteOwned        NoteKind = "owned"         // they are on it now; what is pending was postponed
	NoteTookOver     NoteKind = "took-over"     // the same, in place of Previous, who was on it
	NoteAlreadyYours NoteKind = "already-yours" // they were on it already; nothing was moved
	NoteTwice        NoteKind = "twice"         // a double click: the first one counted, this one moved nothing
	NoteSettled      NoteKind = "settled"       // the help desk was asked, and the timeline is closed: see its State
	NoteUnanswered   NoteKind = "unanswered"    // the help desk was asked, and knows of no reply that counts
	NoteSilent       NoteKind = "silent"        // the help desk was asked, and said nothing about this ticket
	NoteAskedSoon    NoteKind = "asked-soon"    // the help desk is asked as often as it may be; polling asks about the ticket next
	NoteNoDesk       NoteKind = "no-desk"       // there is no help desk to ask; `done` closes
	NoteWhy          NoteKind = "why"           // why a reminder pinged them
	NoteGone         NoteKind = "gone"          // the timeline or the reminder is not there (any more); nothing was moved

	// Of commands, told in the channel:
	NotePaused  NoteKind = "paused"  // the channel is paused until Until
	NoteResumed NoteKind = "resumed" // its pause was ended early
)
