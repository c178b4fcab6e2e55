package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// maxPages is how many batches of one ticket's replies are read, a hundred replies each.
const maxPages = 5

// zendeskComment is a comment of a ticket: developer.zendesk.com/api-reference, Ticket Comments.
type zendeskComment struct {
	AuthorID  id         `json:"author_id"`
	Public    flag       `json:"public"`
	CreatedAt stamp      `json:"created_at"`
	Body      string     `json:"plain_body"`
	Markdown  string     `json:"body"`
	Via       zendeskVia `json:"via"`
}

// zendeskVia is the way by which something came.
type zendeskVia struct {
	Channel string `json:"channel"`
	Source  struct {
		From zendeskEnd `json:"from"`
		To   zendeskEnd `json:"to"`
		Rel  string     `json:"rel"`
	} `json:"source"`
}

type zendeskEnd struct {
	TicketID id `json:"ticket_id"`
}

// person reports whether somebody wrote it: no trigger or automation, no bot, and not what merging leaves.
func (v zendeskVia) person() bool {
	channel := strings.ToLower(v.Channel)
	return v.Source.Rel != "merge" && channel != "rule" && channel != "system" && !strings.Contains(channel, "bot")
}

// said is that somebody wrote publicly in a ticket after it was opened.
type said struct {
	author id
	at     time.Time
}

// staff are those of the authors who are of the team. The requester is the customer, also where they are an
// agent. An agent who has left shows as somebody from
// outside, but the metric counts their replies: whoever else wrote that is neither requester nor in copy
// is staff where that makes the count come out.
func (t zendeskTicket) staff(all []said, roles map[id]string) map[id]bool {
	team, strangers := map[id]bool{}, map[id]bool{}
	replies, others := 0, 0
	for _, s := range all {
		switch {
		case s.author == t.Requester:
		case agentRole(roles[s.author]):
			team[s.author] = true
			replies++
		case !slices.Contains(t.Copied, s.author) && !slices.Contains(t.Followers, s.author):
			strangers[s.author] = true
			others++
		}
	}
	if others > 0 && t.Metric != nil && t.Metric.Replies.n == replies+others {
		maps.Copy(team, strangers)
	}
	return team
}

// zendeskComments are one batch of them, the newest first, and those of their authors it names.
type zendeskComments struct {
	list    []zendeskComment
	roles   map[id]string
	further string // the cursor of the next batch
}

// laterReply is the first public reply by an agent that answers q, by the ticket's comments, the newest
// first. They are read until the message's time, and all of them where somebody wrote since whose part
// only the count of all replies shows it.
func (z *zendesk) laterReply(ctx context.Context, t zendeskTicket, q desk.Question) (at time.Time, ok bool, err error) {
	var all []said
	roles := map[id]string{}
	cursor := ""
	for range maxPages {
		page, err := z.comments(ctx, q.TicketID, cursor)
		if err != nil {
			return at, false, err
		}
		maps.Copy(roles, page.roles)
		old := false
		for _, c := range page.list {
			old = old || !counts(c.CreatedAt.Time, q)
			// The first comment is the ticket itself, also where an agent wrote it.
			if bool(c.Public) && c.Via.person() && c.CreatedAt.After(t.CreatedAt.Time) {
				all = append(all, said{c.AuthorID, c.CreatedAt.Time})
			}
		}
		cursor = page.further
		at, ok = t.answered(all, roles, q)
		if ok && old || cursor == "" || old && !t.unclear(all, roles, q) {
			return at, ok, nil
		}
	}
	if ok {
		return at, ok, nil
	}
	return at, false, errors.New("it has too many comments to look through")
}

func (t zendeskTicket) answered(all []said, roles map[id]string, q desk.Question) (at time.Time, ok bool) {
	staff := t.staff(all, roles)
	var replies []time.Time
	for _, s := range all {
		if staff[s.author] {
			replies = append(replies, s.at)
		}
	}
	return firstCounting(replies, q)
}

// unclear reports whether somebody wrote in answer to q who may be staff that has left.
func (t zendeskTicket) unclear(all []said, roles map[id]string, q desk.Question) bool {
	return slices.ContainsFunc(all, func(s said) bool {
		return counts(s.at, q) && s.author != t.Requester && !agentRole(roles[s.author])
	})
}

func agentRole(role string) bool { return role == "agent" || role == "admin" }

// comments reads a batch of them, and who wrote them, in a call of its own where the sideload is
// missing.
func (z *zendesk) comments(ctx context.Context, ticket, cursor string) (p zendeskComments, err error) {
	query := url.Values{"sort": {"-created_at"}, "page[size]": {"100"}, "include": {"users"}}
	if cursor != "" {
		query.Set("page[after]", cursor)
	}
	var users []zendeskUser
	err = z.client.do(ctx, request{path: "/api/v2/tickets/" + ticket + "/comments", query: query}, func(body []byte) error {
		var list struct {
			Comments []zendeskComment `json:"comments"`
			Users    []zendeskUser    `json:"users"`
			Meta     struct {
				More   flag   `json:"has_more"`
				Cursor string `json:"after_cursor"`
			} `json:"meta"`
		}
		if json.Unmarshal(body, &list) != nil || list.Comments == nil {
			return errors.New("its answer holds no list of comments")
		}
		p.list, users = list.Comments, list.Users
		if list.Meta.More {
			p.further = list.Meta.Cursor
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	if users == nil {
		if users, err = z.authors(ctx, p.list); err != nil {
			return p, err
		}
	}
	p.roles = make(map[id]string, len(users))
	for _, u := range users {
		p.roles[u.ID] = u.Role
	}
	return p, nil
}

// zendeskUser is a user, or a group, which has an id and a name alone.
type zendeskUser struct {
	ID    id     `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Role  string `json:"role"` // end-user, agent or admin
}

func (z *zendesk) authors(ctx context.Context, cs []zendeskComment) ([]zendeskUser, error) {
	var ids []id
	for _, c := range cs {
		ids = append(ids, c.AuthorID)
	}
	return z.users(ctx, ids)
}

// users reads about those users; a hundred at most.
func (z *zendesk) users(ctx context.Context, of []id) (us []zendeskUser, err error) {
	seen := map[id]bool{}
	var ids []string
	for _, one := range of {
		if !seen[one] && number(string(one)) {
			seen[one] = true
			ids = append(ids, string(one))
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	query := url.Values{"ids": {strings.Join(ids, ",")}}
	err = z.client.do(ctx, request{path: "/api/v2/users/show_many", query: query}, func(body []byte) error {
		var list struct {
			Users []zendeskUser `json:"users"`
		}
		if json.Unmarshal(body, &list) != nil || list.Users == nil {
			return errors.New("its answer holds no list of users")
		}
		us = list.Users
		return nil
	})
	return us, err
}

var (
	mergedInto = regexp.MustCompile(`(?i)merged into (?:request|ticket|conversation)\s*(?:#|№)?\s*(\d+)`)
	hashNumber = regexp.MustCompile(`#(\d+)`)
)

// merged finds the ticket that t was merged into. Zendesk closes the merged ticket with the tag
// closed_by_merge and a comment that came by rel merge; its wording names the survivor ("This
// request was closed and merged into request #123"), and an agent may have changed it.
func (z *zendesk) merged(ctx context.Context, t zendeskTicket) (finding, error) {
	page, err := z.comments(ctx, string(t.ID), "")
	if err != nil {
		return finding{}, err
	}
	for _, c := range page.list {
		if c.Via.Source.Rel != "merge" && !agentRole(page.roles[c.AuthorID]) {
			continue // a customer's words are no proof
		}
		if into := c.mergedInto(); into != "" && into != string(t.ID) {
			return finding{survivor: into}, nil
		}
	}
	return withdrawn(mergedAway), nil
}

// mergedInto is the ticket that the comment says its own was merged into; "" if it says none.
func (c zendeskComment) mergedInto() string {
	source := c.Via.Source
	if source.Rel == "merge" {
		for _, ticket := range []id{source.To.TicketID, source.From.TicketID} {
			if number(string(ticket)) {
				return string(ticket)
			}
		}
	}
	words := c.Body + "\n" + c.Markdown
	if said := mergedInto.FindStringSubmatch(words); said != nil {
		return said[1]
	}
	if source.Rel == "merge" {
		if said := hashNumber.FindStringSubmatch(words); said != nil {
			return said[1]
		}
	}
	return ""
}
