package helpdesk_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

func TestZendeskAsItIsPublished(t *testing.T) {
	ticket := func(more string, replies int, minutes string) paths {
		return paths{
			"/api/v2/deleted_tickets": `{"deleted_tickets":[]}`,
			"/api/v2/tickets/show_many": fmt.Sprintf(`{"tickets":[{"id":42,"created_at":%q,"updated_at":%q,"requester_id":7002,"tags":null,"priority":null,
				"type":null,"assignee_id":null,"group_id":null,"email_cc_ids":null,%s,"metric_set":{"ticket_id":42,"replies":%d,"reply_time_in_minutes":{"calendar":%s,"business":%s}}}],
				"users":[],"groups":[]}`, stated(-60), stated(9), more, replies, minutes, minutes),
		}
	}
	// written has the comments, the newest first; 7001 is an agent.
	written := func(p paths, comments ...string) paths {
		p["/api/v2/tickets/42/comments"] = `{"comments":[` + strings.Join(comments, ",") + `],"meta":{"has_more":false,"after_cursor":null},"users":[
			{"id":7001,"role":"agent","email":null},{"id":7002,"role":"end-user"},{"id":7004,"role":"admin"}]}`
		return p
	}
	comment := func(author, minutes int, more string) string {
		return fmt.Sprintf(`{"id":1,"type":"Comment","author_id":%d,"created_at":%q,%s}`, author, stated(minutes), more)
	}
	const open, public = `"status":"open"`, `"public":true,"via":{"channel":"web","source":{"from":{},"to":{},"rel":null}}`
	first := comment(7002, -60, public)
	for _, p := range []published{
		{"nulls wherever they may be", ticket(open, 0, "null"), unanswered, ""},
		{"an agent's note alone counts no reply", ticket(`"status":"pending"`, 0, "null"), unanswered, ""},
		{"a reply that the metric does not date", written(ticket(open, 1, "null"), comment(7001, 5, public), first), minutesOn(5), ""},
		{"a reply of an administrator's", written(ticket(open, 2, "1"), comment(7004, 5, public), comment(7001, -59, public), first), minutesOn(5), ""},
		{"solved with the reply", ticket(`"status":"solved"`, 1, "65"), minutesOn(5), ""},
		{"an AI agent's answer", written(ticket(open, 2, "1"), comment(7001, 5, `"public":true,"via":{"channel":"answer_bot_for_web_widget"}`), comment(7001, -59, public), first), unanswered, ""},
		{"an automation's answer", written(ticket(open, 2, "1"), comment(7001, 5, `"public":true,"via":{"channel":"rule","source":{"from":{"id":1},"to":{},"rel":"automation"}}`), comment(7001, -59, public), first), unanswered, ""},
		{"a comment that does not say whether it is public", written(ticket(open, 2, "1"), comment(7001, 5, `"via":null`), comment(7001, -59, public), first), unanswered, ""},
		{"the requester is an agent, and wrote again", written(ticket(`"status":"open","requester_id":7001`, 2, "1"), comment(7001, 5, public), comment(7004, -59, public), comment(7001, -60, public)), unanswered, ""},
		{"merged, said in another language", written(ticket(`"status":"closed","tags":["closed_by_merge"]`, 0, "null"),
			comment(7001, 5, `"public":false,"body":"Diese Anfrage wurde geschlossen und mit Anfrage #42 zusammengeführt.","via":{"channel":"web","source":{"from":{},"to":{},"rel":"merge"}}`)), withdrawn("merged into another ticket"), ""},
		{"comments that the agent may not read", ticket(open, 1, "null"), unchecked, "ticket 42: it answered 404"},
		{"no such account", paths{"/api/v2/tickets/show_many": "404 <html><title>No help desk here</title></html>"}, unchecked, "please check ZENDESK_SUBDOMAIN"},
		{"a login page that is led to", paths{"/api/v2/tickets/show_many": "302 " + loginPage}, unchecked, "redirects are not followed"},
		{"a page that asks whether we are human", paths{"/api/v2/tickets/show_many": "403 " + loginPage}, unchecked, "403 Forbidden, please check that the agent"},
		{"maintenance", paths{"/api/v2/tickets/show_many": "503 " + loginPage}, unchecked, "503 Service Unavailable"},
		{"gone", paths{"/api/v2/tickets/show_many": "410 {}"}, unchecked, "410 Gone"},
		{"no ticket at all", paths{"/api/v2/tickets/show_many": `{"tickets":[null],"users":null}`, "/api/v2/deleted_tickets": `{"deleted_tickets":[{"id":41}]}`}, unchecked, "ticket 42: it is not there"},
	} {
		p.check(t, "zendesk")
	}
}

// Within the audit of somebody's message a trigger may comment, too: that is no reply.
func TestZendeskATriggersCommentWithinAnAuditIsNoReply(t *testing.T) {
	s := httptest.NewServer(paths{
		"/api/v2/tickets/show_many": `{"tickets":[{"id":42,"status":"open","created_at":"2026-03-02T11:00:00Z","updated_at":"2026-03-02T11:50:00Z","requester_id":7002,"metric_set":{"replies":0}}],"users":[]}`,
		"/api/v2/users/show_many":   `{"users":[{"id":7001,"role":"agent"},{"id":7002,"role":"end-user"}]}`,
		"/api/v2/tickets/42/audits": `{"audits":[
			{"id":1,"author_id":7002,"created_at":"2026-03-02T11:00:00Z","via":{"channel":"email"},"events":[{"id":11,"type":"Comment","public":true,"author_id":7002}]},
			{"id":2,"author_id":7002,"created_at":"2026-03-02T11:50:00Z","via":{"channel":"email"},"events":[{"id":12,"type":"Comment","public":true,"author_id":7002},
				{"id":13,"type":"Comment","public":true,"author_id":7001,"via":{"channel":"rule","source":{"from":{"id":1},"rel":"trigger"}}}]}],"meta":{"has_more":false}}`,
	})
	defer s.Close()
	z, err := vendors[0].desk(s.URL, token, newClock(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	got, err := z.Ask(t.Context(), []desk.Question{{TicketID: "42", Since: noon, InDetail: true}})
	if a := got["42"]; err != nil || len(a.Facts) != 2 || !a.Ticket.LastReply.IsZero() || a.Status != desk.Unanswered {
		t.Errorf("%+v, %v", a, err)
	}
}

// Its limit is its own: that it is reached costs no other ticket its answer.
func TestZendeskTheLimitOfDeletedTicketsStopsNothingElse(t *testing.T) {
	said := written42(paths{"/api/v2/deleted_tickets": "429 {}"})
	s := httptest.NewServer(said)
	defer s.Close()
	c := newClock()
	z, err := vendors[0].desk(s.URL, token, c, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := z.Ask(t.Context(), ask("41", "42"))
		if a := got["42"]; a.Status != desk.Answered || len(got) != 1 {
			t.Errorf("%v", got)
		}
		checkError(t, err, "ticket 41: it is not there; whether it was deleted is looked up again in a moment")
		c.pass(30 * time.Second)
	}
	said["/api/v2/deleted_tickets"] = `{"deleted_tickets":[{"id":41}]}`
	c.pass(time.Minute)
	if got, err := z.Ask(t.Context(), ask("41", "42")); got["41"].Status != desk.Withdrawn || err != nil {
		t.Errorf("later: %v, %v", got, err)
	}
}

// written42 adds ticket 42, of whose reply only the comments tell the time.
func written42(p paths) paths {
	p["/api/v2/tickets/show_many"] = `{"tickets":[{"id":42,"status":"open","created_at":"2026-03-02T11:00:00Z","requester_id":7002,"metric_set":{"replies":1}}],"users":[]}`
	p["/api/v2/tickets/42/comments"] = `{"comments":[{"author_id":7001,"public":true,"created_at":"2026-03-02T12:05:00Z","via":{"channel":"web"}}],"users":[{"id":7001,"role":"agent"}],"meta":{}}`
	return p
}
