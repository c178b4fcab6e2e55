package helpdesk

import (
	"context"
	"fmt"
	"net/http"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

func httpKind() Kind {
	return Kind{
		Name: HTTPKind, Title: "the generic one, at HELPDESK_URL",
		Variables: []Variable{
			{Name: "HELPDESK_URL", Help: "The help desk is asked there whether somebody has replied.",
				Check: addressed("https://desk.example.com/replies")},
			{Name: "HELPDESK_TOKEN", Help: "It is sent along as a bearer token.", Needed: optional},
		},
		New:      func(r Reach) (desk.HelpDesk, error) { return newGeneric(r) },
		Webhook:  func(secret string) Inbound { return NewHTTPInbound(secret) },
		Statuses: plainStatuses,
		Tells: []desk.FactKind{
			desk.FactCustomerWrote, desk.FactReplied, desk.FactStatus, desk.FactPriority,
			desk.FactType, desk.FactAssigned,
		},
		Pages: func(get func(string) string) []string { return []string{get("HELPDESK_URL")} },
	}
}

// generic asks anything that answers one POST.
type generic struct{ client *client }

func newGeneric(r Reach) (*generic, error) {
	cl, err := newClient("help desk", HTTPKind, "", r)
	if err != nil {
		return nil, err
	}
	cl.base = r.get("HELPDESK_URL") // as it is: a slash at its end may matter
	cl.accept = 1 << 20
	cl.advice = advice{credentials: "HELPDESK_TOKEN", permission: "HELPDESK_TOKEN", address: "HELPDESK_URL"}
	if token := r.get("HELPDESK_TOKEN"); token != "" {
		cl.bearer(token)
	}
	return &generic{cl}, nil
}

// Ask asks about up to desk.MaxQuestions tickets in one request. While the desk has asked for
// patience (429) it fails at once, without a request.
func (h *generic) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	if err := countable(qs); err != nil || len(qs) == 0 {
		return nil, h.client.named(err)
	}
	var answers map[string]desk.Answer
	err := h.client.do(ctx, request{method: http.MethodPost, body: asked(qs)}, func(body []byte) (err error) {
		if answers, err = decodeAnswers(body, qs, h.client.now()); err != nil {
			return fmt.Errorf("%w; it said: %s", err, h.client.excerpt(body))
		}
		return nil
	})
	return answers, h.client.named(err)
}

// question is one ticket asked about, on the wire.
type question struct {
	TicketID  string `json:"ticket_id"`
	Timestamp int64  `json:"timestamp"` // Unix seconds
}

func asked(qs []desk.Question) []question {
	list := make([]question, len(qs))
	for i, q := range qs {
		list[i] = question{q.TicketID, q.Since.Unix()}
	}
	return list
}
