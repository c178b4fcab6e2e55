package setup

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/length"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/escalation/wording"
)

// Bounds of what can be set up.
const (
	minLength  = time.Minute // of every time in a policy
	maxLength  = 30 * 24 * time.Hour
	maxNotify  = 10
	maxMessage = 1000 // characters
	maxChoices = 10
)

// Check implements Body.
func (c Channel) Check(k Known) Problems {
	var p Problems
	policies := namedPolicies(k.View.Settings)
	if len(c.Tiers) == 0 {
		if c.Policy != "" && !slices.Contains(policies, c.Policy) {
			p.add(FieldPolicy, "There is no policy %q. Choose one of %s.", c.Policy, strings.Join(policies, ", "))
		}
	} else if c.Policy != "" {
		p.add(FieldPolicy, "Either choose a policy or set tiers of its own, not both.")
	}
	c.checkChoices(policies, &p)
	c.checkHours(k, &p)
	c.checkTiers(k, &p)
	h := c.hoursOf(k.View.Settings)
	k.checkPromise(&p, policy.NextReply, c.NextReply, h)
	k.checkPromise(&p, policy.Resolution, c.Resolution, h)
	return p
}

// namedPolicies are those that can be chosen by name: not what other channels have for themselves.
func namedPolicies(s *escalation.Settings) []string {
	names := slices.Sorted(maps.Keys(s.Policies))
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, ownPolicyKey("")) })
}

func (c Channel) checkTiers(k Known, p *Problems) {
	if len(c.Tiers) == 0 {
		if c.Deadline != 0 {
			p.add(FieldDeadline, "A deadline goes with tiers of its own; a policy brings its own.")
		}
		if c.NextReply != nil || c.Resolution != nil {
			p.add(FieldPolicy, "Next replies and solutions go with tiers of its own; a policy brings its own.")
		}
		return
	}
	if len(c.Tiers) > policy.MaxTiers {
		p.add(FieldTiers, "%d tiers are the most; the last one can repeat.", policy.MaxTiers)
	}
	k.checkTimes(p, timed{
		Promise: policy.Promise{Deadline: c.Deadline, Tiers: c.Tiers}, hours: c.hoursOf(k.View.Settings), deadline: FieldDeadline,
		says: func(tier int, part, words string) (string, string) { return TierField(tier, part), words },
	})
	for i, t := range c.Tiers {
		checkMessage(p, TierField(i+1, PartMessage), t.Message)
		if t.Repeat == 0 {
			continue
		}
		if i < len(c.Tiers)-1 {
			p.add(FieldRepeat, "Only the last tier repeats.")
		}
		p.checkLength(FieldRepeat, t.Repeat)
	}
}

func (p *Problems) checkLength(field string, d time.Duration) {
	switch {
	case d < minLength:
		p.add(field, "Make it at least a minute, such as 10m or 2h.")
	case d > maxLength:
		p.add(field, "Make it at most %s.", length.Format(maxLength))
	}
}

func checkMessage(p *Problems, field, text string) {
	if utf8.RuneCountInString(text) > maxMessage {
		p.add(field, "%d characters are the most.", maxMessage)
		return
	}
	if err := wording.Check(text); err != nil {
		p.add(field, "This cannot be filled in: %s. Write text and any of {{%s}}.", err, strings.Join(wording.Fields(), "}}, {{"))
	}
}

// Check implements Body.
func (p Pause) Check(k Known) Problems {
	var problems Problems
	switch {
	case !p.Until.After(k.Now):
		problems.add(FieldUntil, "Choose a time to come.")
	case p.Until.Sub(k.Now) > maxLength:
		problems.add(FieldUntil, "Pause for %s at most.", length.Format(maxLength))
	}
	return problems
}

// Check implements Body.
func (r Report) Check(Known) Problems { return checkPlace(r.Channel) }

// Check implements Body.
func (h Handover) Check(Known) Problems { return checkPlace(h.Channel) }

// checkPlace checks where something is posted.
func checkPlace(channel string) Problems {
	var p Problems
	if !slackid.IsChannel(channel) {
		p.add(FieldChannel, "Choose a channel.")
	}
	return p
}

// Check implements Body.
func (a Admins) Check(Known) Problems {
	var p Problems
	for _, user := range a.Users {
		if !slackid.IsUser(user) {
			p.add(FieldUsers, "%q is no member of the workspace.", user)
		}
	}
	return p
}

// The fields that problems name. Those of a tier are made by TierField.
const (
	FieldPolicy     = "policy"
	FieldByPriority = "by_priority"
	FieldTiers      = "tiers" // how many there are
	FieldDeadline   = "deadline"
	FieldRepeat     = "repeat" // of the last tier

	FieldHours   = "hours"
	FieldZone    = "timezone"
	FieldWeek    = "week"
	FieldCountry = "country"
	FieldClosed  = "closed"
	FieldOpen    = "open"
	FieldPause   = "pause"

	PartAfter   = "after"
	PartNotify  = "notify"
	PartMessage = "message"

	FieldName     = "name"
	FieldUser     = "user"
	FieldEmail    = "email"
	FieldAliases  = "aliases"
	FieldProducts = "products"

	FieldKind = "kind"
	FieldWho  = "who"
	FieldWith = "with"
	FieldFrom = "from"
	FieldTo   = "to"

	FieldChannel = "channel"
	FieldAt      = "at"
	FieldOutlook = "outlook"

	FieldUntil = "until"
	FieldUsers = "users"
)

// TierField is the field of one part of a tier, counted from 1: "tier_1_after".
func TierField(tier int, part string) string { return fmt.Sprintf("tier_%d_%s", tier, part) }

// PromiseField is a field of what is promised beside the first reply: "next_reply_deadline".
func PromiseField(clock policy.ClockKind, name string) string { return string(clock) + "_" + name }

// Problem is something wrong with one field, in words for whoever filled it in.
type Problem struct {
	Field   string
	Message string
}

// Problems are what is wrong with a body, one for each field at most.
type Problems []Problem

func (p Problems) Error() string {
	words := make([]string, len(p))
	for i, problem := range p {
		words[i] = problem.Field + ": " + problem.Message
	}
	return strings.Join(words, "; ")
}

// ByField is the message of each field that has one.
func (p Problems) ByField() map[string]string {
	by := make(map[string]string, len(p))
	for _, problem := range p {
		by[problem.Field] = problem.Message
	}
	return by
}

// add adds a problem, unless the field has one already.
func (p *Problems) add(field, format string, args ...any) {
	if !p.has(field) {
		*p = append(*p, Problem{field, fmt.Sprintf(format, args...)})
	}
}

func (p Problems) has(field string) bool {
	return slices.ContainsFunc(p, func(problem Problem) bool { return problem.Field == field })
}

// Known is what a body is checked against.
type Known struct {
	Workspace string
	Scope     string           // of the setting, which does not clash with itself
	View      *View            // what is in force
	Directory circle.Directory // nil: no user group is known
	Now       time.Time
}
