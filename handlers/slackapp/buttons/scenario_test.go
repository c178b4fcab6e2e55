package buttons_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestSnoozeByButton(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		w.shows(ticket, reminder, "<@U0ANA>", "Tier 1 of 4", "Snooze 30 min", "Snooze for…", "I'm on it", "I replied, check again", "Why me?")
		before := w.timeline(ticket)
		w.click(ana, reminder, buttons.ActionSnooze)
		w.told(ana, ticket, "Snoozed for 30 minutes.", "The deadline")
		w.shows(ticket, reminder, "*Snoozed* until", "Snooze 30 min")
		after := w.timeline(ticket)
		for i := range after.Tiers[1:] {
			if moved := after.Tiers[i+1].Due.Sub(before.Tiers[i+1].Due); moved != 30*time.Minute {
				w.t.Errorf("tier %d moved by %s", i+2, moved)
			}
		}
		if len(w.replies(ticket)) != 1 {
			w.t.Errorf("the thread got an answer that is for one person: %+v", w.replies(ticket))
		}
	})
}

func TestADoubleClickCountsOnce(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		first, err := w.slack.Click(ana, channel, reminder, buttons.ActionSnooze)
		w.must(err)
		w.pass(0)
		second := w.slack.Repeat(first)
		if !second.OK() {
			w.t.Errorf("acknowledged %+v", second)
		}
		w.pass(0)
		var answers []string // which of the two is heard first nobody can say
		for _, m := range w.slack.Ephemerals(ana) {
			answers = append(answers, m.Text)
		}
		if len(answers) != 2 || strings.Count(strings.Join(answers, "\n"), "double click") != 1 {
			w.t.Errorf("the answers are %q", answers)
		}
		if due := w.timeline(ticket).Tiers[1].Due.Sub(w.timeline(ticket).PostedAt); due != 50*time.Minute {
			w.t.Errorf("tier 2 is due after %s", due)
		}
	})
}

// Rule 29: Slack's signature is good for five minutes, in which somebody who got hold of a click may send it again.
func TestAClickSentAgainCountsOnceHoweverLate(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		snoozed, err := w.slack.Click(ana, channel, reminder, buttons.ActionSnooze)
		w.must(err)
		owned, err := w.slack.Click(ana, channel, reminder, buttons.ActionOwn)
		w.must(err)
		w.click(bob, reminder, buttons.ActionOwn)
		w.pass(4 * time.Minute)
		before := w.timeline(ticket)
		for _, sent := range []slacktest.Ack{snoozed, owned} {
			if again := w.slack.Repeat(sent); !again.OK() {
				w.t.Errorf("acknowledged %+v", again)
			}
		}
		w.pass(0)
		w.told(ana, ticket, "double click")
		if after := w.timeline(ticket); after.Version != before.Version || after.Owner.User != bob {
			w.t.Errorf("version %d after %d, owner %s", after.Version, before.Version, after.Owner.User)
		}
	})
}

func TestSnoozeForALengthFromTheMenu(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		id := w.timeline(ticket).ID
		w.click(ana, reminder, buttons.ActionSnoozeFor, id+"/1/1/2h0m0s")
		w.told(ana, ticket, "Snoozed for 2 hours.", "Mind the deadline")
	})
}

func TestWhoeverIsOnItIsTheOneWhoIsTold(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		w.click(bob, reminder, buttons.ActionOwn)
		w.told(bob, ticket, "You are on it now", "I wait 30 minutes")
		w.shows(ticket, reminder, "*Bob is on it*", "*Snoozed* until", "Next: Bob alone")
		w.click(ana, reminder, buttons.ActionOwn)
		w.told(ana, ticket, "in place of Bob")
		w.shows(ticket, reminder, "*Ana Silva is on it*")
		w.pass(70 * time.Minute)
		w.says(w.replies(ticket)[1].Text, "<@U0BOB>", "Ana Silva has", "in place of you")
		w.says(w.replies(ticket)[2].Text, "<@U0ANA>", "not <@U0BOB>", "The promise is broken")
		w.says(w.replies(ticket)[3].Text, "<@U0ANA>", "not <@U0BOB>", "Tier 2 of 4", "You are on it, so I tell nobody else")
	})
}

func TestCheckAgainClosesWhatIsAnswered(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		w.click(ana, reminder, buttons.ActionCheck)
		w.told(ana, ticket, "knows of no public reply")
		w.shows(ticket, reminder, "Tier 1 of 4", "I replied, check again")

		w.desk.says(desk.Answer{Status: desk.Answered, RepliedAt: time.Now().Add(-time.Minute)})
		w.click(ana, reminder, buttons.ActionCheck)
		w.told(ana, ticket, "Thank you! The help desk has a reply")
		w.shows(ticket, reminder, "*Answered after", "Tier 1 of 4 told Ana Silva and Bob", "not <@U0ANA>", "not "+buttons.ActionOwn)
		if state := w.timeline(ticket).State; state != escalation.Answered {
			w.t.Errorf("the timeline is %s", state)
		}
	})
}

func TestAnAnswerSettlesTheRemindersThatStand(t *testing.T) {
	inWorld(t, func(w *world, ticket, first string) {
		w.pass(10 * time.Minute)
		second := w.replies(ticket)[1].TS
		w.desk.says(desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
		w.pass(20 * time.Minute)
		for _, reminder := range []string{first, second} {
			w.shows(ticket, reminder, "*Answered after 20 minutes.*", "not <@", "not "+buttons.ActionOwn)
		}
		if n := len(w.replies(ticket)); n != 2 {
			w.t.Errorf("%d replies, want the two reminders", n)
		}
	})
}

func TestWhyMe(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		w.click(ana, reminder, buttons.ActionWhy)
		w.told(ana, ticket, "mentions you by name", "On shift: Ana", "tier 1 of 4 of the policy *enterprise*", "The help desk said", "not <@")
	})
}

// A button stays where somebody's window is old.
func TestAButtonOfAClosedTimelineIsAnsweredKindly(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		first := w.click(ana, reminder, buttons.ActionWhy)
		snooze, err := w.slack.Click(bob, channel, reminder, buttons.ActionSnooze)
		w.must(err)
		w.pass(time.Minute)
		w.desk.says(desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
		w.pass(time.Hour)
		closed := w.timeline(ticket)
		w.slack.Repeat(snooze)
		w.slack.Repeat(first)
		w.pass(0)
		w.told(bob, ticket, "Somebody replied")
		if again := w.timeline(ticket); again.Version != closed.Version {
			w.t.Error("the closed timeline was changed")
		}
	})
}

func TestAButtonOfAnotherWorkspacesTimelineDoesNothing(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		before := w.timeline(ticket)
		payload := strings.NewReplacer("TL", before.ID, "THREAD", ticket, "MESSAGE", reminder).Replace(`{"type":"block_actions",
			"team":{"id":"T9"},"user":{"id":"U9EVE","team_id":"T9"},"channel":{"id":"C0ENT"},"message":{"ts":"MESSAGE","thread_ts":"THREAD"},
			"actions":[{"action_id":"slabuddy_snooze","type":"button","value":"TL/1/1"}]}`)
		if _, err := w.app.Interaction(w.t.Context(), []byte(payload)); err != nil {
			w.t.Error(err)
		}
		w.pass(0)
		if after := w.timeline(ticket); after.Version != before.Version {
			w.t.Error("another workspace changed the timeline")
		}
	})
}

// A guest closed a ticket with a word once. Rule 29: guests press and say what they like, and nothing comes of it.
func TestNothingComesOfWhatGuestsDo(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		before := w.timeline(ticket)
		w.desk.says(desk.Answer{Status: desk.Answered, RepliedAt: time.Now()}) // one who asks closes it
		for _, action := range []string{buttons.ActionSnooze, buttons.ActionOwn, buttons.ActionCheck, buttons.ActionWhy} {
			w.click(guest, reminder, action)
			w.told(guest, ticket, "Only full members of this workspace")
		}
		for _, words := range []string{"", "2h", "done", "status"} {
			w.ok(w.slack.Mention(guest, channel, ticket, words))
			w.pass(0)
		}
		after := w.timeline(ticket)
		if after.Version != before.Version || w.desk.asked > 1 {
			w.t.Errorf("from version %d to %d, %s; the desk was asked %d times", before.Version, after.Version, after.State, w.desk.asked)
		}
		if n := len(w.replies(ticket)); n != 1+4 {
			w.t.Errorf("%d messages in the thread, want the reminder and the guest's own", n)
		}
		w.ok(w.slack.Mention(ana, channel, ticket, "2h"))
		w.pass(0)
		if again := w.timeline(ticket); again.Version == after.Version {
			w.t.Error("nor of what colleagues do")
		}
	})
}

// Who has just spoken is not known yet: Slack sends the mention again, and it counts then, once.
func TestAMentionWaitsUntilItIsKnownWhoseItIs(t *testing.T) {
	inWorld(t, func(w *world, ticket, _ string) {
		before := w.timeline(ticket)
		away := w.slack.Inject(slacktest.Fault{Method: "users.info", Do: slacktest.Status(503)})
		w.ok(w.slack.Mention(ana, channel, ticket, "2h"))
		w.pass(0)
		if w.timeline(ticket).Version != before.Version {
			w.t.Error("it counted, though nobody knows whose it is")
		}
		away.Clear()
		w.pass(10 * time.Minute)
		if until := w.timeline(ticket).SnoozedUntil; until.IsZero() {
			w.t.Error("it never counted")
		}
	})
}
