package review

import (
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Review is all there is to say about one timeline. Its JSON is what `slabuddy export --json` prints:
// keys may be added to it, and none taken away. Times are UTC; lengths are in seconds.
type Review struct {
	Timeline   string                   `json:"timeline"` // its id
	Workspace  string                   `json:"workspace"`
	Channel    string                   `json:"channel"`
	ThreadTS   string                   `json:"thread_ts"`
	Ticket     escalation.Ticket        `json:"ticket"`
	Policy     string                   `json:"policy"`
	OpenedAt   time.Time                `json:"opened_at"` // the ticket message's own time
	Deadline   time.Time                `json:"deadline"`
	State      escalation.TimelineState `json:"state"`
	Outcome    Outcome                  `json:"outcome"`
	BreachedAt time.Time                `json:"breached_at,omitzero"`
	Reply      *Reply                   `json:"reply,omitempty"` // nil: not answered
	ClosedAt   time.Time                `json:"closed_at,omitzero"`
	Cause      string                   `json:"cause,omitempty"` // why it was closed
	Owner      *Party                   `json:"owner,omitempty"` // who said "I'm on it" last
	Snoozes    Snoozes                  `json:"snoozes"`
	Reminders  int                      `json:"reminders"` // how many were posted
	Tiers      []Tier                   `json:"tiers"`
	History    []Happening              `json:"history"`
}

// Party is somebody, or several at once, as Slack knows them.
type Party struct {
	ID   string `json:"id"`             // U…, S…, here or channel
	Name string `json:"name,omitempty"` // a person's name, a user group's @handle; "": not known
}

// Reply is the first one that answers the ticket.
type Reply struct {
	At      time.Time `json:"at"`
	By      *Party    `json:"by,omitempty"` // who said `done`; help desks do not say who replied
	Seconds float64   `json:"seconds"`      // since the ticket's message
}

// Snoozes are those that moved something, "I'm on it" included.
type Snoozes struct {
	Count   int     `json:"count"`
	Seconds float64 `json:"seconds"` // all together
}

// Tier is how one tier came out.
type Tier struct {
	Tier          int                  `json:"tier"`            // 1-based, over all clocks
	Clock         policy.ClockKind     `json:"clock,omitempty"` // left out: the first reply's
	AfterSeconds  float64              `json:"after_seconds"`
	BeforeSeconds float64              `json:"before_seconds,omitempty"` // a warning: so long before the deadline
	Notify        []string             `json:"notify,omitempty"`         // the policy's words
	Due           time.Time            `json:"due,omitzero"`             // snoozes included; left out: its clock has not started
	State         escalation.TierState `json:"state"`                    // or Unneeded
	Reminders     int                  `json:"reminders"`                // how many were posted
	PostedAt      time.Time            `json:"posted_at,omitzero"`       // the first of them
	LateSeconds   float64              `json:"late_seconds,omitempty"`   // also by its due time then
	Mentioned     []Party              `json:"mentioned,omitempty"`      // by any of them, each once
	Page          string               `json:"page,omitempty"`
	PageState     string               `json:"page_state,omitempty"` // pending, waits, owed, sent, dropped, failed or skipped
	PagedAt       time.Time            `json:"paged_at,omitzero"`
}

// Names are what people and user groups of a workspace are called, by Slack id.
type Names map[string]string

// Of is the review of a record at now. names are those of its workspace.
func Of(r Record, names Names, now time.Time) Review {
	t := r.Timeline
	v := Review{
		Timeline: t.ID, Workspace: t.Workspace, Channel: t.Channel, ThreadTS: t.TS, Ticket: t.Ticket, Policy: t.Policy,
		OpenedAt: t.PostedAt, Deadline: t.FirstReply().Deadline, State: t.State, Outcome: OutcomeOf(t, now), BreachedAt: t.FirstReply().BreachedAt,
		Reply: reply(t, names), ClosedAt: t.ClosedAt, Cause: t.Cause, Owner: names.party(t.Owner.User),
		Tiers: make([]Tier, 0, len(t.Tiers)), History: make([]Happening, 0, len(r.History)),
	}
	if v.Owner != nil && v.Owner.Name == "" {
		v.Owner.Name = t.Owner.Name
	}
	for i, d := range t.Tiers {
		v.Tiers = append(v.Tiers, tier(i, d))
	}
	for _, e := range r.History {
		v.take(e, names)
	}
	for i, d := range t.Tiers {
		v.Tiers[i].State = tierState(t, d, !v.Tiers[i].PostedAt.IsZero())
	}
	return v
}

// doneBy begins the cause of a timeline that somebody closed with `done`.
const doneBy = "done by "

func reply(t escalation.Timeline, names Names) *Reply {
	if t.State != escalation.Answered && t.AnsweredAt.IsZero() {
		return nil
	}
	r := &Reply{At: t.AnsweredAt, Seconds: max(t.AnsweredAt.Sub(t.PostedAt), 0).Seconds()}
	if user, done := strings.CutPrefix(t.Cause, doneBy); done {
		r.By = names.party(user)
	}
	return r
}

func tier(i int, d escalation.DueTier) Tier {
	out := Tier{
		Tier: i + 1, AfterSeconds: d.After.Seconds(), BeforeSeconds: d.Before.Seconds(), Notify: d.Notify, Due: d.Due,
		PostedAt: d.PostedAt, Page: d.Page,
	}
	if d.Clock != policy.FirstReply {
		out.Clock = d.Clock
	}
	if d.Page != "" {
		out.PageState = "pending"
		if d.Paging != escalation.PagePending {
			out.PageState = string(d.Paging)
		}
	}
	return out
}

// take adds an event to the history, and to what others say about it.
func (v *Review) take(e escalation.Event, names Names) {
	v.History = append(v.History, happening(e, names))
	switch e.Kind {
	case escalation.EventSnoozed, escalation.EventOwned:
		if e.For > 0 { // otherwise they are on it, and nothing was pending
			v.Snoozes.Count++
			v.Snoozes.Seconds += e.For.Seconds()
		}
	case escalation.EventPosted:
		v.Reminders++
	}
	if e.Tier < 1 || e.Tier > len(v.Tiers) {
		return
	}
	tier := &v.Tiers[e.Tier-1]
	switch e.Kind {
	case escalation.EventPosted:
		if tier.Reminders++; tier.Reminders == 1 {
			tier.PostedAt, tier.LateSeconds = e.At, e.Late.Seconds()
		}
		for _, p := range names.all(e.Mentioned) {
			if !slices.Contains(tier.Mentioned, p) {
				tier.Mentioned = append(tier.Mentioned, p)
			}
		}
	case escalation.EventPaged:
		tier.PagedAt = e.At
	}
}

func (n Names) party(id string) *Party {
	if id == "" {
		return nil
	}
	return &Party{ID: id, Name: n[id]}
}

func (n Names) all(ids []string) []Party {
	var all []Party
	for _, id := range ids {
		all = append(all, *n.party(id))
	}
	return all
}

// Zones are the time zones that people are in, by Slack id, as far as they are known.
type Zones map[string]*time.Location

// Of is somebody's zone; where that is not known, another.
func (z Zones) Of(id string, otherwise *time.Location) *time.Location {
	if zone := z[id]; zone != nil {
		return zone
	}
	return otherwise
}
