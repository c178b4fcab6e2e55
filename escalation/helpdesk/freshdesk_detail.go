package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// judge says what a ticket's stats answer to q, and reads its conversations where they do not say.
func (f *freshdesk) judge(ctx context.Context, t freshdeskTicket, q desk.Question) (finding, error) {
	var read freshdeskConversations
	reading := false
	first, last := t.firstReply()
	switch {
	case t.Stats == nil, !first.IsZero() && last.IsZero(), t.closedByReply(q):
		reading = true
	case !first.IsZero() && counts(first, q):
		return replied(first), nil
	case !last.IsZero() && counts(last, q):
		reading = true
	}
	if reading || t.Status.n == freshdeskClosed {
		var err error
		if read, err = f.conversations(ctx, t, q); err != nil {
			return finding{}, err
		}
		if reading && read.replied {
			return replied(read.at), nil
		}
		if reading && t.Stats != nil {
			t.Stats.AgentRespondedAt = stamp{} // that was no reply to the customer
		}
	}
	switch {
	case bool(t.Spam):
		return withdrawn("marked as spam"), nil
	case bool(t.Deleted):
		return withdrawn("deleted"), nil
	case read.survivor != "" && t.Status.n == freshdeskClosed:
		return finding{survivor: read.survivor}, nil
	case t.Status.n == freshdeskClosed:
		return withdrawn("closed"), nil
	case t.Status.n == freshdeskResolved:
		return withdrawn("resolved"), nil
	case t.Status.n >= freshdeskOpen:
		return unrepliedYet(), nil
	}
	return finding{}, errors.New("its status is none that Freshdesk has")
}

// firstReply is when an agent first and last replied publicly, by the stats; zero for never.
func (t freshdeskTicket) firstReply() (first, last time.Time) {
	if t.Stats == nil {
		return first, last
	}
	return t.Stats.FirstRespondedAt.Time, t.Stats.AgentRespondedAt.Time
}

// closedByReply reports whether the only reply may be the note that merging leaves in the merged
// ticket, which can be public: it comes as the ticket is closed.
func (t freshdeskTicket) closedByReply(q desk.Question) bool {
	if t.Stats == nil || t.Status.n != freshdeskClosed || t.Stats.FirstRespondedAt.IsZero() {
		return false
	}
	apart := t.Stats.ClosedAt.Sub(t.Stats.FirstRespondedAt.Time).Abs()
	return counts(t.Stats.FirstRespondedAt.Time, q) && apart < time.Minute
}

// freshdeskConversation is a reply or note of a ticket.
type freshdeskConversation struct {
	ID        id     `json:"id"`
	Incoming  flag   `json:"incoming"` // from the customer
	Private   flag   `json:"private"`
	Source    count  `json:"source"`
	UserID    id     `json:"user_id"`
	Body      string `json:"body_text"`
	CreatedAt stamp  `json:"created_at"`
}

// The sources of a conversation that no agent writes to the customer.
const (
	freshdeskSurvey  = 6
	freshdeskForward = 8
)

// freshdeskConversations are what a ticket's conversations say.
type freshdeskConversations struct {
	replied  bool // publicly by an agent, in time for the question
	at       time.Time
	survivor string // the ticket it was merged into
}

// conversations reads those of a ticket, which come in the order they were written, until one
// answers q.
func (f *freshdesk) conversations(ctx context.Context, t freshdeskTicket, q desk.Question) (read freshdeskConversations, err error) {
	for page := 1; page <= maxPages; page++ {
		list, more, err := f.conversationPage(ctx, q.TicketID, page)
		if err != nil {
			return read, err
		}
		for _, c := range list {
			if into := c.mergedInto(); into != "" && into != q.TicketID {
				read.survivor = into
			} else if c.replies(t) && counts(c.CreatedAt.Time, q) {
				read.replied, read.at = true, c.CreatedAt.Time
				return read, nil
			}
		}
		if !more {
			return read, nil
		}
	}
	return read, errors.New("it has too many conversations to look through")
}

func (f *freshdesk) conversationPage(ctx context.Context, ticket string, page int) (list []freshdeskConversation, more bool, err error) {
	const perPage = 100
	query := url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
	err = f.client.do(ctx, request{path: "/api/v2/tickets/" + ticket + "/conversations", query: query}, func(body []byte) error {
		if json.Unmarshal(body, &list) != nil || list == nil {
			return errors.New("its answer is no list of conversations")
		}
		more = len(list) == perPage
		return nil
	})
	return list, more, err
}

// replies reports whether c is a public reply by an agent.
func (c freshdeskConversation) replies(t freshdeskTicket) bool {
	return !bool(c.Incoming) && !bool(c.Private) && !c.CreatedAt.IsZero() && c.UserID != t.RequesterID &&
		c.Source.n != freshdeskSurvey && c.Source.n != freshdeskForward
}

// mergedInto is the ticket that c says its own was merged into: merging leaves the note "This ticket
// is closed and merged into ticket 38" in it. "" if it says none.
func (c freshdeskConversation) mergedInto() string {
	if said := mergedInto.FindStringSubmatch(c.Body); said != nil && !bool(c.Incoming) {
		return said[1]
	}
	return ""
}

// state is that of a ticket, by what a list says of it.
func (f *freshdesk) state(t freshdeskTicket) desk.Ticket {
	said := freshdeskStatuses[t.Status.n]
	state := desk.Ticket{
		Status: meaning(f.statuses, said), Said: said, Priority: freshdeskPriorities[t.Priority.n], Type: t.Type,
	}
	if said == "" && t.Status.given {
		state.Said = strconv.Itoa(t.Status.n)
	}
	if s := t.Stats; s != nil {
		state.CustomerWrote, state.LastReply = t.CreatedAt.Time, s.AgentRespondedAt.Time
		if s.CustomerWroteAt.After(state.CustomerWrote) {
			state.CustomerWrote = s.CustomerWroteAt.Time
		}
		if s.FirstRespondedAt.IsZero() {
			state.WaitingSince, state.LastReply = t.CreatedAt.Time, time.Time{}
		}
		state.SolvedAt = s.ResolvedAt.Time
	}
	return state
}

// inDetail adds who is assigned, and what the conversations say.
func (f *freshdesk) inDetail(ctx context.Context, found map[desk.Question]finding, ts map[string]freshdeskTicket, odd *problems) {
	inDetail(found, odd, f.client.now(), func(q desk.Question, a *desk.Answer) ([]desk.Fact, error) {
		t := ts[q.TicketID]
		if t.ID == "" {
			return nil, nil // it is gone
		}
		a.Ticket.Assignee = f.name(ctx, "agents", t.ResponderID)
		a.Ticket.Group = f.name(ctx, "groups", t.GroupID).Name
		return f.facts(ctx, t)
	})
}

// name is who an agent, or a group, is; nobody where the key's agent may not know.
func (f *freshdesk) name(ctx context.Context, what string, who id) desk.Person {
	if !number(string(who)) {
		return desk.Person{}
	}
	path := what + "/" + string(who)
	known, err := f.names.find(path, f.client.now(), func() (named, error) {
		var said struct {
			Name    string `json:"name"` // of a group
			Contact struct {
				Name  string `json:"name"`
				Email string `json:"email"`
			} `json:"contact"` // of an agent
		}
		err := f.client.do(ctx, request{path: "/api/v2/" + path}, func(body []byte) error { return json.Unmarshal(body, &said) })
		if refusedWith(err, http.StatusForbidden) || refusedWith(err, http.StatusNotFound) {
			err = nil
		}
		return named{person: desk.Person{Email: said.Contact.Email, Name: said.Name + said.Contact.Name}}, err
	})
	if err != nil {
		return desk.Person{} // it is asked again
	}
	return known.person
}

// facts are what a ticket's stats and conversations say; they are read only if it has changed. Of
// changes of the status Freshdesk keeps the last of each kind, and of others no time at all.
func (f *freshdesk) facts(ctx context.Context, t freshdeskTicket) ([]desk.Fact, error) {
	ticket := string(t.ID)
	if facts, ok := f.looks.recall(ticket, t.UpdatedAt.Time); ok {
		return facts, nil
	}
	facts := append(f.statusFacts(t), desk.Fact{Kind: desk.FactCustomerWrote, At: t.CreatedAt.Time})
	for page, more := 1, true; more; page++ {
		if page > maxPages {
			return nil, errors.New("it has too many conversations to look through")
		}
		var list []freshdeskConversation
		var err error
		if list, more, err = f.conversationPage(ctx, ticket, page); err != nil {
			return nil, err
		}
		for _, c := range list {
			kind := desk.FactCustomerWrote
			if c.replies(t) && c.mergedInto() == "" {
				kind = desk.FactReplied
			} else if bool(c.Private) || !bool(c.Incoming) {
				continue
			}
			facts = append(facts, desk.Fact{Kind: kind, At: c.CreatedAt.Time, ID: string(c.ID)})
		}
	}
	f.looks.keep(ticket, t.UpdatedAt.Time, f.client.now(), facts)
	return facts, nil
}

func (f *freshdesk) statusFacts(t freshdeskTicket) (facts []desk.Fact) {
	if t.Stats == nil {
		return nil
	}
	add := func(s desk.Status, at time.Time) {
		if !at.IsZero() && s != desk.StatusUnknown {
			facts = append(facts, desk.Fact{Kind: desk.FactStatus, At: at, Value: string(s)})
		}
	}
	add(desk.StatusPending, t.Stats.PendingSince.Time)
	add(desk.StatusSolved, t.Stats.ResolvedAt.Time)
	add(desk.StatusClosed, t.Stats.ClosedAt.Time)
	add(desk.StatusOpen, t.Stats.ReopenedAt.Time)
	if at := t.Stats.StatusUpdatedAt.Time; at.After(t.CreatedAt.Time) { // before the first change it may be the creation's
		add(f.state(t).Status, at)
	}
	return facts
}
