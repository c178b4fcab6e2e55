package helpdesktest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// zendeskUpdate is an update of a ticket, before it is numbered.
type zendeskUpdate struct {
	at    time.Time
	by    Author
	via   map[string]any
	event map[string]any
}

// listAudits answers by cursor, the oldest first.
func (z *Zendesk) listAudits(r *http.Request, t *ticket) reply {
	all := []zendeskUpdate{{t.created, Customer, Comment{}.via(), map[string]any{"type": "Comment", "public": true, "body": "Help!"}}}
	for _, c := range t.comments {
		all = append(all, zendeskUpdate{c.At, c.By, c.via(), map[string]any{"type": "Comment", "public": !c.Private, "body": "Lorem ipsum"}})
	}
	fields := map[string]string{"state": "status", "priority": "priority", "assignee": "assignee_id"}
	for _, c := range t.changes {
		var value any = c.value
		if c.field == "assignee" {
			value = zendeskAuthors[Agent]
		}
		all = append(all, zendeskUpdate{c.at, Agent, Comment{}.via(), map[string]any{
			"type": "Change", "field_name": fields[c.field], "value": value, "previous_value": nil,
		}}, zendeskUpdate{c.at, Agent, Comment{}.via(), map[string]any{
			"type": "Change", "field_name": "tags", "value": []string{"a", "b"}, "previous_value": []string{},
		}})
	}
	slices.SortStableFunc(all, func(x, y zendeskUpdate) int { return x.at.Compare(y.at) })
	audits := []any{}
	for i, u := range all {
		author := num(zendeskAuthors[u.by])
		u.event["id"] = 5000 + i
		if u.event["type"] == "Comment" {
			u.event["author_id"] = author
		}
		audits = append(audits, map[string]any{
			"id": 4000 + i, "ticket_id": num(t.id), "created_at": at(u.at), "author_id": author, "via": u.via,
			"events": []any{u.event, map[string]any{"id": 6000 + i, "type": "Notification", "recipients": []any{7002}}},
		})
	}
	from := min(intOf(r.URL.Query().Get("page[after]"), 0), len(audits))
	to := min(from+min(intOf(r.URL.Query().Get("page[size]"), 100), z.pageSize), len(audits))
	return reply{code: 200, body: map[string]any{
		"audits": audits[from:to],
		"meta":   map[string]any{"has_more": to < len(audits), "after_cursor": strconv.Itoa(to), "before_cursor": nil},
	}}
}
