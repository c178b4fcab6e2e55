package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// policies adds the configured policies to the built-in ones; one of the same name takes its place.
func (r *reader) policies(v value, c *Config) {
	for _, e := range r.entries(v, "policies") {
		if e.key == "" {
			r.fail(e.at, "Give it a name.", "a policy has no name")
			continue
		}
		c.Policies[e.key] = r.policy(e, c)
	}
}

func (r *reader) policy(e entry, c *Config) escalation.Policy {
	p := escalation.Policy{Name: e.key}
	where := "policies." + e.key
	counts := workTime{inDays: new(bool)}
	before := len(r.problems)
	r.object(e.value, where,
		field{"hours", func(v value) {
			p.Hours = r.hoursName(v, where+".hours", c)
			counts.name, counts.hours = p.Hours, c.Hours[p.Hours]
		}},
		field{"deadline", func(v value) { r.workTime(&p.Deadline, where+".deadline", counts)(v) }},
		field{"tiers", func(v value) {
			items := r.list(v, where+".tiers")
			if len(items) > escalation.MaxTiers {
				r.fail(items[escalation.MaxTiers].at, "Leave some out; `repeat` on the last one goes on reminding.", "%s has %d tiers; %d are the most", where, len(items), escalation.MaxTiers)
			}
			for i, item := range items {
				p.Tiers = append(p.Tiers, r.tier(item, tierPlace{policy: e.key, number: i + 1, of: len(items), counts: counts}, p.Tiers, c))
			}
		}},
	)
	if *counts.inDays {
		r.inDays[e.key] = counts.hours
	}
	if len(p.Tiers) == 0 && len(r.problems) == before {
		r.fail(e.at, "Add tiers: [{after: 10m, notify: on-shift}].", "%s has no tiers", where)
	}
	return p
}

// tierPlace says which tier of a policy is being read; numbers are from 1.
type tierPlace struct {
	policy     string
	number, of int
	counts     workTime
}

func (p tierPlace) String() string { return fmt.Sprintf("policies.%s tier %d", p.policy, p.number) }

func (r *reader) tier(v value, where tierPlace, earlier []escalation.Tier, c *Config) escalation.Tier {
	var t escalation.Tier
	before := len(r.problems)
	if v.node == nil {
		r.fail(v.at, "Write {after: 10m, notify: on-shift}, or leave it out.", "%s is empty", where)
		return t
	}
	found := r.object(v, where.String(),
		field{"after", func(v value) {
			r.workTime(&t.After, where.String()+" after", where.counts)(v)
			r.checkAfter(v.at, t.After, where, earlier, c.GiveUp)
		}},
		field{"notify", func(v value) { t.Notify = r.notify(v, where, c.Engineers) }},
		field{"message", func(v value) { t.Message = r.message(v, where.String()+" message") }},
		field{"page", func(v value) { t.Page = r.pageNamed(v, where.String()+" page", c.Pages) }},
		field{"repeat", func(v value) {
			if where.number != where.of {
				r.fail(v.at, "Only the last tier repeats: move it there, or leave it out.", "%s cannot repeat", where)
				return
			}
			r.workTime(&t.Repeat, where.String()+" repeat", where.counts)(v)
		}},
	)
	if len(r.problems) > before {
		return t
	}
	if _, ok := found["after"]; !ok {
		r.fail(v.at, "Add after: 10m, counted from the ticket.", "%s does not say when it is due", where)
	}
	if at, repeats := found["repeat"]; repeats && len(t.Notify) == 0 && t.Page != "" {
		r.fail(at, "Leave it out, or add whom to notify: a page goes out once.", "%s has no reminder to repeat", where)
	}
	if len(t.Notify) == 0 && t.Page == "" {
		r.fail(v.at, "Add notify: on-shift, or another of "+strings.Join(circles, ", ")+", an engineer, an @group.", "%s notifies nobody", where)
	}
	return t
}

// checkAfter holds tiers in the order of their times, and within the time a timeline stays open.
func (r *reader) checkAfter(at place, after time.Duration, where tierPlace, earlier []escalation.Tier, giveUp time.Duration) {
	if after <= 0 {
		return
	}
	if n := len(earlier); n > 0 && after <= earlier[n-1].After {
		r.fail(at, "Each tier comes later than the one before; `after` counts from the ticket.",
			"%s is due after %s, but tier %d is due after %s", where, FormatDuration(after), n, FormatDuration(earlier[n-1].After))
	}
	weeks := float64(after) / float64(where.counts.hours.Week())
	if weeks*float64(7*day) >= float64(giveUp) {
		sooner := ""
		if after < giveUp {
			sooner = fmt.Sprintf(", sooner than %s of hours.%s have passed", FormatWorkTime(after), where.counts.name)
		}
		r.fail(at, "Make it earlier, or raise give_up.", "%s never comes: timelines are given up after %s%s", where, FormatDuration(giveUp), sooner)
	}
}

// channels are the watched channels. One that says nothing has the default policy.
func (r *reader) channels(v value, c *Config) map[string]escalation.ChannelPolicy {
	channels := map[string]escalation.ChannelPolicy{}
	names := slices.Collect(maps.Keys(c.Policies))
	for _, e := range r.entries(v, "channels") {
		if !channelID.MatchString(e.key) {
			r.fail(e.at, "Write the channel's id, C… or G…: in Slack, open the channel's details; it stands at the bottom.", "%q is no channel id", e.key)
		}
		var cp escalation.ChannelPolicy
		where := "channels." + e.key
		r.object(e.value, where,
			field{"policy", func(v value) { cp.Policy = r.policyName(v, where+".policy", names) }},
			field{"by_priority", func(v value) { cp.ByPriority = r.byPriority(v, where+".by_priority", names) }},
			field{"hours", func(v value) { r.channelHours(v, where+".hours", &cp, c) }},
		)
		channels[e.key] = cp
	}
	return channels
}

// channelHours are counted in instead of those of the policies that the channel picks.
func (r *reader) channelHours(v value, where string, cp *escalation.ChannelPolicy, c *Config) {
	before := len(r.problems)
	if cp.Hours = r.hoursName(v, where, c); len(r.problems) > before {
		return
	}
	picked := append(slices.Collect(maps.Values(cp.ByPriority)), cp.For(""))
	slices.Sort(picked)
	for _, policy := range slices.Compact(picked) {
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
		by[e.key] = r.policyName(e.value, where+"."+e.key, policies)
	}
	return by
}

func (r *reader) policyName(v value, where string, policies []string) string {
	s, ok := r.name(v, where)
	if ok && !slices.Contains(policies, s) {
		slices.Sort(policies)
		r.fail(v.at, didYouMean(s, policies, "Policies here"), "there is no policy %q", s)
	}
	return s
}
