package helpdesktest

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RT is a simulated Request Tracker 5: docs.bestpractical.com/rt/5.0.3/RT/REST2.html, and what RT 5.0.3
// was seen to answer. States are new, open, stalled, resolved, rejected and deleted.
type RT struct {
	book
	token     string
	hideUsers bool
}

// NewRT makes a tracker without tickets, and one user of its staff with one token.
func NewRT(token string) *RT { return &RT{book: newBook("new", "resolved"), token: token} }

// Start serves the tracker on a loopback port of the kernel's choosing, until Close.
func (r *RT) Start() error { return r.start(r) }

// URL is the tracker's address.
func (r *RT) URL() string { return r.address }

// HideUsers forbids the user to look at others.
func (r *RT) HideUsers() { r.mu.Lock(); defer r.mu.Unlock(); r.hideUsers = true }

// Wake opens a new ticket, as RT does when somebody writes in it.
func (r *RT) Wake(id string, at time.Time) {
	r.mu.Lock()
	fresh := r.tickets[id] != nil && r.tickets[id].state == "new"
	r.mu.Unlock()
	if fresh {
		r.SetState(id, "open", at)
	}
}

func (r *RT) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.serve(r, w, req) }

func (r *RT) authorized(req *http.Request) bool {
	return req.Header.Get("Authorization") == "token "+r.token
}

func (r *RT) unauthorized() reply {
	return reply{code: http.StatusUnauthorized, body: map[string]any{"message": "Unauthorized"}}
}

func (r *RT) quotaHeaders(h http.Header, left, _ int) { // RT has none; a proxy before it may
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
}

var rtTerm = regexp.MustCompile(`^id=(\d+)$`)

func (r *RT) answer(req *http.Request) reply {
	notFound := reply{code: http.StatusNotFound, body: map[string]any{"message": "Not Found"}}
	if req.Method != http.MethodGet || part(req, 0) != "REST" {
		return notFound
	}
	switch part(req, 2) {
	case "tickets":
		return r.search(req)
	case "user":
		return r.user(part(req, 3))
	case "queue":
		return reply{code: 200, body: map[string]any{"id": 1, "Name": "General"}}
	case "ticket":
	default:
		return notFound
	}
	t := r.survivor(part(req, 3))
	if t == nil || t.gone {
		return notFound
	}
	if part(req, 4) == "history" {
		return r.history(req, t)
	}
	one := r.describe(t)
	one["id"] = num(t.id)
	one["EffectiveId"] = rtRef("ticket", t.id)
	return reply{code: 200, body: one}
}

// survivor is the ticket that answers to an id: RT moves all ids to the last one at once.
func (r *RT) survivor(id string) *ticket {
	t := r.tickets[id]
	for range len(r.tickets) {
		if t == nil || !t.away {
			return t
		}
		t = r.tickets[t.merged]
	}
	return nil
}

func (r *RT) search(req *http.Request) reply {
	items := []any{}
	for term := range strings.SplitSeq(req.URL.Query().Get("query"), " OR ") {
		found := rtTerm.FindStringSubmatch(term)
		if found == nil {
			return reply{code: http.StatusBadRequest, body: map[string]any{"message": "Wrong query"}}
		}
		t := r.tickets[found[1]]
		if t == nil || t.away || t.deleted || t.gone {
			continue // neither merged nor deleted tickets are found
		}
		one := r.describe(t)
		one["id"], one["EffectiveId"] = t.id, t.id
		items = append(items, one)
	}
	return reply{code: 200, body: map[string]any{"count": len(items), "items": items, "page": 1, "pages": 1, "per_page": 100, "total": len(items)}}
}

func (r *RT) describe(t *ticket) map[string]any {
	state, owner := t.state, "Nobody"
	if t.deleted {
		state = "deleted"
	}
	if t.assignee != "" {
		owner = t.assignee
	}
	return map[string]any{
		"type": "ticket", "Status": state, "Subject": "Help", "Priority": cmp.Or(t.priority, "0"), "Created": rtAt(t.created), "LastUpdated": rtAt(t.updated),
		"Resolved": rtAt(time.Time{}), "Told": rtAt(time.Time{}), "Queue": map[string]any{"type": "queue", "id": "1", "Name": "General"}, "Owner": rtUser(owner),
		"Requestor": []any{rtUser(rtLogins[Customer])},
	}
}

// rtAt writes a time as RT does: in whole seconds, and 1970 for none.
func rtAt(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

func rtRef(kind, id string) map[string]any {
	return map[string]any{"type": kind, "id": id, "_url": "/REST/2.0/" + kind + "/" + id}
}

var rtLogins = map[Author]string{Agent: "ana", Customer: "carl@example.com", Guest: "dora@example.com", Bot: "RT_System"}

func rtUser(login string) map[string]any {
	one := rtRef("user", login)
	one["Name"], one["EmailAddress"], one["RealName"] = login, "", ""
	switch {
	case login == rtLogins[Agent]:
		one["EmailAddress"], one["RealName"] = "ana@example.com", "Ana Silva"
	case strings.Contains(login, "@"):
		one["EmailAddress"] = login
	}
	return one
}

func (r *RT) user(login string) reply {
	if r.hideUsers {
		return reply{code: http.StatusForbidden, body: map[string]any{"message": "Forbidden"}}
	}
	if login == rtNumber {
		login = rtLogins[Agent]
	}
	one := rtUser(login)
	one["id"], one["Privileged"] = 15, 0
	if login == rtLogins[Agent] {
		one["id"], one["Privileged"] = 14, 1
	}
	return reply{code: 200, body: one}
}

// rtEntry is an entry of a history.
type rtEntry struct {
	kind, field, value string
	by                 string // a login
	at                 time.Time
}

// entries are what happened to one ticket, the oldest first.
func (t *ticket) entries(survivor string) []rtEntry {
	customer, agent, system := rtLogins[Customer], rtLogins[Agent], rtLogins[Bot]
	all := []rtEntry{{kind: "Create", by: customer, at: t.created}, {kind: "EmailRecord", by: system, at: t.created}}
	for _, c := range t.comments {
		switch {
		case c.merge:
			all = append(all, rtEntry{"AddLink", "MergedInto", "fsck.com-rt://test/ticket/" + survivor, agent, c.At})
		case c.Private:
			all = append(all, rtEntry{kind: "Comment", by: rtLogins[c.By], at: c.At})
		default:
			all = append(all, rtEntry{kind: "Correspond", by: rtLogins[c.By], at: c.At})
		}
	}
	for _, c := range t.changes {
		switch c.field {
		case "state":
			all = append(all, rtEntry{"Status", "Status", c.value, agent, c.at})
		case "priority":
			all = append(all, rtEntry{"Set", "Priority", c.value, agent, c.at})
		case "assignee": // owners are numbers, and are sent twice
			all = append(all, rtEntry{"Set", "Owner", rtNumber, agent, c.at}, rtEntry{"SetWatcher", "Owner", rtNumber, agent, c.at})
		}
	}
	slices.SortStableFunc(all, func(x, y rtEntry) int { return x.at.Compare(y.at) })
	return all
}

// rtNumber is that of the agent.
const rtNumber = "14"

// history is that of a ticket and of all that were merged into it.
func (r *RT) history(req *http.Request, t *ticket) reply {
	var all []any
	for _, one := range r.tickets {
		if one != t && (!one.away || r.survivor(one.id) != t) {
			continue
		}
		for _, e := range one.entries(t.id) {
			all = append(all, map[string]any{
				"id": fmt.Sprint(1000 + len(all)), "type": "transaction", "Type": e.kind, "Field": e.field, "OldValue": "", "NewValue": e.value,
				"Created": rtAt(e.at), "Creator": rtUser(e.by), "Data": "",
			})
		}
	}
	const perPage = 100
	page := max(intOf(req.URL.Query().Get("page"), 1), 1)
	pages := (len(all) + perPage - 1) / perPage
	from, to := min((page-1)*perPage, len(all)), min(page*perPage, len(all))
	return reply{code: 200, body: map[string]any{
		"items": all[from:to], "count": to - from, "page": page, "pages": pages, "per_page": perPage, "total": len(all),
	}}
}
