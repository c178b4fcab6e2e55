package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// rtTransaction is one entry of a ticket's history.
type rtTransaction struct {
	ID      id     `json:"id"`
	Type    string `json:"Type"`
	Object  string `json:"type"` // always transaction; without it, it would pass for the Type
	Field   string `json:"Field"`
	Value   id     `json:"NewValue"`
	Created stamp  `json:"Created"`
	Creator rtUser `json:"Creator"`
}

// facts are what the ticket's history says; it is read only if it has changed.
func (r *rt) facts(ctx context.Context, t rtTicket) ([]desk.Fact, error) {
	ticket := string(t.ID)
	if facts, ok := r.looks.recall(ticket, t.Updated.Time); ok {
		return facts, nil
	}
	var odd problems
	var facts []desk.Fact
	for page := 1; ; page++ {
		list, more, err := r.history(ctx, ticket, page, &odd)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			f, ok, err := r.fact(ctx, t, x)
			if err != nil {
				return nil, err
			}
			if ok {
				facts = append(facts, f)
			}
		}
		if !more {
			break
		}
		if page == maxPages {
			return nil, errors.New("its history is too long to look through")
		}
	}
	if err := odd.err(1); err != nil {
		return nil, err // what cannot be read may have been the reply
	}
	r.looks.keep(ticket, t.Updated.Time, r.client.now(), facts)
	return facts, nil
}

func (r *rt) history(ctx context.Context, ticket string, page int, odd *problems) (list []rtTransaction, more bool, err error) {
	query := url.Values{
		"fields": {"Type,Created,Creator,Field,NewValue"}, "fields[Creator]": {"Name,RealName,EmailAddress"},
		"per_page": {"100"}, "page": {strconv.Itoa(page)},
	}
	err = r.client.do(ctx, request{path: "/REST/2.0/ticket/" + ticket + "/history", query: query}, func(body []byte) error {
		var said struct {
			Items []json.RawMessage `json:"items"`
			Pages count             `json:"pages"` // null but for superusers
		}
		if json.Unmarshal(body, &said) != nil || said.Items == nil {
			return errors.New("its answer holds no history")
		}
		// Entries that the user may not see are missing from their page, so that only an empty one is the last.
		more = page < said.Pages.n || !said.Pages.given && len(said.Items) > 0
		list = decodeEach[rtTransaction](said.Items, odd)
		return nil
	})
	return list, more, err
}

// fact is what one entry of the history says. A comment is a note among agents, and an EmailRecord is
// mail that RT sent by itself.
func (r *rt) fact(ctx context.Context, t rtTicket, x rtTransaction) (f desk.Fact, ok bool, err error) {
	f = desk.Fact{ID: string(x.ID), At: x.Created.Time, By: x.Creator.person().String()}
	var who named
	switch {
	case x.Type == "Create":
		f.Kind = desk.FactCustomerWrote
	case x.Type == "Correspond":
		f.Kind, err = r.wrote(ctx, t, x.Creator)
	case x.Type == "Status":
		f.Kind, f.Value = desk.FactStatus, string(meaning(r.statuses, string(x.Value)))
	case x.Type != "Set":
	case x.Field == "Priority":
		f.Kind, f.Value = desk.FactPriority, string(x.Value)
	case x.Field == "Queue":
		who, err = r.name(ctx, "queue", string(x.Value))
		f.Kind, f.Value = desk.FactGroup, who.person.Name
	case x.Field == "Owner":
		who, err = r.name(ctx, "user", string(x.Value))
		f.Kind, f.Value = desk.FactAssigned, who.person.String()
	}
	return f, f.Kind != "" && !f.At.IsZero(), err
}

// wrote says whether a correspondence is the customer's or a reply to them. A requestor is the customer
// whoever they are; others are of the team if RT counts them among its staff, also after they have
// left. Where RT does not let us see its users, whoever is no requestor counts as staff.
func (r *rt) wrote(ctx context.Context, t rtTicket, by rtUser) (desk.FactKind, error) {
	if by.login() == rtSystem {
		return "", nil
	}
	if slices.ContainsFunc(t.Requestor, func(u rtUser) bool { return u.login() == by.login() }) {
		return desk.FactCustomerWrote, nil
	}
	who, err := r.name(ctx, "user", by.login())
	if who.staff {
		return desk.FactReplied, err
	}
	return desk.FactCustomerWrote, err
}

// name looks up a user or queue by number or name.
func (r *rt) name(ctx context.Context, what, key string) (named, error) {
	return r.names.find(what+"/"+key, r.client.now(), func() (named, error) {
		var said struct {
			rtUser
			Privileged flag `json:"Privileged"`
		}
		err := r.client.do(ctx, request{path: "/REST/2.0/" + what + "/" + url.PathEscape(key)}, func(body []byte) error {
			if json.Unmarshal(body, &said) != nil || said.Name == "" {
				return errors.New("its answer names nobody")
			}
			return nil
		})
		if refusedWith(err, http.StatusForbidden) || refusedWith(err, http.StatusNotFound) {
			return named{staff: true}, nil
		}
		return named{person: said.person(), staff: bool(said.Privileged)}, err
	})
}
