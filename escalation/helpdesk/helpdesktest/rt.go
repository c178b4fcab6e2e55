package helpdesktest

import (
	"fmt"
	"net/http"
	"regexp"
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
	state := t.state
	if t.deleted {
		state = "deleted"
	}
	return map[string]any{
		"type": "ticket", "Status": state, "Subject": "Help", "Priority": "0", "Created": rtAt(t.created), "LastUpdated": rtAt(t.updated),
		"Resolved": rtAt(time.Time{}), "Told": rtAt(time.Time{}), "Queue": rtRef("queue", "1"), "Owner": rtUser("Nobody"),
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
	if strings.Contains(login, "@") {
		one["EmailAddress"] = login
	}
	return one
}

func (r *RT) user(login string) reply {
	if r.hideUsers {
		return reply{code: http.StatusForbidden, body: map[string]any{"message": "Forbidden"}}
	}
	one := rtUser(login)
	one["id"], one["Privileged"] = 14, 0
	if login == rtLogins[Agent] {
		one["Privileged"] = 1
	}
	return reply{code: 200, body: one}
}

// history is that of a ticket and of all that were merged into it, the oldest first.
func (r *RT) history(req *http.Request, t *ticket) reply {
	var all []any
	add := func(kind, field, value string, by Author, when time.Time) {
		all = append(all, map[string]any{
			"id": fmt.Sprint(1000 + len(all)), "type": "transaction", "Type": kind, "Field": field, "OldValue": "", "NewValue": value,
			"Created": rtAt(when), "Creator": rtUser(rtLogins[by]), "Data": "",
		})
	}
	for _, one := range r.tickets {
		if one != t && (!one.away || r.survivor(one.id) != t) {
			continue
		}
		add("Create", "", "", Customer, one.created)
		add("EmailRecord", "", "", Bot, one.created)
		for _, c := range one.comments {
			switch {
			case c.merge:
				add("AddLink", "MergedInto", "fsck.com-rt://test/ticket/"+t.id, Agent, c.At)
			case c.Private:
				add("Comment", "", "", c.By, c.At)
			default:
				add("Correspond", "", "", c.By, c.At)
			}
		}
		if !one.stateAt.IsZero() && !one.away {
			add("Status", "Status", one.state, Agent, one.stateAt)
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
