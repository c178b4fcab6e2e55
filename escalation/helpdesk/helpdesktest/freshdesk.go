package helpdesktest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Freshdesk is a simulated Freshdesk account: developers.freshdesk.com/api. States are numbers: 2 open,
// 3 pending, 4 resolved, 5 closed, others of its own. Its quota counts credits.
type Freshdesk struct {
	book
	credentials string
	noStats     bool
}

// NewFreshdesk makes an account without tickets, and one agent with one API key.
func NewFreshdesk(key string) *Freshdesk {
	user := base64.StdEncoding.EncodeToString([]byte(key + ":X"))
	return &Freshdesk{book: newBook("2", "5"), credentials: "Basic " + user}
}

// Start serves the account on a loopback port of the kernel's choosing, until Close.
func (f *Freshdesk) Start() error { return f.start(f) }

// URL is the account's address.
func (f *Freshdesk) URL() string { return f.address }

// HideStats leaves the stats out, though they were asked for.
func (f *Freshdesk) HideStats() { f.mu.Lock(); defer f.mu.Unlock(); f.noStats = true }

func (f *Freshdesk) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.serve(f, w, r) }

func (f *Freshdesk) authorized(r *http.Request) bool {
	return r.Header.Get("Authorization") == f.credentials
}

func (f *Freshdesk) unauthorized() reply {
	return reply{code: http.StatusUnauthorized, body: map[string]any{
		"code": "invalid_credentials", "message": "You have to be logged in to perform this action."}}
}

func (f *Freshdesk) quotaHeaders(h http.Header, left, cost int) {
	h.Set("X-RateLimit-Total", "200")
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Used-CurrentRequest", strconv.Itoa(cost))
}

func (f *Freshdesk) answer(r *http.Request) reply {
	id := part(r, 3)
	t := f.tickets[id]
	switch {
	case r.URL.Path == "/api/v2/agents/8001":
		return reply{code: 200, body: map[string]any{"id": 8001, "contact": map[string]any{"name": "Ana Silva", "email": "ana@example.com"}}}
	case r.URL.Path == "/api/v2/groups/8100":
		return reply{code: 200, body: map[string]any{"id": 8100, "name": "Support"}}
	case r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/api/v2/tickets"):
	case id == "":
		return f.list(r)
	case t == nil || t.gone:
	case part(r, 4) == "":
		return reply{code: 200, body: f.render(t, r), cost: 1 + includes(r)}
	case part(r, 4) == "conversations":
		return f.conversations(r, t)
	}
	return reply{code: http.StatusNotFound}
}

func includes(r *http.Request) int {
	if s := r.URL.Query().Get("include"); s != "" {
		return len(strings.Split(s, ","))
	}
	return 0
}

// list has no spam and no deleted tickets, and without updated_since only those of 30 days.
func (f *Freshdesk) list(r *http.Request) reply {
	q := r.URL.Query()
	perPage, page := intOf(q.Get("per_page"), 30), intOf(q.Get("page"), 1)
	if perPage > 100 || page < 1 {
		return reply{code: http.StatusBadRequest, body: map[string]any{"description": "Validation failed"}}
	}
	since, err := time.Parse(time.RFC3339, q.Get("updated_since"))
	if err != nil {
		return reply{code: http.StatusBadRequest, body: map[string]any{"description": "Validation failed"}}
	}
	var ts []*ticket
	for _, t := range f.tickets {
		if !t.deleted && !t.spam && !t.gone && !t.updated.Before(since) {
			ts = append(ts, t)
		}
	}
	slices.SortFunc(ts, func(a, b *ticket) int {
		if c := b.updated.Compare(a.updated); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	from := min((page-1)*perPage, len(ts))
	to := min(from+perPage, len(ts))
	list := []any{}
	for _, t := range ts[from:to] {
		list = append(list, f.render(t, r))
	}
	said := reply{code: 200, body: list, cost: 1 + 2*includes(r), header: http.Header{}}
	if to < len(ts) {
		said.header.Set("Link", `<`+f.address+`/api/v2/tickets?page=`+strconv.Itoa(page+1)+`>; rel="next"`)
	}
	return said
}

func (f *Freshdesk) render(t *ticket, r *http.Request) map[string]any {
	one := map[string]any{
		"id": num(t.id), "status": num(t.state), "priority": intOf(t.priority, 1), "source": 1, "spam": t.spam, "requester_id": 8002,
		"responder_id": nil, "group_id": 8100, "subject": "Help", "type": nil, "is_escalated": false, "created_at": at(t.created), "updated_at": at(t.updated),
	}
	if t.assignee != "" {
		one["responder_id"] = 8001
	}
	if t.deleted {
		one["deleted"] = true
	}
	if strings.Contains(r.URL.Query().Get("include"), "stats") && !f.noStats {
		one["stats"] = freshdeskStats(t)
	}
	return one
}

func freshdeskStats(t *ticket) map[string]any {
	stats := map[string]any{
		"first_responded_at": nil, "agent_responded_at": nil, "requester_responded_at": nil, "status_updated_at": at(t.stateAt),
		"resolved_at": nil, "closed_at": nil, "reopened_at": nil, "pending_since": nil,
	}
	if replies := t.replies(true); len(replies) > 0 {
		stats["first_responded_at"], stats["agent_responded_at"] = at(replies[0]), at(replies[len(replies)-1])
	}
	for _, c := range t.comments {
		if (c.By == Customer || c.By == Guest) && !c.Private {
			stats["requester_responded_at"] = at(c.At)
		}
	}
	for _, c := range t.changes {
		switch {
		case c.field == "state" && c.value == "3":
			stats["pending_since"] = at(c.at)
		case c.field == "state" && c.value == "2":
			stats["reopened_at"], stats["pending_since"] = at(c.at), nil
		}
	}
	if t.state == "4" || t.state == "5" {
		stats["resolved_at"], stats["pending_since"] = at(t.stateAt), nil
	}
	if t.state == "5" {
		stats["closed_at"], stats["resolved_at"] = at(t.stateAt), at(t.stateAt)
	}
	return stats
}

func (f *Freshdesk) conversations(r *http.Request, t *ticket) reply {
	perPage, page := intOf(r.URL.Query().Get("per_page"), 30), intOf(r.URL.Query().Get("page"), 1)
	from := min((page-1)*perPage, len(t.comments))
	to := min(from+perPage, len(t.comments))
	list := []any{}
	for i, c := range t.comments[from:to] {
		user, source := 8001, 0
		switch c.By {
		case Customer, Bot:
			user = 8002
		case Guest:
			user = 8003
		}
		if c.Private {
			source = 2
		}
		words := c.words(t, "This ticket is closed and merged into ticket ", "Ticket with ID 41 is merged into this ticket.")
		list = append(list, map[string]any{
			"id": 100 + i, "ticket_id": num(t.id), "user_id": user, "incoming": c.By != Agent, "private": c.Private, "source": source,
			"body": "<div>" + words + "</div>", "body_text": words, "created_at": at(c.At), "updated_at": at(c.At),
		})
	}
	return reply{code: 200, body: list}
}
