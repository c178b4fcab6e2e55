package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

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
			state.WaitingSince = t.CreatedAt.Time
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
