package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// look notes what may be as it is meant to be, and that somebody should look at.
func (r *reader) look(at place, fix, what string, args ...any) {
	n := len(r.problems)
	r.fail(at, fix, what, args...)
	r.looks, r.problems = append(r.looks, r.problems[n]), r.problems[:n]
}

// lookAtDesk says where a clock needs to hear from the help desk what this one never tells.
func (r *reader) lookAtDesk(at place, where string, c *Config, needs ...desk.FactKind) {
	kind, _ := helpdesk.Find(c.DeskKind)
	if kind.Name == helpdesk.NoneKind {
		r.look(at, "Leave it out, or name a help desk: help_desk: {kind: zendesk}.", "%s counts nothing: without a help desk (kind: none), `done` in the thread ends a ticket", where)
		return
	}
	for _, fact := range needs {
		if !slices.Contains(kind.Tells, fact) {
			r.look(at, "Leave it out, or ask a help desk that does.", "%s may count wrong: %s does not tell %s", where, kind.Title, fact.Words())
		}
	}
}

// usualPriorities are the words that help desks and their posts have for priorities.
var usualPriorities = []string{
	"low", "normal", "medium", "high", "urgent", "critical", "blocker", "highest", "lowest", "major", "minor", "trivial", "none", "priority", "not_priority",
	"0", "1", "2", "3", "4", "5", "p0", "p1", "p2", "p3", "p4", "p5", "sev0", "sev1", "sev2", "sev3", "sev4", "sev5",
}

// lookAtPriority says that a priority looks like a slip of a usual one.
func (r *reader) lookAtPriority(at place, where, priority string) {
	word := strings.ToLower(strings.TrimSpace(priority))
	if slices.Contains(usualPriorities, word) {
		return
	}
	if near := nearest(word, usualPriorities); near != "" {
		r.look(at, "Did you mean "+near+"?", "%s has the priority %q, which no help desk has", where, priority)
	}
}

// lookAtProduct says that a product looks like a slip of one that is configured.
func (r *reader) lookAtProduct(at place, where, product string, c *Config) {
	products := slices.Sorted(maps.Keys(c.Products))
	if slices.ContainsFunc(products, func(p string) bool { return strings.EqualFold(p, product) }) {
		return
	}
	if near := nearest(product, products); near != "" {
		r.look(at, "Did you mean "+near+"?", "%s has the product %q, which is not under products", where, product)
	}
}

// reachFix says what would have a tier reach somebody.
const reachFix = "Name a calendar (calendar: {id: …}), or an engineer, an @group or here."

// reach is what is known here of whom tiers may reach: what Slack knows, nobody asks.
func (c *Config) reach() circle.Reach { return circle.Reach{HasCalendar: c.Calendar.IsConfigured()} }

// lookAtReach says of a policy that is written in the file which of its tiers can reach nobody.
func (r *reader) lookAtReach(at place, where string, p policy.Policy, c *Config) {
	of := c.Settings
	of.Policies = map[string]policy.Policy{p.Name: p}
	for _, u := range of.Unreached([]string{p.Name}, c.reach()) {
		r.look(at, reachFix, "%s: %s", where, u.Words())
	}
}

// lookAtBuiltIn says the same of the policies that come along, where a channel picks one.
func (r *reader) lookAtBuiltIn(at place, where string, cp policy.Channel, c *Config) {
	for _, name := range cp.Policies() {
		if r.reached[name] {
			continue
		}
		r.reached[name] = true
		r.lookAtReach(at, where, c.Policies[name], c)
	}
}
