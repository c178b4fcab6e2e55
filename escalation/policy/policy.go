// Package policy is what a team promises its customers: for each clock a deadline and tiers. It also says which policy
// the tickets of a channel have. It is pure. The course of a single ticket is a Timeline, in package escalation.
package policy

import (
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Policy is a named SLA policy. Tiers, in the order of their times, and Deadline are those of the first reply.
type Policy struct {
	Name     string
	Tiers    []Tier
	Deadline time.Duration // from the ticket; 0: the last tier's time
	Hours    string        // the hours that its times are counted in: a key of escalation.Settings.Hours; AroundTheClock and "" are around the clock

	NextReply  *Promise // nil: not promised
	Resolution *Promise // nil: not promised
}

// Promise is what a policy promises of one clock: tiers in the order of their times, and the deadline.
type Promise struct {
	Deadline time.Duration // from the clock's start; 0: the last tier's time
	Tiers    []Tier
	Pause    []desk.Status // of the resolution: its clock pauses while the ticket has one of these statuses in the help desk
}

// Target is how long the promise is.
func (p Promise) Target() time.Duration {
	if p.Deadline == 0 && len(p.Tiers) > 0 {
		return p.Tiers[len(p.Tiers)-1].After
	}
	return p.Deadline
}

// Promises are the promises of a policy with their clocks, the first reply's first.
func (p Policy) Promises() []ClockPromise {
	all := []ClockPromise{{FirstReply, Promise{Deadline: p.Deadline, Tiers: p.Tiers}}}
	if p.NextReply != nil {
		all = append(all, ClockPromise{NextReply, *p.NextReply})
	}
	if p.Resolution != nil {
		all = append(all, ClockPromise{Resolution, *p.Resolution})
	}
	return all
}

// Words are the words of notify of all tiers, each once, in order.
func (p Policy) Words() (words []string) {
	for _, promise := range p.Promises() {
		for _, tier := range promise.Tiers {
			for _, word := range tier.Notify {
				if !slices.Contains(words, word) {
					words = append(words, word)
				}
			}
		}
	}
	return words
}

// ClockPromise is a promise and the clock that measures it.
type ClockPromise struct {
	Clock ClockKind
	Promise
}

// Tier is one step of a policy.
type Tier struct {
	After   time.Duration `json:"after"`             // from the clock's start; with Before, 0
	Before  time.Duration `json:"before,omitempty"`  // back from the deadline: a warning (rule 19); 0: After counts
	Notify  []string      `json:"notify"`            // circles, aliases, @handles, U… or S… ids, here, channel
	Message string        `json:"message,omitempty"` // package wording fills in its fields
	Repeat  time.Duration `json:"repeat,omitempty"`  // last tier only: again at this interval; 0: off
	Page    string        `json:"page,omitempty"`    // a key of escalation.Settings.Pages; "": nobody is paged. With a page and without Notify there is no reminder
}

// Reminds says that the tier posts a reminder: it does, unless it has only a page.
func (t Tier) Reminds() bool { return len(t.Notify) > 0 || t.Page == "" }

// Words are the circles and the page of the tier, as people read them.
func (t Tier) Words() []string {
	words := slices.Clip(t.Notify)
	if t.Page != "" {
		words = append(words, "the page "+t.Page)
	}
	return words
}

// Default is the policy of a watched channel that names none.
const Default = "enterprise"

// AroundTheClock names hours that are always open. It is no key of escalation.Settings.Hours: nil hours are always open.
const AroundTheClock = "24x7"

// BuiltIn are the policies that need no configuration: enterprise and teams.
func BuiltIn() map[string]Policy {
	return map[string]Policy{
		"enterprise": builtIn("enterprise", 10*time.Minute, 20*time.Minute, 35*time.Minute, 50*time.Minute),
		"teams":      builtIn("teams", time.Hour, 3*time.Hour, 6*time.Hour, 12*time.Hour),
	}
}

func builtIn(name string, after ...time.Duration) Policy {
	notify := []string{circle.NonEmbedded, circle.OnShift, "@support", "@head-of-success"}
	p := Policy{Name: name}
	for i, d := range after {
		p.Tiers = append(p.Tiers, Tier{After: d, Notify: []string{notify[i]}})
	}
	return p
}

// Bounds of each clock of a policy.
const (
	MaxTiers  = 8           // the most tiers
	MinRepeat = time.Minute // the shortest interval of repeat
)
