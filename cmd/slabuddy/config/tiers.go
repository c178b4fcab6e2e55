package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// promise is one clock's part of a policy while it is read.
type promise struct {
	*policy.Promise
	where  string // policies.NAME, or policies.NAME.next_reply
	from   string // what `after` counts from
	counts workTime
	at     []readAt // of the tiers that were read, in their order
	broken bool     // something in it could not be read
}

// readAt is where a tier is written, and where its time is.
type readAt struct{ tier, time place }

// fields are the deadline and the tiers of a promise. They are held against each other once all is read.
func (r *reader) promise(p *promise, c *Config) []field {
	return []field{
		{"deadline", func(v value) { r.workTime(&p.Deadline, p.where+".deadline", p.counts)(v) }},
		{"tiers", func(v value) { r.tiers(v, p, c) }},
	}
}

func (r *reader) tiers(v value, p *promise, c *Config) {
	items := r.list(v, p.where+".tiers")
	if len(items) > policy.MaxTiers {
		r.fail(items[policy.MaxTiers].at, "Leave some out; `repeat` on the last one goes on reminding.", "%s has %d tiers; %d are the most", p.where, len(items), policy.MaxTiers)
	}
	for i, item := range items {
		tier, at := r.tier(item, tierPlace{promise: p.where, from: p.from, number: i + 1, of: len(items), counts: p.counts}, c)
		p.Tiers, p.at = append(p.Tiers, tier), append(p.at, at)
	}
}

// tierPlace says which tier of a promise is being read; numbers are from 1.
type tierPlace struct {
	promise    string
	from       string
	number, of int
	counts     workTime
}

func (p tierPlace) String() string { return fmt.Sprintf("%s tier %d", p.promise, p.number) }

func (r *reader) tier(v value, where tierPlace, c *Config) (t policy.Tier, at readAt) {
	before := len(r.problems)
	at.tier = v.at
	if v.node == nil {
		r.fail(v.at, "Write {after: 10m, notify: on-shift}, or leave it out.", "%s is empty", where)
		return t, at
	}
	found := r.object(v, where.String(),
		field{"after", func(v value) { r.workTime(&t.After, where.String()+" after", where.counts)(v) }},
		field{"before", func(v value) { r.workTime(&t.Before, where.String()+" before", where.counts)(v) }},
		field{"notify", func(v value) { t.Notify = r.notify(v, where, c.Engineers) }},
		field{"message", func(v value) { t.Message = r.message(v, where.String()+" message") }},
		field{"page", func(v value) { t.Page = r.pageNamed(v, where.String()+" page", c.Pages) }},
		field{"repeat", func(v value) { r.repeat(v, &t.Repeat, where) }},
	)
	after, saysAfter := found["after"]
	warning, saysBefore := found["before"]
	at.time = after
	if saysBefore {
		at.time = warning
	}
	if len(r.problems) > before {
		return t, at
	}
	switch {
	case saysAfter && saysBefore:
		r.fail(warning, "Keep one of them: `after` counts from "+where.from+", `before` back from the deadline.", "%s says both after and before", where)
	case !saysAfter && !saysBefore:
		r.fail(v.at, "Add after: 10m, counted from "+where.from+".", "%s does not say when it is due", where)
	}
	if at, repeats := found["repeat"]; repeats && len(t.Notify) == 0 && t.Page != "" {
		r.fail(at, "Leave it out, or add whom to notify: a page goes out once.", "%s has no reminder to repeat", where)
	}
	if len(t.Notify) == 0 && t.Page == "" {
		r.fail(v.at, "Add notify: on-shift, or another of "+strings.Join(circle.Words(), ", ")+", an engineer, an @group.", "%s notifies nobody", where)
	}
	return t, at
}

func (r *reader) repeat(v value, d *time.Duration, where tierPlace) {
	if where.number != where.of {
		r.fail(v.at, "Only the last tier repeats: move it there, or leave it out.", "%s cannot repeat", where)
		return
	}
	r.workTime(d, where.String()+" repeat", where.counts)(v)
	if *d > 0 && *d < policy.MinRepeat {
		r.fail(v.at, "Write repeat: 10m, or whatever people can keep up with.", "%s repeats every %s; every %s is the most", where, FormatDuration(*d), FormatDuration(policy.MinRepeat))
	}
}

// checkTimes says which tiers of a promise have times that cannot be kept.
func (r *reader) checkTimes(p *promise, deadline place, giveUp time.Duration) {
	says := p.counts.format
	for _, m := range p.Mistimed(giveUp, p.counts.hours) {
		where, at := fmt.Sprintf("%s tier %d", p.where, m.Tier), p.at[m.Tier-1].time
		switch m.Why {
		case policy.NoDeadline:
			if !p.broken {
				r.fail(at, "Add deadline: 2h beside tiers, or end with a tier that has `after`.", "%s counts back from a deadline, and %s has none", where, p.where)
			}
		case policy.BeforeStart:
			r.fail(at, "Make it shorter than the deadline.", "%s is due %s before a deadline of %s", where, says(p.Tiers[m.Tier-1].Before), says(p.Target()))
		case policy.NotLater:
			r.fail(at, "Each tier comes later than the one before; `after` counts from "+p.from+".",
				"%s is due after %s, but tier %d is due after %s", where, says(m.Due), m.Than, says(m.ThanDue))
		case policy.DeadlineBefore:
			r.fail(deadline, "Make the deadline later, or the first tier earlier.",
				"%s.deadline (%s) passes before tier %d tells anybody, after %s", p.where, says(p.Deadline), m.Tier, says(m.Due))
		case policy.NeverComes:
			sooner := ""
			if m.Due < giveUp {
				sooner = fmt.Sprintf(", sooner than %s of hours.%s have passed", FormatWorkTime(m.Due), p.counts.name)
			}
			r.fail(at, "Make it earlier, or raise give_up.", "%s never comes: timelines are given up after %s%s", where, FormatDuration(giveUp), sooner)
		}
	}
}

// handle is a user group's, as Slack allows them.
var handle = regexp.MustCompile(`^@[\p{L}\p{N}._-]+$`)

// notify reads one word or a list of them.
func (r *reader) notify(v value, where tierPlace, engineers []calendar.Engineer) []string {
	var words []string
	for _, w := range r.wordOrWords(v, where.String()+" notify") {
		if fix := notifyFix(w.text, engineers); fix != "" {
			r.fail(w.at, fix, "nobody is known as %q", w.text)
		}
		words = append(words, w.text)
	}
	return words
}

// notifyFix says what would be right in place of a word that means nobody; "" if the word is right.
func notifyFix(word string, engineers []calendar.Engineer) string {
	bare := strings.TrimLeft(strings.Trim(word, "<>"), "@!")
	var people []string
	for _, e := range engineers {
		people = append(append(people, e.Name), e.Aliases...)
	}
	isPerson := slices.ContainsFunc(people, func(p string) bool { return strings.EqualFold(p, strings.TrimPrefix(word, "@")) })
	switch {
	case slices.Contains(circle.Words(), word), isPerson, slackid.IsUser(word), slackid.IsGroup(word):
		return ""
	case slices.ContainsFunc(circle.Words(), func(c string) bool { return squash(c) == squash(bare) }):
		return fmt.Sprintf("Did you mean %q?", nearest(bare, circle.Words()))
	case handle.MatchString(word):
		return ""
	}
	if id := strings.ToUpper(word); strings.ContainsAny(id, "0123456789") && (slackid.IsUser(id) || slackid.IsGroup(id)) {
		return fmt.Sprintf("Did you mean %q?", id)
	}
	if near := nearest(bare, append(people, circle.Words()...)); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	if strings.ContainsAny(bare, " #") {
		return "Write one of " + strings.Join(circle.Words(), ", ") + ", an engineer's alias, a user group such as '@support', or a U… or S… id."
	}
	return fmt.Sprintf("Write '@%s' if it is a user group, or add an engineer of that name. Words of their own: %s.", bare, strings.Join(circle.Words(), ", "))
}
