package replay

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

var posted = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// kept is a ticket that ran through a policy, and was replied to after 17 minutes.
func kept(channel, name string) review.Record {
	p := policy.BuiltIn()["enterprise"]
	p.Name = name
	at := posted.Add(17 * time.Minute)
	t := escalation.Begin("tl-1", escalation.Message{
		Thread: escalation.Thread{Workspace: "T1", Channel: channel, TS: "1.1"}, PostedAt: posted, Ticket: escalation.Ticket{ID: "42", Priority: "urgent"},
	}, p, &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, posted)
	t.State, t.AnsweredAt, t.ClosedAt = escalation.Answered, at, at
	due := posted.Add(10 * time.Minute)
	return review.Record{Timeline: t, History: []escalation.Event{
		{At: due, Kind: escalation.EventDue, Tier: 1, Details: escalation.Details{Desk: desk.Unanswered}}, {At: due, Kind: escalation.EventPosted, Tier: 1},
		{At: at, Kind: escalation.EventDesk, Details: escalation.Details{Desk: desk.Answered, ReplyAt: at}}, {At: at, Kind: escalation.EventAnswered},
	}}
}

func under(p policy.Policy) Conditions {
	s := escalation.DefaultSettings()
	s.Policies = map[string]policy.Policy{p.Name: p}
	s.Channels = map[string]policy.Channel{"C1": {Policy: p.Name}}
	return Conditions{Settings: &s}
}

// stored is a store of some records.
type stored []review.Record

func (s stored) Records(_ context.Context, _ string, _ time.Time, after string, _ int) ([]review.Record, error) {
	if after != "" {
		return nil, nil
	}
	return s, nil
}

func made(t *testing.T, conditions Conditions, records ...review.Record) Result {
	t.Helper()
	r, err := Make(t.Context(), stored(records), Query{From: posted}, func(context.Context, string) (Conditions, error) { return conditions, nil }, posted.Add(24*time.Hour), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A policy that was renamed meanwhile is another policy of the same channel: the ticket runs under what the channel has
// now, and the table says both names.
func TestAPolicyThatWasRenamed(t *testing.T) {
	t.Parallel()
	p := policy.BuiltIn()["enterprise"]
	p.Name, p.Deadline = "gold", 15*time.Minute
	r := made(t, under(p), kept("C1", "enterprise"))
	want := Changed{Workspace: "T1", Channel: "C1", Ticket: "42", Clock: policy.FirstReply, Before: report.Kept, After: report.Breached, Policy: "enterprise", NewPolicy: "gold"}
	if len(r.Changed) != 1 || r.Changed[0] != want {
		t.Errorf("changed: %+v", r.Changed)
	}
}

// A ticket for which the rules open nothing stays as it was, and that is said.
func TestAChannelThatIsNotWatchedAnyMore(t *testing.T) {
	t.Parallel()
	r := made(t, under(policy.BuiltIn()["enterprise"]), kept("C0GONE", "enterprise"))
	if r.Before.Counts != r.After.Counts || r.After.Kept != 1 || !strings.Contains(strings.Join(r.Limits, "\n"), "1 tickets stay as they were") {
		t.Errorf("%+v", r)
	}
}

// A ticket begins with the priority that it was posted with; where that was not kept, it is said that it was not.
func TestAPriorityThatWasRaised(t *testing.T) {
	t.Parallel()
	was := "normal"
	for _, c := range []struct {
		was   *string
		first string
		limit bool
	}{{&was, "enterprise", false}, {nil, "urgent", true}} {
		r := kept("C1", "urgent")
		fact := escalation.Event{At: posted.Add(12 * time.Minute), Kind: escalation.EventFact, Details: escalation.Details{Fact: &desk.Fact{Kind: desk.FactPriority, Value: "urgent"}, Was: c.was}}
		r.History = append(r.History, fact)
		conditions := under(policy.BuiltIn()["enterprise"])
		urgent := policy.Policy{Name: "urgent", Deadline: time.Hour, Tiers: []policy.Tier{{After: 5 * time.Minute, Notify: []string{"here"}}}}
		conditions.Settings.Policies["urgent"] = urgent
		conditions.Settings.Channels = map[string]policy.Channel{"C1": {Choose: []policy.Choice{{Priorities: []string{"urgent"}, Policy: "urgent"}}}}
		would := Run(r, conditions, posted.Add(time.Hour))
		if would.Timeline.Policy != "urgent" || would.Changed != c.limit {
			t.Errorf("was %v: ends under %s, not known %t", c.was, would.Timeline.Policy, would.Changed)
		}
		if first := would.History[0]; c.first == "enterprise" && (first.Kind != escalation.EventDue || !first.At.Equal(posted.Add(10*time.Minute))) {
			t.Errorf("it begins with %+v, not with the enterprise policy's first tier", first)
		}
	}
}

// The walk asks the desk just before a reminder (rule 5), and hears it a moment after the due time: what had happened by
// then spares the reminder, in the replay as in life. A reply after it, or one that was heard later, does not.
func TestWhatTheWalkHeardAsItAsked(t *testing.T) {
	t.Parallel()
	due := posted.Add(10 * time.Minute)
	for _, c := range []struct {
		replied, heard time.Duration // after the due time
		facts          bool          // the desk tells facts, and not only its answer
		reminds        bool
	}{
		{-time.Second, time.Second, true, false},
		{-time.Second, time.Second, false, false},
		{time.Second, 2 * time.Second, true, true},
		{time.Second, 2 * time.Second, false, true},
		{-time.Second, time.Minute, true, true},
	} {
		r := kept("C1", "enterprise")
		replied, heard := due.Add(c.replied), due.Add(c.heard)
		r.Timeline.AnsweredAt, r.Timeline.ClosedAt, r.Timeline.Clocks[0].StoppedAt = replied, heard, replied
		if r.History = nil; c.reminds {
			r.History = []escalation.Event{{At: due, Kind: escalation.EventDue, Tier: 1}, {At: due, Kind: escalation.EventPosted, Tier: 1}}
		}
		r.History = append(r.History, escalation.Event{At: heard, Kind: escalation.EventAnswered, Details: escalation.Details{ReplyAt: replied}})
		if c.facts {
			reply := desk.Fact{Kind: desk.FactReplied, At: replied, ID: "r1"}
			r.History = slices.Insert(r.History, len(r.History)-1, escalation.Event{At: replied, Kind: escalation.EventFact, Details: escalation.Details{Fact: &reply, Heard: heard}})
		}
		would := Run(r, under(policy.BuiltIn()["enterprise"]), posted.Add(time.Hour))
		reminds := slices.ContainsFunc(would.History, func(e escalation.Event) bool { return e.Kind == escalation.EventDue })
		if reminds != c.reminds || would.Timeline.State != escalation.Answered {
			t.Errorf("%+v: reminds %t, ends %s", c, reminds, would.Timeline.State)
		}
	}
}
