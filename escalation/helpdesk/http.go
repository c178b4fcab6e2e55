package helpdesk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
)

// HTTP asks the generic help desk of HELPDESK_URL: anything that answers one POST.
type HTTP struct{ client *client }

var _ escalation.HelpDesk = (*HTTP)(nil)

// HTTPConfig is what the generic desk is made of.
type HTTPConfig struct {
	URL        string // http or https, absolute
	Token      string // sent as bearer; never logged
	Now        func() time.Time
	Registerer prometheus.Registerer
	Transport  http.RoundTripper // nil: one of its own
}

// NewHTTP checks the address and makes a desk of it. It asks nothing yet.
func NewHTTP(c HTTPConfig) (*HTTP, error) {
	if !webAddress(c.URL) {
		// The address itself is not quoted: some carry a key.
		return nil, errors.New("HELPDESK_URL is no web address; it should look like https://desk.example.com/replies")
	}
	cl, err := newClient("help desk", "http", "", c.Now, c.Registerer, c.Transport)
	if err != nil {
		return nil, err
	}
	cl.base = c.URL // as it is: a slash at its end may matter
	cl.accept = 1 << 20
	cl.advice = advice{credentials: "HELPDESK_TOKEN", permission: "HELPDESK_TOKEN", address: "HELPDESK_URL"}
	if token := strings.TrimSpace(c.Token); token != "" {
		cl.secrets = []string{token}
		cl.sign = func(h http.Header) { h.Set("Authorization", "Bearer "+token) }
	}
	return &HTTP{cl}, nil
}

// Ask asks about up to escalation.MaxQuestions tickets in one request. While the desk has asked for
// patience (429) it fails at once, without a request.
func (h *HTTP) Ask(ctx context.Context, qs []escalation.Question) (map[string]escalation.Answer, error) {
	if err := countable(qs); err != nil || len(qs) == 0 {
		return nil, h.client.named(err)
	}
	var answers map[string]escalation.Answer
	err := h.client.do(ctx, request{method: http.MethodPost, body: asked(qs)}, func(body []byte) (err error) {
		if answers, err = decodeAnswers(body, qs); err != nil {
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

func asked(qs []escalation.Question) []question {
	list := make([]question, len(qs))
	for i, q := range qs {
		list[i] = question{q.TicketID, q.Since.Unix()}
	}
	return list
}
