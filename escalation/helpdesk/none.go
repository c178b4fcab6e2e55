package helpdesk

import (
	"context"

	"github.com/slabuddy/slabuddy/escalation"
)

func noneKind() Kind {
	return Kind{
		Name: NoneKind, Title: "none",
		New: func(Reach) (escalation.HelpDesk, error) { return None{}, nil },
	}
}

// None is for a team without a help desk: people say in the thread when a ticket is done.
type None struct{}

var _ escalation.HelpDesk = None{}

// Ask answers about every ticket that there is nobody to ask.
func (None) Ask(_ context.Context, qs []escalation.Question) (map[string]escalation.Answer, error) {
	answers := make(map[string]escalation.Answer, len(qs))
	for _, q := range qs {
		answers[q.TicketID] = escalation.Answer{Status: escalation.DeskNone}
	}
	return answers, nil
}
