package views

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/length"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// preview says for each tier of a policy whom it would ping just now, a line each. Nothing in a modal
// pings, mentions included.
func preview(workspace string, p escalation.Policy, roster calendar.Roster, d escalation.Directory, s *escalation.Settings, now time.Time) []string {
	if len(p.Tiers) == 0 {
		return nil
	}
	t := escalation.Begin("", escalation.Message{Thread: escalation.Thread{Workspace: workspace}, PostedAt: now}, p, s, now)
	var lines []string
	for i, planned := range escalation.Plan(t, func(time.Time) calendar.Roster { return roster }, d, s) {
		lines = append(lines, fmt.Sprintf("*%d.* after %s: %s → %s", i+1, mrkdwn.Lasting(p.Tiers[i].After),
			mrkdwn.EscapeLine(strings.Join(planned.Notify, ", "), 200), pinged(planned)))
	}
	return lines
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

func nameOf(r escalation.Recipient) string {
	switch {
	case r.Kind == escalation.ToHere:
		return "everybody active in the channel"
	case r.Kind == escalation.ToChannel:
		return "the whole channel"
	case r.Name != "":
		return mrkdwn.EscapeLine(r.Name, 60)
	}
	return mrkdwn.Ping(r)
}

func gap(g escalation.Gap) string {
	switch g.Reason {
	case escalation.GapNobody:
		return "nobody just now"
	case escalation.GapNoRoster:
		return "unknown without a shift calendar"
	case escalation.GapNoAccount:
		return "nobody whose Slack account I know"
	case escalation.GapNoAssignee, escalation.GapAssigneeOff:
		return "depends on the ticket's assignee"
	case escalation.GapNoProduct:
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
		for _, t := range c.Tiers {
			after = append(after, length.Format(t.After))
		}
		return mrkdwn.Plural(len(c.Tiers), "tier") + " of its own: " + strings.Join(after, ", ")
	}
	policy := c.Policy
	if policy == "" {
		policy = escalation.DefaultPolicy
	}
	return "policy " + mrkdwn.EscapeLine(policy, 60)
}
