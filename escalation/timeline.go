package escalation

import (
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// TimelineState is the state of a timeline. The strings are stored and exported.
type TimelineState string

const (
	Open      TimelineState = "open"
	Answered  TimelineState = "answered"  // an agent replied in the ticket
	Withdrawn TimelineState = "withdrawn" // solved, closed, merged, spam or deleted without a reply
	Expired   TimelineState = "expired"   // still open after give_up
)

// TierState is the state of one tier of a timeline.
type TierState string

const (
	TierIdle       TierState = "idle"       // its clock does not run
	TierPending    TierState = "pending"    // waits for its due time
	TierOwed       TierState = "owed"       // decided; a job is to post its reminder
	TierPosted     TierState = "posted"     // its reminder is in the thread
	TierSuperseded TierState = "superseded" // a higher tier was posted instead
	TierFailed     TierState = "failed"     // its job was given up
	TierPaged      TierState = "paged"      // it has no reminder, and its page is owed: see DueTier.Paging
)

// Timeline is one ticket's run through its policy.
type Timeline struct {
	ID      string
	Version int64 // the store adds one with each change; a change names the version that it was made from
	Thread
	Ticket       Ticket
	PostedAt     time.Time // the ticket message's own time
	OpenedAt     time.Time // when it was stored
	Policy       string
	Hours        string    // the hours that its times are counted in: a key of Settings.Hours; "": around the clock
	Clocks       []Clock   // what the policy promises; the first is the first reply's
	Tiers        []DueTier // of all clocks; a tier keeps its number for ever
	ExpiresAt    time.Time // PostedAt plus give_up
	State        TimelineState
	AskedAt      time.Time     // when the help desk was last asked; PostedAt before the first time
	Desk         DeskAnswer    // what the help desk last answered
	SnoozedUntil time.Time     // set by the last snooze, for telling people
	SnoozedBy    string        // Slack user id of whoever snoozed it last
	SnoozedAt    time.Time     // when they did
	SnoozedFor   time.Duration // what they asked for; 0: the default length, or until a time
	// DeadlinesTold is how many reminders were made for deadlines that passed while the tiers were put off. It is the
	// round of the latest.
	DeadlinesTold int
	PausedUntil   time.Time // its channel is paused until then: no reminder before; past or zero: it is not paused
	Owner         Owner     // who is on it; zero: nobody
	Posts         []Posting // the last few reminders in the thread, oldest first
	AnsweredAt    time.Time // the reply's own time; zero unless Answered
	ClosedAt      time.Time // when it stopped being open; zero before
	Cause         string    // why it was closed
	LookAt        time.Time // solved: when the help desk is asked whether it came back; zero: never
	Gone          bool      // the ticket's message was deleted
	Moved         string    // ts of the reminder whose thread takes its place; "" until one is posted
	Held          bool      // a tier came due while the reminder of another was under way, and waits for that one's job
}

// DueTier is a tier of a timeline: the policy's tier as it was at opening, and how far it has come.
type DueTier struct {
	policy.Tier
	Clock    policy.ClockKind   `json:"clock,omitempty"`
	Due      time.Time          `json:"due"`
	State    TierState          `json:"state"`
	Round    int                `json:"round,omitempty"` // grows with each job of its reminder: part of the job's key
	PostedAt time.Time          `json:"posted_at,omitzero"`
	TS       string             `json:"ts,omitempty"`     // its reminder's ts
	Told     []circle.Recipient `json:"told,omitempty"`   // whom its reminder mentioned
	Digest   string             `json:"digest,omitempty"` // id of the digest's job that posts its reminder; "": a job of its own does

	Paging    PagingState `json:"paging,omitempty"`     // how far its page has come
	PageAt    time.Time   `json:"page_at,omitzero"`     // a snoozed page's own time; zero: Due
	PageRound int         `json:"page_round,omitempty"` // grows with each job of its page: part of the job's key
	PageJob   string      `json:"page_job,omitempty"`   // id of the latest of those jobs
}

// Owner is who said "I'm on it", or was given the ticket. They alone are mentioned until their shift ends or they
// are away (rule 23); it disarms nothing.
type Owner struct {
	User  string    `json:"user,omitempty"` // Slack user id
	Name  string    `json:"name,omitempty"` // for places where nobody may be pinged
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"` // the end of their shift; zero: not known
}

// Posting is a reminder in the thread.
type Posting struct {
	TS    string `json:"ts"`
	Tier  int    `json:"tier"`  // 1-based
	Round int    `json:"round"` // with the tier, the key of the job that posted it
	// Digest is the id of the job that posted it together with others, in the channel; "": it is in the thread.
	Digest string `json:"digest,omitempty"`
}

// DeskAnswer is what is remembered of a help desk's answer.
type DeskAnswer struct {
	Status desk.AnswerStatus `json:"status,omitempty"`
	At     time.Time         `json:"at,omitzero"`     // when it was given
	Ticket desk.Ticket       `json:"ticket,omitzero"` // as far as it was told
	Heard  []desk.Fact       `json:"heard,omitempty"` // the last facts that were acted on, in the order in which we heard of them
}

// NextAt is when the walker has to look at the timeline again; zero if never. For a closed timeline it is when the
// poller has to ask whether the ticket came back. Posting a reminder seldom changes it, so that the store seldom has to
// update its index. A tier that comes due while the reminder of another is under way is held: that reminder's job moves
// the timeline on. So at most one reminder of a timeline is under way.
func (t Timeline) NextAt() time.Time {
	if t.State != Open {
		return t.LookAt
	}
	next := t.ExpiresAt
	for _, c := range t.Clocks {
		if c.Running() && !c.DeadlinePassed && c.Deadline.Before(next) {
			next = c.Deadline
		}
		if c.Running() && !c.TellAt.IsZero() && c.TellAt.Before(next) {
			next = c.TellAt
		}
	}
	held := t.Held && t.owed() >= 0
	for _, tier := range t.Tiers {
		for _, due := range [...]time.Time{tier.nextReminder(held), tier.nextPage()} {
			if due.IsZero() {
				continue
			}
			if due = later(due, t.PausedUntil); due.Before(next) {
				next = due
			}
		}
	}
	return next
}

// nextReminder is when the tier's reminder has to be decided; zero if there is nothing to decide, or it is held.
func (t DueTier) nextReminder(held bool) time.Time {
	if held || t.State != TierPending || !t.Reminds() {
		return time.Time{}
	}
	return t.Due
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// owed is the index of the tier whose reminder is under way, -1 if there is none.
func (t Timeline) owed() int {
	for i, tier := range t.Tiers {
		if tier.State == TierOwed {
			return i
		}
	}
	return -1
}

// clone is a copy whose clocks and tiers can be changed without changing t's.
func (t Timeline) clone() Timeline {
	t.Tiers, t.Clocks = slices.Clone(t.Tiers), slices.Clone(t.Clocks)
	return t
}

// Begin is the new timeline of a ticket in a channel. It has each clock of its policy; those that begin with the
// ticket's message run. id and openedAt are the new timeline's own.
func Begin(id string, m Message, p policy.Policy, s *Settings, openedAt time.Time) Timeline {
	t := Timeline{
		ID: id, Thread: m.Thread, Ticket: m.Ticket, PostedAt: m.PostedAt, OpenedAt: openedAt,
		Policy: p.Name, Hours: s.Channels[m.Channel].HoursOf(p), State: Open, AskedAt: m.PostedAt, ExpiresAt: m.PostedAt.Add(s.GiveUp),
	}
	for _, promised := range p.Promises() {
		c := t.add(promised.Clock, promised.Promise)
		if promised.Clock != policy.NextReply {
			t.start(c, m.PostedAt, s.Hours[t.Hours])
		}
	}
	return t
}
