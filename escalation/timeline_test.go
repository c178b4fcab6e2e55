package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

func TestDueTimesAreTheTicketsOwnTimePlusAfter(t *testing.T) {
	openedLate := at(47)
	got := Begin("tl-1", message(), policy.BuiltIn()["enterprise"], &Settings{GiveUp: 30 * 24 * time.Hour}, openedLate)
	want := Timeline{
		ID: "tl-1", Thread: message().Thread, Ticket: message().Ticket,
		PostedAt: posted0, OpenedAt: openedLate, AskedAt: posted0,
		Policy: "enterprise", State: Open, ExpiresAt: posted0.AddDate(0, 0, 30),
		Clocks: []Clock{{Kind: policy.FirstReply, Start: posted0, Target: 50 * time.Minute, Deadline: at(50), Tiers: 4}},
		Tiers: []DueTier{
			{Tier: policy.Tier{After: 10 * time.Minute, Notify: []string{"non-embedded"}}, Clock: policy.FirstReply, Due: at(10), State: TierPending},
			{Tier: policy.Tier{After: 20 * time.Minute, Notify: []string{"on-shift"}}, Clock: policy.FirstReply, Due: at(20), State: TierPending},
			{Tier: policy.Tier{After: 35 * time.Minute, Notify: []string{"@support"}}, Clock: policy.FirstReply, Due: at(35), State: TierPending},
			{Tier: policy.Tier{After: 50 * time.Minute, Notify: []string{"@head-of-success"}}, Clock: policy.FirstReply, Due: at(50), State: TierPending},
		},
	}
	equal(t, "timeline", got, want)
}

func TestTeamsPolicyShips(t *testing.T) {
	got := Begin("tl-1", message(), policy.BuiltIn()["teams"], &Settings{GiveUp: time.Hour}, posted0)
	equal(t, "due", dues(got), []time.Time{at(60), at(180), at(360), at(720)})
	equal(t, "deadline", got.FirstReply().Deadline, at(720))
}

func TestDeadlineIsThePolicysOwnWhereItHasOne(t *testing.T) {
	p := policy.BuiltIn()["enterprise"]
	p.Deadline = 30 * time.Minute
	equal(t, "deadline", Begin("tl-1", message(), p, &Settings{GiveUp: time.Hour}, posted0).Clocks[0].Deadline, at(30))
}

func TestChannelAndPriorityPickThePolicy(t *testing.T) {
	urgent := policy.Channel{Policy: "teams", ByPriority: map[string]string{"Urgent": "enterprise-urgent"}}
	for _, tt := range []struct {
		name     string
		channel  policy.Channel
		priority string
		want     string
	}{
		{"the channel's", urgent, "low", "teams"},
		{"no priority", urgent, "", "teams"},
		{"by priority", urgent, "Urgent", "enterprise-urgent"},
		{"by priority in any case", urgent, " URGENT ", "enterprise-urgent"},
		{"none named", policy.Channel{}, "urgent", "enterprise"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "policy", tt.channel.For(tt.priority), tt.want)
		})
	}
}

func held(tl *Timeline) { tl.Held = true }

func TestNextAt(t *testing.T) {
	passed := func(tl *Timeline) { tl.FirstReply().DeadlinePassed = true }
	expires := posted0.AddDate(0, 0, 30)
	for _, tt := range []struct {
		name string
		t    Timeline
		want time.Time
	}{
		{"the first pending tier", enterprise(), at(10)},
		{"the tier after a posted one", enterprise(inStates(TierPosted)), at(20)},
		{"neither superseded nor failed tiers", enterprise(inStates(TierSuperseded, TierFailed)), at(35)},
		{"the deadline before a later tier", enterprise(func(tl *Timeline) { tl.FirstReply().Deadline = at(5) }), at(5)},
		{"the deadline once only", enterprise(func(tl *Timeline) { tl.FirstReply().Deadline = at(5) }, passed), at(10)},
		{"the tier after one whose reminder is under way", enterprise(inStates(TierOwed)), at(20)},
		{"none that waits for the reminder under way", enterprise(inStates(TierOwed), held), at(50)},
		{"that one once the reminder stands", enterprise(inStates(TierPosted), held), at(20)},
		{"the end while a reminder is under way and the deadline is over", enterprise(inStates(TierPosted, TierPosted, TierPosted, TierOwed), passed), expires},
		{"the end after the last tier", enterprise(inStates(TierPosted, TierPosted, TierPosted, TierPosted), passed), expires},
		{"the end before a tier snoozed beyond it", enterprise(passed, func(tl *Timeline) { tl.ExpiresAt = at(7) }), at(7)},
		{"never once answered", enterprise(closed(Answered)), time.Time{}},
		{"never once withdrawn", enterprise(closed(Withdrawn)), time.Time{}},
		{"never once expired", enterprise(closed(Expired)), time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "NextAt", tt.t.NextAt(), tt.want)
		})
	}
}
