package escalation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// TestDecideOwesTheReminderOfADueTier holds one decision whole: the new timeline, its history and
// the job, with all that rule 9 has the reminder say.
func TestDecideOwesTheReminderOfADueTier(t *testing.T) {
	f := facts(at(10))
	got := Decide(enterprise(), f)

	owed := enterprise(asked(desk.Unanswered, at(10)), func(tl *Timeline) {
		tl.Tiers[0].State, tl.Tiers[0].Round, tl.Tiers[0].Told = TierOwed, 1, []circle.Recipient{toAna}
	})
	reminder := Reminder{
		Ticket: message().Ticket, Policy: "enterprise", Tier: 1, Tiers: 4,
		DecidedAt: at(10), PostedAt: posted0, Due: at(10),
		Mention: []circle.Recipient{toAna},
		Desk:    desk.Unanswered, DeskAt: at(10), Deadline: at(50),
		Next:   &Next{At: at(20), Notify: []string{"on-shift"}, Names: []string{"Ana Silva", "Bob Stone"}},
		Snooze: 30 * time.Minute, MaxSnooze: 4 * time.Hour,
	}
	equal(t, "the reminder among its jobs", got.Reminds, &Post{Thread: message().Thread, Timeline: "tl-1", Round: 1, Reminder: &reminder})
	got.Reminds = nil
	equal(t, "change", got, Change{
		Timeline: &owed,
		Events: []Event{{Timeline: "tl-1", At: at(10), Kind: EventDue, Tier: 1, Details: Details{
			Mentioned: []string{"U0ANA"}, Round: 1, Desk: desk.Unanswered, Reminder: &reminder,
		}}},
		Jobs: []queue.New{{
			ID: "job-1", Key: "reminder/tl-1/1/1", Queue: "slack", RunAt: at(10), Expires: at(11), Awaited: at(10),
			Payload:   payload(t, Post{Thread: message().Thread, Timeline: "tl-1", Round: 1, Reminder: &reminder}),
			Pace:      "pace/T0ACME/C0ENTERPRISE",
			Gates:     []string{"workspace/T0ACME", "slack/T0ACME/chat.postMessage"},
			LookGates: []string{"workspace/T0ACME", "slack/T0ACME/conversations.replies"},
		}},
	})
	equal(t, "reminder as its job reads it back", *post(t, got).Reminder, reminder)
	equal(t, "waited", reminder.Waited(), 10*time.Minute)
}

// Rules 6 and 7: which tier is posted when, and what its reminder says of that.
func TestDecideRemindsOfTheHighestDueTierOnce(t *testing.T) {
	type word struct { // what is worth a look in the reminder
		Tier     int
		Covers   []int
		Late     time.Duration
		Repeat   bool
		Breached bool
		Next     time.Time
	}
	repeated := []func(*Timeline){inStates(TierPosted, TierPosted, TierPosted, TierPosted), repeating(10 * time.Minute),
		func(tl *Timeline) { tl.Tiers[3].State, tl.Tiers[3].Due = TierPending, at(60) }}

	for _, tt := range []struct {
		name   string
		t      Timeline
		now    time.Time
		want   word
		states []TierState
		events []EventKind
	}{
		{
			name: "on time",
			t:    enterprise(), now: at(10),
			want: word{Tier: 1, Next: at(20)}, states: []TierState{TierOwed, TierPending, TierPending, TierPending},
			events: []EventKind{EventDue},
		},
		{
			name: "less than a minute late is not worth a word",
			t:    enterprise(), now: at(10.99),
			want: word{Tier: 1, Next: at(20)}, states: []TierState{TierOwed, TierPending, TierPending, TierPending},
			events: []EventKind{EventDue},
		},
		{
			name: "a minute late says so",
			t:    enterprise(), now: at(11),
			want: word{Tier: 1, Late: time.Minute, Next: at(20)}, states: []TierState{TierOwed, TierPending, TierPending, TierPending},
			events: []EventKind{EventDue},
		},
		{
			name: "overdue tiers collapse into the highest, which says how late it is",
			t:    enterprise(), now: at(40),
			want: word{Tier: 3, Covers: []int{1, 2}, Late: 5 * time.Minute, Next: at(50)}, states: []TierState{TierSuperseded, TierSuperseded, TierOwed, TierPending},
			events: []EventKind{EventSuperseded, EventSuperseded, EventDue},
		},
		{
			name: "the weekend over: one reminder for the last tier, the deadline broken",
			t:    enterprise(), now: at(48 * 60),
			want: word{Tier: 4, Covers: []int{1, 2, 3}, Late: (48*60 - 50) * time.Minute, Breached: true}, states: []TierState{TierSuperseded, TierSuperseded, TierSuperseded, TierOwed},
			events: []EventKind{EventBreached, EventSuperseded, EventSuperseded, EventSuperseded, EventDue},
		},
		{
			name: "a posted tier is covered no more, and never posted again",
			t:    enterprise(inStates(TierPosted)), now: at(36),
			want: word{Tier: 3, Covers: []int{2}, Late: time.Minute, Next: at(50)}, states: []TierState{TierPosted, TierSuperseded, TierOwed, TierPending},
			events: []EventKind{EventSuperseded, EventDue},
		},
		{
			name: "a reminder decided again covers what the first one did, which nobody saw",
			t:    enterprise(inStates(TierSuperseded, TierPending)), now: at(22),
			want: word{Tier: 2, Covers: []int{1}, Late: 2 * time.Minute, Next: at(35)}, states: []TierState{TierSuperseded, TierOwed, TierPending, TierPending},
			events: []EventKind{EventDue},
		},
		{
			name: "outrun: a higher tier covers the pending one and whatever that covered",
			t:    enterprise(inStates(TierSuperseded, TierPending, TierPending)), now: at(35),
			want: word{Tier: 3, Covers: []int{1, 2}, Next: at(50)}, states: []TierState{TierSuperseded, TierSuperseded, TierOwed, TierPending},
			events: []EventKind{EventSuperseded, EventDue},
		},
		{
			name: "what a posted reminder covered is not mentioned again",
			t:    enterprise(inStates(TierSuperseded, TierPosted)), now: at(35),
			want: word{Tier: 3, Next: at(50)}, states: []TierState{TierSuperseded, TierPosted, TierOwed, TierPending},
			events: []EventKind{EventDue},
		},
		{
			name: "after a tier that failed the next one is posted",
			t:    enterprise(inStates(TierFailed)), now: at(20),
			want: word{Tier: 2, Next: at(35)}, states: []TierState{TierFailed, TierOwed, TierPending, TierPending},
			events: []EventKind{EventDue},
		},
		{
			name: "the last tier, at the deadline",
			t:    enterprise(inStates(TierPosted, TierPosted, TierPosted)), now: at(50),
			want: word{Tier: 4, Breached: true}, states: []TierState{TierPosted, TierPosted, TierPosted, TierOwed},
			events: []EventKind{EventBreached, EventDue},
		},
		{
			name: "the last tier tells when it repeats",
			t:    enterprise(inStates(TierPosted, TierPosted, TierPosted), repeating(10*time.Minute)), now: at(50),
			want: word{Tier: 4, Breached: true, Next: at(60)}, states: []TierState{TierPosted, TierPosted, TierPosted, TierOwed},
			events: []EventKind{EventBreached, EventDue},
		},
		{
			name: "only the last tier repeats",
			t:    enterprise(inStates(TierPending, TierFailed, TierFailed, TierFailed), func(tl *Timeline) { tl.Tiers[0].Repeat = time.Minute }), now: at(10),
			want: word{Tier: 1}, states: []TierState{TierOwed, TierFailed, TierFailed, TierFailed},
			events: []EventKind{EventDue},
		},
		{
			name: "a repetition says that it is one",
			t:    enterprise(append(repeated, breached)...), now: at(60),
			want: word{Tier: 4, Repeat: true, Breached: true, Next: at(70)}, states: []TierState{TierPosted, TierPosted, TierPosted, TierOwed},
			events: []EventKind{EventDue},
		},
		{
			name: "a late repetition keeps to its interval",
			t:    enterprise(append(repeated, breached)...), now: at(73),
			want: word{Tier: 4, Repeat: true, Breached: true, Late: 13 * time.Minute, Next: at(80)}, states: []TierState{TierPosted, TierPosted, TierPosted, TierOwed},
			events: []EventKind{EventDue},
		},
		{
			name: "a repetition covers nothing again",
			t:    enterprise(append(repeated, breached, func(tl *Timeline) { tl.Tiers[2].State, tl.Tiers[2].PostedAt = TierSuperseded, time.Time{} })...), now: at(60),
			want: word{Tier: 4, Repeat: true, Breached: true, Next: at(70)}, states: []TierState{TierPosted, TierPosted, TierSuperseded, TierOwed},
			events: []EventKind{EventDue},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Decide(tt.t, facts(tt.now))
			if len(got.Jobs) != 1 {
				t.Fatalf("%d jobs, want one", len(got.Jobs))
			}
			r := post(t, got).Reminder
			said := word{Tier: r.Tier, Covers: r.Covers, Late: r.Late, Repeat: r.Repeat, Breached: r.Breached}
			if r.Next != nil {
				said.Next = r.Next.At
			}
			equal(t, "reminder", said, tt.want)
			equal(t, "tiers", states(*got.Timeline), tt.states)
			equal(t, "events", kinds(got.Events), tt.events)
		})
	}
}

// Rule 7: a reminder goes out though the help desk says nothing, and tells.
func TestReminderSaysWhatTheHelpDeskAnswered(t *testing.T) {
	older := desk.Answer{Status: desk.Answered, RepliedAt: at(-30)}
	for _, tt := range []struct {
		name   string
		answer desk.Answer
		want   desk.AnswerStatus
	}{
		{"nobody has replied", desk.Answer{Status: desk.Unanswered}, desk.Unanswered},
		{"the reply could not be checked", desk.Answer{}, desk.Unchecked},
		{"there is no help desk", desk.Answer{Status: desk.None}, desk.None},
		{"a reply to an earlier question is none", older, desk.Unanswered},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(at(10.5))
			f.Answer = tt.answer
			got := Decide(enterprise(), f)
			r := post(t, got).Reminder
			equal(t, "desk", r.Desk, tt.want)
			equal(t, "when", r.DeskAt, at(10.5))
			equal(t, "history", got.Events[len(got.Events)-1].Desk, tt.want)
		})
	}
}

func TestUncheckedAnswerLeavesWhatWasLastAnswered(t *testing.T) {
	f := facts(at(10))
	f.Answer = desk.Answer{}
	got := Decide(enterprise(asked(desk.Unanswered, at(4))), f)
	equal(t, "desk", got.Timeline.Desk, DeskAnswer{Status: desk.Unanswered, At: at(4)})
	equal(t, "asked", got.Timeline.AskedAt, at(4))
}

// Rule 11: a job's key names timeline, tier and round; each decision of a tier is a round of its own.
func TestEachDecisionHasAKeyOfItsOwn(t *testing.T) {
	tl := enterprise()
	for round := 1; round <= 3; round++ {
		c := Decide(tl, facts(at(10)))
		equal(t, "key", c.Jobs[0].Key, fmt.Sprintf("reminder/tl-1/1/%d", round))
		p := post(t, c)
		equal(t, "round", p.Round, round)
		ReminderDeferred{ReminderJob: ReminderJob{Timeline: "tl-1", Tier: 1, Round: p.Round}, At: at(11), Reason: "late"}.Apply(c.Timeline)
		tl = *c.Timeline
	}
}

// Rule 29: a tier's message is text and fields, and nothing else.
func TestTiersOwnMessage(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"none", "", ""},
		{"plain", "Please look: 100 %, }} or {.", "Please look: 100 %, }} or {."},
		{"filled in", "{{.Ticket.ID}} waits {{ .Waited }}, tier {{.Tier}} of {{.Tiers}} of {{.Policy}}, till {{.Deadline}}",
			"42 waits 10m0s, tier 1 of 4 of enterprise, till 09:50 UTC on Mar 2"},
		{"what a field holds is not looked through", "{{.Ticket.Subject}}", "{{.Ticket.ID}} ${HOME}"},
		{"only whoever set it up may format", "*Please* look: {{.Ticket.Customer}}", "*Please* look: ∗Your bot∗ ∶fire∶ two lines"},
		{"as long as Slack takes it", strings.Repeat("x", 5000), strings.Repeat("x", 2999) + "…"},
		{"one stored before fails and holds up nothing", "{{range 1000000000}}{{end}}", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tl := enterprise(func(tl *Timeline) {
				tl.Tiers[0].Message = tt.text
				tl.Ticket.Subject, tl.Ticket.Customer = "{{.Ticket.ID}} ${HOME}", "*Your bot* :fire:\ntwo lines"
			})
			got := Decide(tl, facts(at(10.2)))
			equal(t, "message", post(t, got).Reminder.Message, tt.want)
		})
	}
}

// Rule 9: a reminder says who was told so far. A reminder that was never posted told nobody.
func TestAReminderKnowsWhomEarlierOnesTold(t *testing.T) {
	tl := enterprise(func(tl *Timeline) {
		tl.Tiers[0].State, tl.Tiers[0].PostedAt, tl.Tiers[0].Told = TierPosted, at(10), []circle.Recipient{toAna, toSupport}
		tl.Tiers[1].State, tl.Tiers[1].Told = TierFailed, []circle.Recipient{toHead}
		tl.SnoozedBy, tl.Owner = "U0BOB", Owner{User: "U0EVE", Until: at(30)}
	})
	c := Decide(tl, facts(at(35)))
	r := post(t, c).Reminder
	equal(t, "mentions", r.Mention, []circle.Recipient{toSupport})
	equal(t, "told so far", r.Told, []circle.Recipient{toAna})
	equal(t, "snoozed by", r.SnoozedBy, "U0BOB")
	equal(t, "on it", r.OnIt.User, "U0EVE")
}
