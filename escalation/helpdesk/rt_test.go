package helpdesk_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

// tracker is a Request Tracker, simulated or real (check-desks), in which things happen one after another.
type tracker interface {
	open() (id string) // by a customer
	mail(id string)    // from the customer
	correspond(id string)
	comment(id string)
	status(id, status string)
	own(id string) // the agent takes it
	priority(id, priority string)
	merge(id, into string)
	remove(id string)
}

// lifeInRT is a ticket's life, with what RT is to say after each step.
func lifeInRT(t *testing.T, rt tracker, asked desk.HelpDesk, agent string, since time.Time) {
	id := rt.open()
	told := []string{"customer_wrote"}
	step := func(name string, answer desk.AnswerStatus, status desk.Status, waits bool, fact ...string) {
		t.Helper()
		told = append(told, fact...)
		a := askRT(t, asked, id, since)
		if a.Status != answer || a.Ticket.Status != status || a.Ticket.WaitingSince.IsZero() == waits {
			t.Errorf("%s: %s, %s, waiting since %s; want %s, %s, waiting %v", name, a.Status, a.Ticket.Status, a.Ticket.WaitingSince, answer, status, waits)
		}
		var facts []string
		for _, f := range a.Facts {
			words := string(f.Kind)
			if f.Value != "" {
				words += " " + f.Value
			}
			facts = append(facts, words)
		}
		// Two things of the same second may come either way round.
		if diff := cmp.Diff(slices.Sorted(slices.Values(told)), slices.Sorted(slices.Values(facts))); diff != "" {
			t.Errorf("%s: facts (-want +got):\n%s", name, diff)
		}
	}
	const none, replied, withdrawn = desk.Unanswered, desk.Answered, desk.Withdrawn
	step("opened", none, desk.StatusOpen, true)
	rt.comment(id)
	step("a comment", none, desk.StatusOpen, true)
	rt.mail(id)
	step("the customer's mail", none, desk.StatusOpen, true, "customer_wrote", "status open")
	rt.status(id, "stalled")
	step("stalled", none, desk.StatusPending, true, "status pending")
	rt.status(id, "resolved")
	step("resolved without a reply", withdrawn, desk.StatusSolved, true, "status solved")
	rt.status(id, "open")
	step("reopened", none, desk.StatusOpen, true, "status open")
	rt.own(id)
	step("owned", none, desk.StatusOpen, true, "assigned "+agent)
	rt.priority(id, "80")
	step("a priority", none, desk.StatusOpen, true, "priority 80")
	rt.correspond(id)
	step("a reply", replied, desk.StatusOpen, false, "replied")
	rt.mail(id)
	step("the customer's mail again", replied, desk.StatusOpen, true, "customer_wrote")
	rt.status(id, "resolved")
	step("resolved", replied, desk.StatusSolved, true, "status solved")

	other := rt.open()
	rt.merge(other, id)
	if a := askRT(t, asked, other, since); a.Status != replied || a.Ticket.Status != desk.StatusSolved {
		t.Errorf("merged: %s, %s", a.Status, a.Ticket.Status)
	}
	gone := rt.open()
	rt.remove(gone)
	if a := askRT(t, asked, gone, since); a.Status != withdrawn || a.Cause != "deleted" {
		t.Errorf("deleted: %s, %s", a.Status, a.Cause)
	}
	got, err := asked.Ask(t.Context(), []desk.Question{{TicketID: "999999", Since: since}})
	checkError(t, err, "ticket 999999: it is not there")
	if len(got) > 0 {
		t.Errorf("unknown: %v", got)
	}
}

func askRT(t *testing.T, asked desk.HelpDesk, id string, since time.Time) desk.Answer {
	t.Helper()
	got, err := asked.Ask(t.Context(), []desk.Question{{TicketID: id, Since: since, InDetail: true}})
	if err != nil {
		t.Fatal(err)
	}
	return got[id]
}

// simulatedRT has something happen every second.
type simulatedRT struct {
	*helpdesktest.RT
	clock *clock
	ids   int
}

func (s *simulatedRT) tick() time.Time { s.clock.pass(time.Second); return s.clock.now() }

func (s *simulatedRT) open() string {
	s.ids++
	id := string(rune('0' + s.ids))
	s.Open(id, s.tick())
	return id
}

func (s *simulatedRT) mail(id string) {
	at := s.tick()
	s.Comment(id, helpdesktest.Comment{At: at, By: helpdesktest.Customer})
	s.Wake(id, at)
}
func (s *simulatedRT) correspond(id string) { s.Reply(id, s.tick()) }
func (s *simulatedRT) comment(id string) {
	s.Comment(id, helpdesktest.Comment{At: s.tick(), Private: true})
}
func (s *simulatedRT) status(id, word string) { s.SetState(id, word, s.tick()) }
func (s *simulatedRT) own(id string)          { s.Assign(id, s.tick()) }
func (s *simulatedRT) priority(id, n string)  { s.SetPriority(id, n, s.tick()) }
func (s *simulatedRT) merge(id, into string)  { s.Merge(id, into, s.tick()) }
func (s *simulatedRT) remove(id string)       { s.Delete(id, s.tick()) }

func TestATicketsLifeInRequestTracker(t *testing.T) {
	tr := rtVendor().start(t)
	lifeInRT(t, &simulatedRT{RT: tr.simulated.(*helpdesktest.RT), clock: tr.clock}, tr.desk, "ana@example.com", noon)
}

func rtVendor() vendor {
	i := slices.IndexFunc(vendors, func(v vendor) bool { return v.name == "rt" })
	return vendors[i]
}

// What has not changed for a while is not looked through again; what has changed is, twice if need be.
func TestRTHistoryIsReadWhenSomethingChanged(t *testing.T) {
	tr := rtVendor().start(t)
	tr.Open("42", noon)
	histories := func() int { return callsTo(tr.Calls(), "/REST/2.0/ticket/42/history") }
	for _, step := range []struct {
		name   string
		before func()
		want   int
	}{
		{"just changed", func() {}, 1},
		{"the same second may hold more", func() {}, 2},
		{"known", func() {}, 2},
		{"known an hour later", func() { tr.clock.pass(time.Hour) }, 2},
		{"changed", func() {
			tr.Comment("42", helpdesktest.Comment{At: tr.clock.now().Add(-5 * time.Minute), Private: true})
		}, 3},
		{"known, as the change is long over", func() {}, 3},
	} {
		step.before()
		tr.want(answers{"42": unanswered}, "")
		if got := histories(); got != step.want {
			t.Errorf("%s: %d histories read, want %d", step.name, got, step.want)
		}
	}
}

func TestRTWithoutALookAtItsUsersEverybodyButTheRequestorIsStaff(t *testing.T) {
	for hidden, want := range map[bool]desk.Answer{false: unanswered, true: repliedAt(noon.Add(time.Minute))} {
		tr := rtVendor().start(t)
		if hidden {
			tr.simulated.(*helpdesktest.RT).HideUsers()
		}
		tr.Open("42", noon)
		tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Minute), By: helpdesktest.Guest})
		tr.want(answers{"42": want}, "")
	}
}

func TestRTMailOfItsOwnIsNoReply(t *testing.T) {
	tr := rtVendor().start(t)
	tr.Open("42", noon)
	tr.clock.pass(time.Hour)
	tr.Comment("42", helpdesktest.Comment{At: noon.Add(time.Minute), By: helpdesktest.Bot})
	tr.want(answers{"42": unanswered}, "")
	if a := tr.inDetail("42"); len(a.Facts) != 1 {
		t.Errorf("facts %v, want the ticket alone", a.Facts)
	}
}

// A search that finds a merged ticket after all says so by another effective id.
func TestRTAnotherEffectiveIDIsAMerge(t *testing.T) {
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/history"):
			io.WriteString(w, `{"items":[],"pages":1}`)
		case strings.Contains(r.URL.RawQuery, "41"):
			io.WriteString(w, `{"items":[{"id":"41","EffectiveId":"42","Status":"resolved"}]}`)
		default:
			io.WriteString(w, `{"items":[{"id":"42","EffectiveId":"42","Status":"open"}]}`)
		}
	})
	rt, err := rtVendor().desk(url, token, newClock(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	got, err := rt.Ask(t.Context(), ask("41"))
	if err != nil || got["41"].Status != desk.Unanswered || !strings.HasSuffix(got["41"].Link, "=42") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRTUserAndPasswordWillDo(t *testing.T) {
	var user, password string
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		io.WriteString(w, `{"items":[]}`)
	})
	desk, err := made("rt", map[string]string{"RT_URL": url, "RT_USER": "ana", "RT_PASSWORD": token}, helpdesk.Reach{Now: newClock().now, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	desk.Ask(t.Context(), ask("42"))
	if user != "ana" || password != token {
		t.Errorf("signed as %q", user)
	}
}

// One number that the database cannot hold would fail the search for all.
func TestRTNumbersThatAreTooLongAreNotSearchedFor(t *testing.T) {
	tr := rtVendor().start(t)
	tr.Open("42", noon)
	tr.want(answers{"42": unanswered, "4200000000000": unchecked}, "ticket 4200000000000: it is not there")
}
