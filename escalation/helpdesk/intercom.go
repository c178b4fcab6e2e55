package helpdesk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

func intercomKind() Kind {
	return Kind{
		Name: "intercom", Title: "Intercom",
		Variables: []Variable{
			{Name: "INTERCOM_TOKEN", Help: "Make an app in Intercom's Developer Hub and take its access token, which may read conversations and tickets."},
			{Name: "INTERCOM_URL", Help: "The API's address, for accounts in Europe (https://api.eu.intercom.io) or Australia (https://api.au.intercom.io).",
				Needed: optional, Check: addressed("https://api.eu.intercom.io")},
		},
		New:       newIntercom,
		webhook:   func(s secret) Inbound { return intercomInbound{s} },
		Addresses: func(get func(string) string) []string { return []string{inboxOf(get("INTERCOM_URL"))} },
		Statuses: []StatusWord{
			{"open", desk.StatusOpen}, {"snoozed", desk.StatusPending}, {"closed", desk.StatusSolved},
			{"submitted", desk.StatusOpen}, {"in_progress", desk.StatusOpen},
			{"waiting_on_customer", desk.StatusPending}, {"resolved", desk.StatusSolved},
		},
		Tells: []desk.FactKind{
			desk.FactReplied, desk.FactCustomerWrote, desk.FactStatus, desk.FactPriority,
			desk.FactGroup, desk.FactAssigned,
		},
	}
}

// intercom asks Intercom about conversations, and about tickets that no conversation carries. Their
// id is the one in the inbox's address and in the API, not the short number of a ticket:
//
//	conversations/search by ids ─▶ statistics ─▶ first reply counts ─▶ answered
//	      │                              │   ─▶ none ─▶ unanswered, or withdrawn if closed
//	      │                              │   ─▶ older, a later one counts ─▶ conversation, with its parts
//	      │                              └── closed by merging ─▶ intercom_parts.go
//	      └─ missing ─▶ conversation ─▶ 404 ─▶ ticket ─▶ 404 ─▶ was there before: deleted
//
// Formats: developers.intercom.com/docs/references, API version 2.16, the schemas conversation,
// conversation_statistics, conversation_part, ticket and cursor_pages of Intercom's published OpenAPI
// description.
type intercom struct {
	client   *client
	statuses []StatusWord
	known    memory
	looks    looks
	names    names

	mu       sync.Mutex
	inbox    string // the address of conversations in the inbox; "" until it is known
	nextTry  time.Time
	inboxURL string // of the region
}

const intercomVersion = "2.16"

func newIntercom(r Reach) (desk.HelpDesk, error) {
	base := cmp.Or(r.get("INTERCOM_URL"), "https://api.intercom.io")
	cl, err := newClient("Intercom", "intercom", base, r)
	if err != nil {
		return nil, err
	}
	cl.advice = advice{
		credentials: "INTERCOM_TOKEN, and INTERCOM_URL, which depends on the workspace's region",
		permission:  "that INTERCOM_TOKEN may read conversations and tickets",
		address:     "INTERCOM_URL, which depends on the workspace's region",
	}
	cl.bearer(r.get("INTERCOM_TOKEN"))
	cl.header = http.Header{"Intercom-Version": {intercomVersion}}
	return &intercom{client: cl, inboxURL: inboxOf(base), statuses: intercomKind().Statuses}, nil
}

// Ask asks about up to desk.MaxQuestions conversations or tickets.
func (i *intercom) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	return i.client.askAll(ctx, qs, i.look)
}

type intercomConversation struct {
	ID        id     `json:"id"`
	State     string `json:"state"`    // open, closed or snoozed
	Priority  string `json:"priority"` // priority or not_priority
	CreatedAt stamp  `json:"created_at"`
	UpdatedAt stamp  `json:"updated_at"`
	Waiting   stamp  `json:"waiting_since"` // none while nobody waits
	Admin     id     `json:"admin_assignee_id"`
	Team      id     `json:"team_assignee_id"`
	Source    struct {
		Author intercomAuthor `json:"author"`
	} `json:"source"`
	Statistics *intercomStatistics `json:"statistics"`
	Contacts   struct {
		List []struct {
			ID id `json:"id"`
		} `json:"contacts"`
	} `json:"contacts"`
	Parts struct {
		List  []json.RawMessage `json:"conversation_parts"`
		Total count             `json:"total_count"`
	} `json:"conversation_parts"`
}

type intercomStatistics struct {
	FirstAdminReplyAt stamp `json:"first_admin_reply_at"`
	LastAdminReplyAt  stamp `json:"last_admin_reply_at"`
	CustomerWroteAt   stamp `json:"last_contact_reply_at"`
	ClosedAt          stamp `json:"last_close_at"`
}

func (i *intercom) look(ctx context.Context, qs []desk.Question) (map[desk.Question]finding, error) {
	var odd problems
	list, err := i.named(ctx, tickets(qs), &odd)
	if err != nil {
		return nil, err
	}
	cs := make(map[string]intercomConversation, len(list))
	for _, c := range list {
		cs[string(c.ID)] = c
	}
	link := i.links(ctx)
	var mu sync.Mutex
	read := make(map[string]intercomConversation, len(qs))
	found := findEach(qs, &odd, func(q desk.Question) (finding, error) {
		f, c, err := i.find(ctx, q, cs, &odd)
		if err != nil {
			return finding{}, err
		}
		f.answer.Link = link(q.TicketID)
		if c.ID != "" {
			f.answer.Ticket = i.state(c)
			f.answer = detail(f.answer, nil, i.client.now())
		}
		mu.Lock()
		defer mu.Unlock()
		read[q.TicketID] = c
		return f, nil
	})
	inDetail(found, &odd, i.client.now(), func(q desk.Question, a *desk.Answer) ([]desk.Fact, error) {
		c := read[q.TicketID]
		if c.ID == "" {
			return a.Facts, nil // no conversation, so that is all
		}
		a.Ticket.Assignee = i.name(ctx, "admins", c.Admin)
		a.Ticket.Group = i.name(ctx, "teams", c.Team).Name
		return i.facts(ctx, c)
	})
	return found, odd.err(len(qs))
}

// maxFilters is how many filters one search may have.
const maxFilters = 15

// named searches for conversations by their ids. IN is called a shortcut for as many filters, so that what is refused
// is asked in pieces.
func (i *intercom) named(ctx context.Context, ids []string, odd *problems) (all []intercomConversation, err error) {
	in := func(ids []string) ([]intercomConversation, error) {
		return i.search(ctx, map[string]any{"field": "id", "operator": "IN", "value": ids}, odd)
	}
	all, err = in(ids)
	if len(ids) <= maxFilters || !refusedWith(err, http.StatusBadRequest) {
		return all, err
	}
	for some := range slices.Chunk(ids, maxFilters) {
		list, err := in(some)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// find answers q from the conversations found, or reads the conversation or ticket itself: what is
// very new may not be searchable yet.
func (i *intercom) find(ctx context.Context, q desk.Question, cs map[string]intercomConversation, odd *problems) (f finding, c intercomConversation, err error) {
	c, ok := cs[q.TicketID]
	if ok {
		i.known.saw(q.TicketID)
		f, err = i.judge(ctx, c, q)
		return f, c, err
	}
	if odd.hopeless() {
		return f, c, errSpared
	}
	c, err = i.conversation(ctx, q.TicketID)
	if refusedWith(err, http.StatusNotFound) {
		f, err = i.ticket(ctx, q)
		return f, intercomConversation{}, err
	}
	if err != nil {
		return f, c, err
	}
	i.known.saw(q.TicketID)
	f, err = i.judgeParts(ctx, c, q)
	return f, c, err
}

// judge says what a conversation's statistics answer to q, and reads its parts where they do not say.
func (i *intercom) judge(ctx context.Context, c intercomConversation, q desk.Question) (finding, error) {
	s := c.Statistics
	switch {
	case s == nil:
	case !s.FirstAdminReplyAt.IsZero() && counts(s.FirstAdminReplyAt.Time, q):
		return replied(s.FirstAdminReplyAt.Time), nil
	case s.LastAdminReplyAt.IsZero() && !s.FirstAdminReplyAt.IsZero():
	case s.LastAdminReplyAt.IsZero() || !counts(s.LastAdminReplyAt.Time, q):
		if c.State != "closed" {
			return i.unreplied(ctx, c)
		}
	}
	full, err := i.conversation(ctx, q.TicketID)
	if err != nil {
		return finding{}, err
	}
	f, err := i.judgeParts(ctx, full, q)
	if s != nil && f.answer.Status != desk.Answered {
		s.LastAdminReplyAt = stamp{} // that was no reply to the customer
	}
	return f, err
}

// unreplied is what the state of a conversation means to which no agent has replied.
func (i *intercom) unreplied(ctx context.Context, c intercomConversation) (finding, error) {
	switch c.State {
	case "open", "snoozed":
		return unrepliedYet(), nil
	case "closed":
		if at, ok := c.mergedAt(); ok {
			return i.survivor(ctx, c, at)
		}
		return withdrawn("closed"), nil
	}
	return finding{}, errors.New("its state is none that Intercom has")
}

// search reads all batches of the conversations that the filter finds.
func (i *intercom) search(ctx context.Context, filter map[string]any, odd *problems) (cs []intercomConversation, err error) {
	const perPage = 150 // the most there may be
	page := map[string]any{"per_page": perPage}
	for range maxPages {
		next := ""
		body := map[string]any{"query": filter, "pagination": page}
		err = i.client.do(ctx, request{method: http.MethodPost, path: "/conversations/search", body: body}, func(body []byte) error {
			var list struct {
				Conversations []json.RawMessage `json:"conversations"`
				Pages         struct {
					Next struct {
						StartingAfter string `json:"starting_after"`
					} `json:"next"`
				} `json:"pages"`
			}
			if json.Unmarshal(body, &list) != nil || list.Conversations == nil {
				return errors.New("its answer holds no list of conversations")
			}
			cs = append(cs, decodeEach[intercomConversation](list.Conversations, odd)...)
			next = list.Pages.Next.StartingAfter
			return nil
		})
		if err != nil || next == "" {
			return cs, err
		}
		page = map[string]any{"per_page": perPage, "starting_after": next}
	}
	return cs, nil
}

// conversation reads one with its parts.
func (i *intercom) conversation(ctx context.Context, id string) (c intercomConversation, err error) {
	err = i.client.do(ctx, request{path: "/conversations/" + id}, func(body []byte) error {
		if json.Unmarshal(body, &c) != nil {
			return errors.New("its answer is no conversation")
		}
		if string(c.ID) != id {
			return errors.New("it did not answer about this conversation")
		}
		return nil
	})
	return c, err
}
