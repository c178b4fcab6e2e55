package escalation

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
)

// Policy is a named SLA policy. Its own tiers, in the order of their times, and its deadline are the first
// reply's.
type Policy struct {
	Name     string
	Tiers    []Tier
	Deadline time.Duration // from the ticket; 0: the last tier's time
	Hours    string        // its times are counted in: a key of Settings.Hours, or AroundTheClock; "" is that too

	NextReply  *Promise // nil: not promised
	Resolution *Promise // nil: not promised
}

// Promise is what a policy promises of one clock: tiers in the order of their times, and the deadline.
type Promise struct {
	Deadline time.Duration // from the clock's start; 0: the last tier's time
	Tiers    []Tier
	Pause    []desk.Status // the resolution's: it does not run while the help desk has the ticket at one of these
}

// Target is how long the promise is.
func (p Promise) Target() time.Duration {
	if p.Deadline == 0 && len(p.Tiers) > 0 {
		return p.Tiers[len(p.Tiers)-1].After
	}
	return p.Deadline
}

// Promises are those of a policy by their clocks, the first reply's first.
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

// Words are whom the tiers of all clocks notify, each word once, in order.
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
	Page    string        `json:"page,omitempty"`    // its key among Settings.Pages; "": nobody is woken. Without Notify there is no reminder
}

// reminds says that the tier posts a reminder: it does unless it has a page alone.
func (t Tier) reminds() bool { return len(t.Notify) > 0 || t.Page == "" }

// Words are whom the tier stands for, as people read it: its circles, and its page.
func (t Tier) Words() []string {
	words := slices.Clip(t.Notify)
	if t.Page != "" {
		words = append(words, "the page "+t.Page)
	}
	return words
}

// Mistimed is a tier of a promise whose time cannot be kept.
type Mistimed struct {
	Tier    int // as people count
	Why     TimeFault
	Due     time.Duration // of the tier, from its clock's start
	Than    int           // NotLater: the tier before it
	ThanDue time.Duration
}

// TimeFault says why a time cannot be kept.
type TimeFault int

const (
	NoDeadline     TimeFault = iota // it counts back from a deadline, and there is none
	BeforeStart                     // it counts back from the deadline to before the start
	NotLater                        // it is due no later than the tier before it
	DeadlineBefore                  // the deadline passes before it, the first, tells anybody
	NeverComes                      // the ticket is given up before so much time of the hours has passed
)

// Mistimed are the tiers whose times cannot be kept in these hours by a timeline that is given up after so long.
// Tiers without a time are passed over.
func (p Promise) Mistimed(giveUp time.Duration, h *hours.Hours) (all []Mistimed) {
	last, lastDue, target := 0, time.Duration(0), p.Target()
	for i, t := range p.Tiers {
		m := Mistimed{Tier: i + 1, Due: t.After, Than: last, ThanDue: lastDue}
		add := func(why TimeFault, is bool) {
			if m.Why = why; is {
				all = append(all, m)
			}
		}
		if t.After == 0 {
			m.Due = target - t.Before
			add(NoDeadline, t.Before > 0 && target == 0)
			add(BeforeStart, target > 0 && t.Before >= target)
		}
		if m.Due <= 0 || t.After == 0 && t.Before == 0 {
			continue
		}
		add(NotLater, last > 0 && m.Due <= lastDue)
		add(DeadlineBefore, last == 0 && p.Deadline > 0 && m.Due > p.Deadline)
		add(NeverComes, giveUp > 0 && float64(m.Due)/float64(h.Week())*float64(week) >= float64(giveUp))
		last, lastDue = m.Tier, m.Due
	}
	return all
}

const week = 7 * 24 * time.Hour

// DefaultPolicy is the policy of a watched channel that names none.
const DefaultPolicy = "enterprise"

// AroundTheClock names hours that are always open. Settings.Hours do not hold it: nil hours are just that.
const AroundTheClock = "24x7"

// BuiltInPolicies are those that need no configuration: enterprise and teams.
func BuiltInPolicies() map[string]Policy {
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

// ChannelPolicy says which policy a watched channel's tickets run through.
type ChannelPolicy struct {
	Policy     string            // its key among Settings.Policies; "" is DefaultPolicy
	ByPriority map[string]string // ticket priority (any case) to policy name
	Choose     []Choice          // the first that a ticket meets goes before ByPriority
	Hours      string            // in place of the policy's; "": the policy's own
}

// Policies are the keys of all that the channel may pick.
func (c ChannelPolicy) Policies() []string {
	picked := append(slices.Collect(maps.Values(c.ByPriority)), c.For(""))
	for _, choice := range c.Choose {
		picked = append(picked, choice.Policy)
	}
	slices.Sort(picked)
	return slices.Compact(picked)
}

// HoursOf names the hours that a policy's times are counted in.
func (c ChannelPolicy) HoursOf(p Policy) string { return cmp.Or(c.Hours, p.Hours, AroundTheClock) }

// For returns the name of the policy for a ticket of the given priority.
func (c ChannelPolicy) For(priority string) string {
	for p, name := range c.ByPriority {
		if strings.EqualFold(p, strings.TrimSpace(priority)) {
			return name
		}
	}
	if c.Policy == "" {
		return DefaultPolicy
	}
	return c.Policy
}
