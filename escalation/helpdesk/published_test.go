package helpdesk_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// What follows are answers as the vendors publish them, one row for each kind that the simulated desks do not give.
// They are about ticket 42, whose message was posted at noon.

// paths are a desk's answers by path; "404 …" answers with that status, and what is missing with 404.
type paths map[string]string

func (p paths) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, known := p[r.URL.Path]
	if page := r.URL.Query().Get("page"); page != "" && page != "1" {
		body, known = p[r.URL.Path+"?page="+page]
	}
	if !known {
		body = `404 {"error":"not found"}`
	}
	if status, rest, _ := strings.Cut(body, " "); len(status) == 3 {
		if code, err := strconv.Atoi(status); err == nil {
			w.WriteHeader(code)
			body = rest
		}
	}
	io.WriteString(w, body)
}

// published is one such answer, and what is right about it.
type published struct {
	name string
	said paths
	want desk.Answer
	says string // the error; "" for none
}

func (p published) check(t *testing.T, vendor string) {
	t.Run(p.name, func(t *testing.T) {
		s := httptest.NewServer(p.said)
		defer s.Close()
		c := newClock()
		c.pass(time.Hour)
		for _, v := range vendors {
			if v.name != vendor {
				continue
			}
			asked, err := v.desk(s.URL, token, c, prometheus.NewRegistry())
			if err != nil {
				t.Fatal(err)
			}
			got, err := asked.Ask(t.Context(), ask("42"))
			if diff := cmp.Diff(p.want, plain(got["42"])); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if _, there := got["42"]; there && p.want.Status == desk.Unchecked {
				t.Error("an answer that says nothing stands in the map")
			}
			checkError(t, err, p.says)
		}
	})
}

// stated is a time of the day, so many minutes after noon.
func stated(minutes int) string {
	return noon.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339)
}

func minutesOn(n int) desk.Answer { return repliedAt(noon.Add(time.Duration(n) * time.Minute)) }

const loginPage = "<!DOCTYPE html>\n<html><title>Sign in</title></html>"

func TestFreshdeskAsItIsPublished(t *testing.T) {
	ticket := func(stats string) paths {
		return paths{"/api/v2/tickets/42": fmt.Sprintf(`{"id":42,"status":2,"priority":null,"type":null,"spam":false,"requester_id":8002,"responder_id":null,
			"created_at":%q,"updated_at":%q,"stats":%s}`, stated(-60), stated(9), stats)}
	}
	stats := func(first, last string) string {
		return fmt.Sprintf(`{"first_responded_at":%s,"agent_responded_at":%s,"requester_responded_at":null,"resolved_at":null}`, first, last)
	}
	written := func(p paths, conversations ...string) paths {
		p["/api/v2/tickets/42/conversations"] = `[` + strings.Join(conversations, ",") + `]`
		return p
	}
	said := func(user, minutes int, more string) string {
		return fmt.Sprintf(`{"id":1,"user_id":%d,"created_at":%q,"body_text":null,%s}`, user, stated(minutes), more)
	}
	quoted := func(minutes int) string { return strconv.Quote(stated(minutes)) }
	const reply, note, public = `"incoming":false,"private":false,"source":0`, `"incoming":false,"private":true,"source":2`, `"incoming":false,"private":false,"source":2`
	later := stats(quoted(-50), quoted(5)) // the first reply is too old, so that the conversations have to say
	offset := strconv.Quote(noon.Add(5 * time.Minute).In(time.FixedZone("", 19800)).Format(time.RFC3339))
	for _, p := range []published{
		{"a time with the account's own offset", ticket(stats(offset, offset)), minutesOn(5), ""},
		{"stats that are empty", ticket(`{}`), unanswered, ""},
		{"a public note is a reply", written(ticket(later), said(8001, 5, public)), minutesOn(5), ""},
		{"a private note is none", written(ticket(later), said(8001, 5, note)), unanswered, ""},
		{"a forward is none", written(ticket(later), said(8001, 5, `"incoming":false,"private":false,"source":8`)), unanswered, ""},
		{"a survey's answer is none", written(ticket(later), said(8001, 5, `"incoming":false,"private":false,"source":6`)), unanswered, ""},
		{"the requester writes as an agent", written(ticket(later), said(8002, 5, reply)), unanswered, ""},
		{"somebody in copy replies", written(ticket(later), said(8003, 5, `"incoming":true,"private":false,"source":0`)), unanswered, ""},
		{"truth values as words", written(ticket(later), said(8001, 5, `"incoming":"false","private":"false","source":"0"`)), minutesOn(5), ""},
		{"a reply that the first is not told of", written(ticket(stats("null", quoted(5))), said(8001, 5, reply)), minutesOn(5), ""},
		{"a note that only the last tells of", written(ticket(stats("null", quoted(5))), said(8001, 5, note)), unanswered, ""},
		{"an old note that only the last tells of", ticket(stats("null", quoted(-50))), unanswered, ""},
		{"the customer's message waits still after a forward", written(ticket(strings.Replace(later, `"requester_responded_at":null`, `"requester_responded_at":`+quoted(1), 1)), said(8001, 5, `"incoming":false,"private":true,"source":8`)), unanswered, ""},
		{"conversations that may not be read", ticket(later), unchecked, "ticket 42: it answered 404"},
		{"not allowed", paths{"/api/v2/tickets/42": `403 {"code":"access_denied","message":"You are not authorized to perform this action."}`}, unchecked, "please check that the agent of FRESHDESK_API_KEY may see all tickets"},
		{"the account is suspended", paths{"/api/v2/tickets/42": "302 " + loginPage}, unchecked, "please set FRESHDESK_DOMAIN"},
		{"nothing", paths{"/api/v2/tickets/42": ""}, unchecked, "ticket 42: its answer is no ticket"},
	} {
		p.check(t, "freshdesk")
	}
}

func TestIntercomAsItIsPublished(t *testing.T) {
	// told has the statistics of a conversation of an hour ago, and when its customer began to wait, all in minutes.
	told := func(waiting, first, last, customer string) paths {
		at := func(minutes string) string {
			n, err := strconv.Atoi(minutes)
			if err != nil {
				return "null"
			}
			return strconv.FormatInt(noon.Unix()+int64(n*60), 10)
		}
		return paths{"/conversations/search": fmt.Sprintf(`{"conversations":[{"id":"42","state":"open","created_at":%s,"waiting_since":%s,"statistics":{
			"first_admin_reply_at":%s,"last_admin_reply_at":%s,"last_contact_reply_at":%s}}]}`, at("-60"), at(waiting), at(first), at(last), at(customer))}
	}
	// conversation has no statistics, so that its parts have to say.
	conversation := func(state string, parts ...string) paths {
		one := fmt.Sprintf(`"type":"conversation","id":"42","created_at":%d,"updated_at":%d,"state":%q,"waiting_since":null,"statistics":null,"admin_assignee_id":null,"team_assignee_id":null`,
			noon.Unix()-60, noon.Unix()+540, state)
		return paths{
			"/conversations/search": `{"type":"conversation.list","conversations":[{` + one + `}],"pages":null,"total_count":1}`,
			"/conversations/42": `{` + one + fmt.Sprintf(`,"conversation_parts":{"type":"conversation_part.list","conversation_parts":[%s],"total_count":%d}}`,
				strings.Join(parts, ","), len(parts)),
		}
	}
	part := func(kind, author, body, more string) string {
		return fmt.Sprintf(`{"type":"conversation_part","id":"7","part_type":%q,"body":%s,"created_at":%d,"author":{"type":%q,"id":"1"%s},"assigned_to":null,"redacted":false}`,
			kind, body, noon.Unix()+300, author, more)
	}
	const words = `"<p>Hello</p>"`
	noted := told("", "-50", "5", "-60")
	noted["/conversations/42"] = conversation("open", part("note", "admin", words, ""))["/conversations/42"]
	for _, p := range []published{
		{"an agent's reply", conversation("open", part("comment", "admin", words, "")), minutesOn(5), ""},
		{"a reply that was redacted since", conversation("open", part("comment", "admin", "null", "")), minutesOn(5), ""},
		{"a reply of nothing but a picture", conversation("open", part("comment", "admin", `""`, "")), minutesOn(5), ""},
		{"closed with words", conversation("closed", part("close", "admin", words, "")), minutesOn(5), ""},
		{"closed without", conversation("closed", part("close", "admin", "null", "")), withdrawn("closed"), ""},
		{"opened again with words", conversation("open", part("open", "admin", words, "")), minutesOn(5), ""},
		{"opened again without", conversation("open", part("open", "admin", "null", "")), unanswered, ""},
		{"opened again by the customer's words", conversation("open", part("open", "user", words, "")), unanswered, ""},
		{"a note that opened it", conversation("open", part("note_and_reopen", "admin", words, "")), unanswered, ""},
		{"assigned with a note", conversation("open", part("assignment", "admin", words, "")), unanswered, ""},
		{"snoozed", conversation("snoozed", part("snoozed", "admin", "null", "")), unanswered, ""},
		{"a workflow's answer", conversation("open", part("comment", "bot", words, "")), unanswered, ""},
		{"an AI agent's answer under a name", conversation("open", part("comment", "admin", words, `,"from_ai_agent":true`)), unanswered, ""},
		{"an answer that the AI wrote", conversation("open", part("comment", "admin", words, `,"is_ai_answer":true`)), unanswered, ""},
		{"Intercom's own bot on behalf of an admin", conversation("open", part("comment", "admin", words, `,"email":"operator+abc123@intercom.io"`)), unanswered, ""},
		{"an old reply at the end of all", told("", "-50", "-50", "-60"), minutesOn(-50), ""},
		{"an old note after the customer's message", told("-55", "-58", "-50", "-55"), unanswered, ""},
		{"a note of now, after an old reply", noted, unanswered, ""},
		{"an old note, and never a reply", told("-60", "", "-50", "-60"), unanswered, ""},
		{"a choice of the customer's", conversation("open", part("quick_reply", "user", words, "")), unanswered, ""},
		{"a telephone call", conversation("open", part("phone_call", "bot", "null", "")), unanswered, ""},
		{"a state that nobody knows", conversation("parked"), unchecked, "ticket 42: its state is none that Intercom has"},
		{"the plan does not allow it", paths{"/conversations/search": `403 {"type":"error.list","errors":[{"code":"api_plan_restricted"}]}`}, unchecked, "403 Forbidden, please check that INTERCOM_TOKEN may read"},
		{"neither a conversation nor a ticket", paths{"/conversations/search": `{"conversations":[],"pages":{}}`}, unchecked, "ticket 42: it is not there"},
		{"a ticket that may not be read", paths{"/conversations/search": `{"conversations":[]}`, "/tickets/42": "403 {}"}, unchecked, "ticket 42: it answered 403"},
		{"a number of another form", paths{"/conversations/search": `{"conversations":[]}`, "/conversations/42": "400 {}"}, unchecked, "ticket 42: it answered 400"},
	} {
		p.check(t, "intercom")
	}
}

func TestRTAsItIsPublished(t *testing.T) {
	ticket := func(status string, entries ...string) paths {
		return paths{
			"/REST/2.0/tickets": fmt.Sprintf(`{"items":[null,{"type":"ticket","id":"42","EffectiveId":{"id":"42","type":"ticket"},"Status":%s,"Created":%q,"LastUpdated":%q,
				"Owner":{"type":"user","id":"Nobody"},"Priority":null,"Requestor":[{"type":"user","id":"carl"}],"Queue":{"id":"1"}}],"total":null,"pages":null}`, status, stated(-1), stated(9)),
			"/REST/2.0/ticket/42/history":        `{"items":[` + strings.Join(entries, ",") + `],"total":null,"pages":null,"per_page":100}`,
			"/REST/2.0/ticket/42/history?page=2": `{"items":[]}`,
			"/REST/2.0/user/ana":                 `{"id":14,"Name":"ana","Privileged":1}`,
			"/REST/2.0/user/left":                `{"id":15,"Name":"left","Privileged":1,"Disabled":1}`,
			"/REST/2.0/user/dora":                `{"id":16,"Name":"dora","Privileged":0}`,
		}
	}
	entry := func(kind, creator string) string {
		return fmt.Sprintf(`{"id":"7","type":"transaction","Type":%q,"Created":%q,"Creator":{"type":"user","id":%q}}`, kind, stated(5), creator)
	}
	long := ticket(`"open"`, entry("Create", "carl"), entry("EmailRecord", "RT_System"))
	long["/REST/2.0/ticket/42/history?page=2"] = `{"items":[` + entry("Correspond", "ana") + `],"total":null,"pages":null}`
	long["/REST/2.0/ticket/42/history?page=3"] = `{"items":[]}`
	for _, p := range []published{
		{"a reply", ticket(`"open"`, entry("Create", "carl"), entry("Correspond", "ana")), minutesOn(5), ""},
		{"a reply beyond the first page, whose number only a superuser is told", long, minutesOn(5), ""},
		{"a reply of somebody who has left", ticket(`"open"`, entry("Correspond", "left")), minutesOn(5), ""},
		{"a comment", ticket(`"open"`, entry("Comment", "ana")), unanswered, ""},
		{"a forward", ticket(`"open"`, entry("Forward Ticket", "ana"), entry("Forward Transaction", "ana")), unanswered, ""},
		{"mail that RT sent by itself", ticket(`"open"`, entry("EmailRecord", "RT_System"), entry("CommentEmailRecord", "RT_System")), unanswered, ""},
		{"an answer of RT's own", ticket(`"open"`, entry("Correspond", "RT_System")), unanswered, ""},
		{"the requestor's mail", ticket(`"open"`, entry("Correspond", "carl")), unanswered, ""},
		{"mail of somebody in copy", ticket(`"open"`, entry("Correspond", "dora")), unanswered, ""},
		{"a status of another lifecycle", ticket(`"in-review"`), unanswered, ""},
		{"no status", ticket(`null`), unanswered, ""},
		{"an entry that cannot be read", ticket(`"open"`, `{"id":"7","Type":"Correspond","Created":"yesterday"}`), unchecked, "ticket 42: ticket 7: what it says of it cannot be read"},
		{"a wrong token", paths{"/REST/2.0/tickets": `401 {"message":"Unauthorized"}`}, unchecked, "please check RT_TOKEN"},
		{"the web page instead", paths{"/REST/2.0/tickets": loginPage}, unchecked, "it answered with a web page, please check RT_URL"},
	} {
		p.check(t, "rt")
	}
}
