package report

import (
	"cmp"
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// Report is how the team did. Its JSON is what `slabuddy report --json` prints: keys may be added to it, and none
// taken away. Times are UTC; lengths are in seconds.
type Report struct {
	From time.Time `json:"from"` // tickets posted at From or later
	To   time.Time `json:"to"`   // and before To
	At   time.Time `json:"at"`   // as of when
	Zone string    `json:"zone"` // of weekdays, hours, weeks and nights

	Clocks     []Tally `json:"clocks"` // by clock and policy; the whole, which has no policy, first
	Before     []Tally `json:"before"` // the same for the span before, which was as long
	Priorities []Tally `json:"priorities"`
	Weeks      []Tally `json:"weeks"`
	Days       []Tally `json:"days,omitempty"` // of a span of a month at most

	FirstReply       FirstReply `json:"first_reply"`
	FirstReplyBefore FirstReply `json:"first_reply_before"`

	Hours    []HourOfWeek `json:"hours"`    // 24 × 7, Monday first
	Causes   []CauseCount `json:"causes"`   // by the first cause of each breach
	Breaches []Breach     `json:"breaches"` // the latest, newest first
	Unlisted int          `json:"unlisted_breaches,omitempty"`

	Reminders Reminders `json:"reminders"`
	People    []Person  `json:"people"` // in the order of their names
	Bot       Bot       `json:"bot"`
	Limits    []string  `json:"limits,omitempty"` // what the figures do not know
}

// Whole is the first reply of all tickets.
func (r Report) Whole() Counts { return r.Clocks[0].Counts }

// WholeBefore is the same for the span before.
func (r Report) WholeBefore() Counts { return r.Before[0].Counts }

// HourOfWeek is one hour of the week; a report has all 168.
type HourOfWeek struct {
	Weekday  string  `json:"weekday"` // Mon
	Hour     int     `json:"hour"`
	Tickets  int     `json:"tickets"`  // posted then
	Breaches int     `json:"breaches"` // promises that broke then
	Empty    float64 `json:"nobody_on_shift_seconds"`
}

// CauseCount is how many breaches have a cause.
type CauseCount struct {
	Cause Cause `json:"cause"`
	Count int   `json:"count"`
}

// Breach is a broken promise.
type Breach struct {
	Workspace string            `json:"workspace"`
	Channel   string            `json:"channel"`
	ThreadTS  string            `json:"thread_ts"`
	Ticket    escalation.Ticket `json:"ticket"`
	Policy    string            `json:"policy"`
	Clock     policy.ClockKind  `json:"clock"`
	Start     time.Time         `json:"start"`
	At        time.Time         `json:"at"`
	EndedAt   time.Time         `json:"ended_at,omitzero"` // zero: it still waits
	Void      bool              `json:"void,omitempty"`    // it has ended, and what was promised was never done
	Causes    []Cause           `json:"causes"`            // the first one counts
	By        *review.Party     `json:"by,omitempty"`
}

// Reminders are those that went out, and those that did not have to.
type Reminders struct {
	Posted     int `json:"posted"`
	Night      int `json:"night"`      // posted between 22:00 and 07:00
	Superseded int `json:"superseded"` // tiers that a higher one's reminder spoke for
	Unneeded   int `json:"unneeded"`   // tiers whose ticket was answered or withdrawn before they were due
}

// Person is whoever was mentioned: a person or a user group.
type Person struct {
	Workspace  string  `json:"workspace"`
	ID         string  `json:"id"`
	Name       string  `json:"name,omitempty"`
	Reminders  int     `json:"reminders"`
	Night      int     `json:"night_reminders"`
	ShiftHours float64 `json:"shift_hours,omitempty"` // 0: not known, or none
}

// PerShiftHour is how many reminders came in an hour of shift; 0 where the hours are not known.
func (p Person) PerShiftHour() float64 {
	if p.ShiftHours == 0 {
		return 0
	}
	return float64(p.Reminders) / p.ShiftHours
}

// Bot is how punctual the program itself was.
type Bot struct {
	Posted   int     `json:"posted"`
	Late     int     `json:"late"` // by a minute or more
	P50      float64 `json:"late_p50_seconds"`
	P99      float64 `json:"late_p99_seconds"`
	Most     float64 `json:"late_most_seconds"`
	Failed   int     `json:"failed"`   // reminders that were given up
	Deferred int     `json:"deferred"` // decided again, because something had changed
	Silent   int     `json:"desk_silent"`
	Blind    []Blind `json:"blind,omitempty"` // the longest gaps in which something came due
}

// Blind is a time in which tiers came due, or tickets were posted, and nobody looked.
type Blind struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Tickets int       `json:"tickets"` // how many it concerned
	Some    []string  `json:"some"`    // the first of them
}

// Called is what somebody is called: their name, or the id.
func (p Person) Called() string { return cmp.Or(p.Name, p.ID) }

// Workspaces is what is known of workspaces beside their timelines.
type Workspaces interface {
	// Known is asked once for each workspace.
	Known(ctx context.Context, workspace string) (Known, error)
}

// Make reads what is stored and reports on it.
func Make(ctx context.Context, s review.Store, q Query, workspaces Workspaces, now time.Time, zone *time.Location) (Report, error) {
	b := NewBuilder(q, now, zone)
	met := map[string]Known{}
	for r, err := range review.All(ctx, s, q.Workspace, b.before.From) {
		if err != nil {
			return Report{}, err
		}
		workspace := r.Timeline.Workspace
		known, asked := met[workspace]
		if !asked {
			if known, err = workspaces.Known(ctx, workspace); err != nil {
				return Report{}, err
			}
			met[workspace] = known
		}
		b.Add(r, known)
	}
	return b.Report(), nil
}
