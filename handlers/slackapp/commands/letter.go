package commands

import (
	"context"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// letter is what somebody is told in their direct messages: that somebody else put them on shift, or off.
type letter struct{ user, words string }

// lettersOf are those to whom an absence concerns and who did not say it themselves.
func (c *Commands) lettersOf(cmd slackapp.Command, a setup.Absence, words string) (letters []letter) {
	for _, p := range []setup.Person{a.Who, a.With} {
		if user := c.slackOf(cmd.Workspace, p); user != "" && user != cmd.User {
			letters = append(letters, letter{user, mrkdwn.EscapeLine(c.nameOf(cmd), 60) + " changed who is on shift. " + words})
		}
	}
	return letters
}

// slackOf is the Slack user id of an engineer; "" if none is known.
func (c *Commands) slackOf(workspace string, p setup.Person) string {
	if p.Slack != "" || p.Name == "" {
		return p.Slack
	}
	for _, e := range c.Book.View(workspace).Engineers {
		if e.Name != p.Name || e.Email == "" || c.Directory == nil {
			continue
		}
		if id, ok := c.Directory.UserByEmail(workspace, e.Email); ok {
			return id
		}
	}
	return ""
}

// thenTell is the answer, after which the letters are sent that there are by then.
func (c *Commands) thenTell(cmd slackapp.Command, a slackapp.Answer, letters *[]letter) slackapp.Answer {
	first := a.Later
	a.Later = func(ctx context.Context) (err error) {
		if first != nil {
			err = first(ctx)
		}
		for _, l := range *letters {
			said := block.Say(l.words)
			if failed := c.Voice.PostDirectly(ctx, cmd.Workspace, l.user, said.Text(), said.Blocks()); failed != nil {
				c.Logger.Warn("somebody could not be told that they were put on shift, or off", "workspace", cmd.Workspace, "user", l.user, "error", failed)
			}
		}
		return err
	}
	return a
}

// takenBack says that an absence counts no more.
func takenBack(a setup.Absence) string {
	who := mrkdwn.EscapeLine(a.Who.Name, 60)
	if a.Kind == setup.Swap {
		return "It is taken back that " + mrkdwn.EscapeLine(a.With.Name, 60) + " takes over " + who + "'s shifts: they are their own again."
	}
	return "It is taken back that " + who + " is away: they are counted in as the calendar says."
}
