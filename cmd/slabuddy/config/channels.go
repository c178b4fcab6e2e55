package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// channels are the watched channels. One that says nothing has the default policy.
func (r *reader) channels(v value, c *Config) map[string]policy.Channel {
	channels := map[string]policy.Channel{}
	names := slices.Sorted(maps.Keys(c.Policies))
	for _, e := range r.entries(v, "channels") {
		if !slackid.IsChannel(e.key) {
			r.fail(e.at, channelFix, "%q is no channel id", e.key)
		}
		var cp policy.Channel
		where := "channels." + e.key
		r.object(e.value, where,
			field{"policy", func(v value) { cp.Policy = r.policyName(v, where+".policy", names) }},
			field{"by_priority", func(v value) { cp.ByPriority = r.byPriority(v, where+".by_priority", names) }},
			field{"choose", func(v value) { cp.Choose = r.choose(v, where+".choose", names, c) }},
			field{"hours", func(v value) { r.channelHours(v, where+".hours", &cp, c) }},
		)
		r.lookAtBuiltIn(e.at, where, cp, c)
		channels[e.key] = cp
	}
	return channels
}

// channelHours are counted in instead of those of the policies that the channel picks.
func (r *reader) channelHours(v value, where string, cp *policy.Channel, c *Config) {
	before := len(r.problems)
	if cp.Hours = r.hoursName(v, where, c); len(r.problems) > before {
		return
	}
	for _, policy := range cp.Policies() {
		r.sameDays(v.at, c, cp.Hours, policy)
	}
}

func (r *reader) byPriority(v value, where string, policies []string) map[string]string {
	by := map[string]string{}
	seen := map[string]bool{}
	for _, e := range r.entries(v, where) {
		if key := strings.ToLower(e.key); seen[key] {
			r.fail(e.at, "Keep one of them: capitals make no difference.", "%s has the priority %q twice", where, e.key)
		} else {
			seen[key] = true
		}
		r.lookAtPriority(e.at, where, e.key)
		by[e.key] = r.policyName(e.value, where+"."+e.key, policies)
	}
	return by
}

// choose reads what picks a policy by more than the priority. The first choice that a ticket meets counts, so
// one without a condition would keep the rest from ever being met.
func (r *reader) choose(v value, where string, policies []string, c *Config) (choices []policy.Choice) {
	for i, item := range r.list(v, where) {
		choices = append(choices, r.choice(item, fmt.Sprintf("%s %d", where, i+1), policies, c))
	}
	return choices
}

func (r *reader) choice(v value, where string, policies []string, c *Config) (choice policy.Choice) {
	before := len(r.problems)
	texts := func(v value, name string) (texts []string) {
		for _, w := range r.wordOrWords(v, where+" "+name) {
			texts = append(texts, w.text)
			switch name {
			case "priority":
				r.lookAtPriority(w.at, where, w.text)
			case "product":
				r.lookAtProduct(w.at, where, w.text, c)
			}
		}
		return texts
	}
	if v.node == nil {
		r.fail(v.at, "Write {priority: urgent, policy: enterprise}, or leave it out.", "%s is empty", where)
		return choice
	}
	r.object(v, where,
		field{"priority", func(v value) { choice.Priorities = texts(v, "priority") }},
		field{"type", func(v value) { choice.Types = texts(v, "type") }},
		field{"product", func(v value) { choice.Products = texts(v, "product") }},
		field{"customer", func(v value) { choice.Customer, _ = r.pattern(v, where+" customer") }},
		field{"policy", func(v value) { choice.Policy = r.policyName(v, where+" policy", policies) }},
	)
	switch {
	case len(r.problems) > before:
	case choice.Policy == "":
		r.fail(v.at, "Add policy: "+policy.Default+", or another.", "%s names no policy", where)
	case choice.Always():
		r.fail(v.at, "Add priority, type, product or customer, or name the policy as the channel's own.", "%s has no condition: every ticket would meet it", where)
	}
	return choice
}

func (r *reader) policyName(v value, where string, policies []string) string {
	s, ok := r.name(v, where)
	if ok && !slices.Contains(policies, s) {
		r.fail(v.at, didYouMean(s, policies, "Policies here"), "there is no policy %q", s)
	}
	return s
}
