package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/length"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// toldAhead is for how long the hours of a channel are listed.
const toldAhead = 7 * 24 * time.Hour

// hours says when time counts in the channel, or with a ticket's id, how its time was counted.
func (c *Commands) hours(ctx context.Context, cmd slackapp.Command, r request) (*block.Answer, error) {
	if len(r.words) > 0 {
		return c.counted(ctx, cmd, strings.TrimPrefix(r.words[0], "#"))
	}
	if !c.watches(cmd) {
		return block.Say(howToWatch), nil
	}
	s, now, a := c.Book.View(cmd.Workspace).Settings, c.Now(), &block.Answer{}
	picked, told := s.Channels[cmd.Channel].Policies(), map[string]bool{}
	usual := s.PolicyFor(cmd.Channel, escalation.Ticket{})
	picked = append([]string{usual}, slices.DeleteFunc(picked, func(p string) bool { return p == usual })...)
	for _, key := range picked {
		m := escalation.Message{Thread: escalation.Thread{Workspace: cmd.Workspace, Channel: cmd.Channel}, PostedAt: now}
		t := escalation.Begin("", m, s.Policies[key], s, now)
		h := s.HoursOf(t)
		a.Say("*Policy " + mrkdwn.EscapeLine(s.PolicyName(key), 60) + "*: " + openNow(h, now))
		if h != nil && !told[t.Hours] {
			a.Say(week(h, now)...)
		}
		told[t.Hours] = true
		if sum := s.Sums(t)[policy.FirstReply]; sum != "" {
			a.Say("A ticket that came now: " + mrkdwn.EscapeLine(sum, 600))
		}
	}
	return a.Small("`/sla hours` and a ticket's number: how its time was counted."), nil
}

// openNow says whether time counts just now, and when that changes.
func openNow(h *hours.Hours, now time.Time) string {
	if h == nil {
		return "time counts around the clock."
	}
	words := "hours in " + h.Zone().String() + ", "
	spans := h.Spans(now.In(h.Zone()), now.In(h.Zone()).Add(toldAhead), nil)
	if spans[0].Open {
		return words + "open until " + spans[0].To.Format(spanForm) + "."
	}
	return words + "closed (" + mrkdwn.EscapeLine(spans[0].Reason, 100) + ") until " + h.Add(now.In(h.Zone()), 0).Format(spanForm) + "."
}

const spanForm = "Mon 2 Jan 15:04"

// week are the open and closed spans of the coming week, and their sum.
func week(h *hours.Hours, now time.Time) (lines []string) {
	from := now.In(h.Zone())
	to := from.Add(toldAhead)
	for _, s := range h.Spans(from, to, nil) {
		words := "closed, " + mrkdwn.EscapeLine(s.Reason, 100)
		if s.Open {
			words = "*open*, " + length.FormatWork(s.To.Sub(s.From).Round(time.Minute))
		}
		until := s.To.Format(spanForm)
		if s.To.YearDay() == s.From.YearDay() {
			until = s.To.Format("15:04")
		}
		lines = append(lines, fmt.Sprintf("• %s – %s: %s", s.From.Format(spanForm), until, words))
	}
	sum := length.FormatWork(h.Elapsed(from, to, nil).Round(time.Minute))
	return append(lines, "That is "+sum+" of working time in the coming week.")
}

// counted says how the time of an open ticket of the channel is counted.
func (c *Commands) counted(ctx context.Context, cmd slackapp.Command, id string) (*block.Answer, error) {
	ts, err := c.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: cmd.Workspace, Channel: cmd.Channel, By: escalation.ByNext, Limit: mostListed})
	if err != nil {
		return nil, fmt.Errorf("list the channel's timelines: %w", err)
	}
	i := slices.IndexFunc(ts, func(t escalation.Timeline) bool { return strings.EqualFold(t.Ticket.ID, id) })
	if i < 0 {
		return block.Say("No open ticket of this channel has the number “" + mrkdwn.EscapeLine(id, 60) + "”."), nil
	}
	t, s, now := ts[i], c.Book.View(cmd.Workspace).Settings, c.Now()
	a := block.Say("*Ticket " + mrkdwn.EscapeLine(t.Ticket.ID, 60) + "*, policy " + mrkdwn.EscapeLine(t.Policy, 60))
	sums, zone := s.Sums(t), s.HoursOf(t).Zone()
	for _, clock := range t.Clocks {
		var words string
		switch sum := sums[clock.Kind]; {
		case sum != "":
			words = mrkdwn.EscapeLine(sum, 600)
		case clock.Running():
			words = "around the clock, due " + mrkdwn.Moment(clock.Deadline, now)
		case !clock.PausedAt.IsZero():
			words = "paused since " + clock.PausedAt.In(zone).Format(spanForm) + ", " + length.FormatWork(clock.Used.Round(time.Second)) + " used"
		case clock.Start.IsZero():
			words = "has not started"
		default:
			words = "has stopped"
		}
		a.Say("• " + mrkdwn.Capital(clock.Kind.Words()) + ": " + words)
	}
	return a, nil
}
