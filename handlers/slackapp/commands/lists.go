package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
	"github.com/slabuddy/slabuddy/handlers/slackapp/overview"
)

const (
	mostShown  = 20  // tickets of a list
	mostListed = 200 // read from the store: beyond that, the rest is not counted
)

const howToWatch = "I do not watch this channel. If your help desk posts its tickets here, type `/sla-setup` and tell me when to remind whom of those that wait for an answer."

// list says which tickets of the channel wait for an answer.
func (c *Commands) list(ctx context.Context, cmd slackapp.Command) (*block.Answer, error) {
	ts, err := c.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: cmd.Workspace, Channel: cmd.Channel, By: escalation.ByNext, Limit: mostListed})
	if err != nil {
		return nil, fmt.Errorf("list the channel's timelines: %w", err)
	}
	watched := c.watches(cmd)
	switch {
	case !watched && len(ts) == 0:
		return block.Say(howToWatch), nil
	case len(ts) == 0:
		return c.paused(cmd, block.Say(":sparkles: No ticket of this channel waits for an answer. Well done!")), nil
	}
	a := block.Say(fmt.Sprintf("*%s of this channel %s for an answer*, the next reminder first:", mrkdwn.Plural(len(ts), "ticket"), waits(len(ts))))
	if len(ts) == mostListed {
		a = block.Say("*A great many tickets of this channel wait for an answer*, the next reminder first:")
	}
	for _, line := range overview.Tickets(ts, mostShown, len(ts) < mostListed, false, c.threads(ctx, ts), c.facts) {
		a.Say(line)
	}
	if !watched {
		a.Small("This channel is not watched any more: no new ticket is taken in.")
	}
	return c.paused(cmd, a), nil
}

func waits(n int) string {
	if n == 1 {
		return "waits"
	}
	return "wait"
}

func (c *Commands) watches(cmd slackapp.Command) bool {
	_, ok := c.Book.View(cmd.Workspace).Channels[cmd.Channel]
	return ok
}

// paused adds that the channel is paused, if it is.
func (c *Commands) paused(cmd slackapp.Command, a *block.Answer) *block.Answer {
	now := c.Now()
	if until := c.Book.View(cmd.Workspace).Settings.Paused[cmd.Channel]; until.After(now) {
		a.Small(":zzz: I am paused in this channel until " + mrkdwn.Moment(until, now) + ". `/sla resume` wakes me.")
	}
	return a
}

// all says which tickets of the whole workspace wait for an answer.
func (c *Commands) all(ctx context.Context, cmd slackapp.Command) (*block.Answer, error) {
	ts, err := c.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: cmd.Workspace, By: escalation.ByDeadline, Limit: mostListed})
	if err != nil {
		return nil, fmt.Errorf("list the workspace's timelines: %w", err)
	}
	if len(ts) == 0 {
		if len(c.Book.View(cmd.Workspace).Channels) == 0 {
			return block.Say("I watch no channel yet. " + "Go to the one where your help desk posts its tickets, and type `/sla-setup` there."), nil
		}
		return block.Say(":sparkles: No ticket waits for an answer, in any channel. Well done!"), nil
	}
	a := block.Say(fmt.Sprintf("*%s %s for an answer*, the nearest deadline first:", mrkdwn.Plural(len(ts), "ticket"), waits(len(ts))))
	if len(ts) == mostListed {
		a = block.Say("*A great many tickets wait for an answer*, the nearest deadline first:")
	}
	ts = overview.Veiled(ts, mostShown, func(channels []string) map[string]bool {
		return c.Readers.MayRead(ctx, cmd.Workspace, cmd.User, channels)
	})
	for _, line := range overview.Tickets(ts, mostShown, len(ts) < mostListed, true, c.threads(ctx, ts), c.facts) {
		a.Say(line)
	}
	return a, nil
}

// threads are the addresses of those that a list shows.
func (c *Commands) threads(ctx context.Context, ts []escalation.Timeline) map[escalation.Thread]string {
	return c.Threads.Of(ctx, ts[:min(mostShown, len(ts))])
}

// facts are what is known around a timeline.
func (c *Commands) facts(t escalation.Timeline) escalation.Facts {
	return escalation.Facts{
		Now: c.Now(), Roster: c.Rosters.Of(t.Workspace), Directory: c.Directory,
		Settings: c.Book.View(t.Workspace).Settings, NewID: c.NewID,
	}
}

const ahead = 24 * time.Hour

// who says who is there for whom.
func (c *Commands) who(cmd slackapp.Command) *block.Answer {
	p := overview.People{
		Roster: c.Rosters.Of(cmd.Workspace), Outlook: c.Rosters.Ahead(cmd.Workspace, ahead),
		HasCalendar: c.Rosters.HasCalendar(cmd.Workspace), Now: c.Now(),
	}
	a := &block.Answer{}
	a.Say(p.OnShift()...).Say(p.Ahead()...)
	if p.HasCalendar {
		a.Say(p.Gaps()...)
	}
	a.Say(p.Unmatched()...)
	if asOf := p.Roster.AsOf; !asOf.IsZero() {
		a.Small("As the calendar was " + mrkdwn.When(asOf, p.Now) + ". `/sla away` and `/sla swap` count too.")
	}
	return a
}

// zone is the time zone that days are meant in, and what to call it.
func (c *Commands) zone(workspace string) (loc *time.Location, name string) {
	loc = c.Zone(workspace)
	if loc == nil {
		loc = time.UTC
	}
	return loc, loc.String()
}
