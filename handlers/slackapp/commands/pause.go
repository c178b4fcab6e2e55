package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// pause keeps the bot quiet in the channel for a while, and tells the channel.
func (c *Commands) pause(ctx context.Context, cmd slackapp.Command, r request) (slackapp.Answer, error) {
	if !c.watches(cmd) {
		return say(block.Say("There is nothing to pause. " + howToWatch)), nil
	}
	d, err := pauseLength(r.words)
	if err != nil {
		return say(block.Say("Sorry, I do not understand that: write `/sla pause 2h`, or `/sla pause` for an hour. I changed nothing.")), nil
	}
	pause := func(ctx context.Context) (*block.Answer, error) { return c.pauseFor(ctx, cmd, d, len(r.words) == 0) }
	if d <= usualPause {
		return answer(pause(ctx))
	}
	return c.withRight(ctx, cmd, block.Say("Only "+admins+" can pause me for more than an hour. Please ask one of them, or write `/sla pause` for an hour. I changed nothing."), pause)
}

// pauseFor pauses for so long, which was assumed if nothing was said.
func (c *Commands) pauseFor(ctx context.Context, cmd slackapp.Command, d time.Duration, assumed bool) (*block.Answer, error) {
	capped := d > longestPause
	d = min(d, longestPause)
	until := c.Now().Add(d).UTC().Truncate(time.Second)
	set, err := c.set(ctx, cmd, setup.PauseScope(cmd.Channel), setup.Pause{Until: until})
	if err != nil {
		return refused(err)
	}
	if err := c.Pauses.Pause(ctx, cmd.Workspace, cmd.Channel, cmd.User, until); err != nil {
		// What is set counts all the same; the timelines follow when they come due.
		c.Logger.Warn("the open timelines of a paused channel were not marked", "channel", cmd.Channel, "error", err)
	}
	note := escalation.Note{Kind: escalation.NotePaused, User: cmd.User, Name: c.nameOf(cmd), Until: until}
	told := "I am telling the channel too."
	if err := c.announce(ctx, cmd, set, note); err != nil {
		c.Logger.Warn("a pause could not be told to its channel", "channel", cmd.Channel, "error", err)
		told = "I could not tell the channel, so please do."
	}
	words := "I remind nobody in this channel until " + mrkdwn.Moment(until, c.Now())
	if assumed {
		words = "You named no length, so I took an hour. " + words
	}
	if capped {
		words += ", which is a day, the most I can do"
	}
	return block.Say(words + ". Deadlines go on. " + told), nil
}

func pauseLength(words []string) (time.Duration, error) {
	if len(words) > 0 && words[0] == "for" {
		words = words[1:]
	}
	if len(words) == 0 {
		return usualPause, nil
	}
	return parseLength(strings.Join(words, " "))
}

// resume ends the pause early.
func (c *Commands) resume(ctx context.Context, cmd slackapp.Command) (*block.Answer, error) {
	until := c.Book.View(cmd.Workspace).Settings.Paused[cmd.Channel]
	if !until.After(c.Now()) {
		// An earlier try may have got only half way: then the timelines still wait.
		if err := c.Pauses.Resume(ctx, cmd.Workspace, cmd.Channel, cmd.User); err != nil {
			return nil, fmt.Errorf("resume the channel's timelines: %w", err)
		}
		return block.Say("I am not paused in this channel, so there is nothing to resume."), nil
	}
	set, err := c.set(ctx, cmd, setup.PauseScope(cmd.Channel), nil)
	if err != nil {
		return refused(err)
	}
	if err := c.Pauses.Resume(ctx, cmd.Workspace, cmd.Channel, cmd.User); err != nil {
		return nil, fmt.Errorf("resume the channel's timelines: %w", err)
	}
	if err := c.announce(ctx, cmd, set, escalation.Note{Kind: escalation.NoteResumed, User: cmd.User, Name: c.nameOf(cmd)}); err != nil {
		return nil, err
	}
	return block.Say("Good to be back! I am telling the channel too."), nil
}

// announce owes the channel a note about a setting: one, however often the command is carried out.
func (c *Commands) announce(ctx context.Context, cmd slackapp.Command, about setup.Setting, n escalation.Note) error {
	if about.Version == 0 {
		return nil // nothing has changed
	}
	at := escalation.Thread{Workspace: cmd.Workspace, Channel: cmd.Channel}
	key := fmt.Sprintf("setting/%s/%s/%d", cmd.Workspace, about.Scope, about.Version)
	job := escalation.NewPostJob(c.NewID(), key, escalation.Post{Thread: at, Note: &n}, c.Now())
	if err := c.Store.AddJobs(ctx, []queue.New{job}, c.Now()); err != nil {
		return fmt.Errorf("tell the channel: %w", err)
	}
	return nil
}

// nameOf is how others know whoever sent the command.
func (c *Commands) nameOf(cmd slackapp.Command) string {
	if e, ok := c.Book.View(cmd.Workspace).Engineer(cmd.User, c.Directory); ok {
		return e.Name
	}
	return cmd.UserName
}
