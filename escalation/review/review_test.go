package review

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

func at(minutes int) time.Time { return posted.Add(time.Duration(minutes) * time.Minute) }

var called = Names{"U0ANA": "Ana Silva", "S0SUPPORT": "@support"}

// enterprise is an open timeline of the enterprise policy (10, 20, 35 and 50 minutes).
func enterprise() escalation.Timeline {
	m := escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: "1772442000.000100"},
		PostedAt: posted, Ticket: escalation.Ticket{ID: "42"},
	}
	return escalation.Begin("tl-1", m, policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, posted)
}

func event(minute int, kind escalation.EventKind, tier int, d escalation.Details) escalation.Event {
	return escalation.Event{Timeline: "tl-1", At: at(minute), Kind: kind, Tier: tier, Details: d}
}

// Snoozes are counted as the metric counts them: those that moved something, "I'm on it" included.
func TestSnoozesAreCountedAndAddedUp(t *testing.T) {
	t.Parallel()
	got := Of(Record{Timeline: enterprise(), History: []escalation.Event{
		event(1, escalation.EventSnoozed, 0, escalation.Details{By: "U0ANA", For: 30 * time.Minute}),
		event(2, escalation.EventOwned, 0, escalation.Details{By: "U0BOB", For: 15 * time.Minute}),
		event(3, escalation.EventOwned, 0, escalation.Details{By: "U0ANA"}),
		event(4, escalation.EventPaused, 0, escalation.Details{By: "U0ANA", Until: at(60)}),
	}}, called, at(5))
	if want := (Snoozes{2, 45 * 60}); got.Snoozes != want {
		t.Errorf("snoozes %+v, want %+v", got.Snoozes, want)
	}
	by := got.History[0].By
	if by == nil || *by != (Party{"U0ANA", "Ana Silva"}) {
		t.Errorf("snoozed by %+v", by)
	}
}

// A tier that was posted again tells when it was first, and of everybody whom it mentioned, once.
func TestATierTellsWhomItMentioned(t *testing.T) {
	t.Parallel()
	tl := enterprise()
	tl.Tiers[0].State = escalation.TierSuperseded
	tl.Tiers[1].State, tl.Tiers[1].PostedAt = escalation.TierPosted, at(25)
	last := &tl.Tiers[3]
	last.State, last.Repeat, last.PostedAt, last.Page, last.Paging = escalation.TierPending, time.Hour, at(110), "oncall", escalation.PageSent
	got := Of(Record{Timeline: tl, History: []escalation.Event{
		event(20, escalation.EventDue, 2, escalation.Details{Mentioned: []string{"U0GONE"}}), // deferred: it did not go out
		event(25, escalation.EventPosted, 2, escalation.Details{Mentioned: []string{"U0ANA", "S0SUPPORT"}, Late: 5 * time.Minute}),
		event(50, escalation.EventPosted, 4, escalation.Details{Mentioned: []string{"S0SUPPORT"}, Late: time.Second}),
		event(51, escalation.EventPaged, 4, escalation.Details{Page: "oncall"}),
		event(110, escalation.EventPosted, 4, escalation.Details{Mentioned: []string{"here", "S0SUPPORT"}, Late: time.Minute}),
	}}, called, at(111))
	want := []Tier{
		{Tier: 1, AfterSeconds: 600, Notify: []string{"non-embedded"}, Due: at(10), State: escalation.TierSuperseded},
		{Tier: 2, AfterSeconds: 1200, Notify: []string{"on-shift"}, Due: at(20), State: escalation.TierPosted, Reminders: 1, PostedAt: at(25),
			LateSeconds: 300, Mentioned: []Party{{"U0ANA", "Ana Silva"}, {"S0SUPPORT", "@support"}}},
		{Tier: 3, AfterSeconds: 2100, Notify: []string{"@support"}, Due: at(35), State: escalation.TierPending},
		{Tier: 4, AfterSeconds: 3000, Notify: []string{"@head-of-success"}, Due: at(50), State: escalation.TierPosted, Reminders: 2, PostedAt: at(50),
			LateSeconds: 1, Mentioned: []Party{{"S0SUPPORT", "@support"}, {ID: "here"}}, Page: "oncall", PageState: "sent", PagedAt: at(51)},
	}
	if d := cmp.Diff(want, got.Tiers); d != "" {
		t.Errorf("tiers (-want +got):\n%s", d)
	}
	if got.Reminders != 3 {
		t.Errorf("%d reminders, want 3", got.Reminders)
	}
}

// With no help desk somebody says that it is done, and so who replied is known. A desk does not say.
func TestAReplyTellsWhenAndByWhomWhereThatIsKnown(t *testing.T) {
	t.Parallel()
	replied := func(answer func(f *escalation.Facts) escalation.Change) *Reply {
		settings := escalation.DefaultSettings()
		c := answer(&escalation.Facts{Now: at(12), Settings: &settings, NewID: func() string { return "job" }})
		return Of(Record{Timeline: *c.Timeline}, called, at(60)).Reply
	}
	byDone := replied(func(f *escalation.Facts) escalation.Change {
		f.Settings.HasDesk = false
		c, _ := escalation.Respond(enterprise(), escalation.Mention{User: "U0ANA"}, escalation.Request{Kind: escalation.RequestDone}, *f)
		return c
	})
	if d := cmp.Diff(&Reply{At: at(12), By: &Party{"U0ANA", "Ana Silva"}, Seconds: 720}, byDone); d != "" {
		t.Errorf("done (-want +got):\n%s", d)
	}
	byDesk := func(at time.Time) *Reply {
		return replied(func(f *escalation.Facts) escalation.Change {
			f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: at}
			c := escalation.Decide(enterprise(), *f)
			return c
		})
	}
	if d := cmp.Diff(&Reply{At: at(7), Seconds: 420}, byDesk(at(7))); d != "" {
		t.Errorf("a desk's (-want +got):\n%s", d)
	}
	early := posted.Add(-30 * time.Second) // clocks differ
	if d := cmp.Diff(&Reply{At: early}, byDesk(early)); d != "" {
		t.Errorf("before the message (-want +got):\n%s", d)
	}
	if got := Of(Record{Timeline: enterprise()}, called, at(60)); got.Reply != nil || got.Outcome != Unchecked {
		t.Errorf("without a reply: %+v, %s", got.Reply, got.Outcome)
	}
}

func TestAnOwnerIsNamedAsTheyWereCalledThen(t *testing.T) {
	t.Parallel()
	tl := enterprise()
	if got := Of(Record{Timeline: tl}, called, at(1)); got.Owner != nil {
		t.Errorf("nobody is on it, and yet: %+v", got.Owner)
	}
	tl.Owner = escalation.Owner{User: "U0LEFT", Name: "Lou Marsh"}
	if got := Of(Record{Timeline: tl}, called, at(1)); *got.Owner != (Party{"U0LEFT", "Lou Marsh"}) {
		t.Errorf("owner %+v", got.Owner)
	}
}
