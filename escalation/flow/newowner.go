package flow

import (
	"context"

	"github.com/slabuddy/slabuddy/escalation"
)

// NewOwner finds whom somebody wants to give a ticket to, and asks Slack whether they are a colleague (rule 23).
func (d Deps) NewOwner(ctx context.Context, workspace, by, said string) escalation.NewOwner {
	to := d.Facts(workspace).NewOwner(workspace, by, said)
	if to.User == "" || to.User == by || d.Colleague == nil {
		return to
	}
	colleague, err := d.Colleague(ctx, workspace, to.User)
	switch {
	case err != nil:
		d.Logger.Warn("a ticket is not handed over, as nobody knows to whom", "workspace", workspace, "error", err)
		to.Refused = escalation.RefusedUnsure
	case !colleague:
		to.Refused = escalation.RefusedStranger
	}
	return to
}
