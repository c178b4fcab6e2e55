package views

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/length"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// preview says what would become of a ticket of the channel that came now: when each promise would break, and whom
// each tier would ping just now, a line each. Nothing in a modal pings, mentions included.
func preview(workspace, channel string, roster calendar.Roster, d circle.Directory, s *escalation.Settings, now time.Time) []string {
	m := escalation.Message{Thread: escalation.Thread{Workspace: workspace, Channel: channel}, PostedAt: now}
	p := s.Policies[s.PolicyFor(channel, m.Ticket)]
	if len(p.Tiers) == 0 {
		return nil
	}
	t := escalation.Begin("", m, p, s, now)
	plan := escalation.Plan(t, func(time.Time) calendar.Roster { return roster }, d, s)
	var lines []string
	for _, c := range t.Clocks {
		lines = append(lines, promised(c, s.HoursOf(t), now))
		for _, planned := range plan {
			if planned.Clock == c.Kind {
				lines = append(lines, fmt.Sprintf("*%d.* %s: %s%s", planned.Tier, dueAt(planned, s.HoursOf(t), now),
					mrkdwn.EscapeLine(strings.Join(planned.Notify, ", "), 200), pingedNow(planned)))
			}
		}
	}
	return lines
}

// promised says when a clock of a ticket that came now would run out.
func promised(c escalation.Clock, h *hours.Hours, now time.Time) string {
	switch {
	case c.Kind == policy.NextReply:
		return fmt.Sprintf("*Each later message of the customer* would have %s.", lasting(c.Target, h))
	case c.Kind == policy.Resolution:
		return "*It would have to be solved* by " + on(c.Deadline, h, now) + counted(c, h)
	}
	return "*A ticket that came now would be due* " + on(c.Deadline, h, now) + counted(c, h)
}

// counted is how the time until a deadline is counted, where that is not around the clock.
func counted(c escalation.Clock, h *hours.Hours) string {
	if h == nil {
		return "."
	}
	return ".\n_" + mrkdwn.EscapeLine(h.Breakdown(c.Start, c.Deadline, nil), 600) + "_"
}

// on is a moment, on the clock of the hours where there are any.
func on(t time.Time, h *hours.Hours, now time.Time) string {
	if h == nil {
		return mrkdwn.Moment(t, now)
	}
	return t.In(h.Zone()).Format("Mon 2 Jan 15:04 MST")
}

// lasting is a length of time: in hours a day is not 24 of them.
func lasting(d time.Duration, h *hours.Hours) string {
	if h == nil {
		return mrkdwn.Lasting(d)
	}
	return length.FormatWork(d) + " of working time"
}

// dueAt says when a tier comes.
func dueAt(p escalation.Planned, h *hours.Hours, now time.Time) string {
	words := "after " + lasting(p.After, h)
	if p.Before > 0 {
		words = lasting(p.Before, h) + " before the deadline"
	}
	if h != nil && !p.At.IsZero() {
		words += ", " + on(p.At, h, now)
	}
	return words
}

// pingedNow says whom a tier would ping just now; "" for one whose time nobody knows.
func pingedNow(p escalation.Planned) string {
	if p.At.IsZero() {
		return ""
	}
	return " → " + pinged(p)
}

// pinged says who that is, or why nobody is.
func pinged(p escalation.Planned) string {
	const shown = 12
	var names []string
	for i, r := range p.Mention {
		if i == shown {
			names = append(names, strconv.Itoa(len(p.Mention)-shown)+" more")
			break
		}
		names = append(names, nameOf(r))
	}
	if len(p.Gaps) == 0 {
		return mrkdwn.List(names)
	}
	why := gap(p.Gaps[0])
	switch {
	case len(names) == 0:
		return why + ", so nobody"
	case p.Gaps[0].Here:
		return why + ", so " + mrkdwn.List(names)
	case p.Gaps[0].GaveTo > 0:
		return fmt.Sprintf("%s, so tier %d's: %s", why, p.Gaps[0].GaveTo, mrkdwn.List(names))
	}
	return mrkdwn.List(names)
}

func nameOf(r circle.Recipient) string {
	switch {
	case r.Kind == circle.ToHere:
		return "everybody active in the channel"
	case r.Kind == circle.ToChannel:
		return "the whole channel"
	case r.Name != "":
		return mrkdwn.EscapeLine(r.Name, 60)
	}
	return mrkdwn.Ping(r)
}

func gap(g circle.Gap) string {
	switch g.Reason {
	case circle.GapNobody:
		return "nobody just now"
	case circle.GapNoRoster:
		return "unknown without a shift calendar"
	case circle.GapNoAccount:
		return "nobody whose Slack account I know"
	case circle.GapGone:
		return "Slack no longer has them"
	case circle.GapNoAssignee, circle.GapAssigneeOff:
		return "depends on the ticket's assignee"
	case circle.GapNoProduct:
		return "depends on the ticket's type"
	}
	return "nobody I could find"
}

// change says what a version set, in a few words.
func change(s setup.Setting) string {
	c, isSet, err := setup.Decode[setup.Channel](s)
	switch {
	case err != nil:
		return "something that I cannot read"
	case !isSet:
		return "stopped watching"
	case len(c.Tiers) > 0:
		var after []string
		for _, t := range c.Form().Tiers {
			after = append(after, t.After)
		}
		return mrkdwn.Plural(len(c.Tiers), "tier") + " of its own: " + strings.Join(after, ", ") + alsoSet(c)
	}
	return "policy " + mrkdwn.EscapeLine(cmp.Or(c.Policy, policy.Default), 60) + alsoSet(c)
}

// alsoSet is what a version set beside its policy.
func alsoSet(c setup.Channel) (words string) {
	if c.NextReply != nil {
		words += ", next replies"
	}
	if c.Resolution != nil {
		words += ", solutions"
	}
	switch {
	case c.OwnHours != nil:
		words += ", in hours " + mrkdwn.EscapeLine(strings.Join(c.OwnHours.Week, "; "), 100) + " (" + mrkdwn.EscapeLine(c.OwnHours.Zone, 60) + ")"
	case c.Hours != "":
		words += ", in hours " + mrkdwn.EscapeLine(c.Hours, 60)
	}
	return words
}
