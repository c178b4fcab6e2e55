package helpdesk_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

func startZendesk(t *testing.T) (*trial, *helpdesktest.Zendesk) {
	t.Helper()
	tr := vendors[0].start(t)
	return tr, tr.simulated.(*helpdesktest.Zendesk)
}

func TestZendeskMetricSetsAreReadWhereverTheyStand(t *testing.T) {
	tests := []struct {
		sideload helpdesktest.Sideload
		calls    int
	}{{helpdesktest.Within, 1}, {helpdesktest.Beside, 1}, {helpdesktest.Nowhere, 1 + 3}}
	for _, tt := range tests {
		tr, sim := startZendesk(t)
		sim.Sideload(tt.sideload)
		for _, id := range []string{"41", "42", "43"} {
			tr.Open(id, noon)
		}
		tr.Reply("42", noon.Add(7*time.Minute))
		tr.want(answers{"41": unanswered, "42": repliedAt(noon.Add(7 * time.Minute)), "43": unanswered}, "")
		if calls := tr.Calls(); len(calls) != tt.calls {
			t.Errorf("sideload %d: calls %v, want %d", tt.sideload, calls, tt.calls)
		}
	}
}

// The metric is in whole minutes: near the minute that rule 5 allows, only the comment's own date says
// on which side a reply is.
func TestZendeskRepliesNearTheMessageAreDatedByTheirComment(t *testing.T) {
	for before, want := range map[time.Duration]desk.Answer{
		59 * time.Second: repliedAt(noon.Add(-59 * time.Second)),
		60 * time.Second: repliedAt(noon.Add(-60 * time.Second)),
		61 * time.Second: unanswered,
		90 * time.Second: unanswered,
	} {
		for _, seconds := range []time.Duration{0, 17} {
			tr, _ := startZendesk(t)
			tr.Open("42", noon.Add(-time.Hour+seconds*time.Second))
			tr.Reply("42", noon.Add(-before))
			tr.want(answers{"42": want}, "")
		}
	}
}

func TestZendeskCommentsAreReadPageByPage(t *testing.T) {
	tr, sim := startZendesk(t)
	sim.PageSize(3)
	tr.Open("42", noon.Add(-96*time.Hour))
	tr.Reply("42", noon.Add(-72*time.Hour))
	tr.Reply("42", noon.Add(time.Minute))
	for i := range 7 {
		tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Duration(2+i) * time.Minute), By: helpdesktest.Customer})
	}
	tr.want(answers{"42": repliedAt(noon.Add(time.Minute))}, "")

	for i := range 30 {
		tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Duration(20+i) * time.Minute), By: helpdesktest.Customer})
	}
	tr.want(answers{"42": unchecked}, "ticket 42: it has too many comments")
}

func TestZendeskAuthorsAreLookedUpWhereTheSideloadIsMissing(t *testing.T) {
	tr, sim := startZendesk(t)
	sim.HideUsers()
	tr.Open("42", noon.Add(-96*time.Hour))
	tr.Reply("42", noon.Add(-72*time.Hour))
	tr.Reply("42", noon.Add(time.Minute))
	tr.Comment("42", helpdesktest.Comment{At: noon, By: helpdesktest.Customer})
	tr.want(answers{"42": repliedAt(noon.Add(time.Minute))}, "")
	if calls := strings.Join(tr.Calls(), "\n"); !strings.HasSuffix(calls, "GET /api/v2/users/show_many") {
		t.Errorf("calls:\n%s", calls)
	}
}

func TestZendeskMetricsOfAnotherTicketSayNothing(t *testing.T) {
	tr, sim := startZendesk(t)
	sim.Sideload(helpdesktest.Nowhere)
	tr.Open("42", noon)
	tr.SetState("42", "solved", noon)
	tr.Fail("", 1)
	tr.Fail(helpdesktest.OtherTickets, 1)
	tr.want(answers{"42": unchecked}, "ticket 42: it answered about another ticket")
}

func TestZendeskAMergeIsNoReply(t *testing.T) {
	tr, sim := startZendesk(t)
	tr.Open("41", noon.Add(-96*time.Hour))
	tr.Open("42", noon)
	tr.Reply("41", noon.Add(-72*time.Hour))
	tr.Reply("41", noon.Add(-71*time.Hour))
	sim.MergePublicly("41", "42", noon.Add(time.Minute))
	tr.want(answers{"41": unanswered}, "")
}

func TestZendeskDeletedTicketsHaveToBeSeen(t *testing.T) {
	tr, sim := startZendesk(t)
	sim.HideDeleted()
	tr.Open("42", noon)
	tr.Delete("42", noon)
	tr.want(answers{"42": unchecked}, "403 Forbidden, please check that the agent of ZENDESK_EMAIL may see all tickets")
}

// deleted_tickets allows ten calls a minute for the whole account.
func TestZendeskDeletedTicketsAreListedNowAndThen(t *testing.T) {
	tr, _ := startZendesk(t)
	tr.want(answers{"42": unchecked}, "ticket 42: it is not there; please check")
	tr.want(answers{"42": unchecked}, "looked up again in a moment")
	tr.clock.pass(12 * time.Second)
	tr.want(answers{"42": unchecked}, "ticket 42: it is not there; please check")
}

func TestZendeskMarkedAsSpamIsDeleted(t *testing.T) {
	tr, sim := startZendesk(t)
	tr.Open("42", noon)
	sim.Spam("42", noon)
	tr.want(answers{"42": withdrawn("deleted")}, "")
}

func TestZendeskSurvivorsAreNamedByAgentsOnly(t *testing.T) {
	tests := []struct {
		name string
		by   helpdesktest.Author
		want desk.Answer
	}{
		{"an agent's words", helpdesktest.Agent, repliedAt(noon.Add(time.Hour))},
		{"a customer's words", helpdesktest.Customer, withdrawn("merged into another ticket")},
	}
	for _, tt := range tests {
		tr, _ := startZendesk(t)
		tr.Open("41", noon)
		tr.Open("42", noon)
		tr.Reply("42", noon.Add(time.Hour))
		tr.Merge("41", "", noon.Add(time.Minute)) // names none by itself
		tr.Comment("41", helpdesktest.Comment{At: noon.Add(time.Minute), By: tt.by, Private: true, Body: "It was merged into request #42."})
		t.Run(tt.name, func(*testing.T) { tr.want(answers{"41": tt.want}, "") })
	}
}

func TestZendeskUserIsEmailSlashToken(t *testing.T) {
	var user, password string
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		io.WriteString(w, `{"tickets":[]}`)
	})
	z, err := vendors[0].desk(url, token, newClock(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	z.Ask(t.Context(), ask("42"))
	if user != email+"/token" || password != token {
		t.Errorf("signed as %q", user)
	}
}

func TestZendeskOddTicketsCostNoOthers(t *testing.T) {
	good := `{"id":43,"status":"open","created_at":"2026-03-02T12:00:00Z","metric_set":{"ticket_id":43,"replies":0}}`
	tests := []struct{ name, ticket, says string }{
		{"a word", `"odd"`, "cannot be read"},
		{"a date in words", `{"id":42,"status":"open","created_at":"yesterday","metric_set":{"replies":0}}`, "ticket 42: what it says of it cannot be read"},
		{"replies in words", `{"id":42,"status":"closed","metric_set":{"replies":"many"}}`, "ticket 42: what it says of it cannot be read"},
		{"replies not said", `{"id":42,"status":"closed","metric_set":{"replies":null}}`, "ticket 42: its metrics do not say whether somebody has replied"},
		{"no status", `{"id":42,"metric_set":{"replies":0}}`, "ticket 42: its status is none that Zendesk has"},
		{"another status", `{"id":42,"status":"done","metric_set":{"replies":0}}`, "ticket 42: its status is none that Zendesk has"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := answering(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "deleted_tickets") {
					io.WriteString(w, `{"deleted_tickets":[]}`)
					return
				}
				fmt.Fprintf(w, `{"tickets":[%s,%s]}`, tt.ticket, good)
			})
			z, err := vendors[0].desk(url, token, newClock(), prometheus.NewRegistry())
			if err != nil {
				t.Fatal(err)
			}
			got, err := z.Ask(t.Context(), ask("42", "43"))
			if a, there := got["42"]; there {
				t.Errorf("ticket 42: %v", a)
			}
			if got["43"].Status != desk.Unanswered {
				t.Errorf("ticket 43: %v", got["43"])
			}
			checkError(t, err, tt.says)
		})
	}
}

// An agent who has left shows as somebody from outside; the metric has counted their reply.
func TestZendeskAgentsWhoHaveLeftAreAgents(t *testing.T) {
	tr, sim := startZendesk(t)
	tr.Open("42", noon.Add(-96*time.Hour))
	tr.Reply("42", noon.Add(-72*time.Hour))
	tr.Comment("42", helpdesktest.Comment{At: noon, By: helpdesktest.Customer})
	tr.Reply("42", noon.Add(time.Minute))
	tr.Comment("42", helpdesktest.Comment{At: noon.Add(2 * time.Minute), By: helpdesktest.Guest})
	sim.Leave()
	tr.want(answers{"42": repliedAt(noon.Add(time.Minute))}, "")
}

// Also where their replies are batches apart.
func TestZendeskAgentsWhoHaveLeftAreAgentsOverManyPages(t *testing.T) {
	tr, sim := startZendesk(t)
	sim.PageSize(2)
	tr.Open("42", noon.Add(-96*time.Hour))
	for _, hours := range []time.Duration{-72, -71, -70} {
		tr.Reply("42", noon.Add(hours*time.Hour))
	}
	tr.Comment("42", helpdesktest.Comment{At: noon, By: helpdesktest.Customer})
	tr.Reply("42", noon.Add(time.Minute))
	sim.Leave()
	tr.want(answers{"42": repliedAt(noon.Add(time.Minute))}, "")
}

// Somebody of whom nothing is known is no agent, unless the count says that one replied.
func TestZendeskStrangersAreNoAgents(t *testing.T) {
	tr, sim := startZendesk(t)
	sim.Uncopy()
	tr.Open("42", noon.Add(-96*time.Hour))
	tr.Reply("42", noon.Add(-72*time.Hour))
	tr.Comment("42", helpdesktest.Comment{At: noon, By: helpdesktest.Customer})
	tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Minute), By: helpdesktest.Guest})
	tr.Reply("42", noon.Add(-71*time.Hour))
	tr.want(answers{"42": unanswered}, "")
}

func TestZendeskWhatATriggerWritesIsNoReply(t *testing.T) {
	tr, _ := startZendesk(t)
	tr.Open("42", noon.Add(-96*time.Hour))
	tr.Reply("42", noon.Add(-72*time.Hour))
	tr.Reply("42", noon.Add(-71*time.Hour))
	tr.Comment("42", helpdesktest.Comment{At: noon, By: helpdesktest.Customer})
	tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Minute), By: helpdesktest.Bot})
	tr.want(answers{"42": unanswered}, "")
}
