package setup

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

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
func PromiseField(clock escalation.ClockKind, name string) string { return string(clock) + "_" + name }

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
	Scope     string               // of the setting, which does not clash with itself
	View      *View                // what is in force
	Directory escalation.Directory // nil: no user group is known
	Now       time.Time
}
