package helpdesk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

// inDetail asks about one ticket, for all that there is to know.
func (t *trial) inDetail(id string) desk.Answer {
	t.Helper()
	got, err := t.desk.Ask(t.Context(), []desk.Question{{TicketID: id, Since: noon, InDetail: true}})
	checkError(t.T, err, "")
	return got[id]
}

// What happened to a ticket is reported with the desk's own time, as far as the desk gives it (rule 16).
func TestADeskTellsWhatHappened(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
		t.clock.pass(2 * time.Hour)
		t.Open("42", minute(-1))
		t.Comment("42", helpdesktest.Comment{At: minute(1), Private: true})
		t.SetState("42", t.words.pending, minute(2))
		t.Reply("42", minute(3))
		t.Comment("42", helpdesktest.Comment{At: minute(4), By: helpdesktest.Customer})
		t.Comment("42", helpdesktest.Comment{At: minute(5), By: helpdesktest.Customer})
		t.SetPriority("42", t.words.urgent, minute(6))
		t.Assign("42", minute(7))

		a := t.inDetail("42")
		if a.Status != desk.Answered || !a.RepliedAt.Equal(minute(3)) {
			t.Errorf("the reply: %s at %s", a.Status, a.RepliedAt)
		}
		ticket := a.Ticket
		ticket.Said = ""
		want := desk.Ticket{
			Status: desk.StatusPending, Priority: t.words.priority, Group: t.words.group,
			Assignee:      desk.Person{Email: "ana@example.com", Name: "Ana Silva"},
			CustomerWrote: minute(5), WaitingSince: minute(4), LastReply: minute(3),
		}
		if diff := cmp.Diff(want, ticket); diff != "" {
			t.Errorf("ticket (-want +got):\n%s", diff)
		}
		facts := []desk.Fact{
			{Kind: desk.FactCustomerWrote, At: minute(-1)},
			{Kind: desk.FactStatus, At: minute(2), Value: "pending"},
			{Kind: desk.FactReplied, At: minute(3)},
			{Kind: desk.FactCustomerWrote, At: minute(4)},
			{Kind: desk.FactCustomerWrote, At: minute(5)},
			{Kind: desk.FactPriority, At: minute(6), Value: t.words.priority},
			{Kind: desk.FactAssigned, At: minute(7), Value: "ana@example.com"},
		}
		facts = slices.DeleteFunc(facts, func(f desk.Fact) bool { return slices.Contains(t.words.silent, f.Kind) })
		for i := range a.Facts {
			a.Facts[i].ID, a.Facts[i].By = "", ""
		}
		if diff := cmp.Diff(facts, a.Facts); diff != "" {
			t.Errorf("facts (-want +got):\n%s", diff)
		}
	})
}

// A reply after all that the customer wrote answers the ticket, however old it is (rule 5).
func TestAnOldReplyAfterAllThatTheCustomerWroteIsOne(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon.Add(-96*time.Hour))
		t.Reply("42", noon.Add(-72*time.Hour))
		t.Reply("42", noon.Add(-71*time.Hour))
		if a := t.inDetail("42"); a.Status != desk.Answered || a.RepliedAt.After(noon) {
			t.Errorf("%s at %s", a.Status, a.RepliedAt)
		}
		t.Comment("42", helpdesktest.Comment{At: noon.Add(-time.Hour), By: helpdesktest.Customer})
		if a := t.inDetail("42"); a.Status != desk.Unanswered {
			t.Errorf("and the customer wrote again: %s at %s", a.Status, a.RepliedAt)
		}
	})
}

// A customer's message that is dated ahead is reported without a time, and closes nothing.
func TestAMessageOfTheFutureHasNoTime(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon.Add(-96*time.Hour))
		t.Reply("42", noon.Add(-72*time.Hour))
		t.Comment("42", helpdesktest.Comment{At: noon.Add(time.Hour), By: helpdesktest.Customer})
		a := t.inDetail("42")
		got, err := t.desk.Ask(t.Context(), ask("42"))
		checkError(t.T, err, "")
		for _, a := range []desk.Answer{a, got["42"]} {
			if a.Status != desk.Unanswered || !a.Ticket.CustomerWrote.IsZero() {
				t.Errorf("%s, the customer wrote at %s", a.Status, a.Ticket.CustomerWrote)
			}
		}
	})
}

// What did not change since the last look is not asked about in detail.
func TestWhatDidNotChangeIsNotReadAgain(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon.Add(-time.Hour))
		t.Reply("42", noon.Add(-time.Hour+time.Minute))
		first := t.inDetail("42")
		calls := len(t.Calls())
		again := t.inDetail("42")
		if n := len(t.Calls()) - calls; n != 1 {
			t.Errorf("%d calls to learn that nothing has changed: %v", n, t.Calls()[calls:])
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("and another answer:\n%s", diff)
		}
		t.Comment("42", helpdesktest.Comment{At: noon.Add(-30 * time.Minute), By: helpdesktest.Customer})
		if a := t.inDetail("42"); a.Ticket.WaitingSince.IsZero() {
			t.Error("a change was missed")
		}
	})
}

// An odd answer in detail costs the answer nothing.
func TestDetailsThatCannotBeReadCostNoAnswer(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		if t.each {
			return // RT's details are its answer
		}
		t.Open("42", noon)
		t.Reply("42", noon.Add(time.Minute))
		t.desk.Ask(t.Context(), ask("42")) // for Intercom's links
		t.Fail("", 1)
		t.Fail(helpdesktest.Garbage, helpdesktest.Always)
		got, err := t.desk.Ask(t.Context(), []desk.Question{{TicketID: "42", Since: noon, InDetail: true}})
		t.compare(answers{"42": repliedAt(noon.Add(time.Minute))}, got)
		checkError(t.T, err, "its answer")
	})
}

func TestAKindSaysWhatItDoesNotTell(t *testing.T) {
	for name, want := range map[string]string{
		"zendesk": "it tells replies, customer's messages, status, priority, type, group, assignee.",
		"rt":      "it tells replies, customer's messages, status, priority, group, assignee; it does not tell type.",
	} {
		kind, _ := helpdesk.Find(name)
		if got := kind.Says(); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Every kind says what its words for a status mean, and what it reports.
func TestEveryKindSaysWhatItTells(t *testing.T) {
	for _, k := range helpdesk.Kinds() {
		if none := k.Name == helpdesk.NoneKind; none != (len(k.Tells) == 0) || none != (len(k.Statuses) == 0) {
			t.Errorf("%s tells %v, with the statuses %v", k.Name, k.Tells, k.Statuses)
		}
	}
}
