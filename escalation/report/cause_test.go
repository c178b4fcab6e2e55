package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/review"
)

func event(minute float64, kind escalation.EventKind, tier int, d escalation.Details) escalation.Event {
	return escalation.Event{Timeline: "tl-1", At: at(minute), Kind: kind, Tier: tier, Details: d}
}

func told(minute float64, mentioned ...string) escalation.Event {
	return event(minute, escalation.EventPosted, 1, escalation.Details{Mentioned: mentioned})
}

// Each breach has its cause, and of several the one that counts first (rule 25).
func TestWhyAPromiseBroke(t *testing.T) {
	t.Parallel()
	afternoons, err := hours.New(hours.Definition{Zone: time.UTC, Week: [7][]hours.Window{1: {{From: 12 * 60, To: 18 * 60}}}})
	if err != nil {
		t.Fatal(err)
	}
	asked := escalation.Details{Desk: desk.Unanswered}
	nobody := review.Rosters{{At: at(-60), Roster: calendar.Snapshot{Known: true}}}
	somebody := review.Rosters{{At: at(-60), Roster: calendar.Snapshot{Known: true}}, {At: at(30), Roster: calendar.Snapshot{Known: true, OnShift: []string{"Ana"}}}}
	for _, test := range []struct {
		name    string
		history []escalation.Event
		rosters review.Rosters
		hours   *hours.Hours
		want    []Cause
		by      string
	}{
		{"told in time", []escalation.Event{event(10, escalation.EventDue, 1, asked), told(10, "U0ANA")}, nil, nil, []Cause{ToldNotAnswered}, ""},
		{"told after the deadline only, and no tier was due before", []escalation.Event{told(51, "U0ANA")}, nil, nil, []Cause{NobodyTold}, ""},
		{"given up", []escalation.Event{event(11, escalation.EventFailed, 1, escalation.Details{})}, nil, nil, []Cause{ReminderFailed}, ""},
		{"late", []escalation.Event{event(60, escalation.EventDue, 2, escalation.Details{Late: 40 * time.Minute, Desk: desk.Unanswered}), told(60, "U0ANA")}, nil, nil, []Cause{ReminderLate}, ""},
		{"nobody to mention", []escalation.Event{event(10, escalation.EventDue, 1, asked), told(10), told(20, "here")}, nil, nil, []Cause{NobodyOnShift, ToldNotAnswered}, ""},
		{"nobody on shift", []escalation.Event{told(10, "S0SUPPORT")}, nobody, nil, []Cause{NobodyOnShift, ToldNotAnswered}, ""},
		{"somebody came half way", []escalation.Event{told(10, "S0SUPPORT")}, somebody, nil, []Cause{ToldNotAnswered}, ""},
		{"raised shortly before", []escalation.Event{told(10, "U0ANA"), event(45, escalation.EventPolicy, 0, escalation.Details{})}, nil, nil, []Cause{PriorityRaised, ToldNotAnswered}, ""},
		{"raised long before", []escalation.Event{event(20, escalation.EventPolicy, 0, escalation.Details{}), told(20, "U0ANA")}, nil, nil, []Cause{ToldNotAnswered}, ""},
		{"the desk silent", []escalation.Event{event(10, escalation.EventDue, 1, escalation.Details{}), told(10, "U0ANA")}, nil, nil, []Cause{DeskSilent, ToldNotAnswered}, ""},
		{"snoozed beyond the deadline", []escalation.Event{told(10, "U0ANA"), event(12, escalation.EventSnoozed, 0, escalation.Details{By: "U0BOB", For: time.Hour, Until: at(80)})}, nil, nil, []Cause{Snoozed, ToldNotAnswered}, "U0BOB"},
		{"snoozed, and told again before it", []escalation.Event{told(10, "U0ANA"), event(12, escalation.EventSnoozed, 0, escalation.Details{By: "U0BOB", For: 10 * time.Minute, Until: at(30)}), told(30, "U0ANA")}, nil, nil, []Cause{ToldNotAnswered}, ""},
		{"owned", []escalation.Event{told(10, "U0ANA"), event(12, escalation.EventOwned, 0, escalation.Details{By: "U0ANA"})}, nil, nil, []Cause{OwnedAndLeft, ToldNotAnswered}, "U0ANA"},
		{"posted while closed", nil, nil, afternoons, []Cause{OutsideHours}, ""},
	} {
		tl := opened()
		tl.FirstReply().BreachedAt = at(50)
		r := review.Record{Timeline: tl, History: test.history}
		causes, by := why(r, Promises(r, at(600))[0], test.hours, test.rosters)
		if d := cmp.Diff(test.want, causes); d != "" || by != test.by {
			t.Errorf("%s: by %q, want %q (-want +got):\n%s", test.name, by, test.by, d)
		}
	}
}

// Of the causes of a breach the first is counted (rule 25).
func TestABreachCountsByItsFirstCause(t *testing.T) {
	tl := opened()
	tl.FirstReply().BreachedAt = at(50)
	b := NewBuilder(Query{From: at(-60), To: at(600)}, at(600), time.UTC)
	b.Add(review.Record{Timeline: tl, History: []escalation.Event{event(10, escalation.EventDue, 1, escalation.Details{}), told(10, "U0ANA")}}, Known{})
	r := b.Report()
	if d := cmp.Diff([]CauseCount{{DeskSilent, 1}}, r.Causes); d != "" {
		t.Errorf("counted (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]Cause{DeskSilent, ToldNotAnswered}, r.Breaches[0].Causes); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
}
