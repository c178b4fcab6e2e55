package escalation

import (
	"errors"
	"log/slog"
	"time"
)

// Patience is how often a change is worked out anew because its timeline changed meanwhile.
const Patience = 10

// ErrContended is returned when a timeline kept changing under what somebody asked for.
var ErrContended = errors.New("the timeline kept changing meanwhile; please try again")

// LogChange logs what somebody did to a timeline, once it is committed.
func LogChange(logger *slog.Logger, c Change, user string) {
	if c.Timeline == nil {
		return
	}
	for _, e := range c.Events {
		logger.Info("timeline "+string(e.Kind), "timeline", c.Timeline.ID, "ticket", c.Timeline.Ticket.ID,
			"channel", c.Timeline.Channel, "by", user, "for", e.For.String())
	}
}

// LogVerdict logs a decision that was committed.
func LogVerdict(logger *slog.Logger, c Change, v Verdict, now time.Time) {
	if v == VerdictNothing {
		return
	}
	t := c.Timeline
	attrs := []any{"timeline", t.ID, "ticket", t.Ticket.ID, "channel", t.Channel, "policy", t.Policy, "verdict", string(v)}
	if v == VerdictRemind || v == VerdictPage {
		logger.Debug("reminder or page decided", attrs...)
		return
	}
	logger.Info("timeline closed", append(attrs, "cause", t.Cause, "after", now.Sub(t.PostedAt).Round(time.Second).String())...)
}
