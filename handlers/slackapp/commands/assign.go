package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// assign gives a ticket of the channel to somebody: the one that is named, or the only one there is.
func (c *Commands) assign(ctx context.Context, cmd slackapp.Command, r request) (slackapp.Answer, error) {
	ts, err := c.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: cmd.Workspace, Channel: cmd.Channel, By: escalation.ByNext, Limit: mostListed})
	if err != nil {
		return slackapp.Answer{}, fmt.Errorf("list the channel's timelines: %w", err)
	}
	words := slices.DeleteFunc(slices.Clone(r.words), func(w string) bool { return w == "to" || w == "ticket" })
	whom := cmp.Or(r.who.ID, r.who.Name)
	if i := slices.Index(words, "me"); whom == "" && i >= 0 {
		whom, words = "me", slices.Delete(words, i, i+1)
	}
	t, problem := meant(ts, words)
	if problem != "" {
		return say(block.Say(problem)), nil
	}
	click := escalation.Click{
		Thread:   escalation.Thread{Workspace: cmd.Workspace, Channel: cmd.Channel},
		Timeline: t.ID, User: cmd.User, Name: c.nameOf(cmd), At: c.Now(),
	}
	return c.later(cmd, func(ctx context.Context) (*block.Answer, error) {
		words, err := c.Assign(ctx, click, whom)
		if err != nil {
			return nil, err
		}
		return block.Say(words), nil
	}), nil
}

// meant is the ticket that words name, or what to say where they name none.
func meant(ts []escalation.Timeline, words []string) (t escalation.Timeline, problem string) {
	const how = " Write `/sla assign 4711 @bob`, in the ticket's channel."
	switch {
	case len(ts) == 0:
		return t, "No ticket of this channel waits for an answer, so there is none to hand over."
	case len(words) == 0 && len(ts) == 1:
		return ts[0], ""
	case len(words) == 0:
		return t, "Which ticket? " + mrkdwn.Capital(mrkdwn.Plural(len(ts), "ticket")) + " of this channel wait." + how
	}
	id := strings.TrimLeft(words[0], "#")
	i := slices.IndexFunc(ts, func(t escalation.Timeline) bool { return strings.EqualFold(t.Ticket.ID, id) })
	if i < 0 {
		return t, "No ticket " + mrkdwn.EscapeLine(id, 60) + " of this channel waits for an answer." + how
	}
	return ts[i], ""
}
