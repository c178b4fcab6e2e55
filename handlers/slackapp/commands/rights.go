package commands

import (
	"context"
	"fmt"

	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
)

// admins are those who may set up, in words.
const admins = "admins of the workspace, and those named as admins in my configuration,"

// stranger is what somebody reads who may not act at all: a guest, or nobody of the workspace. It is nil for a
// colleague.
func (c *Commands) stranger(ctx context.Context, cmd slackapp.Command) *block.Answer {
	colleague, err := c.Rights.Colleague(ctx, cmd.Workspace, cmd.User)
	switch {
	case err != nil:
		c.Logger.Warn("a command does not count, as nobody knows whose it is", "workspace", cmd.Workspace, "error", err)
		return block.Say("Sorry, I could not ask Slack just now whether you may do that, so I changed nothing. Please try again in a minute.")
	case !colleague:
		return block.Say("Only full members of this workspace can do that, so I changed nothing. `/sla help` says what everybody can do.")
	}
	return nil
}

// withRight does what takes the right to set up, and says no to whoever does not have it. Where Slack has to be
// asked, that is done after the answer.
func (c *Commands) withRight(ctx context.Context, cmd slackapp.Command, no *block.Answer, do func(context.Context) (*block.Answer, error)) (slackapp.Answer, error) {
	may, known := c.Rights.MayNow(cmd.Workspace, cmd.User)
	switch {
	case may:
		return answer(do(ctx))
	case known:
		return say(no), nil
	}
	return c.later(cmd, func(ctx context.Context) (*block.Answer, error) {
		may, err := c.Rights.May(ctx, cmd.Workspace, cmd.User)
		if err != nil {
			return nil, fmt.Errorf("ask whether somebody may set up: %w", err)
		}
		if !may {
			return no, nil
		}
		return do(ctx)
	}), nil
}
