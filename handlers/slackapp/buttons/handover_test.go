package buttons_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// pinged counts the messages of a thread that mention somebody and say something.
func (w *world) pinged(ticket, user, words string) (n int) {
	for _, m := range w.replies(ticket) {
		if strings.Contains(m.Text, "<@"+user+">") && strings.Contains(m.Text, words) {
			n++
		}
	}
	return n
}

// Rule 23: whoever is on it hands over by a menu; the new owner is told once, alone, and nothing is put off.
func TestAnOwnerHandsOver(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		w.shows(ticket, reminder, "not "+buttons.ActionHandOver)
		w.click(ana, reminder, buttons.ActionOwn)
		w.shows(ticket, reminder, buttons.ActionHandOver)
		before := w.timeline(ticket)
		w.click(ana, reminder, buttons.ActionHandOver, guest)
		w.told(ana, ticket, "Only full members", "Nothing has changed")
		w.click(ana, reminder, buttons.ActionHandOver, bob)
		w.told(ana, ticket, "Bob has", "Nothing is put off", "not <@")
		w.shows(ticket, reminder, "*Bob is on it*")
		if n := w.pinged(ticket, bob, "handed ticket 42 over to you"); n != 1 {
			w.t.Errorf("the new owner is told %d times", n)
		}
		after := w.timeline(ticket)
		if after.Owner.User != bob || !after.Tiers[1].Due.Equal(before.Tiers[1].Due) {
			w.t.Errorf("owner %s, the next tier moved by %s", after.Owner.User, after.Tiers[1].Due.Sub(before.Tiers[1].Due))
		}
		w.pass(45 * time.Minute)
		all := w.replies(ticket)
		w.says(all[len(all)-1].Text, "<@U0BOB>", "not <@U0ANA>")
	})
}

// Rule 23: whoever was on a ticket is told in its thread when somebody else takes it, by a button or by another's word.
func TestWhoeverWasOnATicketIsToldThatTheyAreNot(t *testing.T) {
	inWorld(t, func(w *world, ticket, reminder string) {
		w.click(ana, reminder, buttons.ActionOwn)
		w.click(bob, reminder, buttons.ActionOwn)
		if n := w.pinged(ticket, ana, "*Bob has ticket 42 now*, in place of you"); n != 1 {
			w.t.Errorf("who was on it is told %d times", n)
		}
		bot := w.slack.Options().App.UserID
		w.ok(w.slack.PostAs(ana, channel, slacktest.Message{Text: "<@" + bot + "> assign me", ThreadTS: ticket}))
		w.pass(0)
		if n := w.pinged(ticket, bob, "You have ticket 42 now, in place of <@"+bob+">"); n != 1 {
			w.t.Errorf("who was on it is told %d times of the mention", n)
		}
	})
}

// Rules 10 and 23: the same by a mention, answered in the thread where the new owner reads it.
func TestATicketIsAssignedByAMention(t *testing.T) {
	inWorld(t, func(w *world, ticket, _ string) {
		bot := w.slack.Options().App.UserID
		say := func(words string) {
			w.ok(w.slack.PostAs(ana, channel, slacktest.Message{Text: "<@" + bot + "> " + words, ThreadTS: ticket}))
			w.pass(0)
		}
		before := w.timeline(ticket)
		say("assign <@" + bob + ">")
		if n := w.pinged(ticket, bob, "Ana Silva handed ticket 42 over to you"); n != 1 {
			w.t.Errorf("the new owner is told %d times", n)
		}
		say("hand over to <@" + guest + ">")
		say("assign")
		say("assign me")
		all := w.replies(ticket)
		var texts []string
		for _, m := range all {
			texts = append(texts, m.Text)
		}
		w.says(strings.Join(texts, "\n"), "Only full members", "To whom?", "You have ticket 42 now, in place of <@"+bob+">", "not Snoozed")
		after := w.timeline(ticket)
		if after.Owner.User != ana || !after.SnoozedUntil.IsZero() || !after.Tiers[1].Due.Equal(before.Tiers[1].Due) {
			w.t.Errorf("owner %s, snoozed until %s", after.Owner.User, after.SnoozedUntil)
		}
	})
}
