package helpdesk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

func startIntercom(t *testing.T) (*trial, *helpdesktest.Intercom) {
	t.Helper()
	tr := vendors[2].start(t)
	return tr, tr.simulated.(*helpdesktest.Intercom)
}

func TestIntercomSearchesAreReadPageByPage(t *testing.T) {
	tr, sim := startIntercom(t)
	sim.PageSize(2)
	want := answers{}
	for _, id := range []string{"41", "42", "43", "44", "45"} {
		tr.Open(id, noon)
		tr.Reply(id, noon.Add(time.Minute))
		want[id] = repliedAt(noon.Add(time.Minute))
	}
	tr.want(want, "")
	if calls := tr.Calls(); len(calls) != 3+1 { // three pages, and the workspace's code
		t.Errorf("calls %v", calls)
	}
}

func TestIntercomWhatCannotBeSearchedYetIsReadItself(t *testing.T) {
	tr, sim := startIntercom(t)
	tr.Open("41", noon)
	tr.Open("42", noon)
	tr.Reply("42", noon.Add(time.Minute))
	sim.Unsearchable("41")
	sim.Unsearchable("42")
	tr.want(answers{"41": unanswered, "42": repliedAt(noon.Add(time.Minute))}, "")
}

func TestIntercomTicketsWithoutAConversation(t *testing.T) {
	tr, sim := startIntercom(t)
	for _, id := range []string{"41", "42", "43", "44"} {
		sim.OpenTicket(id, noon)
	}
	tr.Reply("42", noon.Add(time.Minute))
	tr.SetState("43", "resolved", noon)
	tr.SetState("44", "closed", noon)
	tr.want(answers{
		"41": unanswered, "42": repliedAt(noon.Add(time.Minute)), "43": withdrawn("resolved"), "44": withdrawn("closed"),
	}, "")
}

// By its documentation a search takes 15 filters, and many ids may be as many.
func TestIntercomManyIDsAreSearchedForInPiecesWhereThatIsRefused(t *testing.T) {
	sim := helpdesktest.NewIntercom(token, newClock().now)
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var asked struct{ Query struct{ Value []string } }
		if json.Unmarshal(body, &asked) == nil && len(asked.Query.Value) > 15 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		sim.ServeHTTP(w, r)
	})
	var ids []string
	for n := range 40 {
		ids = append(ids, fmt.Sprint(100+n))
		sim.Open(ids[n], noon)
	}
	i, err := vendors[2].desk(url, token, newClock(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	got, err := i.Ask(t.Context(), ask(ids...))
	if len(got) != len(ids) || err != nil {
		t.Errorf("%d answers, %v", len(got), err)
	}
	if calls := sim.Calls(); len(calls) != 3+1 { // and the workspace's code
		t.Errorf("calls %v", calls)
	}
}

func TestIntercomBotsAreNoAgents(t *testing.T) {
	tr, sim := startIntercom(t)
	tr.Open("42", noon)
	sim.Unsearchable("42")
	tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Minute), By: helpdesktest.Bot})
	tr.want(answers{"42": unanswered}, "")
}

func TestIntercomPartsThatAreLeftOutMayHideAReply(t *testing.T) {
	tr, sim := startIntercom(t)
	tr.Open("42", noon)
	sim.Unsearchable("42")
	sim.MaxParts(2)
	tr.Reply("42", noon.Add(time.Minute))
	for i := range 2 {
		tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Duration(2+i) * time.Minute), By: helpdesktest.Customer})
	}
	tr.want(answers{"42": unchecked}, "ticket 42: it has too many parts to look through")
}

func TestIntercomTheWorkspaceIsAskedForItsCodeOnce(t *testing.T) {
	tr, _ := startIntercom(t)
	tr.Open("42", noon)
	tr.Fail("", 1)
	tr.Fail(helpdesktest.Garbage, 1) // the workspace's code
	got, err := tr.desk.Ask(t.Context(), ask("42"))
	if err != nil || got["42"].Status != unanswered.Status || got["42"].Link != "" {
		t.Errorf("without the code: %v, %v", got, err)
	}
	for range 3 {
		tr.clock.pass(10 * time.Minute)
		got, err = tr.desk.Ask(t.Context(), ask("42"))
		if err != nil || got["42"].Link == "" {
			t.Errorf("with the code: %v, %v", got, err)
		}
	}
	if n := callsTo(tr.Calls(), "/me"); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestIntercomTicketsTellWhatHappened(t *testing.T) {
	tr, sim := startIntercom(t)
	sim.OpenTicket("42", noon.Add(-time.Hour))
	tr.Comment("42", helpdesktest.Comment{At: noon.Add(-time.Minute), By: helpdesktest.Customer})
	tr.Assign("42", noon)
	a := tr.inDetail("42")
	var kinds []desk.FactKind
	for _, f := range a.Facts {
		kinds = append(kinds, f.Kind)
	}
	want := []desk.FactKind{desk.FactCustomerWrote, desk.FactCustomerWrote, desk.FactAssigned}
	if !slices.Equal(kinds, want) || a.Ticket.Status != desk.StatusOpen || !a.Ticket.WaitingSince.Equal(noon.Add(-time.Hour)) {
		t.Errorf("facts %v, ticket %+v", kinds, a.Ticket)
	}
}
