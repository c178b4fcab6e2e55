package escalation

import "time"

// Note is the bot's answer to somebody who mentioned it, as data; the poster renders it.
type Note struct {
	Kind NoteKind `json:"kind"`
	User string   `json:"user,omitempty"` // who asked; named only where it helps, never pinged

	// Snoozed, Nothing:
	For    time.Duration `json:"for,omitempty"`    // the snooze's length
	Capped bool          `json:"capped,omitempty"` // a longer one was asked for: max_snooze is For
	Until  time.Time     `json:"until,omitzero"`   // when the next reminder would come
	Next   *Next         `json:"next,omitempty"`

	// Help:
	Snooze    time.Duration `json:"snooze,omitempty"`
	MaxSnooze time.Duration `json:"max_snooze,omitempty"`
	CanDone   bool          `json:"can_done,omitempty"` // there is no help desk: `done` closes

	// Status, Nothing, Closed:
	Timeline *Timeline `json:"timeline,omitempty"`
}

// NoteKind says what a note answers.
type NoteKind string

const (
	NoteSnoozed   NoteKind = "snoozed"   // the next steps are postponed
	NoteNothing   NoteKind = "nothing"   // nothing is pending, so nothing was moved
	NoteClosed    NoteKind = "closed"    // the timeline is closed; nothing was moved
	NoteDone      NoteKind = "done"      // closed by `done` (no help desk)
	NoteHelp      NoteKind = "help"      // what one can say
	NoteStatus    NoteKind = "status"    // where the timeline stands
	NoteUntracked NoteKind = "untracked" // this is not the thread of a ticket the bot follows
)
