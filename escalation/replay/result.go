package replay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// Result is how it was, and how it would have been. Its JSON is what `slabuddy replay --json` prints: keys may be
// added to it, and none taken away.
type Result struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Zone     string    `json:"zone"` // of nights
	With     string    `json:"with"` // what the other configuration is called
	Before   Side      `json:"before"`
	After    Side      `json:"after"`
	Changed  []Changed `json:"changed"` // promises that come to another end
	Unlisted int       `json:"unlisted_changed,omitempty"`
	Limits   []string  `json:"limits"`
}

// Side is what was counted of the tickets, either as they were or as they would have been.
type Side struct {
	report.Counts
	Reminders int      `json:"reminders"`
	Night     int      `json:"night_reminders"`
	People    []Person `json:"people"` // in the order of their names
}

// Person is whoever was mentioned, or would have been.
type Person struct {
	Workspace string `json:"workspace"`
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	Reminders int    `json:"reminders"`
	Night     int    `json:"night_reminders"`
}

// Changed is a ticket of which a promise comes to another end. "" means that it was not promised.
type Changed struct {
	Workspace string           `json:"workspace"`
	Channel   string           `json:"channel"`
	Ticket    string           `json:"ticket"`
	Clock     policy.ClockKind `json:"clock"`
	Before    report.Outcome   `json:"before"`
	After     report.Outcome   `json:"after"`
	Policy    string           `json:"policy"`     // that it had
	NewPolicy string           `json:"new_policy"` // that it would have had
}

// side adds up.
type side struct {
	Side
	people map[[2]string]*Person
}

func (s *side) add(r review.Record, now time.Time, zone *time.Location, conditions Conditions) {
	for _, p := range report.Promises(r, now) {
		s.Counts.Add(p.Outcome)
	}
	for i := range r.History {
		e := &r.History[i]
		if e.Kind != escalation.EventPosted {
			continue
		}
		nights, night := report.Nights(e, conditions.Zones, zone)
		s.Reminders++
		if night {
			s.Night++
		}
		for i, id := range e.Mentioned {
			key := [2]string{r.Timeline.Workspace, id}
			p := s.people[key]
			if p == nil {
				p = &Person{Workspace: key[0], ID: id, Name: conditions.Names[id]}
				s.people[key] = p
			}
			p.Reminders++
			if nights[i] {
				p.Night++
			}
		}
	}
}

func (s *side) done() Side {
	s.People = []Person{}
	for _, p := range s.people {
		s.People = append(s.People, *p)
	}
	slices.SortFunc(s.People, func(a, b Person) int {
		return cmp.Or(strings.Compare(cmp.Or(a.Name, a.ID), cmp.Or(b.Name, b.ID)), strings.Compare(a.Workspace, b.Workspace), strings.Compare(a.ID, b.ID))
	})
	return s.Side
}

// mostChanged is how many are listed.
const mostChanged = 1000

// Query says of which tickets a replay is.
type Query struct {
	From      time.Time // posted then or later
	Workspace string    // "": all
	Channel   string    // "": all
	With      string    // what the other configuration is called
}

// Make replays what is stored under other conditions, as of now.
func Make(ctx context.Context, s review.Store, q Query, conditions func(ctx context.Context, workspace string) (Conditions, error), now time.Time, zone *time.Location) (Result, error) {
	before, after := side{people: map[[2]string]*Person{}}, side{people: map[[2]string]*Person{}}
	result := Result{From: q.From.UTC(), To: now.UTC(), Zone: zone.String(), With: q.With, Changed: []Changed{}}
	known := map[string]Conditions{}
	var left, raised, unknown int
	for r, err := range review.All(ctx, s, q.Workspace, q.From) {
		if err != nil {
			return Result{}, err
		}
		if q.Channel != "" && q.Channel != r.Timeline.Channel {
			continue
		}
		workspace := r.Timeline.Workspace
		of, met := known[workspace]
		if !met {
			if of, err = conditions(ctx, workspace); err != nil {
				return Result{}, err
			}
			known[workspace] = of
		}
		would := Run(r, of, now)
		if !would.Opens {
			left++
		}
		unknown += would.Nobody
		if would.Changed {
			raised++
		}
		before.add(r, now, zone, of)
		after.add(would.Record, now, zone, of)
		result.compare(r, would.Record, now)
	}
	result.Before, result.After = before.done(), after.done()
	result.Limits = limits(left, raised, unknown)
	return result, nil
}

// compare lists what came to another end.
func (r *Result) compare(was, would review.Record, now time.Time) {
	before, after := ends(was, now), ends(would, now)
	for _, kind := range policy.ClockKinds() {
		for i := range max(len(before[kind]), len(after[kind])) {
			c := Changed{
				Workspace: was.Timeline.Workspace, Channel: was.Timeline.Channel, Ticket: was.Timeline.Ticket.ID, Clock: kind,
				Before: nth(before[kind], i), After: nth(after[kind], i), Policy: was.Timeline.Policy, NewPolicy: would.Timeline.Policy,
			}
			switch {
			case c.Before == c.After:
			case len(r.Changed) == mostChanged:
				r.Unlisted++
			default:
				r.Changed = append(r.Changed, c)
			}
		}
	}
}

func ends(r review.Record, now time.Time) map[policy.ClockKind][]report.Outcome {
	all := map[policy.ClockKind][]report.Outcome{}
	for _, p := range report.Promises(r, now) {
		all[p.Clock] = append(all[p.Clock], p.Outcome)
	}
	return all
}

func nth(all []report.Outcome, i int) report.Outcome {
	if i < len(all) {
		return all[i]
	}
	return ""
}

// limits say what the figures do not know.
func limits(left, raised, unknown int) []string {
	all := []string{
		"People would have acted otherwise: who was reminded earlier might have replied earlier. Replies, snoozes and pauses are as they were.",
		"Nights are 22:00 to 07:00 in the time zone that each person has in Slack, and that of the calendar where it is not known.",
	}
	add := func(n int, words string) {
		if n > 0 {
			all = append(all, fmt.Sprintf(words, n))
		}
	}
	add(left, "%d tickets stay as they were: under these rules nothing would have been opened for them.")
	add(raised, "%d tickets changed on the way, and it was not kept what they had been: they run under the policy of their last priority and type from the start.")
	add(unknown, "Of %d reminders it is not known whom they would have mentioned: who was on shift then was not kept.")
	return all
}
