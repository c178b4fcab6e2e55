package helpdesk_test

import (
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

func startFreshdesk(t *testing.T) (*trial, *helpdesktest.Freshdesk) {
	t.Helper()
	tr := vendors[1].start(t)
	return tr, tr.simulated.(*helpdesktest.Freshdesk)
}

func callsTo(calls []string, path string) (n int) {
	for _, c := range calls {
		if c == "GET "+path {
			n++
		}
	}
	return n
}

func TestFreshdeskFlags(t *testing.T) {
	tr, sim := startFreshdesk(t)
	for _, id := range []string{"41", "42", "43", "44", "45"} {
		tr.Open(id, noon)
	}
	sim.Spam("41", noon)
	tr.Delete("42", noon)
	tr.SetState("43", "4", noon)
	tr.SetState("44", "17", noon) // one of the account's own
	tr.SetState("45", "0", noon)
	tr.want(answers{
		"41": withdrawn("marked as spam"), "42": withdrawn("deleted"), "43": withdrawn("resolved"), "44": unanswered, "45": unchecked,
	}, "ticket 45: its status is none that Freshdesk has")
}

// A list of a hundred costs less than asking about two tickets, and more than asking about one.
func TestFreshdeskListsAsLongAsThatIsCheaper(t *testing.T) {
	tr, _ := startFreshdesk(t)
	for i := range 400 { // one minute apart, 100 the latest
		tr.Open(fmt.Sprint(100+i), noon.Add(-time.Duration(i)*time.Minute))
	}
	since := noon.Add(-100 * time.Hour)
	for _, tt := range []struct {
		ids            []string
		lists, singles int
	}{
		{[]string{"100"}, 0, 1},
		{[]string{"100", "101"}, 1, 0},
		{[]string{"100", "101", "210", "211", "499"}, 2, 1},
		{[]string{"400", "401"}, 1, 2}, // none on the first page
	} {
		before := len(tr.Calls())
		var qs []desk.Question
		for _, id := range tt.ids {
			qs = append(qs, desk.Question{TicketID: id, Since: since})
		}
		got, err := tr.desk.Ask(t.Context(), qs)
		calls := tr.Calls()[before:]
		lists := callsTo(calls, "/api/v2/tickets")
		if err != nil || len(got) != len(tt.ids) || lists != tt.lists || len(calls)-lists != tt.singles {
			t.Errorf("%v: %d answers, %v, by %v", tt.ids, len(got), err, calls)
		}
	}
}

func TestFreshdeskAnswersWhatTheCreditsAllow(t *testing.T) {
	tests := []struct{ credits, answered int }{
		{4, 2},  // one list, which finds two; what is left is not enough for anything
		{5, 3},  // and one single call, as two lists would be too much
		{10, 6}, // two lists, which find all
	}
	for _, tt := range tests {
		tr, _ := startFreshdesk(t)
		var ids []string
		for i := range 6 {
			id := fmt.Sprint(100 + i)
			ids = append(ids, id)
			tr.Open(id, noon)
		}
		for i := range 120 {
			tr.Open(fmt.Sprint(1000+i), noon.Add(time.Hour))
		}
		for _, id := range ids[:2] {
			tr.Comment(id, helpdesktest.Comment{At: noon.Add(2 * time.Hour), By: helpdesktest.Customer})
		}
		tr.Quota(tt.credits)
		got, err := tr.desk.Ask(t.Context(), ask(ids...))
		for id, a := range got {
			if a.Status != desk.Unanswered {
				t.Errorf("%d credits: ticket %s: %v", tt.credits, id, a)
			}
		}
		if len(got) != tt.answered || (len(got) < len(ids)) != (err != nil) {
			t.Errorf("%d credits: %d answers, %v, by %v", tt.credits, len(got), err, tr.Calls())
		}
		if n := requestsOf(t, tr.reg, "freshdesk", "limited"); n > 0 {
			t.Errorf("%d credits: ran into the limit %d times", tt.credits, n)
		}
	}
}

func TestFreshdeskWithoutStatsConversationsSay(t *testing.T) {
	tr, sim := startFreshdesk(t)
	sim.HideStats()
	for _, id := range []string{"41", "42", "43", "44"} {
		tr.Open(id, noon)
	}
	tr.Comment("44", helpdesktest.Comment{At: noon.Add(time.Minute), By: helpdesktest.Guest})
	tr.Reply("42", noon.Add(time.Minute))
	tr.Comment("43", helpdesktest.Comment{At: noon.Add(time.Minute), Private: true})
	tr.want(answers{"41": unanswered, "42": repliedAt(noon.Add(time.Minute)), "43": unanswered, "44": unanswered}, "")
}

// The note that a merge leaves can be public, and then Freshdesk takes it for the first reply.
func TestFreshdeskAMergeIsNoReply(t *testing.T) {
	tr, sim := startFreshdesk(t)
	tr.Open("41", noon)
	tr.Open("42", noon)
	sim.MergePublicly("41", "42", noon.Add(time.Minute))
	tr.want(answers{"41": unanswered}, "")
	tr.Reply("42", noon.Add(time.Hour))
	tr.want(answers{"41": repliedAt(noon.Add(time.Hour))}, "")
}

func TestFreshdeskConversationsAreReadPageByPage(t *testing.T) {
	tr, _ := startFreshdesk(t)
	tr.Open("42", noon.Add(-300*time.Hour))
	tr.Reply("42", noon.Add(-200*time.Hour))
	for i := range 150 {
		tr.Comment("42", helpdesktest.Comment{At: noon.Add(-time.Duration(i) * time.Hour), By: helpdesktest.Customer})
	}
	tr.Reply("42", noon.Add(time.Minute))
	tr.want(answers{"42": repliedAt(noon.Add(time.Minute))}, "")
	if calls := strings.Join(tr.Calls(), "\n"); strings.Count(calls, "/conversations") != 2 {
		t.Errorf("calls:\n%s", calls)
	}
}

// A domain that is no account's any more answers 404 to everything: that deletes no ticket.
func TestFreshdeskATicketIsDeletedOnlyIfTheAccountAnswers(t *testing.T) {
	said := paths{"/api/v2/tickets/42": `{"id":42,"status":2,"created_at":"2026-03-02T12:00:00Z","stats":{}}`, "/api/v2/tickets": `[]`}
	s := httptest.NewServer(said)
	defer s.Close()
	f, err := vendors[1].desk(s.URL, token, newClock(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		gone string // does not answer from now on
		want desk.Answer
		says string
	}{
		{"", unanswered, ""},
		{"/api/v2/tickets/42", withdrawn("deleted"), ""},
		{"/api/v2/tickets", unchecked, "please check FRESHDESK_DOMAIN"},
	} {
		delete(said, step.gone)
		got, err := f.Ask(t.Context(), ask("42"))
		if diff := cmp.Diff(step.want, plain(got["42"])); diff != "" {
			t.Errorf("without %s (-want +got):\n%s", step.gone, diff)
		}
		checkError(t, err, step.says)
	}
}

// What is wrong with one ticket costs no other.
func TestFreshdeskARefusalOfOneTicketIsNoneOfOthers(t *testing.T) {
	for _, refusal := range []string{"400", "403", "404", "410", "422"} {
		said := paths{"/api/v2/tickets": `[]`}
		var ids []string
		for n := range 20 { // more than are asked about at once
			id := strconv.Itoa(100 + n)
			ids = append(ids, id)
			said["/api/v2/tickets/"+id] = `{"id":` + id + `,"status":2,"created_at":"2026-03-02T12:00:00Z","stats":{}}`
		}
		said["/api/v2/tickets/100"] = refusal + ` {}`
		s := httptest.NewServer(said)
		f, err := vendors[1].desk(s.URL, token, newClock(), prometheus.NewRegistry())
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Ask(t.Context(), ask(ids...))
		s.Close()
		if _, there := got["100"]; there || len(got) != len(ids)-1 {
			t.Errorf("%s: %d answers, %v", refusal, len(got), err)
		}
		checkError(t, err, "ticket 100: ")
	}
}
