package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// state is that of a conversation, by what a search says of it.
func (i *intercom) state(c intercomConversation) desk.Ticket {
	state := desk.Ticket{Status: meaning(i.statuses, c.State), Said: c.State, WaitingSince: c.Waiting.Time}
	if c.Priority == "priority" {
		state.Priority = c.Priority
	}
	if s := c.Statistics; s != nil {
		state.CustomerWrote, state.SolvedAt = c.CreatedAt.Time, s.ClosedAt.Time
		// The last of an admin's parts may be a note. It is a reply at the end of all where nobody waits.
		if !s.FirstAdminReplyAt.IsZero() && c.Waiting.IsZero() {
			state.LastReply = s.LastAdminReplyAt.Time
		}
		if s.CustomerWroteAt.After(state.CustomerWrote) {
			state.CustomerWrote = s.CustomerWroteAt.Time
		}
	}
	return state
}

// facts are what the parts of a conversation say; they are read only if it has changed.
func (i *intercom) facts(ctx context.Context, c intercomConversation) ([]desk.Fact, error) {
	conversation := string(c.ID)
	if facts, ok := i.looks.recall(conversation, c.UpdatedAt.Time); ok {
		return facts, nil
	}
	full, err := i.conversation(ctx, conversation)
	if err != nil {
		return nil, err
	}
	var facts []desk.Fact
	if author := full.Source.Author; author.customer() || author.Type == "" {
		facts = append(facts, desk.Fact{Kind: desk.FactCustomerWrote, At: full.CreatedAt.Time, ID: "source"})
	}
	facts = append(facts, i.factsAmong(ctx, full.Parts.List)...)
	i.looks.keep(conversation, c.UpdatedAt.Time, i.client.now(), facts)
	return facts, nil
}

// factsAmong are what parts say. One that cannot be read says nothing.
func (i *intercom) factsAmong(ctx context.Context, parts []json.RawMessage) (facts []desk.Fact) {
	for _, p := range decodeEach[intercomPart](parts, &problems{}) {
		add := func(kind desk.FactKind, value string) {
			by := desk.Person{Email: p.Author.Email, Name: p.Author.Name}
			facts = append(facts, desk.Fact{Kind: kind, At: p.CreatedAt.Time, Value: value, By: by.String(), ID: string(p.ID)})
		}
		if p.replies() {
			add(desk.FactReplied, "")
		}
		if p.Author.customer() && (p.Type == "comment" || p.Type == "open" && strings.TrimSpace(p.Body) != "") {
			add(desk.FactCustomerWrote, "")
		}
		if status, ok := intercomChanges[p.Type]; ok {
			add(desk.FactStatus, string(status))
		}
		switch {
		case !strings.HasPrefix(p.Type, "assign"):
		case p.AssignedTo.Type == "team":
			add(desk.FactGroup, i.name(ctx, "teams", p.AssignedTo.ID).Name)
		case p.AssignedTo.Type == "admin":
			add(desk.FactAssigned, i.name(ctx, "admins", p.AssignedTo.ID).String())
		case strings.HasPrefix(p.AssignedTo.Type, "nobody"):
			add(desk.FactAssigned, "")
		}
	}
	return facts
}

// intercomChanges are the parts that change the state.
var intercomChanges = map[string]desk.Status{
	"close": desk.StatusSolved, "open": desk.StatusOpen, "assign_and_reopen": desk.StatusOpen,
	"snoozed": desk.StatusPending, "unsnoozed": desk.StatusOpen, "timer_unsnooze": desk.StatusOpen,
	"assign_and_unsnooze": desk.StatusOpen,
}

// name is who an admin, or a team, is; nobody where the token may not know. Both are read as whole lists.
func (i *intercom) name(ctx context.Context, what string, who id) desk.Person {
	if who == "" || who == "0" {
		return desk.Person{}
	}
	now := i.client.now()
	if known := i.names.recall(what+"/"+string(who), now); !known.until.IsZero() {
		return known.person
	}
	_, err := i.names.find(what, now, func() (named, error) {
		list, err := i.list(ctx, what)
		for _, one := range list {
			i.names.keep(what+"/"+string(one.ID), now, named{person: desk.Person{Email: one.Email, Name: one.Name}})
		}
		return named{}, err
	})
	if err != nil {
		return desk.Person{} // it is asked again
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

// inboxOf is where agents of the region work whose API is at base.
func inboxOf(base string) string {
	for _, region := range []string{"eu", "au"} {
		if strings.Contains(base, "//api."+region+".intercom.io") {
			return "https://app." + region + ".intercom.com"
		}
	}
	return "https://app.intercom.com"
}

// links makes addresses in the inbox. They need the workspace's code, which is asked for once; as
// long as that fails there are no links, and it is tried again every ten minutes.
func (i *intercom) links(ctx context.Context) func(id string) string {
	i.mu.Lock()
	inbox, ask := i.inbox, i.inbox == "" && !i.client.now().Before(i.nextTry)
	if ask {
		i.nextTry = i.client.now().Add(10 * time.Minute)
	}
	i.mu.Unlock()
	if ask {
		inbox = i.findInbox(ctx)
		i.mu.Lock()
		i.inbox = inbox
		i.mu.Unlock()
	}
	return func(id string) string {
		if inbox == "" {
			return ""
		}
		return inbox + id
	}
}

func (i *intercom) findInbox(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // nobody waits for a link
	defer cancel()
	var me struct {
		App struct {
			Code string `json:"id_code"`
		} `json:"app"`
	}
	err := i.client.do(ctx, request{path: "/me"}, func(body []byte) error { return json.Unmarshal(body, &me) })
	if code := me.App.Code; err == nil && code != "" && strings.Trim(strings.ToLower(code), "abcdefghijklmnopqrstuvwxyz0123456789_-") == "" {
		return i.inboxURL + "/a/inbox/" + code + "/inbox/conversation/"
	}
	return ""
}
