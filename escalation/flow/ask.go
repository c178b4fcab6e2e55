package flow

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// QuestionAbout is the question about a timeline's ticket, in detail if the policy promises more than a first reply.
func QuestionAbout(t escalation.Timeline) desk.Question {
	return desk.Question{TicketID: t.Ticket.ID, Since: t.PostedAt, InDetail: len(t.Clocks) > 1}
}

// TurnDesk is the gate for poll_budget: every question to the help desk outside a walk takes a turn of it.
const TurnDesk = "helpdesk/poll"

// AskEvery is the time between two turns of poll_budget.
func AskEvery(s *escalation.Settings) time.Duration {
	return time.Minute / time.Duration(max(s.PollBudget, 1))
}

// AskAbout asks about one timeline, for desk.AskShare at most. The error is the help desk's; if ctx ends meanwhile, there
// is none. There may be an answer beside an error.
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
