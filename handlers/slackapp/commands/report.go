package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/summary"
)

// Reports tell how the team did.
type Reports interface {
	Report(ctx context.Context, q report.Query) (report.Report, error)
}

const (
	reportDays     = 7
	mostReportDays = 400
	howToReport    = "Say of how many days, and of this channel or of all: `/sla report 30d here`, `/sla report 7d all`."
)

// report says how the team did. It is made after the answer: it may read much.
func (c *Commands) report(cmd slackapp.Command, r request) slackapp.Answer {
	q, ok := c.reported(cmd, r.words)
	if !ok {
		return say(block.Say(howToReport))
	}
	return slackapp.Answer{Later: func(ctx context.Context) error {
		made, err := c.Reports.Report(ctx, q)
		if err != nil {
			c.Logger.Warn("a report could not be made", "workspace", cmd.Workspace, "error", err)
			return c.Voice.PostPrivately(ctx, cmd.Workspace, cmd.Channel, cmd.User, sorry, nil)
		}
		zone, _ := c.zone(cmd.Workspace)
		s := made.Summary(zone, func(channels []string) map[string]bool {
			return c.Readers.MayRead(ctx, cmd.Workspace, cmd.User, channels)
		})
		summary.LinkThreads(ctx, c.Links, cmd.Workspace, s.Missed)
		m, more := summary.Of(s), summary.Details(s)
		post := func(blocks []slack.Block) error {
			return c.Voice.PostPrivately(ctx, cmd.Workspace, cmd.Channel, cmd.User, m.Text+"\n"+more.Text, append(blocks[:len(blocks):len(blocks)], more.Plain...))
		}
		err = post(m.Rich)
		if client.RefusedBlocks(err) {
			err = post(m.Plain)
		}
		return err
	}}
}

// reported reads what was asked for: so many days, and this channel or all.
func (c *Commands) reported(cmd slackapp.Command, words []string) (q report.Query, ok bool) {
	days, here := reportDays, c.watches(cmd)
	for _, word := range words {
		n, isDays := strings.CutSuffix(word, "d")
		switch {
		case word == "here":
			here = true
		case word == "all":
			here = false
		case isDays:
			var err error
			if days, err = strconv.Atoi(n); err != nil || days < 1 || days > mostReportDays {
				return q, false
			}
		default:
			return q, false
		}
	}
	now := c.Now()
	q = report.Query{From: now.Add(-time.Duration(days) * 24 * time.Hour), To: now, Workspace: cmd.Workspace}
	if here {
		q.Channel = cmd.Channel
	}
	return q, true
}
