package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

func freshdeskKind() Kind {
	return Kind{
		Name: "freshdesk", Title: "Freshdesk",
		Variables: []Variable{
			{Name: "FRESHDESK_DOMAIN", Help: "It is acme if your Freshdesk is at https://acme.freshdesk.com.",
				Needed: unless("FRESHDESK_URL"), Check: checkDomain},
			{Name: "FRESHDESK_API_KEY", Help: "It is of an agent who may see all tickets. Find it in Freshdesk: your picture, Profile settings, View API key."},
			{Name: "FRESHDESK_URL", Help: "It stands in place of https://DOMAIN.freshdesk.com, for tests.",
				Needed: optional, Check: addressed("https://acme.freshdesk.com")},
		},
		New:     newFreshdesk,
		webhook: func(s secret) Inbound { return freshdeskInbound{s} },
		Addresses: func(get func(string) string) []string {
			return []string{vendorURL(get("FRESHDESK_URL"), get("FRESHDESK_DOMAIN"), ".freshdesk.com")}
		},
		Statuses: []StatusWord{
			{"Open", desk.StatusOpen}, {"Pending", desk.StatusPending}, {"Waiting on Customer", desk.StatusPending},
			{"Waiting on Third Party", desk.StatusHold}, {"Resolved", desk.StatusSolved}, {"Closed", desk.StatusClosed},
		},
		Tells: desk.FactKinds(),
	}
}

var hostName = regexp.MustCompile(`(?i)^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$`)

func checkDomain(value string) Flaw {
	if subdomain.MatchString(value) || hostName.MatchString(value) {
		return Flaw{}
	}
	return Flaw{"is no domain", "Write acme or acme.freshdesk.com if your Freshdesk is at https://acme.freshdesk.com; for another address use FRESHDESK_URL."}
}

// freshdesk asks Freshdesk. It has no call for many tickets by their ids, and counts calls in
// credits: a list of a hundred tickets with their stats costs three, one ticket with its stats two,
// a ticket's conversations one. So what was updated last is listed first, as long as that finds
// ours, and the rest is asked about singly, as far as the credits of the minute go:
//
//	list, the latest updates first ─▶ found ─────────────────────┐
//	   └─ the rest ─▶ single tickets ─▶ found ───────────────────┤
//	                       └─ 404 ─▶ was there before, and the   ▼
//	                                 account answers: deleted
//	stats: first reply counts ─▶ answered        no reply ─▶ unanswered, or withdrawn by status
//	       first reply is older or not told, a later one counts ─▶ conversations show its time
//	       closed ─▶ conversations show whether it was merged, and into which
//
// Formats: developers.freshdesk.com/api, the sections Rate Limit, View a Ticket, List All Tickets
// and List All Conversations of a Ticket.
type freshdesk struct {
	client   *client
	statuses []StatusWord
	known    memory
	looks    looks
	names    names
}

// What calls cost: "each include will consume an additional credit", two in a list.
const (
	listCost   = 3
	singleCost = 2
)

// maxLists is how many batches of updated tickets are listed; after them single calls are cheaper.
const maxLists = 3

func newFreshdesk(r Reach) (desk.HelpDesk, error) {
	cl, err := newClient("Freshdesk", "freshdesk", vendorURL(r.get("FRESHDESK_URL"), r.get("FRESHDESK_DOMAIN"), ".freshdesk.com"), r)
	if err != nil {
		return nil, err
	}
	cl.advice = advice{
		credentials: "FRESHDESK_API_KEY",
		permission:  "that the agent of FRESHDESK_API_KEY may see all tickets",
		address:     "FRESHDESK_DOMAIN (or FRESHDESK_URL)",
	}
	cl.basic(r.get("FRESHDESK_API_KEY"), "X")
	return &freshdesk{client: cl, statuses: freshdeskKind().Statuses}, nil
}

// Ask asks about up to desk.MaxQuestions tickets, as far as the account's credits go.
func (f *freshdesk) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	return f.client.askAll(ctx, qs, f.look)
}

type freshdeskTicket struct {
	ID          id              `json:"id"`
	Status      count           `json:"status"`
	Spam        flag            `json:"spam"`
	Deleted     flag            `json:"deleted"`
	Priority    count           `json:"priority"`
	Type        string          `json:"type"`
	RequesterID id              `json:"requester_id"`
	ResponderID id              `json:"responder_id"` // the assignee
	GroupID     id              `json:"group_id"`
	CreatedAt   stamp           `json:"created_at"`
	UpdatedAt   stamp           `json:"updated_at"`
	Stats       *freshdeskStats `json:"stats"`
}

type freshdeskStats struct {
	FirstRespondedAt stamp `json:"first_responded_at"`
	AgentRespondedAt stamp `json:"agent_responded_at"` // the last time
	ClosedAt         stamp `json:"closed_at"`
	ResolvedAt       stamp `json:"resolved_at"`
	ReopenedAt       stamp `json:"reopened_at"`
	PendingSince     stamp `json:"pending_since"`
	StatusUpdatedAt  stamp `json:"status_updated_at"`
	CustomerWroteAt  stamp `json:"requester_responded_at"` // the last time; none for the ticket itself
}

// The states that every account has; above them are its own, all of which mean that work goes on.
const (
	freshdeskOpen     = 2
	freshdeskResolved = 4
	freshdeskClosed   = 5
)

// freshdeskStatuses and freshdeskPriorities are what Freshdesk calls its numbers.
var (
	freshdeskStatuses = map[int]string{
		2: "Open", 3: "Pending", 4: "Resolved", 5: "Closed", 6: "Waiting on Customer", 7: "Waiting on Third Party",
	}
	freshdeskPriorities = map[int]string{1: "low", 2: "medium", 3: "high", 4: "urgent"}
)

func (f *freshdesk) look(ctx context.Context, qs []desk.Question) (map[desk.Question]finding, error) {
	var odd problems
	ts, err := f.listed(ctx, qs, &odd)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	read := make(map[string]freshdeskTicket, len(qs))
	found := findEach(qs, &odd, func(q desk.Question) (finding, error) {
		one, t, err := f.find(ctx, q, ts, &odd)
		if err != nil {
			return finding{}, err
		}
		one.answer.Link = f.client.base + "/a/tickets/" + q.TicketID
		one.answer.Ticket = f.state(t)
		one.answer = detail(one.answer, nil, f.client.now())
		mu.Lock()
		defer mu.Unlock()
		read[q.TicketID] = t
		return one, nil
	})
	f.inDetail(ctx, found, read, &odd)
	return found, odd.err(len(qs))
}

func (f *freshdesk) find(ctx context.Context, q desk.Question, listed map[string]freshdeskTicket, odd *problems) (one finding, t freshdeskTicket, err error) {
	t, ok := listed[q.TicketID]
	if !ok {
		if odd.hopeless() {
			return one, t, errSpared
		}
		t, err = f.single(ctx, q.TicketID)
		if refusedWith(err, http.StatusNotFound) {
			one, err = f.missing(ctx, q, odd)
			return one, t, err
		}
		if err != nil {
			return one, t, err
		}
	}
	f.known.saw(q.TicketID)
	one, err = f.judge(ctx, t, q)
	return one, t, err
}

// missing is what a 404 about a ticket means. So answers a domain that is no account's any more, too: only
// where the account answers otherwise is the ticket deleted.
func (f *freshdesk) missing(ctx context.Context, q desk.Question, odd *problems) (one finding, err error) {
	if f.known.knows(q.TicketID) {
		if _, _, err := f.list(ctx, q.Since, 1, odd); err != nil {
			return one, err
		}
	}
	return f.known.missing(q.TicketID, f.client.advice.address)
}

// listed reads the tickets updated last, as long as a batch has more than one of those asked about:
// less would cost more than asking singly. Spam and deleted tickets are never listed.
func (f *freshdesk) listed(ctx context.Context, qs []desk.Question, odd *problems) (map[string]freshdeskTicket, error) {
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
		list, more, err := f.list(ctx, since.Add(-desk.Tolerance), page, odd)
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

func (f *freshdesk) list(ctx context.Context, since time.Time, page int, odd *problems) (ts []freshdeskTicket, more bool, err error) {
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

func (f *freshdesk) single(ctx context.Context, ticket string) (t freshdeskTicket, err error) {
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
