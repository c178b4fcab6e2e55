package policy

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Channel says which policy the tickets of a watched channel have.
type Channel struct {
	Policy     string            // its key among escalation.Settings.Policies; "" is Default
	ByPriority map[string]string // ticket priority (any case) to policy name
	Choose     []Choice          // the first that a ticket meets goes before ByPriority
	Hours      string            // in place of the policy's; "": the policy's own
}

// Policies are the keys of all policies that the channel may pick.
func (c Channel) Policies() []string {
	picked := append(slices.Collect(maps.Values(c.ByPriority)), c.For(""))
	for _, choice := range c.Choose {
		picked = append(picked, choice.Policy)
	}
	slices.Sort(picked)
	return slices.Compact(picked)
}

// HoursOf names the hours that a policy's times are counted in; "" and AroundTheClock are around the clock.
func (c Channel) HoursOf(p Policy) string {
	return cmp.Or(c.Hours, p.Hours)
}

// Traits are what a policy is chosen by: the parts of a ticket that a Choice looks at.
type Traits struct {
	Priority, Type, Product, Customer string
}

// Pick is the policy of a ticket: that of the first choice that it meets, then its priority's, then the channel's own.
func (c Channel) Pick(t Traits) string {
	for _, choice := range c.Choose {
		if choice.meets(t) {
			return choice.Policy
		}
	}
	return c.For(t.Priority)
}

// For returns the name of the policy for a ticket of the given priority.
func (c Channel) For(priority string) string {
	for p, name := range c.ByPriority {
		if strings.EqualFold(p, strings.TrimSpace(priority)) {
			return name
		}
	}
	if c.Policy == "" {
		return Default
	}
	return c.Policy
}

// Choice picks a policy for tickets that meet all of its conditions. An empty condition is met by every ticket (rule 20).
type Choice struct {
	Priorities []string       // any of these, any case
	Types      []string       // any of these, any case
	Products   []string       // any of these, any case: what the ticket's type means
	Customer   *regexp.Regexp // nil: any
	Policy     string         // as of Channel
}

// Always reports whether every ticket meets it.
func (c Choice) Always() bool {
	return len(c.Priorities)+len(c.Types)+len(c.Products) == 0 && c.Customer == nil
}

// meets reports whether a ticket meets the conditions.
func (c Choice) meets(t Traits) bool {
	any := func(words []string, is string) bool {
		return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, strings.TrimSpace(is)) })
	}
	return any(c.Priorities, t.Priority) && any(c.Types, t.Type) && any(c.Products, t.Product) &&
		(c.Customer == nil || c.Customer.MatchString(t.Customer))
}
