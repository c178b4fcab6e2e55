package config

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
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

func (r *reader) policy(e entry, c *Config) policy.Policy {
	p := policy.Policy{Name: e.key}
	where := "policies." + e.key
	counts := workTime{inDays: new(bool)}
	first := &promise{Promise: &policy.Promise{}, where: where, from: "the ticket"}
	before := len(r.problems)
	fields := []field{{"hours", func(v value) {
		p.Hours = r.hoursName(v, where+".hours", c)
		counts.name, counts.hours = p.Hours, c.Hours[p.Hours]
		first.counts = counts
	}}}
	first.counts = counts
	fields = append(append(fields, r.promise(first, c)...),
		field{"next_reply", func(v value) {
			p.NextReply = r.furtherPromise(v, &promise{where: where + ".next_reply", from: "the customer's message", counts: counts}, c)
			r.lookAtDesk(v.at, where+".next_reply", c, desk.FactCustomerWrote, desk.FactReplied)
		}},
		field{"resolution", func(v value) {
			p.Resolution = r.furtherPromise(v, &promise{where: where + ".resolution", from: "the ticket", counts: counts}, c)
			r.lookAtDesk(v.at, where+".resolution", c, desk.FactStatus)
		}},
	)
	found := r.object(e.value, where, fields...)
	if *counts.inDays {
		r.inDays[e.key] = counts.hours
	}
	p.Deadline, p.Tiers = first.Deadline, first.Tiers
	if len(p.Tiers) == 0 && len(r.problems) == before {
		r.fail(e.at, "Add tiers: [{after: 10m, notify: on-shift}].", "%s has no tiers", where)
	}
	first.broken = len(r.problems) > before
	r.checkTimes(first, found["deadline"], c.GiveUp)
	r.lookAtReach(e.at, where, p, c)
	r.reached[e.key] = true
	return p
}

// furtherPromise reads what is promised beside the first reply.
func (r *reader) furtherPromise(v value, p *promise, c *Config) *policy.Promise {
	p.Promise = &policy.Promise{}
	before := len(r.problems)
	fields := r.promise(p, c)
	if strings.HasSuffix(p.where, ".resolution") {
		fields = append(fields, field{"pause", func(v value) { p.Pause = r.pause(v, p.where+".pause") }})
	}
	found := r.object(v, p.where, fields...)
	if len(p.Tiers) == 0 && len(r.problems) == before {
		r.fail(v.at, "Add tiers: [{before: 30m, notify: on-shift}], or leave it out.", "%s has no tiers, so nobody would be told", p.where)
	}
	p.broken = len(r.problems) > before
	r.checkTimes(p, found["deadline"], c.GiveUp)
	return p.Promise
}

// pause reads at which statuses a clock waits: one word or a list of them.
func (r *reader) pause(v value, where string) []desk.Status {
	var statuses []desk.Status
	for _, s := range r.wordOrWords(v, where) {
		switch status := desk.Status(strings.ToLower(s.text)); {
		case !slices.Contains(setup.Pauses(), status):
			r.fail(s.at, "Write pending (it waits for the customer), hold (it waits for somebody else), or both.", "%s cannot be %q", where, s.text)
		case slices.Contains(statuses, status):
			r.fail(s.at, "Keep one of them.", "%s has %q twice", where, s.text)
		default:
			statuses = append(statuses, status)
		}
	}
	return statuses
}

// word is a plain value and its place.
type word struct {
	text string
	at   place
}

// wordOrWords reads one word or a list of them.
func (r *reader) wordOrWords(v value, name string) (words []word) {
	items := []value{v}
	if _, ok := v.node.(*ast.SequenceNode); ok {
		items = r.list(v, name)
	}
	for _, item := range items {
		if s, ok := r.name(item, name); ok {
			words = append(words, word{s, item.at})
		}
	}
	return words
}
