package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

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
		New:      newGeneric,
		webhook:  func(s secret) Inbound { return httpInbound{s} },
		Statuses: plainStatuses,
		Tells: []desk.FactKind{
			desk.FactCustomerWrote, desk.FactReplied, desk.FactStatus, desk.FactPriority,
			desk.FactType, desk.FactAssigned,
		},
		Addresses: func(get func(string) string) []string { return []string{get("HELPDESK_URL")} },
	}
}

// generic asks anything that answers one POST.
type generic struct{ client *client }

func newGeneric(r Reach) (desk.HelpDesk, error) {
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

// reply is one answer of the generic desk, before its fields are understood: one odd answer must
// not cost the others.
type reply struct {
	TicketID    json.RawMessage `json:"ticket_id"`
	HaveReplied json.RawMessage `json:"have_replied"`
	Timestamp   json.RawMessage `json:"timestamp"`

	// Each of these may be left out.
	Status       id              `json:"status"` // open, pending, hold, solved, closed
	Priority     id              `json:"priority"`
	Type         id              `json:"type"`
	Assignee     id              `json:"assignee"`      // an e-mail address
	WaitingSince json.RawMessage `json:"waiting_since"` // the oldest customer message that nobody has answered
	LastReply    json.RawMessage `json:"last_reply"`
	SolvedAt     json.RawMessage `json:"solved_at"`
	Link         id              `json:"link"`
}

// decodeAnswers reads the answers about the tickets that were asked about; all others are ignored.
// The error says what could not be read; the answers that could be read come beside it.
func decodeAnswers(body []byte, qs []desk.Question, now time.Time) (map[string]desk.Answer, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil || list == nil {
		return nil, errors.New("its answer is not a JSON list")
	}
	asked := make(map[string]bool, len(qs))
	for _, q := range qs {
		asked[q.TicketID] = true
	}
	answers := make(map[string]desk.Answer, len(qs))
	var odd []error
	for _, raw := range list {
		var r reply
		if err := json.Unmarshal(raw, &r); err != nil {
			odd = append(odd, errors.New("an answer is not a JSON object"))
			continue
		}
		id := text(r.TicketID)
		if !asked[id] {
			continue
		}
		a, err := r.answer()
		if err != nil {
			odd = append(odd, fmt.Errorf("ticket %s: %w", id, err))
			continue
		}
		if a, err = r.further(a, now); err != nil {
			odd = append(odd, fmt.Errorf("ticket %s: %w", id, err)) // the reply holds all the same
		}
		if telling(a, answers[id]) {
			answers[id] = a
		}
	}
	if len(odd) > 0 {
		return answers, fmt.Errorf("%d of its %d answers cannot be read, the first: %w", len(odd), len(list), odd[0])
	}
	return answers, nil
}

// answer is what r says; desk.Unchecked where it says that it does not know.
func (r reply) answer() (a desk.Answer, err error) {
	switch string(r.HaveReplied) {
	case "":
		return a, errors.New("have_replied is missing")
	case "null":
		return a, nil
	case "false":
		return desk.Answer{Status: desk.Unanswered}, nil
	case "true":
		at, err := timeOf(r.Timestamp)
		// A reply whose time cannot be read may be older than the ticket's message, so it does not
		// pass for one without a time.
		if err != nil {
			return a, err
		}
		return desk.Answer{Status: desk.Answered, RepliedAt: at}, nil
	default:
		return a, errors.New("have_replied is neither true nor false")
	}
}

// further adds what r says beside that. A key that cannot be read was not said; the error names it.
func (r reply) further(a desk.Answer, now time.Time) (desk.Answer, error) {
	if a.Status == desk.Unchecked {
		return a, nil
	}
	var odd error
	when := func(key string, raw json.RawMessage) time.Time {
		at, err := timeOf(raw)
		if err != nil {
			odd = fmt.Errorf("%s: %w", key, err)
		}
		return at
	}
	a.Ticket = desk.Ticket{
		Status: meaning(plainStatuses, string(r.Status)), Said: string(r.Status), Priority: priority(string(r.Priority)),
		Type: string(r.Type), Assignee: assignee(string(r.Assignee)),
	}
	facts := []desk.Fact{
		{Kind: desk.FactCustomerWrote, At: when("waiting_since", r.WaitingSince)},
		{Kind: desk.FactReplied, At: when("last_reply", r.LastReply)},
		{Kind: desk.FactReplied, At: a.RepliedAt},
		{Kind: desk.FactStatus, At: when("solved_at", r.SolvedAt), Value: string(desk.StatusSolved)},
	}
	facts = slices.DeleteFunc(facts, func(f desk.Fact) bool { return f.At.IsZero() })
	if link := string(r.Link); webAddress(link) {
		a.Link = link
	}
	if a.Status == desk.Unanswered && a.Ticket.Status.Over() {
		a.Status, a.Cause = desk.Withdrawn, string(a.Ticket.Status)
	}
	return detail(a, facts, now), odd
}

// assignee is whom a desk names by e-mail address or, where that is none, by name.
func assignee(said string) desk.Person {
	if strings.Contains(said, "@") {
		return desk.Person{Email: said}
	}
	return desk.Person{Name: said}
}

// telling reports whether a says more than b about the same ticket. Of several replies the latest
// counts, because an old one would hide it.
func telling(a, b desk.Answer) bool {
	rank := map[desk.AnswerStatus]int{desk.Unanswered: 1, desk.Withdrawn: 2, desk.Answered: 3}
	if rank[a.Status] != rank[b.Status] {
		return rank[a.Status] > rank[b.Status]
	}
	return a.RepliedAt.After(b.RepliedAt)
}
