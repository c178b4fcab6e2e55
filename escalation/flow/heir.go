package flow

import (
	"context"

	"github.com/slabuddy/slabuddy/escalation"
)

// Heir finds whom somebody wants to give a ticket to, and asks Slack whether they are a colleague (rule 23).
func (d Deps) Heir(ctx context.Context, workspace, by, said string) escalation.Heir {
	h := d.Facts(workspace).Heir(workspace, by, said)
	if h.User == "" || h.User == by || d.Colleague == nil {
		return h
	}
	colleague, err := d.Colleague(ctx, workspace, h.User)
	switch {
	case err != nil:
		d.Logger.Warn("a ticket is not handed over, as nobody knows to whom", "workspace", workspace, "error", err)
		h.Refused = escalation.RefusedUnsure
	case !colleague:
		h.Refused = escalation.RefusedStranger
	}
	return h
}
