package helpdesktest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Intercom is a simulated Intercom workspace: developers.intercom.com/docs/references, version 2.16.
// States are open, closed and snoozed; of tickets also resolved.
type Intercom struct {
	book
	token    string
	pageSize int
	maxParts int
	now      func() time.Time
	hidden   map[string]bool // not searchable yet
	loose    map[string]bool // tickets, not conversations
}

// NewIntercom makes a workspace without conversations. now dates the end of a quota.
func NewIntercom(token string, now func() time.Time) *Intercom {
	return &Intercom{
		book: newBook("open", "closed"), token: token, pageSize: 150, maxParts: 500, now: now,
		hidden: map[string]bool{}, loose: map[string]bool{},
	}
}

// Start serves the workspace on a loopback port of the kernel's choosing, until Close.
func (i *Intercom) Start() error { return i.start(i) }

// URL is the workspace's address.
func (i *Intercom) URL() string { return i.address }

// OpenTicket makes a ticket that no conversation carries.
func (i *Intercom) OpenTicket(id string, created time.Time) {
	i.Open(id, created)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.loose[id] = true
}

// Unsearchable keeps a conversation out of searches.
func (i *Intercom) Unsearchable(id string) { i.mu.Lock(); defer i.mu.Unlock(); i.hidden[id] = true }

// MaxParts is how many of a conversation's parts there are at most, the latest.
func (i *Intercom) MaxParts(n int) { i.mu.Lock(); defer i.mu.Unlock(); i.maxParts = n }

// PageSize makes pages of searches smaller than callers ask for.
func (i *Intercom) PageSize(n int) { i.mu.Lock(); defer i.mu.Unlock(); i.pageSize = n }

func (i *Intercom) ServeHTTP(w http.ResponseWriter, r *http.Request) { i.serve(i, w, r) }

func (i *Intercom) authorized(r *http.Request) bool {
	return r.Header.Get("Authorization") == "Bearer "+i.token
}

func (i *Intercom) unauthorized() reply {
	return intercomError(http.StatusUnauthorized, "unauthorized", "Access Token Invalid")
}

func intercomError(code int, name, message string) reply {
	return reply{code: code, body: map[string]any{
		"type": "error.list", "request_id": "r1", "errors": []any{map[string]any{"code": name, "message": message}}}}
}

func (i *Intercom) quotaHeaders(h http.Header, left, _ int) {
	h.Set("X-RateLimit-Limit", "1000")
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(i.now().Add(10*time.Second).Unix(), 10))
}

func (i *Intercom) answer(r *http.Request) reply {
	t := i.tickets[part(r, 1)]
	there := t != nil && !t.deleted && !t.gone
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/conversations/search":
		return i.search(r)
	case r.Method != http.MethodGet:
	case r.URL.Path == "/admins":
		return reply{code: 200, body: map[string]any{"type": "admin.list", "admins": []any{
			map[string]any{"type": "admin", "id": "9001", "name": "Ana Silva", "email": "ana@example.com"}}}}
	case r.URL.Path == "/teams":
		return reply{code: 200, body: map[string]any{"type": "team.list", "teams": []any{map[string]any{"type": "team", "id": "9100", "name": "Support"}}}}
	case r.URL.Path == "/me":
		return reply{code: 200, body: map[string]any{"type": "admin", "id": "1", "app": map[string]any{"type": "app", "id_code": "abc123"}}}
	case there && part(r, 0) == "conversations" && !i.loose[t.id]:
		return reply{code: 200, body: i.conversation(t, true)}
	case there && part(r, 0) == "tickets" && i.loose[t.id]:
		return reply{code: 200, body: intercomTicket(t)}
	}
	return intercomError(http.StatusNotFound, "not_found", "Resource Not Found")
}

type intercomFilter struct {
	Field, Operator string
	Value           json.RawMessage
}

func (i *Intercom) search(r *http.Request) reply {
	var asked struct {
		Query      intercomFilter
		Pagination struct {
			PerPage       int    `json:"per_page"`
			StartingAfter string `json:"starting_after"`
		}
	}
	if json.NewDecoder(r.Body).Decode(&asked) != nil || asked.Pagination.PerPage > 150 {
		return intercomError(http.StatusBadRequest, "parameter_invalid", "per_page must be less than 150")
	}
	var found []*ticket
	for id, t := range i.tickets {
		if !t.deleted && !t.gone && !i.hidden[id] && !i.loose[id] && matches(t, asked.Query) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *ticket) int { return strings.Compare(a.id, b.id) })
	from := min(intOf(asked.Pagination.StartingAfter, 0), len(found))
	to := min(from+min(max(asked.Pagination.PerPage, 1), i.pageSize), len(found))
	list := []any{}
	for _, t := range found[from:to] {
		list = append(list, i.conversation(t, false))
	}
	pages := map[string]any{"type": "pages", "page": 1, "per_page": asked.Pagination.PerPage, "total_pages": 1}
	if to < len(found) {
		pages["next"] = map[string]any{"per_page": asked.Pagination.PerPage, "starting_after": strconv.Itoa(to)}
	}
	return reply{code: 200, body: map[string]any{
		"type": "conversation.list", "conversations": list, "pages": pages, "total_count": len(found)}}
}

// matches knows the filters id IN, contact_ids =, updated_at > and AND. All conversations here are
// with one contact.
func matches(t *ticket, f intercomFilter) bool {
	switch f.Field + f.Operator {
	case "idIN":
		var ids []string
		return json.Unmarshal(f.Value, &ids) == nil && slices.Contains(ids, t.id)
	case "contact_ids=":
		return string(f.Value) == `"6001"`
	case "updated_at>":
		var after string
		return json.Unmarshal(f.Value, &after) == nil && t.updated.Unix() >= int64(intOf(after, 0))
	case "AND":
		var all []intercomFilter
		return json.Unmarshal(f.Value, &all) == nil &&
			!slices.ContainsFunc(all, func(f intercomFilter) bool { return !matches(t, f) })
	}
	return false
}

func (i *Intercom) conversation(t *ticket, withParts bool) map[string]any {
	unix := func(at time.Time) any {
		if at.IsZero() {
			return nil
		}
		return at.Unix()
	}
	statistics := map[string]any{"type": "conversation_statistics", "first_contact_reply_at": unix(t.created),
		"first_admin_reply_at": nil, "last_admin_reply_at": nil, "last_contact_reply_at": unix(t.created), "last_close_at": nil}
	for _, c := range t.comments {
		if (c.By == Customer || c.By == Guest) && !c.Private {
			statistics["last_contact_reply_at"] = unix(c.At)
		}
	}
	if t.state == "closed" {
		statistics["last_close_at"] = unix(t.stateAt)
	}
	if replies := t.replies(false); len(replies) > 0 {
		statistics["first_admin_reply_at"], statistics["last_admin_reply_at"] = unix(replies[0]), unix(replies[len(replies)-1])
	}
	one := map[string]any{
		"type": "conversation", "id": t.id, "created_at": t.created.Unix(), "updated_at": t.updated.Unix(),
		"open": t.state == "open", "state": t.state, "statistics": statistics, "tags": map[string]any{"type": "tag.list", "tags": []any{}},
		"contacts":          map[string]any{"type": "contact.list", "contacts": []any{map[string]any{"type": "contact", "id": "6001"}}},
		"custom_attributes": map[string]any{}, "priority": cmp.Or(t.priority, "not_priority"), "team_assignee_id": 9100,
		"admin_assignee_id": nil, "source": map[string]any{"type": "conversation", "author": map[string]any{"type": "user", "id": "6001"}},
	}
	if t.assignee != "" {
		one["admin_assignee_id"] = 9001
	}
	if t.away {
		one["custom_attributes"] = map[string]any{"Merged": true}
	}
	if withParts {
		parts := intercomParts(t)
		one["conversation_parts"] = map[string]any{
			"type": "conversation_part.list", "conversation_parts": parts[max(0, len(parts)-i.maxParts):], "total_count": len(parts)}
	}
	return one
}

func intercomTicket(t *ticket) map[string]any {
	category := map[string]string{"resolved": "resolved"}[t.state]
	if category == "" {
		category = "submitted"
	}
	return map[string]any{
		"type": "ticket", "id": t.id, "ticket_id": "7" + t.id, "category": "Customer", "created_at": t.created.Unix(),
		"open": t.state == "open", "ticket_state": map[string]any{"type": "ticket_state", "id": "1", "category": category},
		"ticket_parts": map[string]any{"type": "ticket_part.list", "ticket_parts": intercomParts(t), "total_count": len(intercomParts(t))},
	}
}

func intercomParts(t *ticket) []any {
	type dated struct {
		at   time.Time
		part map[string]any
	}
	var all []dated
	add := func(when time.Time, kind, author string, body any) map[string]any {
		part := map[string]any{
			"type": "conversation_part", "part_type": kind, "body": body, "created_at": when.Unix(),
			"author": map[string]any{"type": author, "id": "1", "name": "Somebody"},
		}
		all = append(all, dated{when, part})
		return part
	}
	for _, c := range t.comments {
		author := map[Author]string{Agent: "admin", Customer: "user", Guest: "lead", Bot: "bot"}[c.By]
		switch {
		case c.primary:
			add(c.At, "merged_primary_conversation", "bot", nil)
		case c.merge:
			add(c.At, "merged_secondary_conversation", "bot", nil)
		case c.Private:
			add(c.At, "note", author, "<p>Lorem ipsum</p>")
		default:
			add(c.At, "comment", author, "<p>Lorem ipsum</p>")
		}
	}
	states := map[string]string{"closed": "close", "open": "open", "snoozed": "snoozed"}
	for _, c := range t.changes {
		switch {
		case c.field == "state" && states[c.value] != "":
			add(c.at, states[c.value], "admin", nil)
		case c.field == "assignee":
			add(c.at, "assignment", "admin", nil)["assigned_to"] = map[string]any{"type": "admin", "id": "9001"}
		}
	}
	slices.SortStableFunc(all, func(x, y dated) int { return x.at.Compare(y.at) })
	parts := []any{}
	for n, d := range all {
		d.part["id"] = strconv.Itoa(100 + n)
		parts = append(parts, d.part)
	}
	return parts
}
