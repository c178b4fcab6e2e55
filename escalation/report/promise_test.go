package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/review"
)

var at = escalationtest.At

// opened is a timeline of the enterprise policy: its deadline is minute 50.
func opened() escalation.Timeline { return of(policy.BuiltIn()["enterprise"]) }

func of(p policy.Policy) escalation.Timeline {
	m := escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: "1772442000.000100"},
		PostedAt: at(0), Ticket: escalation.Ticket{ID: "42", Priority: " High "},
	}
	return escalation.Begin("tl-1", m, p, &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, at(0))
}

// A promise is kept, broken, withdrawn or open, and a ticket that waits past its deadline is broken (rule 25).
func TestWhatBecameOfTheFirstReply(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		state    escalation.TimelineState
		answered time.Time
		breached time.Time
		now      float64
		want     Outcome
	}{
		{"waits, its deadline to come", escalation.Open, time.Time{}, time.Time{}, 49, Open},
		{"waits at its deadline, and nobody has asked yet", escalation.Open, time.Time{}, time.Time{}, 50, Breached},
		{"waits past it, confirmed", escalation.Open, time.Time{}, at(50), 60, Breached},
		{"replied at the deadline", escalation.Answered, at(50), time.Time{}, 60, Kept},
		{"replied late", escalation.Answered, at(51), at(50), 60, Breached},
		{"replied, and open for its resolution", escalation.Open, at(5), time.Time{}, 600, Kept},
		{"solved without a reply", escalation.Withdrawn, time.Time{}, time.Time{}, 600, Withdrawn},
		{"solved without a reply after a breach", escalation.Withdrawn, time.Time{}, at(50), 600, Breached},
		{"given up before its deadline", escalation.Expired, time.Time{}, time.Time{}, 40, Open},
		{"given up, and nobody ever replied", escalation.Expired, time.Time{}, time.Time{}, 60, Breached},
	} {
		tl := opened()
		tl.State, tl.AnsweredAt, tl.FirstReply().BreachedAt = test.state, test.answered, test.breached
		got := Promises(review.Record{Timeline: tl}, at(test.now))
		if len(got) != 1 || got[0].Outcome != test.want {
			t.Errorf("%s: %+v, want %s", test.name, got, test.want)
		}
	}
}

// Each time that the customer writes is a promise of its own; a ticket is solved once.
func TestEveryNextReplyCounts(t *testing.T) {
	t.Parallel()
	settings := escalation.DefaultSettings()
	p := policy.BuiltIn()["enterprise"]
	p.NextReply = &policy.Promise{Deadline: time.Hour}
	p.Resolution = &policy.Promise{Deadline: 8 * time.Hour, Pause: []desk.Status{desk.StatusPending}}
	r := review.Record{Timeline: of(p)}
	hear := func(minute float64, status desk.AnswerStatus, ticket desk.Ticket, facts ...desk.Fact) {
		c := escalation.Decide(r.Timeline, escalation.Facts{
			Now: at(minute), Settings: &settings, NewID: escalationtest.Counter("job"),
			Answer: desk.Answer{Status: status, Ticket: ticket, Facts: facts},
		})
		if c.Timeline != nil {
			r.Timeline, r.History = *c.Timeline, append(r.History, c.Events...)
		}
	}
	fact := func(kind desk.FactKind, minute float64, value string) desk.Fact {
		return desk.Fact{Kind: kind, At: at(minute), Value: value}
	}
	said := func(minute float64) (all []string) {
		for _, p := range Promises(r, at(minute)) {
			all = append(all, p.Clock.Words()+" "+string(p.Outcome))
		}
		return all
	}
	replied := desk.Answered
	hear(5, replied, desk.Ticket{}, fact(desk.FactReplied, 4, ""))
	hear(20, replied, desk.Ticket{}, fact(desk.FactCustomerWrote, 19, ""))
	hear(40, replied, desk.Ticket{}, fact(desk.FactReplied, 39, ""))         // in time
	hear(60, replied, desk.Ticket{}, fact(desk.FactCustomerWrote, 60, ""))   //
	hear(121, replied, desk.Ticket{})                                        // broken
	hear(130, replied, desk.Ticket{}, fact(desk.FactReplied, 130, ""))       // too late
	hear(200, replied, desk.Ticket{}, fact(desk.FactCustomerWrote, 200, "")) //
	hear(201, replied, desk.Ticket{}, fact(desk.FactStatus, 201, "pending")) // the resolution pauses
	want := []string{"first reply kept", "next reply kept", "next reply breached", "next reply open", "resolution open"}
	if d := cmp.Diff(want, said(240)); d != "" {
		t.Errorf("while it waits (-want +got):\n%s", d)
	}
	want[3] = "next reply breached"
	if d := cmp.Diff(want, said(6000)); d != "" {
		t.Errorf("past the deadline of what runs (-want +got):\n%s", d)
	}
	hear(210, replied, desk.Ticket{Status: desk.StatusSolved, SolvedAt: at(210)}, fact(desk.FactStatus, 210, "solved"))
	want[3], want[4] = "next reply withdrawn", "resolution kept"
	if d := cmp.Diff(want, said(6000)); d != "" {
		t.Errorf("solved (-want +got):\n%s", d)
	}
}

// Of each breach it is told by how much it was late; one that waits, or was never answered, is not late by a length.
func TestHowLateABreachIs(t *testing.T) {
	t.Parallel()
	for want, is := range map[string]func(tl *escalation.Timeline){
		"1 h 05 min":     func(tl *escalation.Timeline) { tl.State, tl.AnsweredAt = escalation.Answered, at(115) },
		"still waits":    func(*escalation.Timeline) {},
		"never answered": func(tl *escalation.Timeline) { tl.State, tl.ClosedAt = escalation.Withdrawn, at(300) },
	} {
		tl := opened()
		is(&tl)
		tl.FirstReply().BreachedAt = at(50)
		b := NewBuilder(Query{From: at(0), To: at(1)}, at(600), time.UTC)
		b.Add(review.Record{Timeline: tl}, Known{})
		if got := b.Report().Breaches[0].Late(); got != want {
			t.Errorf("late: %s, want %s", got, want)
		}
	}
}
