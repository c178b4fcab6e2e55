package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// about is a note about a timeline as it is now.
func about(kind NoteKind, t Timeline, user string, f Facts) Note {
	n := noteFor(user, f)
	n.Kind, n.Timeline = kind, &t
	return n
}

// closedBefore is the note to somebody who asked for something of a timeline that was closed already.
func closedBefore(what Asked, t Timeline, user string, f Facts) Note {
	n := about(NoteClosed, t, user, f)
	n.Asked = what
	return n
}

// Note is the bot's answer to somebody who mentioned it or pressed a button, as data; package message puts it into
// words. An answer to a mention is posted in the thread. An answer to a button is seen only by who pressed it.
type Note struct {
	Kind NoteKind `json:"kind"`
	User string   `json:"user,omitempty"` // who asked; named only where it helps, never pinged
	Name string   `json:"name,omitempty"` // Paused, Resumed, Assigned: who asked, as plain text

	// Snoozed, Nothing, Owned, TookOver:
	For    time.Duration `json:"for,omitempty"`    // how far the pending tiers moved; Owned, TookOver: 0 if none was pending
	Capped bool          `json:"capped,omitempty"` // more was asked for: no reminder comes later than MaxSnooze from now
	Until  time.Time     `json:"until,omitzero"`   // when the next reminder would come; zero: none would
	Zone   string        `json:"zone,omitempty"`   // Snoozed: whose time of day they named; "": they named none
	// Guessed says that they used unknown words, which the bot took as a snooze.
	Guessed bool  `json:"guessed,omitempty"`
	Next    *Next `json:"next,omitempty"`
	// BeyondDeadline says that Until lies beyond Deadline, which is still to come and does not move.
	BeyondDeadline bool      `json:"beyond_deadline,omitempty"`
	Deadline       time.Time `json:"deadline,omitzero"` // set together with Until

	// Help, and all notes that speak of a reply. CanDone says that there is no help desk: the bot never notices a
	// reply, and `done` closes.
	Snooze    time.Duration `json:"snooze,omitempty"`
	MaxSnooze time.Duration `json:"max_snooze,omitempty"`
	CanDone   bool          `json:"can_done,omitempty"`

	// Status: Together says that it answers several mentions at once. Its contents are made just before it is sent.
	Together bool `json:"together,omitempty"`

	Asked Asked `json:"asked,omitempty"` // Closed: what they asked for

	// Status, Nothing, Closed, Done, Settled, Unanswered, Silent, Why:
	Timeline *Timeline `json:"timeline,omitempty"`
	// Status: Owed is the tier whose reminder is on its way just now; 0: none is. As long as one is, a missing Next
	// does not mean that everybody has been reminded.
	Owed int `json:"owed,omitempty"`
	// Status: Sums say how the time of each running clock is counted; none around the clock.
	Sums map[policy.ClockKind]string `json:"sums,omitempty"`

	// NotAssigned: why, and the names of those on shift.
	Refused Refusal  `json:"bar,omitempty"`
	OnShift []string `json:"on_shift,omitempty"`

	// Owned, AlreadyYours, TookOver, Assigned, HandedOver, AlreadyTheirs: who is on it now, and who was before. Previous
	// is nil if nobody was, or if it was the same person.
	Owner    *Owner `json:"owner,omitempty"`
	Previous *Owner `json:"previous,omitempty"`

	Check *Check `json:"check,omitempty"` // Settled, Unanswered, Silent
	Why   *Why   `json:"why,omitempty"`   // Why
}

// Check is what the help desk said when somebody had it asked.
type Check struct {
	At     time.Time         `json:"at"`               // when it was asked
	Status desk.AnswerStatus `json:"status,omitempty"` // the answer that counts: a ticket with an older reply is unanswered
	// RepliedAt is the time of the reply that the help desk knows. With NoteUnanswered it is an older one,
	// from before the ticket's message, which answers something else (rule 5). Zero: none, or undated.
	RepliedAt time.Time `json:"replied_at,omitzero"`
	Cause     string    `json:"cause,omitempty"` // how the ticket was withdrawn
}

// Why explains to one person why a reminder pinged them, or says that it did not.
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
	AsOwner   MentionedAs = "owner"   // by name and alone: they are on it
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
	NoteUnsnoozed  NoteKind = "unsnoozed"   // the next steps are at their own times again
	NoteNotSnoozed NoteKind = "not-snoozed" // nothing was put off, so there is nothing to take back
	NoteLongest    NoteKind = "longest"     // the next reminder is as late already as they asked for, or as late as it may be: see Until
	NoteStop       NoteKind = "stop"        // what ends the reminders, and what postpones them; nothing was moved
	NoteNothing    NoteKind = "nothing"     // nothing is pending, so nothing was moved
	NoteClosed     NoteKind = "closed"      // the timeline is closed; nothing was moved
	NoteDone       NoteKind = "done"        // closed by `done` (no help desk)
	NoteHelp       NoteKind = "help"        // what one can say
	NoteStatus     NoteKind = "status"      // where the timeline stands
	NoteUntracked  NoteKind = "untracked"   // this is not the thread of a ticket the bot follows

	NoteAssigned      NoteKind = "assigned"       // Owner has the ticket now. Posted in the thread; it pings them, unless they took it themselves
	NoteNotAssigned   NoteKind = "not-assigned"   // the person named cannot have it: see Refused
	NoteAlreadyTheirs NoteKind = "already-theirs" // they had it already; nothing has changed
	NoteHandedOver    NoteKind = "handed-over"    // of a button or a command: Owner has it, and a message in the thread tells them

	NoteRelieved NoteKind = "relieved" // Owner took the ticket from Previous, who is pinged

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

	// Of commands, posted in the channel:
	NotePaused  NoteKind = "paused"  // the channel is paused until Until
	NoteResumed NoteKind = "resumed" // its pause was ended early
)
