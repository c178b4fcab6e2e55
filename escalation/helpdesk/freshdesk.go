package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
)

// Freshdesk asks Freshdesk. It has no call for many tickets by their ids, and counts calls in
// credits: a list of a hundred tickets with their stats costs three, one ticket with its stats two,
// a ticket's conversations one. So what was updated last is listed first, as long as that finds
// ours, and the rest is asked about singly, as far as the credits of the minute go:
//
//	list, the latest updates first ─▶ found ─────────────────────┐
//	   └─ the rest ─▶ single tickets ─▶ found ───────────────────┤
//	                       └─ 404 ─▶ was there before: deleted   ▼
//	stats: first reply counts ─▶ answered        no reply ─▶ unanswered, or withdrawn by status
//	       first reply is older, a later one counts ─▶ conversations tell its time
//	       closed ─▶ conversations tell whether it was merged, and into which
//
// Formats: developers.freshdesk.com/api, the sections Rate Limit, View a Ticket, List All Tickets
// and List All Conversations of a Ticket.
type Freshdesk struct {
	client *client
	known  memory
}

var _ escalation.HelpDesk = (*Freshdesk)(nil)

// FreshdeskConfig is what a Freshdesk account is reached with.
type FreshdeskConfig struct {
	Domain     string // FRESHDESK_DOMAIN: acme, of https://acme.freshdesk.com
	APIKey     string // FRESHDESK_API_KEY: of an agent who may see all tickets; never logged
	URL        string // FRESHDESK_URL: in place of https://DOMAIN.freshdesk.com
	Now        func() time.Time
	Registerer prometheus.Registerer
	Transport  http.RoundTripper // nil: one of its own
}

// What calls cost: "each include will consume an additional credit", two in a list.
const (
	listCost   = 3
	singleCost = 2
)

// maxLists is how many pages of updated tickets are listed; after them single calls are cheaper.
const maxLists = 3

// NewFreshdesk checks the configuration and makes a desk of it. It asks nothing yet.
func NewFreshdesk(c FreshdeskConfig) (*Freshdesk, error) {
	base, err := vendorURL(c.URL, "FRESHDESK_URL", c.Domain, "FRESHDESK_DOMAIN", ".freshdesk.com")
	if err != nil {
		return nil, err
	}
	key := strings.TrimSpace(c.APIKey)
	if key == "" {
		return nil, errors.New("Freshdesk needs FRESHDESK_API_KEY")
	}
	cl, err := newClient("Freshdesk", "freshdesk", base, c.Now, c.Registerer, c.Transport)
	if err != nil {
		return nil, err
	}
	cl.advice = advice{
		credentials: "FRESHDESK_API_KEY",
		permission:  "that the agent of FRESHDESK_API_KEY may see all tickets",
		address:     "FRESHDESK_DOMAIN (or FRESHDESK_URL)",
	}
	cl.basic(key, "X")
	return &Freshdesk{client: cl}, nil
}

// Ask asks about up to escalation.MaxQuestions tickets, as far as the account's credits go.
func (f *Freshdesk) Ask(ctx context.Context, qs []escalation.Question) (map[string]escalation.Answer, error) {
	return f.client.askAll(ctx, qs, f.look)
}

type freshdeskTicket struct {
	ID          id              `json:"id"`
	Status      count           `json:"status"`
	Spam        flag            `json:"spam"`
	Deleted     flag            `json:"deleted"`
	RequesterID id              `json:"requester_id"`
	Stats       *freshdeskStats `json:"stats"`
}

type freshdeskStats struct {
	FirstRespondedAt stamp `json:"first_responded_at"`
	AgentRespondedAt stamp `json:"agent_responded_at"` // the last time
	ClosedAt         stamp `json:"closed_at"`
}

// The states that every account has; above them are its own, all of which mean that work goes on.
const (
	freshdeskOpen     = 2
	freshdeskResolved = 4
	freshdeskClosed   = 5
)

func (f *Freshdesk) look(ctx context.Context, qs []escalation.Question) (map[escalation.Question]finding, error) {
	var odd problems
	ts, err := f.listed(ctx, qs, &odd)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	found := make(map[escalation.Question]finding, len(qs))
	each(qs, func(q escalation.Question) {
		one, err := f.find(ctx, q, ts, &odd)
		if err != nil {
			odd.add(q.TicketID, err)
			return
		}
		one.answer.Link = f.client.base + "/a/tickets/" + q.TicketID
		mu.Lock()
		defer mu.Unlock()
		found[q] = one
	})
	return found, odd.err(len(qs))
}

func (f *Freshdesk) find(ctx context.Context, q escalation.Question, listed map[string]freshdeskTicket, odd *problems) (finding, error) {
	t, ok := listed[q.TicketID]
	if !ok {
		if odd.hopeless() {
			return finding{}, errSpared
		}
		var err error
		t, err = f.single(ctx, q.TicketID)
		if refusedWith(err, http.StatusNotFound) {
			return f.known.missing(q.TicketID, f.client.advice.address)
		}
		if err != nil {
			return finding{}, err
		}
	}
	f.known.saw(q.TicketID)
	return f.judge(ctx, t, q)
}

// listed reads the tickets updated last, as long as a page has more than one of those asked about:
// less would cost more than asking singly. Spam and deleted tickets are never listed.
func (f *Freshdesk) listed(ctx context.Context, qs []escalation.Question, odd *problems) (map[string]freshdeskTicket, error) {
	open := map[string]bool{}
	since := qs[0].Since
	for _, q := range qs {
		open[q.TicketID] = true
		if q.Since.Before(since) {
			since = q.Since
		}
	}
	ts := map[string]freshdeskTicket{}
	for page := 1; page <= maxLists && len(open) > 1; page++ {
		list, more, err := f.list(ctx, since.Add(-tolerance), page, odd)
		var limited *limitedError
		switch {
		case errors.As(err, &limited), refusedWith(err, http.StatusTooManyRequests):
			odd.add("", err)
			return ts, nil // what a list costs more than single calls may still be there for those
		case err != nil:
			return nil, err
		}
		hits := 0
		for _, t := range list {
			if open[string(t.ID)] {
				hits++
				ts[string(t.ID)] = t
				delete(open, string(t.ID))
			}
		}
		if hits < 2 || !more {
			break
		}
	}
	return ts, nil
}

func (f *Freshdesk) list(ctx context.Context, since time.Time, page int, odd *problems) (ts []freshdeskTicket, more bool, err error) {
	const perPage = 100
	query := url.Values{
		"updated_since": {since.UTC().Format(time.RFC3339)}, "order_by": {"updated_at"}, "order_type": {"desc"},
		"include": {"stats"}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)},
	}
	err = f.client.do(ctx, request{path: "/api/v2/tickets", query: query, cost: listCost}, func(body []byte) error {
		var list []json.RawMessage
		if json.Unmarshal(body, &list) != nil || list == nil {
			return errors.New("its answer is no list of tickets")
		}
		ts, more = decodeEach[freshdeskTicket](list, odd), len(list) == perPage
		return nil
	})
	return ts, more, err
}

func (f *Freshdesk) single(ctx context.Context, ticket string) (t freshdeskTicket, err error) {
	query := url.Values{"include": {"stats"}}
	err = f.client.do(ctx, request{path: "/api/v2/tickets/" + ticket, query: query, cost: singleCost}, func(body []byte) error {
		if json.Unmarshal(body, &t) != nil {
			return errors.New("its answer is no ticket")
		}
		if string(t.ID) != ticket {
			return errors.New("it did not answer about this ticket")
		}
		return nil
	})
	return t, err
}
