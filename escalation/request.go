package escalation

import (
	"slices"
	"time"
)

// MentionKey identifies a message that mentions the bot.
type MentionKey struct {
	Workspace, Channel, TS string
}

// Mention is somebody @mentioning the bot.
type Mention struct {
	MentionKey
	ThreadTS string // "" outside a thread
	User     string
	Text     string
}

// Request is what somebody asked of the bot by mentioning it. Package saying reads it.
type Request struct {
	Kind    RequestKind
	For     time.Duration // RequestSnooze: the length asked for; 0: the default
	Until   time.Time     // RequestSnooze: until when, in place of For
	Zone    string        // whose time of day Until was given in
	Guessed bool          // RequestSnooze: it was said in words that are not known
	Whom    string        // RequestAssign: to whom, as it was said: a Slack user id, a name, "me"; "": nobody
	Heir    Heir          // RequestAssign: who that is
}

// RequestKind is one of the few things the bot understands.
type RequestKind string

const (
	RequestSnooze   RequestKind = "snooze"
	RequestUnsnooze RequestKind = "unsnooze"
	RequestHelp     RequestKind = "help"
	RequestStatus   RequestKind = "status"
	RequestAssign   RequestKind = "assign"
	RequestDone     RequestKind = "done" // closes where there is no help desk; otherwise as RequestStop
	RequestStop     RequestKind = "stop" // nothing that the bot does on a word: it says what ends the reminders
)

// Click is somebody pressing a button of a reminder, in the thread of a ticket.
type Click struct {
	Thread
	Timeline string
	Tier     int // 1-based; with Round, which reminder it was; 0 on that of a deadline, and with round 0 on a note
	Round    int
	User     string    // Slack user id
	Name     string    // as Slack shows it, for places where nobody may be pinged
	At       time.Time // when it was pressed, by our clock
	Bulk     bool      // pressed for all tickets of a digest at once
	Again    bool      // the very same was taken in before: it changes nothing (rule 29)
}

// Of says that the click is about a reminder that t has had, in t's own thread. A click knows its
// thread unless the message it was made on has gone.
func (c Click) Of(t Timeline) bool {
	here := c.Workspace == t.Workspace && c.Channel == t.Channel && (c.TS == "" || c.TS == t.TS || c.TS == t.Moved || t.inDigest(c.TS))
	onNote := c.Tier == 0 && c.Round >= 0 && c.Round <= t.DeadlinesTold
	return here && (onNote || c.Tier >= 1 && c.Tier <= len(t.Tiers) && c.Round >= 1 && c.Round <= t.Tiers[c.Tier-1].Round)
}

// inDigest says that a digest which names the ticket stands under ts: people talk in the thread of that, too.
func (t Timeline) inDigest(ts string) bool {
	return slices.ContainsFunc(t.Posts, func(p Posting) bool { return p.Digest != "" && p.TS == ts })
}
