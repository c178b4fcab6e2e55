package scenariotest

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// mentionIn is the n-th of several mentions within a second.
func mentionIn(m escalation.Message, n int, text string) escalation.Mention {
	return escalation.Mention{
		MentionKey: escalation.MentionKey{Workspace: m.Workspace, Channel: m.Channel, TS: tsOf(time.Now(), fmt.Sprint(100+n))},
		ThreadTS:   m.TS, User: "U0ANA", Text: "<@U0BOT> " + text,
	}
}

// Rule 14: a channel takes one post a second, and in its line reminders go before answers: however often the bot is
// mentioned there, another ticket's reminder is punctual.
func TestManyMentionsDoNotMakeAReminderLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.tiers(10)
		w.run()
		waiting := w.message("42")
		w.open(waiting, flow.OpenedNew)
		w.until(5)
		var others []escalation.Message
		for i := range 150 {
			m := w.message(fmt.Sprint(100 + i))
			w.open(m, flow.OpenedNew)
			others = append(others, m)
		}
		w.until(9.5)
		for i, m := range others {
			w.hearAgain(mentionIn(m, i, "2h"))
		}
		w.until(10.1)
		all := w.slack.reminders(waiting)
		if len(all) != 1 {
			t.Fatalf("%d reminders of the ticket that was due, want one", len(all))
		}
		w.until(14)
		answered := 0
		for _, m := range others {
			answered += len(w.slack.notes(m))
		}
		equal(t, "answers, all the same", answered, 150)
	})
}

// The ticket that was longest untold comes first: while more comes due than a channel takes, nobody is told of one
// ticket twice before all others are told of once.
func TestTheLongestUntoldComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.tiers(2, 3, 4)
		w.walker.Tick = time.Second
		w.run()
		w.wave(150, 0)
		w.until(4.5) // two thirds of them, if it is fair
		_, _, tiers := w.slack.told()
		twice := 0
		for _, told := range tiers {
			if len(told) > 1 {
				twice++
			}
		}
		if len(tiers) < 120 || twice > 5 { // some are on their way while a minute's decisions are made again
			t.Errorf("%d of 150 tickets are told of, %d of them twice", len(tiers), twice)
		}
		w.until(2 + 150*1.1/60 + 0.75)
		if _, _, tiers := w.slack.told(); len(tiers) != 150 {
			t.Errorf("%d of 150 tickets are told of", len(tiers))
		}
	})
}

// A few mentions in one thread have an answer each. Those of a burst beyond them have one together, which tells how
// the ticket stands by then.
func TestABurstOfMentionsHasFewAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(1)
		for i := range 20 {
			w.hearAgain(mentionIn(m, i, "1h"))
			time.Sleep(100 * time.Millisecond)
		}
		w.until(2)
		notes := w.slack.notes(m)
		equal(t, "the answers", notes, []escalation.NoteKind{escalation.NoteSnoozed, escalation.NoteSnoozed, escalation.NoteSnoozed, escalation.NoteStatus})
		w.hear(m, "unsnooze")
		w.until(3)
		equal(t, "a mention by itself", len(w.slack.notes(m)), 5)
	})
}
