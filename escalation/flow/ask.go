package flow

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// QuestionAbout asks about a timeline's ticket; in detail if more is promised than the first reply.
func QuestionAbout(t escalation.Timeline) desk.Question {
	return desk.Question{TicketID: t.Ticket.ID, Since: t.PostedAt, InDetail: len(t.Clocks) > 1}
}

// TurnDesk is the gate whose turns poll_budget bounds: whatever asks the help desk outside a walk takes one.
const TurnDesk = "helpdesk/poll"

// AskEvery is how far apart the turns of poll_budget are.
func AskEvery(s *escalation.Settings) time.Duration {
	return time.Minute / time.Duration(max(s.PollBudget, 1))
}

// AskAbout asks about one timeline, for desk.AskShare at most. The error is the desk's, not that of a ctx
// that ended meanwhile; there may be an answer beside it.
func (d Deps) AskAbout(ctx context.Context, t escalation.Timeline) (desk.Answer, error) {
	if !d.Settings(t.Workspace).HasDesk {
		return desk.Answer{Status: desk.None}, nil
	}
	asking, cancel := context.WithTimeout(ctx, desk.AskShare)
	defer cancel()
	answers, err := d.Desk.Ask(asking, []desk.Question{QuestionAbout(t)})
	if ctx.Err() != nil {
		err = nil
	}
	return answers[t.Ticket.ID], err
}
