package helpdesktest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sideload is how a simulated Zendesk adds metric sets to show_many.
type Sideload int

const (
	Within  Sideload = iota // as metric_set in each ticket
	Beside                  // as a list metric_sets beside the tickets
	Nowhere                 // not at all: the parameter is ignored
)

// Zendesk is a simulated Zendesk account: developer.zendesk.com/api-reference/ticketing. States are
// new, open, pending, hold, solved and closed.
type Zendesk struct {
	book
	credentials string
	sideload    Sideload
	noUsers     bool
	noDeleted   bool
	left        bool
	uncopied    bool
	pageSize    int
}

// NewZendesk makes an account without tickets, and one agent with one API token.
func NewZendesk(email, token string) *Zendesk {
	user := base64.StdEncoding.EncodeToString([]byte(email + "/token:" + token))
	return &Zendesk{book: newBook("new", "closed"), credentials: "Basic " + user, pageSize: 100}
}

// Start serves the account on a loopback port of the kernel's choosing, until Close.
func (z *Zendesk) Start() error { return z.start(z) }

// URL is the account's address.
func (z *Zendesk) URL() string { return z.address }

// Sideload says how metric sets are added.
func (z *Zendesk) Sideload(s Sideload) { z.mu.Lock(); defer z.mu.Unlock(); z.sideload = s }

// HideUsers leaves the authors out of comments, though they were asked for.
func (z *Zendesk) HideUsers() { z.mu.Lock(); defer z.mu.Unlock(); z.noUsers = true }

// HideDeleted forbids the agent to list deleted tickets.
func (z *Zendesk) HideDeleted() { z.mu.Lock(); defer z.mu.Unlock(); z.noDeleted = true }

// Leave has the agent leave the company: they show as somebody from outside from then on.
func (z *Zendesk) Leave() { z.mu.Lock(); defer z.mu.Unlock(); z.left = true }

// Uncopy leaves nobody in copy of any ticket.
func (z *Zendesk) Uncopy() { z.mu.Lock(); defer z.mu.Unlock(); z.uncopied = true }

// PageSize makes pages of comments smaller than callers ask for.
func (z *Zendesk) PageSize(n int) { z.mu.Lock(); defer z.mu.Unlock(); z.pageSize = n }

func (z *Zendesk) ServeHTTP(w http.ResponseWriter, r *http.Request) { z.serve(z, w, r) }

func (z *Zendesk) authorized(r *http.Request) bool {
	return r.Header.Get("Authorization") == z.credentials
}

func (z *Zendesk) unauthorized() reply {
	return reply{code: http.StatusUnauthorized, body: map[string]any{"error": "Couldn't authenticate you"}}
}

func (z *Zendesk) quotaHeaders(h http.Header, left, _ int) {
	h.Set("X-Rate-Limit", "700")
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(left))
	h.Set("Ratelimit-Limit", "700")
	h.Set("Ratelimit-Remaining", strconv.Itoa(left))
	h.Set("Ratelimit-Reset", "30")
}

func (z *Zendesk) answer(r *http.Request) reply {
	path := strings.TrimSuffix(r.URL.Path, ".json")
	ids := strings.Split(r.URL.Query().Get("ids"), ",")
	switch {
	case r.Method != http.MethodGet:
	case path == "/api/v2/tickets/show_many":
		if len(ids) > 100 {
			return reply{code: http.StatusBadRequest, body: map[string]any{"error": "TooManyIds"}}
		}
		return z.showMany(r, ids)
	case path == "/api/v2/deleted_tickets":
		return z.listDeleted()
	case path == "/api/v2/users/show_many":
		return reply{code: 200, body: map[string]any{"users": z.users(ids)}}
	case part(r, 4) == "metrics":
		if t := z.visible(part(r, 3)); t != nil {
			return reply{code: 200, body: map[string]any{"ticket_metric": zendeskMetrics(t)}}
		}
	case part(r, 4) == "audits":
		if t := z.visible(part(r, 3)); t != nil {
			return z.listAudits(r, t)
		}
	case part(r, 4) == "comments":
		if t := z.visible(part(r, 3)); t != nil {
			return z.listComments(r, t)
		}
	}
	return reply{code: http.StatusNotFound, body: map[string]any{"error": "RecordNotFound", "description": "Not found"}}
}

func (z *Zendesk) visible(id string) *ticket {
	if t := z.tickets[id]; t != nil && !t.deleted && !t.spam && !t.gone {
		return t
	}
	return nil
}

func (z *Zendesk) showMany(r *http.Request, ids []string) reply {
	tickets, sets := []any{}, []any{}
	asked := strings.Contains(r.URL.Query().Get("include"), "metric_sets")
	for _, id := range ids {
		t := z.visible(id)
		if t == nil {
			continue
		}
		tags := []string{"customer"}
		if t.away {
			tags = append(tags, "closed_by_merge")
		}
		one := map[string]any{
			"url": z.address + "/api/v2/tickets/" + id + ".json", "id": num(id), "status": t.state, "tags": tags,
			"created_at": at(t.created), "updated_at": at(t.updated), "subject": "Help", "description": "Lorem ipsum",
			"requester_id": num(zendeskAuthors[Customer]), "via": map[string]any{"channel": "email"}, "custom_fields": []any{},
			"priority": orNull(t.priority), "type": nil, "group_id": 8001, "assignee_id": nil,
			"email_cc_ids": []any{num(zendeskAuthors[Guest])}, "collaborator_ids": []any{},
		}
		if z.uncopied {
			one["email_cc_ids"] = []any{}
		}
		if t.assignee != "" {
			one["assignee_id"] = num(zendeskAuthors[Agent])
		}
		switch {
		case asked && z.sideload == Within:
			one["metric_set"] = zendeskMetrics(t)
		case asked && z.sideload == Beside:
			sets = append(sets, zendeskMetrics(t))
		}
		tickets = append(tickets, one)
	}
	body := map[string]any{"tickets": tickets, "count": len(tickets), "next_page": nil, "previous_page": nil}
	if len(sets) > 0 {
		body["metric_sets"] = sets
	}
	if asked {
		body["users"] = z.users([]string{"7001", "7002"})
		body["groups"] = []any{map[string]any{"id": 8001, "name": "Support"}}
	}
	return reply{code: 200, body: body}
}

func zendeskMetrics(t *ticket) map[string]any {
	var minutes any
	replies := t.replies(false)
	if len(replies) > 0 {
		minutes = int(replies[0].Sub(t.created) / time.Minute)
	}
	return map[string]any{
		"id": num("9" + t.id), "ticket_id": num(t.id), "created_at": at(t.created), "replies": len(replies), "reopens": 0,
		"reply_time_in_minutes": map[string]any{"calendar": minutes, "business": minutes},
	}
}

// zendeskAuthors: what a trigger writes is somebody's of the team, by Zendesk's word.
var zendeskAuthors = map[Author]string{Agent: "7001", Customer: "7002", Guest: "7003", Bot: "7001"}

func (z *Zendesk) users(ids []string) []any {
	known := map[string]map[string]any{
		"7001": {"name": "Ana Silva", "email": "ana@example.com", "role": "agent"},
		"7002": {"name": "Carl", "email": "carl@example.com", "role": "end-user"},
		"7003": {"name": "Dora", "email": "dora@example.com", "role": "end-user"},
	}
	if z.left {
		known["7001"]["role"] = "end-user"
	}
	users := []any{}
	for _, id := range ids {
		if one := known[id]; one != nil {
			one["id"] = num(id)
			users = append(users, one)
		}
	}
	return users
}

// orNull is s, or null for nothing.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// via is the way by which a comment came.
func (c Comment) via() map[string]any {
	channel, source := "web", map[string]any{"from": map[string]any{}, "to": map[string]any{}, "rel": nil}
	switch {
	case c.merge:
		source["rel"] = "merge"
	case c.By == Bot:
		channel, source["rel"] = "rule", "trigger"
	}
	return map[string]any{"channel": channel, "source": source}
}

// listComments answers by cursor, which here is how many comments to leave out.
func (z *Zendesk) listComments(r *http.Request, t *ticket) reply {
	q := r.URL.Query()
	all := []any{map[string]any{
		"id": 1, "type": "Comment", "author_id": num(zendeskAuthors[Customer]), "public": true, "created_at": at(t.created),
		"body": "Help!", "plain_body": "Help!", "via": map[string]any{"channel": "email"},
	}}
	for i, c := range t.comments {
		words := c.words(t, "This request was closed and merged into request #", "Request #41 was closed and merged into this request.")
		all = append(all, map[string]any{
			"id": 2 + i, "type": "Comment", "author_id": num(zendeskAuthors[c.By]), "public": !c.Private, "created_at": at(c.At),
			"body": words, "plain_body": words, "via": c.via(),
		})
	}
	if q.Get("sort") == "-created_at" {
		slices.Reverse(all)
	}
	from := min(intOf(q.Get("page[after]"), 0), len(all))
	to := min(from+min(intOf(q.Get("page[size]"), 100), z.pageSize), len(all))
	body := map[string]any{
		"comments": all[from:to],
		"meta":     map[string]any{"has_more": to < len(all), "after_cursor": strconv.Itoa(to), "before_cursor": nil},
	}
	if q.Get("include") == "users" && !z.noUsers {
		body["users"] = z.users([]string{"7001", "7002", "7003"})
	}
	return reply{code: 200, body: body}
}

func (z *Zendesk) listDeleted() reply {
	if z.noDeleted {
		return reply{code: http.StatusForbidden, body: map[string]any{"error": map[string]any{"title": "Forbidden"}}}
	}
	list := []any{}
	for id, t := range z.tickets {
		if (t.deleted || t.spam) && !t.gone {
			list = append(list, map[string]any{"id": num(id), "subject": "Help", "deleted_at": at(t.stateAt), "previous_state": t.state})
		}
	}
	return reply{code: 200, body: map[string]any{"deleted_tickets": list, "count": len(list), "next_page": nil}}
}
