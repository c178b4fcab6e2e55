package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// state is that of a ticket.
func (z *zendesk) state(t zendeskTicket) desk.Ticket {
	state := desk.Ticket{
		Status: meaning(z.statuses, t.Status), Said: t.Status, Priority: priority(t.Priority), Type: t.Type,
		Group: z.known("group", t.Group).Name, Assignee: z.known("user", t.Assignee),
	}
	if t.Metric != nil && state.Status.Over() {
		state.SolvedAt = t.Metric.SolvedAt.Time
	}
	return state
}

// remember keeps who users and groups are.
func (z *zendesk) remember(users, groups []zendeskUser) {
	for what, list := range map[string][]zendeskUser{"user": users, "group": groups} {
		for _, u := range list {
			z.names.keep(what+"/"+string(u.ID), z.client.now(), named{
				person: desk.Person{Email: u.Email, Name: u.Name}, staff: agentRole(u.Role),
			})
		}
	}
}

func (z *zendesk) known(what string, who id) desk.Person {
	if who == "" {
		return desk.Person{}
	}
	return z.names.recall(what+"/"+string(who), z.client.now()).person
}

// zendeskAudit is one update of a ticket.
type zendeskAudit struct {
	ID        id             `json:"id"`
	AuthorID  id             `json:"author_id"`
	CreatedAt stamp          `json:"created_at"`
	Via       zendeskVia     `json:"via"`
	Events    []zendeskEvent `json:"events"`
}

type zendeskEvent struct {
	ID       id              `json:"id"`
	Type     string          `json:"type"` // Create, Change, Comment, …
	Field    string          `json:"field_name"`
	Value    json.RawMessage `json:"value"`
	AuthorID id              `json:"author_id"`
	Public   flag            `json:"public"`
	Via      *zendeskVia     `json:"via"` // nil: the audit's
}

// UnmarshalJSON lets no event of a kind that is read for nothing cost the others.
func (e *zendeskEvent) UnmarshalJSON(raw []byte) error {
	type plain zendeskEvent
	var p plain
	if json.Unmarshal(raw, &p) == nil {
		*e = zendeskEvent(p)
	}
	return nil
}

// facts are what the ticket's audits say; they are read only if it has changed.
func (z *zendesk) facts(ctx context.Context, t zendeskTicket) ([]desk.Fact, error) {
	ticket := string(t.ID)
	if facts, ok := z.looks.recall(ticket, t.UpdatedAt.Time); ok {
		return facts, nil
	}
	audits, err := z.audits(ctx, ticket)
	if err != nil {
		return nil, err
	}
	roles, err := z.roles(ctx, audits)
	if err != nil {
		return nil, err
	}
	var facts []desk.Fact
	staff := t.staff(spoken(audits, t.CreatedAt.Time), roles)
	for _, a := range audits {
		for _, e := range a.Events {
			if f, ok := z.fact(t, a, e, staff); ok {
				facts = append(facts, f)
			}
		}
	}
	z.looks.keep(ticket, t.UpdatedAt.Time, z.client.now(), facts)
	return facts, nil
}

// audits reads all updates of a ticket, the oldest first.
func (z *zendesk) audits(ctx context.Context, ticket string) (all []zendeskAudit, err error) {
	cursor := ""
	for range maxPages {
		query := url.Values{"page[size]": {"100"}}
		if cursor != "" {
			query.Set("page[after]", cursor)
		}
		cursor = ""
		err = z.client.do(ctx, request{path: "/api/v2/tickets/" + ticket + "/audits", query: query}, func(body []byte) error {
			var list struct {
				Audits []zendeskAudit `json:"audits"`
				Meta   struct {
					More   flag   `json:"has_more"`
					Cursor string `json:"after_cursor"`
				} `json:"meta"`
			}
			if json.Unmarshal(body, &list) != nil || list.Audits == nil {
				return errors.New("its answer holds no list of audits")
			}
			all = append(all, list.Audits...)
			if list.Meta.More {
				cursor = list.Meta.Cursor
			}
			return nil
		})
		if err != nil || cursor == "" {
			return all, err
		}
	}
	return nil, errors.New("it has too many audits to look through")
}

// roles are those of all who wrote or were assigned.
func (z *zendesk) roles(ctx context.Context, audits []zendeskAudit) (map[id]string, error) {
	var ids []id
	wanted := map[id]bool{}
	for _, a := range audits {
		wanted[a.AuthorID] = true
		for _, e := range a.Events {
			wanted[e.author(a)] = true
			if e.Field == "assignee_id" {
				wanted[id(text(e.Value))] = true
			}
		}
	}
	for one := range maps.Keys(wanted) {
		ids = append(ids, one)
	}
	users, err := z.users(ctx, ids[:min(len(ids), 100)])
	if err != nil {
		return nil, err
	}
	z.remember(users, nil)
	roles := map[id]string{}
	for _, u := range users {
		roles[u.ID] = u.Role
	}
	return roles, nil
}

func (e zendeskEvent) author(a zendeskAudit) id {
	if e.AuthorID != "" {
		return e.AuthorID
	}
	return a.AuthorID
}

// person reports whether somebody did it: within somebody's audit a trigger may do something, too.
func (e zendeskEvent) person(a zendeskAudit) bool {
	if e.Via != nil {
		return e.Via.person()
	}
	return a.Via.person()
}

// spoken is what people wrote publicly after the ticket was opened.
func spoken(audits []zendeskAudit, opened time.Time) (all []said) {
	for _, a := range audits {
		for _, e := range a.Events {
			if e.Type == "Comment" && bool(e.Public) && e.person(a) && a.CreatedAt.After(opened) {
				all = append(all, said{e.author(a), a.CreatedAt.Time})
			}
		}
	}
	return all
}

// fact is what one event of an audit says. The first comment is the ticket itself.
func (z *zendesk) fact(t zendeskTicket, a zendeskAudit, e zendeskEvent, staff map[id]bool) (f desk.Fact, ok bool) {
	f = desk.Fact{ID: string(e.ID), At: a.CreatedAt.Time, By: z.known("user", e.author(a)).String()}
	value := text(e.Value)
	switch {
	case a.CreatedAt.IsZero():
	case e.Type == "Comment" && bool(e.Public) && !a.CreatedAt.After(t.CreatedAt.Time):
		f.Kind = desk.FactCustomerWrote
	case e.Type == "Comment" && bool(e.Public) && e.person(a):
		f.Kind = desk.FactCustomerWrote
		if staff[e.author(a)] {
			f.Kind = desk.FactReplied
		}
	case e.Type != "Change":
	case e.Field == "status":
		f.Kind, f.Value = desk.FactStatus, string(meaning(z.statuses, value))
	case e.Field == "priority":
		f.Kind, f.Value = desk.FactPriority, priority(value)
	case e.Field == "type":
		f.Kind, f.Value = desk.FactType, strings.ToLower(value)
	case e.Field == "group_id":
		f.Kind, f.Value = desk.FactGroup, z.known("group", id(value)).Name
		return f, f.Value != "" || value == ""
	case e.Field == "assignee_id":
		f.Kind, f.Value = desk.FactAssigned, z.known("user", id(value)).String()
		return f, f.Value != "" || value == "" // an empty one is nobody
	}
	return f, f.Kind != ""
}
