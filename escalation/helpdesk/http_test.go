package helpdesk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

const token = "s3cret-t0ken"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// clock is a time that tests move on by hand.
type clock struct{ us atomic.Int64 }

func newClock() *clock                { c := &clock{}; c.us.Store(noon.UnixMicro()); return c }
func (c *clock) now() time.Time       { return time.UnixMicro(c.us.Load()).UTC() }
func (c *clock) pass(d time.Duration) { c.us.Add(d.Microseconds()) }

func ask(ids ...string) []desk.Question {
	var qs []desk.Question
	for _, id := range ids {
		qs = append(qs, desk.Question{TicketID: id, Since: noon})
	}
	return qs
}

// startDesk starts a simulated desk and a client that asks it.
func startDesk(t *testing.T) (*helpdesktest.Desk, desk.HelpDesk) {
	t.Helper()
	desk := helpdesktest.New(token)
	if err := desk.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { desk.Close() })
	return desk, client(t, desk.URL(), newClock(), prometheus.NewRegistry())
}

func client(t *testing.T, url string, c *clock, reg prometheus.Registerer) desk.HelpDesk {
	t.Helper()
	h, err := made("http", map[string]string{"HELPDESK_URL": url, "HELPDESK_TOKEN": token}, helpdesk.Reach{Now: c.now, Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// answering starts a server that gives every request the same answer.
func answering(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

var (
	unanswered = desk.Answer{Status: desk.Unanswered}
	undated    = desk.Answer{Status: desk.Answered}
)

func repliedAt(at time.Time) desk.Answer {
	return desk.Answer{Status: desk.Answered, RepliedAt: at}
}

type answers = map[string]desk.Answer

func TestADeskIsAskedAboutManyTicketsInOneRequest(t *testing.T) {
	desk, h := startDesk(t)
	desk.Reply("42", noon.Add(5*time.Minute))
	desk.Reply("43", time.Time{})
	got, err := h.Ask(t.Context(), ask("41", "42", "43"))
	if err != nil {
		t.Fatal(err)
	}
	want := answers{"41": unanswered, "42": repliedAt(noon.Add(5 * time.Minute)), "43": undated}
	for id, a := range got {
		got[id] = plain(a)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if b := desk.Batches(); !slices.Equal(b, []int{3}) {
		t.Errorf("batches %v, want one of three", b)
	}
}

func TestNoQuestionsNoRequestAndNeverOverAHundred(t *testing.T) {
	asked, h := startDesk(t)
	if got, err := h.Ask(t.Context(), nil); len(got) > 0 || err != nil {
		t.Errorf("asked nothing: %v, %v", got, err)
	}
	many := make([]string, desk.MaxQuestions+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	_, err := h.Ask(t.Context(), ask(many...))
	checkError(t, err, "101 questions at once, at most 100 are allowed")
	if got, err := h.Ask(t.Context(), ask(many[1:]...)); len(got) != 100 || err != nil {
		t.Errorf("a hundred: %d answers, %v", len(got), err)
	}
	if b := asked.Batches(); !slices.Equal(b, []int{100}) {
		t.Errorf("batches %v, want one of a hundred", b)
	}
}

// An older reply is passed on as it is: whether it counts is escalation's to say.
func TestAReplyOlderThanTheMessageIsReportedAsItIs(t *testing.T) {
	desk, h := startDesk(t)
	desk.Reply("42", noon.Add(-240*time.Hour))
	got, err := h.Ask(t.Context(), ask("42"))
	if diff := cmp.Diff(repliedAt(noon.Add(-240*time.Hour)), plain(got["42"])); diff != "" || err != nil {
		t.Errorf("answers (-want +got):\n%s\n%v", diff, err)
	}
}

func TestEachFaultOfADeskHasItsOutcome(t *testing.T) {
	reply := noon.Add(5 * time.Minute)
	all := answers{"1": unanswered, "2": repliedAt(reply), "3": undated}
	tests := []struct {
		fault   helpdesktest.Fault
		want    answers
		says    string // the error; "" for none
		outcome string
	}{
		{helpdesktest.Hang, nil, "no answer in time", "timeout"},
		{helpdesktest.Cut, nil, "cannot be reached: unexpected EOF", "unreachable"},
		{helpdesktest.ServerError, nil, `500 Internal Server Error: {"error":"something broke"}`, "refused"},
		{helpdesktest.Limited, nil, "429 Too Many Requests, asking again in 30s", "limited"},
		{helpdesktest.Garbage, nil, "not a JSON list; it said: replied: yes, I think so", "unreadable"},
		{helpdesktest.HalfJSON, nil, "not a JSON list", "unreadable"},
		{helpdesktest.WebPage, nil, "a web page, please check HELPDESK_URL", "unreadable"},
		{helpdesktest.WrongField, answers{}, "3 of its 3 answers cannot be read, the first: ticket 1: have_replied is missing", "unreadable"},
		{helpdesktest.Partial, answers{"1": unanswered, "3": undated}, "", "ok"},
		{helpdesktest.OtherTickets, answers{}, "", "ok"},
		{helpdesktest.Twice, all, "", "ok"},
		{helpdesktest.NumericIDs, all, "", "ok"},
		{helpdesktest.UnixTimes, all, "", "ok"},
		{helpdesktest.NullTimes, answers{"1": unanswered, "2": undated, "3": undated}, "", "ok"},
	}
	for _, tt := range tests {
		t.Run(string(tt.fault), func(t *testing.T) {
			desk := helpdesktest.New(token)
			if err := desk.Start(); err != nil {
				t.Fatal(err)
			}
			defer desk.Close()
			reg := prometheus.NewRegistry()
			h := client(t, desk.URL(), newClock(), reg)
			desk.Reply("2", reply)
			desk.Reply("3", time.Time{})
			desk.Fail(tt.fault, 1)

			wait := 10 * time.Second
			if tt.fault == helpdesktest.Hang {
				wait = 50 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			got, err := h.Ask(ctx, ask("1", "2", "3"))
			for id, a := range got {
				got[id] = plain(a)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			checkError(t, err, tt.says)
			if n := requestsSeen(t, reg, tt.outcome); n != 1 {
				t.Errorf("%d requests counted as %q, want 1", n, tt.outcome)
			}
		})
	}
}

func checkError(t *testing.T, err error, says string) {
	t.Helper()
	switch {
	case says == "" && err != nil:
		t.Errorf("error %q, want none", err)
	case says != "" && (err == nil || !strings.Contains(err.Error(), says)):
		t.Errorf("error %q, want one that says %q", err, says)
	}
	if err != nil && strings.Contains(err.Error(), token) {
		t.Errorf("the error tells the token: %q", err)
	}
}

// requestsSeen reads slabuddy_helpdesk_requests_seconds_count{desk="http",outcome}.
func requestsSeen(t *testing.T, reg *prometheus.Registry, outcome string) uint64 {
	t.Helper()
	return requestsOf(t, reg, "http", outcome)
}

func requestsOf(t *testing.T, reg *prometheus.Registry, desk, outcome string) uint64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "slabuddy_helpdesk_requests_seconds" && len(m.GetLabel()) == 2 &&
				m.GetLabel()[0].GetValue() == desk && m.GetLabel()[1].GetValue() == outcome {
				return m.GetHistogram().GetSampleCount()
			}
		}
	}
	return 0
}

func TestOneAnswer(t *testing.T) {
	may := noon.Add(5 * time.Minute)
	tests := []struct {
		name, body string
		want       desk.Answer // zero: none about the ticket
		says       string
	}{
		{"RFC 3339 in another zone", `[{"ticket_id":"42","have_replied":true,"timestamp":"2026-03-02T14:05:00+02:00"}]`, repliedAt(may), ""},
		{"Unix seconds", `[{"ticket_id":"42","have_replied":true,"timestamp":1772453100}]`, repliedAt(may), ""},
		{"Unix seconds with a fraction", `[{"ticket_id":"42","have_replied":true,"timestamp":1772453100.5}]`, repliedAt(may.Add(500 * time.Millisecond)), ""},
		{"Unix seconds as a string", `[{"ticket_id":"42","have_replied":true,"timestamp":"1772453100"}]`, repliedAt(may), ""},
		{"no timestamp", `[{"ticket_id":"42","have_replied":true}]`, undated, ""},
		{"timestamp null", `[{"ticket_id":"42","have_replied":true,"timestamp":null}]`, undated, ""},
		{"timestamp empty", `[{"ticket_id":"42","have_replied":true,"timestamp":""}]`, undated, ""},
		{"timestamp in milliseconds", `[{"ticket_id":"42","have_replied":true,"timestamp":1772453100000}]`, desk.Answer{}, "neither RFC 3339 nor Unix seconds"},
		{"timestamp in words", `[{"ticket_id":"42","have_replied":true,"timestamp":"yesterday"}]`, desk.Answer{}, "neither RFC 3339 nor Unix seconds"},
		{"timestamp an object", `[{"ticket_id":"42","have_replied":true,"timestamp":{}}]`, desk.Answer{}, "neither RFC 3339 nor Unix seconds"},
		{"not replied, whatever the timestamp", `[{"ticket_id":"42","have_replied":false,"timestamp":"never"}]`, unanswered, ""},
		{"the desk does not know", `[{"ticket_id":"42","have_replied":null}]`, desk.Answer{}, ""},
		{"have_replied missing", `[{"ticket_id":"42"}]`, desk.Answer{}, "have_replied is missing"},
		{"have_replied a word", `[{"ticket_id":"42","have_replied":"yes"}]`, desk.Answer{}, "neither true nor false"},
		{"id a number", `[{"ticket_id":42,"have_replied":true}]`, undated, ""},
		{"id missing", `[{"have_replied":true}]`, desk.Answer{}, ""},
		{"id an object", `[{"ticket_id":{"id":"42"},"have_replied":true}]`, desk.Answer{}, ""},
		{"about another ticket", `[{"ticket_id":"421","have_replied":true}]`, desk.Answer{}, ""},
		{"twice, and somebody has replied", `[{"ticket_id":"42","have_replied":true},{"ticket_id":42,"have_replied":false}]`, undated, ""},
		{"twice, and the later reply counts",
			`[{"ticket_id":"42","have_replied":true,"timestamp":1772453100},{"ticket_id":"42","have_replied":true,"timestamp":1600000000}]`, repliedAt(may), ""},
		{"one odd answer costs no other", `["odd",{"ticket_id":"42","have_replied":true}]`, undated, "1 of its 2 answers cannot be read"},
		{"more than was agreed", `[{"ticket_id":"42","have_replied":true,"agent":"Ana","tags":[1]}]`, undated, ""},
		{"a truth value in words", `[{"ticket_id":"42","have_replied":"true"}]`, desk.Answer{}, "have_replied is neither true nor false"},
		{"a truth value as a number", `[{"ticket_id":"42","have_replied":1}]`, desk.Answer{}, "have_replied is neither true nor false"},
		{"a mark before it, as .NET writes it", "\uFEFF" + `[{"ticket_id":"42","have_replied":false}]`, unanswered, ""},
		{"another spelling of the id", `[{"ticket_id":" 42","have_replied":true}]`, desk.Answer{}, ""},
		{"a list within an object", `{"answers":[{"ticket_id":"42","have_replied":true}]}`, desk.Answer{}, "not a JSON list"},
		{"an empty list", `[]`, desk.Answer{}, ""},
		{"an object", `{"error":"nope"}`, desk.Answer{}, `not a JSON list; it said: {"error":"nope"}`},
		{"null", `null`, desk.Answer{}, "not a JSON list"},
		{"nothing", ``, desk.Answer{}, "not a JSON list"},
		{"two lists", `[] []`, desk.Answer{}, "not a JSON list"},
		{"the token, repeated", `"` + token + `"`, desk.Answer{}, "not a JSON list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := answering(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, tt.body) })
			got, err := client(t, url, newClock(), prometheus.NewRegistry()).Ask(t.Context(), ask("42"))
			if diff := cmp.Diff(tt.want, plain(got["42"])); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if _, there := got["42"]; there && tt.want.Status == desk.Unchecked {
				t.Error("an answer that says nothing stands in the map")
			}
			checkError(t, err, tt.says)
		})
	}
}

// What the generic desk may say beside that, each key by itself (rule 16): one that cannot be read costs no other.
func TestWhatTheGenericDeskMaySayBeside(t *testing.T) {
	nine := noon.Add(-3 * time.Hour)
	fact := func(kind desk.FactKind, value string) []desk.Fact {
		return []desk.Fact{{Kind: kind, At: nine, Value: value}}
	}
	tests := []struct {
		name, more string
		want       desk.Answer
		says       string
	}{
		{"a status", `"status":"Pending"`, desk.Answer{Ticket: desk.Ticket{Status: desk.StatusPending, Said: "Pending"}}, ""},
		{"a status that nobody here knows", `"status":"blue"`, desk.Answer{Ticket: desk.Ticket{Said: "blue"}}, ""},
		{"a status that is no word", `"status":{}`, desk.Answer{}, ""},
		{"solved", `"status":"solved","solved_at":"2026-03-02T09:00:00Z"`, desk.Answer{
			Status: desk.Withdrawn, Cause: "solved", Facts: fact(desk.FactStatus, "solved"),
			Ticket: desk.Ticket{Status: desk.StatusSolved, Said: "solved", SolvedAt: nine},
		}, ""},
		{"priority and type", `"priority":"URGENT","type":"outage"`, desk.Answer{Ticket: desk.Ticket{Priority: "urgent", Type: "outage"}}, ""},
		{"a priority that is a number", `"priority":2`, desk.Answer{Ticket: desk.Ticket{Priority: "2"}}, ""},
		{"an assignee", `"assignee":"ana@example.com"`, desk.Answer{Ticket: desk.Ticket{Assignee: desk.Person{Email: "ana@example.com"}}}, ""},
		{"a waiting customer", `"waiting_since":1772442000`, desk.Answer{
			Facts: fact(desk.FactCustomerWrote, ""), Ticket: desk.Ticket{CustomerWrote: nine, WaitingSince: nine}}, ""},
		{"a waiting customer of tomorrow", `"waiting_since":"2026-03-03T12:00:00Z"`, desk.Answer{
			Facts: []desk.Fact{{Kind: desk.FactCustomerWrote}}}, ""},
		{"a reply to something else", `"last_reply":1772442000`, desk.Answer{
			Facts: fact(desk.FactReplied, ""), Ticket: desk.Ticket{LastReply: nine}}, ""},
		{"a time in words", `"last_reply":"yesterday","priority":"high"`, desk.Answer{Ticket: desk.Ticket{Priority: "high"}}, "ticket 42: last_reply: the timestamp is neither"},
		{"a link", `"link":"https://desk.example.com/42"`, desk.Answer{Link: "https://desk.example.com/42"}, ""},
		{"a link that is none", `"link":"javascript:alert(1)"`, desk.Answer{}, ""},
		{"nothing", `"waiting_since":null,"status":null,"link":null`, desk.Answer{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `[{"ticket_id":"42","have_replied":false,%s}]`, tt.more)
			})
			got, err := client(t, url, newClock(), prometheus.NewRegistry()).Ask(t.Context(), ask("42"))
			if tt.want.Status == "" {
				tt.want.Status = desk.Unanswered
			}
			if diff := cmp.Diff(tt.want, got["42"]); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			checkError(t, err, tt.says)
		})
	}
}

func TestARefusalIsToldWithoutTheToken(t *testing.T) {
	tests := []struct {
		code int
		body string
		says string
	}{
		{401, "token " + token + " is not known", "401 Unauthorized, please check HELPDESK_TOKEN: token … is not known"},
		{403, "", "403 Forbidden, please check HELPDESK_TOKEN"},
		{404, "no such page", "404 Not Found, please check HELPDESK_URL: no such page"},
		{204, "", "204 No Content"},
		{502, "bad\n\n  gateway " + strings.Repeat("é", 500), "502 Bad Gateway: bad gateway éé"},
	}
	for _, tt := range tests {
		url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.code)
			io.WriteString(w, tt.body)
		})
		got, err := client(t, url, newClock(), prometheus.NewRegistry()).Ask(t.Context(), ask("42"))
		if len(got) > 0 {
			t.Errorf("%d: answers %v", tt.code, got)
		}
		checkError(t, err, tt.says)
		if len(err.Error()) > 300 {
			t.Errorf("%d: the error is %d bytes long", tt.code, len(err.Error()))
		}
	}
}

func TestAnAddressWithAKeyIsNotTold(t *testing.T) {
	url := answering(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := client(t, url+"?key="+token, newClock(), prometheus.NewRegistry()).Ask(t.Context(), ask("42"))
	checkError(t, err, "cannot be reached")
}

func TestATooLongAnswerIsNotRead(t *testing.T) {
	url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `[{"ticket_id":"42","have_replied":true}`+strings.Repeat(" ", 1<<20)+`]`)
	})
	got, err := client(t, url, newClock(), prometheus.NewRegistry()).Ask(t.Context(), ask("42"))
	checkError(t, err, "longer than 1024 KiB")
	if len(got) > 0 {
		t.Errorf("answers %v", got)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var followed atomic.Bool
	elsewhere := answering(t, func(http.ResponseWriter, *http.Request) { followed.Store(true) })
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
	})
	_, err := client(t, url, newClock(), prometheus.NewRegistry()).Ask(t.Context(), ask("42"))
	checkError(t, err, "307 Temporary Redirect, and redirects are not followed: please set HELPDESK_URL")
	if followed.Load() {
		t.Error("the questions went to another address")
	}
}

func TestALimitIsKept(t *testing.T) {
	tests := []struct {
		name, header string
		wait         time.Duration
	}{
		{"seconds", "45", 45 * time.Second},
		{"a date", noon.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		{"nothing said", "", 10 * time.Second},
		{"nonsense", "soon", 10 * time.Second},
		{"a fraction", "1.5", 10 * time.Second},
		{"less than nothing", "-1", 10 * time.Second},
		{"nothing at all", "0", time.Second},
		{"a date that has passed", noon.Add(-time.Hour).Format(http.TimeFormat), time.Second},
		{"more than fits", "99999999999", 10 * time.Second},
		{"a day", "86400", 10 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var calls atomic.Int32
			url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				if calls.Add(1) == 1 {
					w.Header().Set("Retry-After", tt.header)
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				io.WriteString(w, `[]`)
			})
			c := newClock()
			h := client(t, url, c, prometheus.NewRegistry())
			_, err := h.Ask(t.Context(), ask("42"))
			checkError(t, err, fmt.Sprintf("429 Too Many Requests, asking again in %s", tt.wait))

			c.pass(tt.wait - time.Millisecond)
			_, err = h.Ask(t.Context(), ask("42"))
			checkError(t, err, "we ask too often; asking again in 1s")
			if n := calls.Load(); n != 1 {
				t.Errorf("%d requests before the limit ended, want 1", n)
			}
			c.pass(time.Millisecond)
			if _, err = h.Ask(t.Context(), ask("42")); err != nil || calls.Load() != 2 {
				t.Errorf("after the limit: %d requests, %v", calls.Load(), err)
			}
		})
	}
}

func TestATimeOutIsKnownAsOne(t *testing.T) {
	desk, h := startDesk(t)
	desk.Fail(helpdesktest.Hang, helpdesktest.Always)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.Ask(ctx, ask("42")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want one that is context.DeadlineExceeded", err)
	}
}

func TestADeskMadeAnewSharesTheMetric(t *testing.T) {
	desk, _ := startDesk(t)
	reg := prometheus.NewRegistry()
	for range 2 {
		if _, err := client(t, desk.URL(), newClock(), reg).Ask(t.Context(), ask("42")); err != nil {
			t.Fatal(err)
		}
	}
	if n := requestsSeen(t, reg, "ok"); n != 2 {
		t.Errorf("%d requests counted, want 2", n)
	}
}

func TestNoDeskAnswersForEveryTicket(t *testing.T) {
	kind, _ := helpdesk.Find(helpdesk.NoneKind)
	nobody, err := kind.New(helpdesk.Reach{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := nobody.Ask(t.Context(), ask("41", "42"))
	none := desk.Answer{Status: desk.None}
	if diff := cmp.Diff(answers{"41": none, "42": none}, got); diff != "" || err != nil {
		t.Errorf("answers (-want +got):\n%s\n%v", diff, err)
	}
}
