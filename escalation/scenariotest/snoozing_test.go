package scenariotest

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Rule 10: every pending tier moves back, keeping the spacing; the deadline stays.
func TestSnoozeMovesTheTiersAndNotTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		w.hear(m, "")
		w.until(120)
		var minutes []float64
		for _, s := range w.said(m) {
			minutes = append(minutes, s.Minute)
		}
		equal(t, "posted at", minutes, []float64{10, 50, 65, 80})
		equal(t, "answers", w.slack.notes(m), []escalation.NoteKind{escalation.NoteSnoozed})
		tl, events := w.timeline(m)
		equal(t, "breached", tl.FirstReply().BreachedAt.UTC(), w.at(50).UTC())
		equal(t, "who and how long", events[3].Details, escalation.Details{By: "U0ANA", For: 30 * time.Minute, Until: w.at(50).UTC()})
	})
}

// The same mention comes as `message` and as `app_mention`, each of them twice, all at once.
func TestOneMentionCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		mention := w.hear(m, "30m")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { w.hearAgain(mention) })
		}
		all.Wait()
		w.until(1)
		equal(t, "history", w.history(m), []string{"opened", "snoozed"})
		equal(t, "answers", w.slack.notes(m), []escalation.NoteKind{escalation.NoteSnoozed})
	})
}

// In the thread of a message with several tickets a mention is meant for each of them, once.
func TestAMentionIsMeantForEveryTicketOfItsMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		first, second := w.message("61"), w.message("62")
		second.Thread = first.Thread
		for _, want := range []flow.OpenOutcome{flow.OpenedNew, flow.OpenedDuplicate} {
			got, err := w.opener.Open(t.Context(), first, second)
			if err != nil || got != want {
				t.Fatalf("opened: %s, %v, want %s", got, err, want)
			}
		}
		mention := w.hear(first, "30m")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { w.hearAgain(mention) })
		}
		all.Wait()
		w.until(1)
		ts, err := w.store.ListByThread(t.Context(), first.Thread)
		if err != nil || len(ts) != 2 {
			t.Fatalf("%d timelines, %v", len(ts), err)
		}
		for _, tl := range ts {
			equal(t, "ticket "+tl.Ticket.ID+" is due", tl.Tiers[0].Due.UTC(), w.at(40).UTC())
		}
		equal(t, "answers", w.slack.notes(first), []escalation.NoteKind{escalation.NoteSnoozed, escalation.NoteSnoozed})
	})
}

// Two people at the same moment are two snoozes.
func TestTwoMentionsAtOnceBothCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		var both sync.WaitGroup
		for _, ts := range []string{"1.000001", "1.000002"} {
			both.Go(func() {
				w.hearAgain(escalation.Mention{
					MentionKey: escalation.MentionKey{Workspace: m.Workspace, Channel: m.Channel, TS: ts}, ThreadTS: m.TS, User: "U0ANA", Text: "<@U0BOT> 30m",
				})
			})
		}
		both.Wait()
		tl, _ := w.timeline(m)
		equal(t, "due", tl.Tiers[0].Due.UTC(), w.at(70).UTC())
	})
}

// Rule 13: snoozed while its reminder is owed, a tier is pending again at its new time.
func TestSnoozeWhileAReminderIsOwed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.slack.limited(w.at(10.5)) // the reminder of minute 10 waits in the queue
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(10.2)
		equal(t, "history before", w.history(m), []string{"opened", "due 1"})
		w.hear(m, "")
		w.until(60)
		equal(t, "thread", w.said(m), []said{
			{Minute: 40.2, Tier: 1, Desk: desk.Unanswered, Mention: []string{"U0ANA"}},
			{Minute: 50, Tier: 2, Desk: desk.Unanswered, Mention: []string{"U0ANA", "U0BOB"}},
		})
		equal(t, "history", w.history(m)[:6], []string{"opened", "due 1", "snoozed", "deferred 1", "due 1", "posted 1"})
	})
}

func TestHelpAndStatusMoveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.hear(m, "help")
		time.Sleep(5 * time.Second)
		w.hear(m, "status")
		w.until(1)
		equal(t, "history", w.history(m), []string{"opened"})
		equal(t, "answers", w.slack.notes(m), []escalation.NoteKind{escalation.NoteHelp, escalation.NoteStatus})
	})
}

func TestMentionOfAClosedTimelineOnlyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.desk.say("42", desk.Answer{Status: desk.Withdrawn, Cause: "solved"})
		w.until(11)
		w.hear(m, "1h")
		w.until(12)
		equal(t, "history", w.history(m), []string{"opened", "desk", "withdrawn"})
		equal(t, "answers", w.slack.notes(m), []escalation.NoteKind{escalation.NoteClosed})
	})
}

// Without a help desk, and only then, `done` closes a timeline.
func TestDoneWithoutAHelpDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.HasDesk = false
		w.desk.say("42", desk.Answer{Status: desk.None})
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(15)
		w.hear(m, "done")
		w.until(60)
		tl, _ := w.timeline(m)
		equal(t, "state", tl.State, escalation.Answered)
		equal(t, "answered", tl.AnsweredAt.UTC(), w.at(15).UTC())
		equal(t, "why", tl.Cause, "done by U0ANA")
		equal(t, "answers", w.slack.notes(m), []escalation.NoteKind{escalation.NoteDone})
		equal(t, "reminders", len(w.slack.reminders(m)), 1)
	})
}

// limited has Slack refuse everything until then, for its rate.
func (s *slack) limited(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = func(p escalation.Post) error {
		if left := time.Until(until); left > 0 {
			return &queue.Error{Kind: queue.KindLimited, After: left, Gate: gate.Method(p.Workspace, gate.MethodPost), Err: errors.New("ratelimited")}
		}
		return nil
	}
}
