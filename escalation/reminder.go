package escalation

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Reminder is the message that a due tier posts, as data; package message puts it into words. It is stored as the
// payload of its job, so everything in it is as of DecidedAt.
type Reminder struct {
	Ticket    Ticket           `json:"ticket"`
	Policy    string           `json:"policy"`
	Clock     policy.ClockKind `json:"clock,omitempty"`  // whose tier it is; "": the first reply's
	Tier      int              `json:"tier"`             // 1-based, among the timeline's: with the round, which reminder it is
	Number    int              `json:"number,omitempty"` // 1-based, among its clock's: as people count; 0: Tier
	Tiers     int              `json:"tiers"`            // how many its clock has
	DecidedAt time.Time        `json:"decided_at"`
	PostedAt  time.Time        `json:"posted_at"`      // the ticket message's time
	Since     time.Time        `json:"since,omitzero"` // when the clock started; zero: PostedAt
	Due       time.Time        `json:"due"`
	RepeatAt  time.Time        `json:"repeat_at,omitzero"` // the last tier's next repetition; zero: none
	Late      time.Duration    `json:"late,omitempty"`     // 0 unless late enough to be worth a word
	Repeat    bool             `json:"repeat,omitempty"`   // the last tier once more
	// AtDeadline says that it is no tier's: a deadline passed while the tiers were put off. Tier is 0.
	AtDeadline bool `json:"at_deadline,omitempty"`
	Moved      bool `json:"moved,omitempty"` // the ticket's message is gone, and this one's thread takes its place

	Mention []circle.Recipient `json:"mention,omitempty"` // all who are pinged, each once; nobody else may be
	Owner   bool               `json:"owner,omitempty"`   // Mention is the owner alone, in place of the circles
	Covers  []int              `json:"covers,omitempty"`  // lower tiers that came due meanwhile: their people are mentioned, too
	Gaps    []circle.Gap       `json:"gaps,omitempty"`    // circles that turned out empty, so that others are mentioned in their place

	Desk     desk.AnswerStatus `json:"desk"`    // Unchecked: say that the reply could not be checked
	DeskAt   time.Time         `json:"desk_at"` // when the help desk answered (or failed to)
	Deadline time.Time         `json:"deadline"`
	Used     time.Duration     `json:"used,omitempty"`     // working time that is used of the promise; 0: all the time that passed
	Left     time.Duration     `json:"left,omitempty"`     // working time until the deadline; 0: the real time, or none
	Also     []OtherClock      `json:"also,omitempty"`     // other clocks that are due as well
	Breached bool              `json:"breached,omitempty"` // the deadline has passed
	Next     *Next             `json:"next,omitempty"`     // nil after the last tier

	Told      []circle.Recipient `json:"told,omitempty"`       // whom earlier reminders of the timeline mentioned, and this one does not
	OnIt      Owner              `json:"on_it,omitzero"`       // who is on it; zero: nobody
	SnoozedBy string             `json:"snoozed_by,omitempty"` // Slack user id of whoever snoozed it last

	Snooze    time.Duration `json:"snooze"`               // what a bare @mention postpones by
	MaxSnooze time.Duration `json:"max_snooze,omitempty"` // the longest that one may ask for; 0: not known
	Message   string        `json:"message,omitempty"`    // the tier's own text, its template filled in
}

// OtherClock is a clock that a reminder names beside its own.
type OtherClock struct {
	Clock    policy.ClockKind `json:"clock"`
	Deadline time.Time        `json:"deadline"`
}

// Waited is how long the customer had been waiting when the reminder was decided.
func (r Reminder) Waited() time.Duration {
	if !r.Since.IsZero() {
		return r.DecidedAt.Sub(r.Since)
	}
	return r.DecidedAt.Sub(r.PostedAt)
}

// TierNumber is which of its clock's tiers it is, as people count.
func (r Reminder) TierNumber() int { return cmp.Or(r.Number, r.Tier) }

// Mark names the ticket, the clock and the tier in a few letters. By it a posted reminder is recognised even when its
// job and its timeline are forgotten. It tells nothing to others: it is a hash.
func (r Reminder) Mark() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %s %d", r.Ticket.ID, r.Clock.Full(), r.Tier))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// Next is who will be reminded next, and when.
type Next struct {
	At     time.Time `json:"at"`
	Notify []string  `json:"notify"`          // the tier's own words: "on-shift", "@support", …
	Names  []string  `json:"names,omitempty"` // who that is now, as plain text; never pinged
	Owner  bool      `json:"owner,omitempty"` // it is the owner alone, who is named in Names; Notify is empty
}
