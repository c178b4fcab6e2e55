// Package row holds what both stores read and write in the same way: which columns a record has and how
// they are scanned, the JSON body of a timeline, the details of an event, the precision of times, and how
// the changes of one call are divided into transactions.
//
// A timeline is a row of columns that the database looks at (identity, version, scheduling) and
// one JSON body with everything else, which no query ever opens.
package row

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/fields"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// ErrInstalled says that a workspace is not erased, because the bot is installed there.
var ErrInstalled = errors.New("the bot is still installed in the workspace, or was lately")

// body is the part of a timeline that no query looks at. Its keys are stored: new ones may be added, and an
// old one never gets another meaning. Times are plain numbers because a body is written and read several
// times for each reminder.
type body struct {
	Ticket         escalation.Ticket    `json:"ticket"`
	OpenedAt       instant              `json:"opened_at"`
	ExpiresAt      instant              `json:"expires_at"`
	Tiers          []tier               `json:"tiers"`
	Hours          string               `json:"hours,omitempty"`
	Desk           desk.AnswerStatus    `json:"desk,omitempty"`
	DeskTicket     *desk.Ticket         `json:"desk_ticket,omitempty"`
	DeskHeard      []desk.Fact          `json:"desk_heard,omitempty"`
	DeskAt         instant              `json:"desk_at,omitempty"`
	Clocks         []clock              `json:"clocks,omitempty"`          // absent: the first reply's alone, from the ticket's message
	DeadlinePassed bool                 `json:"deadline_passed,omitempty"` // the first reply's
	SnoozedUntil   instant              `json:"snoozed_until,omitempty"`
	SnoozedBy      string               `json:"snoozed_by,omitempty"`
	SnoozedAt      instant              `json:"snoozed_at,omitempty"`
	SnoozedFor     time.Duration        `json:"snoozed_for,omitempty"`
	DeadlinesTold  int                  `json:"deadlines_told,omitempty"`
	PausedUntil    instant              `json:"paused_until,omitempty"`
	Owner          *escalation.Owner    `json:"owner,omitempty"`
	Posts          []escalation.Posting `json:"posts,omitempty"`
	Cause          string               `json:"cause,omitempty"`
	LookAt         instant              `json:"look_at,omitempty"`
	Gone           bool                 `json:"gone,omitempty"`
	Held           bool                 `json:"held,omitempty"`
}

// clock is an escalation.Clock in a body.
type clock struct {
	Kind           policy.ClockKind `json:"kind"`
	Start          instant          `json:"start,omitempty"`
	Target         time.Duration    `json:"target,omitempty"`
	Pause          []desk.Status    `json:"pause,omitempty"`
	Deadline       instant          `json:"deadline,omitempty"`
	ChangedAt      instant          `json:"changed_at,omitempty"`
	DeadlinePassed bool             `json:"deadline_passed,omitempty"`
	TellAt         instant          `json:"tell_at,omitempty"`
	BreachedAt     instant          `json:"breached_at,omitempty"`
	StoppedAt      instant          `json:"stopped_at,omitempty"`
	PausedAt       instant          `json:"paused_at,omitempty"`
	CountsFrom     instant          `json:"counts_from,omitempty"`
	Used           time.Duration    `json:"used,omitempty"`
	First          int              `json:"first,omitempty"`
	Tiers          int              `json:"tiers,omitempty"`
	DoubtfulUntil  instant          `json:"doubtful_until,omitempty"`
}

// tier is an escalation.DueTier in a body.
type tier struct {
	policy.Tier
	Clock    policy.ClockKind     `json:"clock,omitempty"` // "": the first reply's
	Due      instant              `json:"due"`
	State    escalation.TierState `json:"state"`
	Round    int                  `json:"round,omitempty"`
	PostedAt instant              `json:"posted_at,omitempty"`
	TS       string               `json:"ts,omitempty"`
	Digest   string               `json:"digest,omitempty"`

	Told []circle.Recipient `json:"told,omitempty"`

	Paging    escalation.PagingState `json:"paging,omitempty"`
	PageAt    instant                `json:"page_at,omitempty"`
	PageRound int                    `json:"page_round,omitempty"`
	PageJob   string                 `json:"page_job,omitempty"`
}

// instant is a time in whole microseconds since 1970; 0 is the zero time.
type instant int64

func at(t time.Time) instant {
	if t.IsZero() {
		return 0
	}
	return instant(t.UnixMicro())
}

func (i instant) time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// Body is the JSON of all of t that has no column of its own.
func Body(t escalation.Timeline) (string, error) {
	b := body{
		Ticket:         t.Ticket,
		OpenedAt:       at(t.OpenedAt),
		ExpiresAt:      at(t.ExpiresAt),
		Tiers:          make([]tier, len(t.Tiers)),
		Hours:          t.Hours,
		Desk:           t.Desk.Status,
		DeskHeard:      keptFacts(t.Desk.Heard),
		DeskAt:         at(t.Desk.At),
		Clocks:         keptClocks(t),
		DeadlinePassed: t.FirstReply().DeadlinePassed,
		SnoozedUntil:   at(t.SnoozedUntil),
		SnoozedBy:      t.SnoozedBy,
		SnoozedAt:      at(t.SnoozedAt),
		SnoozedFor:     t.SnoozedFor,
		DeadlinesTold:  t.DeadlinesTold,
		PausedUntil:    at(t.PausedUntil),
		Posts:          t.Posts,
		Cause:          t.Cause,
		LookAt:         at(t.LookAt),
		Gone:           t.Gone,
		Held:           t.Held,
	}
	if t.Desk.Ticket != (desk.Ticket{}) {
		ticket := t.Desk.Ticket
		ticket.CustomerWrote, ticket.WaitingSince = Time(ticket.CustomerWrote), Time(ticket.WaitingSince)
		ticket.LastReply, ticket.SolvedAt = Time(ticket.LastReply), Time(ticket.SolvedAt)
		b.DeskTicket = &ticket
	}
	if t.Owner.User != "" {
		owner := t.Owner
		owner.Since, owner.Until = Time(owner.Since), Time(owner.Until)
		b.Owner = &owner
	}
	for i, d := range t.Tiers {
		b.Tiers[i] = tier{d.Tier, d.Clock.Short(), at(d.Due), d.State, d.Round, at(d.PostedAt), d.TS, d.Digest, d.Told, d.Paging, at(d.PageAt), d.PageRound, d.PageJob}
	}
	js, err := fields.Marshal(&b, bodyFields)
	if err != nil {
		return "", fmt.Errorf("encode timeline %s: %w", t.ID, err)
	}
	return string(js), nil
}

// SetBody fills in what Body kept of t.
func SetBody(t *escalation.Timeline, js string) error {
	var b body
	if err := fields.Unmarshal(js, &b, bodyFields); err != nil {
		return fmt.Errorf("decode timeline %s: %w", t.ID, err)
	}
	b.fill(t)
	return nil
}

// fill is the reverse of Body.
func (b *body) fill(t *escalation.Timeline) {
	t.Ticket = b.Ticket
	t.OpenedAt, t.ExpiresAt = b.OpenedAt.time(), b.ExpiresAt.time()
	t.Tiers = make([]escalation.DueTier, len(b.Tiers))
	for i, d := range b.Tiers {
		t.Tiers[i] = escalation.DueTier{
			Tier: d.Tier, Clock: d.Clock.Full(), Due: d.Due.time(), State: d.State, Round: d.Round, PostedAt: d.PostedAt.time(), TS: d.TS, Digest: d.Digest,
			Paging: d.Paging, PageAt: d.PageAt.time(), PageRound: d.PageRound, PageJob: d.PageJob, Told: d.Told,
		}
	}
	t.Hours = b.Hours
	t.Desk = escalation.DeskAnswer{Status: b.Desk, At: b.DeskAt.time(), Heard: b.DeskHeard}
	if b.DeskTicket != nil {
		t.Desk.Ticket = *b.DeskTicket
	}
	if len(b.Clocks) > 0 {
		t.Clocks = make([]escalation.Clock, len(b.Clocks))
		for i, c := range b.Clocks {
			t.Clocks[i] = escalation.Clock{
				Kind: c.Kind, Start: c.Start.time(), Target: c.Target, Pause: c.Pause, Deadline: c.Deadline.time(), ChangedAt: c.ChangedAt.time(),
				DeadlinePassed: c.DeadlinePassed, TellAt: c.TellAt.time(), BreachedAt: c.BreachedAt.time(), StoppedAt: c.StoppedAt.time(), PausedAt: c.PausedAt.time(),
				CountsFrom: c.CountsFrom.time(), Used: c.Used, First: c.First, Tiers: c.Tiers,
				DoubtfulUntil: c.DoubtfulUntil.time(),
			}
		}
	} else {
		first := t.FirstReply()
		*first = plainClock(*t, first.Deadline, b.DeadlinePassed, first.BreachedAt)
	}
	t.SnoozedUntil, t.SnoozedBy, t.SnoozedAt = b.SnoozedUntil.time(), b.SnoozedBy, b.SnoozedAt.time()
	t.SnoozedFor, t.DeadlinesTold = b.SnoozedFor, b.DeadlinesTold
	t.PausedUntil = b.PausedUntil.time()
	if b.Owner != nil {
		t.Owner = *b.Owner
	}
	t.Posts = b.Posts
	t.Cause, t.Gone, t.Held = b.Cause, b.Gone, b.Held
	t.LookAt = b.LookAt.time()
}

// keptClocks are the clocks as a body has them: none where the columns and the tiers say all there is to say.
// So a body with the first reply alone is what every program of before the other clocks reads.
func keptClocks(t escalation.Timeline) []clock {
	if first := t.FirstReply(); len(t.Clocks) == 1 && isPlain(&t, first) {
		return nil
	}
	kept := make([]clock, len(t.Clocks))
	for i, c := range t.Clocks {
		kept[i] = clock{
			c.Kind, at(c.Start), c.Target, c.Pause, at(c.Deadline), at(c.ChangedAt), c.DeadlinePassed, at(c.TellAt), at(c.BreachedAt),
			at(c.StoppedAt), at(c.PausedAt), at(c.CountsFrom), c.Used, c.First, c.Tiers,
			at(c.DoubtfulUntil),
		}
	}
	return kept
}

// plainClock is the first reply's clock of a timeline that promises nothing else, around the clock, and never
// changed its policy: a body does not need to hold it.
func plainClock(t escalation.Timeline, deadline time.Time, passed bool, breached time.Time) escalation.Clock {
	return escalation.Clock{
		Kind: policy.FirstReply, Start: t.PostedAt, Target: deadline.Sub(t.PostedAt), Deadline: deadline,
		DeadlinePassed: passed, BreachedAt: breached, Tiers: len(t.Tiers),
	}
}

// isPlain says whether a clock of t is as plainClock has it. Every body that is written asks, so it compares
// field by field, without reflection.
func isPlain(t *escalation.Timeline, c *escalation.Clock) bool {
	return c.Kind == policy.FirstReply && c.Start.Equal(t.PostedAt) && c.Target == c.Deadline.Sub(t.PostedAt) &&
		len(c.Pause) == 0 && c.ChangedAt.IsZero() && c.StoppedAt.IsZero() && c.PausedAt.IsZero() && c.CountsFrom.IsZero() &&
		c.Used == 0 && c.First == 0 && c.Tiers == len(t.Tiers) && c.DoubtfulUntil.IsZero() && c.TellAt.IsZero()
}

// Facts is the JSON of what a desk's event tells beside itself; "" if that is nothing.
func Facts(e desk.Event) (string, error) {
	if len(e.Facts) == 0 {
		return "", nil
	}
	js, err := json.Marshal(keptFacts(e.Facts))
	if err != nil {
		return "", fmt.Errorf("encode the facts of ticket %s: %w", e.TicketID, err)
	}
	return string(js), nil
}

// keptFacts are facts with their times as stores keep them.
func keptFacts(facts []desk.Fact) []desk.Fact {
	kept := slices.Clone(facts)
	for i := range kept {
		kept[i].At = Time(kept[i].At)
	}
	return kept
}

// SetFacts fills in what Facts kept of e.
func SetFacts(e *desk.Event, js []byte) error {
	if len(js) == 0 {
		return nil
	}
	if err := json.Unmarshal(js, &e.Facts); err != nil {
		return fmt.Errorf("decode the facts of ticket %s: %w", e.TicketID, err)
	}
	return nil
}

// Time is t as both stores keep it: UTC, in whole microseconds.
func Time(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
