package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
)

// state is that of a conversation, by what a search says of it.
func (i *intercom) state(c intercomConversation) escalation.DeskTicket {
	state := escalation.DeskTicket{Status: meaning(i.statuses, c.State), Said: c.State, WaitingSince: c.Waiting.Time}
	if c.Priority == "priority" {
		state.Priority = c.Priority
	}
	if s := c.Statistics; s != nil {
		state.CustomerWrote, state.LastReply, state.SolvedAt = c.CreatedAt.Time, s.LastAdminReplyAt.Time, s.ClosedAt.Time
		if s.CustomerWroteAt.After(state.CustomerWrote) {
			state.CustomerWrote = s.CustomerWroteAt.Time
		}
	}
	return state
}

// facts are what the parts of a conversation say; they are read only if it has changed.
func (i *intercom) facts(ctx context.Context, c intercomConversation) ([]escalation.DeskFact, error) {
	conversation := string(c.ID)
	if facts, ok := i.looks.recall(conversation, c.UpdatedAt.Time); ok {
		return facts, nil
	}
	full, err := i.conversation(ctx, conversation)
	if err != nil {
		return nil, err
	}
	var facts []escalation.DeskFact
	if author := full.Source.Author; author.customer() || author.Type == "" {
		facts = append(facts, escalation.DeskFact{Kind: escalation.FactCustomerWrote, At: full.CreatedAt.Time, ID: "source"})
	}
	facts = append(facts, i.factsAmong(ctx, full.Parts.List)...)
	i.looks.keep(conversation, c.UpdatedAt.Time, i.client.now(), facts)
	return facts, nil
}

// factsAmong are what parts say. One that cannot be read says nothing.
func (i *intercom) factsAmong(ctx context.Context, parts []json.RawMessage) (facts []escalation.DeskFact) {
	for _, p := range decodeEach[intercomPart](parts, &problems{}) {
		add := func(kind escalation.DeskFactKind, value string) {
			by := escalation.DeskPerson{Email: p.Author.Email, Name: p.Author.Name}
			facts = append(facts, escalation.DeskFact{Kind: kind, At: p.CreatedAt.Time, Value: value, By: by.String(), ID: string(p.ID)})
		}
		if p.replies() {
			add(escalation.FactReplied, "")
		}
		if p.Author.customer() && (p.Type == "comment" || p.Type == "open" && strings.TrimSpace(p.Body) != "") {
			add(escalation.FactCustomerWrote, "")
		}
		if status, ok := intercomChanges[p.Type]; ok {
			add(escalation.FactStatus, string(status))
		}
		switch {
		case !strings.HasPrefix(p.Type, "assign"):
		case p.AssignedTo.Type == "team":
			add(escalation.FactGroup, i.name(ctx, "teams", p.AssignedTo.ID).Name)
		case p.AssignedTo.Type == "admin":
			add(escalation.FactAssigned, i.name(ctx, "admins", p.AssignedTo.ID).String())
		case strings.HasPrefix(p.AssignedTo.Type, "nobody"):
			add(escalation.FactAssigned, "")
		}
	}
	return facts
}

// intercomChanges are the parts that change the state.
var intercomChanges = map[string]escalation.DeskStatus{
	"close": escalation.StatusSolved, "open": escalation.StatusOpen, "assign_and_reopen": escalation.StatusOpen,
	"snoozed": escalation.StatusPending, "unsnoozed": escalation.StatusOpen, "timer_unsnooze": escalation.StatusOpen,
	"assign_and_unsnooze": escalation.StatusOpen,
}

// name is who an admin, or a team, is; nobody where the token may not know. Both are read as whole lists.
func (i *intercom) name(ctx context.Context, what string, who id) escalation.DeskPerson {
	if who == "" || who == "0" {
		return escalation.DeskPerson{}
	}
	now := i.client.now()
	if known := i.names.recall(what+"/"+string(who), now); !known.until.IsZero() {
		return known.person
	}
	_, err := i.names.find(what, now, func() (named, error) {
		list, err := i.list(ctx, what)
		for _, one := range list {
			i.names.keep(what+"/"+string(one.ID), now, named{person: escalation.DeskPerson{Email: one.Email, Name: one.Name}})
		}
		return named{}, err
	})
	if err != nil {
		return escalation.DeskPerson{} // it is asked again
	}
	return i.names.recall(what+"/"+string(who), now).person
}

// intercomMember is an admin, or a team.
type intercomMember struct {
	ID    id     `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

func (i *intercom) list(ctx context.Context, what string) (list []intercomMember, err error) {
	err = i.client.do(ctx, request{path: "/" + what}, func(body []byte) error {
		var said map[string]json.RawMessage
		if json.Unmarshal(body, &said) != nil || json.Unmarshal(said[what], &list) != nil {
			return errors.New("its answer holds no list of " + what)
		}
		return nil
	})
	return list, err
}
