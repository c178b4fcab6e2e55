package setup

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/length"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Promise is what a channel promises beside the first reply.
type Promise struct {
	Deadline time.Duration `json:"deadline,omitempty"` // 0: the last tier's time
	Tiers    []policy.Tier `json:"tiers"`
	Pause    []desk.Status `json:"pause,omitempty"` // the resolution's
}

func (p *Promise) inForce() *policy.Promise {
	if p == nil {
		return nil
	}
	return &policy.Promise{Deadline: p.Deadline, Tiers: p.Tiers, Pause: p.Pause}
}

// PromiseForm is a Promise as people type it.
type PromiseForm struct {
	Deadline string
	Tiers    string   // one a line: "30m before: on-shift", "2h: @support"
	Pause    []string // statuses of the help desk
}

// read reads what is promised of a clock; nil if nothing is. Its fields are those of the form.
func (f PromiseForm) read(clock policy.ClockKind, h *hours.Hours, p *Problems) *Promise {
	deadline := strings.TrimSpace(f.Deadline)
	if deadline == "" && strings.TrimSpace(f.Tiers) == "" {
		return nil
	}
	promise := &Promise{}
	if deadline != "" {
		var err error
		if promise.Deadline, err = length.ParseWork(deadline, h); err != nil {
			p.add(PromiseField(clock, FieldDeadline), "%s", sentence(err))
		}
	}
	for i, line := range lines(f.Tiers) {
		when, whom, ok := strings.Cut(line, ":")
		if !ok {
			p.add(PromiseField(clock, FieldTiers), "Line %d: write when, a colon, and whom to remind, such as 30m before: on-shift.", i+1)
			continue
		}
		tier := policy.Tier{Notify: ParseNotify(whom)}
		var err error
		if tier.After, tier.Before, err = readWhen(when, h); err != nil {
			p.add(PromiseField(clock, FieldTiers), "Line %d: %s.", i+1, err)
		}
		promise.Tiers = append(promise.Tiers, tier)
	}
	for _, status := range f.Pause {
		promise.Pause = append(promise.Pause, desk.Status(status))
	}
	return promise
}

func (p *Promise) form(write func(time.Duration) string) PromiseForm {
	if p == nil {
		return PromiseForm{}
	}
	var f PromiseForm
	if p.Deadline > 0 {
		f.Deadline = write(p.Deadline)
	}
	var tiers []string
	for _, t := range p.Tiers {
		tiers = append(tiers, writeWhen(t, write)+": "+strings.Join(t.Notify, ", "))
	}
	f.Tiers = strings.Join(tiers, "\n")
	for _, status := range p.Pause {
		f.Pause = append(f.Pause, string(status))
	}
	return f
}

// readWhen reads when a tier is due: "30m", or "15m before" the deadline.
func readWhen(text string, h *hours.Hours) (after, before time.Duration, err error) {
	var left []string
	warns := false
	for _, word := range strings.Fields(strings.ToLower(text)) {
		switch word {
		case "before":
			warns = true
		case "after", "the", "deadline":
		default:
			left = append(left, word)
		}
	}
	d, err := length.ParseWork(strings.Join(left, " "), h)
	if warns {
		return 0, d, err
	}
	return d, 0, err
}

func writeWhen(t policy.Tier, write func(time.Duration) string) string {
	if t.Before > 0 {
		return write(t.Before) + " before"
	}
	return write(t.After)
}

// lines are those of a text that say something.
func lines(text string) (all []string) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// Pauses are the statuses of the help desk at which a resolution may wait.
func Pauses() []desk.Status {
	return []desk.Status{desk.StatusPending, desk.StatusHold}
}

// checkPromise says what is wrong with what is promised beside the first reply.
func (k Known) checkPromise(p *Problems, clock policy.ClockKind, promise *Promise, h *hours.Hours) {
	if promise == nil {
		return
	}
	field := func(name string) string { return PromiseField(clock, name) }
	switch n := len(promise.Tiers); {
	case n == 0:
		p.add(field(FieldTiers), "Say whom to remind, and when: 30m before: on-shift.")
	case n > policy.MaxTiers:
		p.add(field(FieldTiers), "%d lines are the most.", policy.MaxTiers)
	}
	for _, status := range promise.Pause {
		if !slices.Contains(Pauses(), status) {
			p.add(field(FieldPause), "A resolution does not wait while a ticket is %q.", status)
		}
	}
	k.checkTimes(p, timed{
		Promise: *promise.inForce(), hours: h, deadline: field(FieldDeadline),
		says: func(line int, _, words string) (string, string) {
			return field(FieldTiers), fmt.Sprintf("Line %d: %s", line, words)
		},
	})
}

// timed is a promise whose times are checked.
type timed struct {
	policy.Promise
	hours    *hours.Hours
	deadline string // the field
	// says is which field a problem with part of a tier is shown beside, and in which words. Tiers count from
	// 1.
	says func(tier int, part, words string) (field, told string)
}

// checkTimes says what is wrong with the tiers: the first that is, of each part.
func (k Known) checkTimes(p *Problems, t timed) {
	add := func(tier int, part, format string, args ...any) {
		field, words := t.says(tier, part, fmt.Sprintf(format, args...))
		p.add(field, "%s", words)
	}
	if t.Deadline != 0 {
		p.checkLength(t.deadline, t.Deadline)
	}
	giveUp := k.View.Settings.GiveUp
	mistimed := t.Mistimed(giveUp, t.hours)
	for i, tier := range t.Tiers {
		n := i + 1
		switch own := max(tier.After, tier.Before); {
		case own < minLength:
			add(n, PartAfter, "Make it at least a minute, such as 10m or 2h.")
		case own > maxLength:
			add(n, PartAfter, "Make it at most %s.", length.Format(maxLength))
		default:
			for _, m := range mistimed {
				if m.Tier == n {
					t.add(p, m, giveUp, add)
				}
			}
		}
		var notify Problems
		k.checkNotify(&notify, PartNotify, tier.Notify)
		for _, problem := range notify {
			add(n, PartNotify, "%s", problem.Message)
		}
	}
}

// add says why a tier's time cannot be kept.
func (t timed) add(p *Problems, m policy.Mistimed, giveUp time.Duration, add func(tier int, part, format string, args ...any)) {
	write := writer(t.hours)
	switch m.Why {
	case policy.NoDeadline:
		add(m.Tier, PartAfter, "Fill in the deadline that it comes before.")
	case policy.BeforeStart:
		add(m.Tier, PartAfter, "Make it shorter than the deadline, which is %s.", write(t.Target()))
	case policy.NotLater:
		add(m.Tier, PartAfter, "Make it later than tier %d (%s): each counts from the beginning.", m.Than, write(m.ThanDue))
	case policy.NeverComes:
		add(m.Tier, PartAfter, "Make it earlier: a ticket is given up after %s.", length.Format(giveUp))
	case policy.DeadlineBefore:
		p.add(t.deadline, "Make it later, or the first tier earlier: it passes before anybody is told.")
	}
}

// writer writes lengths of time of the hours.
func writer(h *hours.Hours) func(time.Duration) string {
	if h == nil {
		return length.Format
	}
	return length.FormatWork
}
