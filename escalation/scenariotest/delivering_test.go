package scenariotest

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Rule 13: answered between the decision and the sending, a reminder is dropped.
func TestAnsweredBetweenDecisionAndSendingPostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Poll, w.poller.Idle = 10*time.Second, 10*time.Second
		w.slack.limited(w.at(10.8))
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(10.1)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(10.05)})
		w.begin(w.poller.Run)
		w.until(30)
		equal(t, "thread", w.said(m), nil)
		tl, _ := w.timeline(m)
		equal(t, "state", tl.State, escalation.Answered)
		equal(t, "counted", w.counted("slabuddy_reminders_total"), map[string]float64{"enterprise/first_reply/1/dropped": 1})
	})
}

// Rule 13: a decision that is not posted within a minute is made again, and says how late it is.
func TestDecisionThatWaitedTooLongIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.walker.Tick = time.Second
		w.tiers(1, 10)
		w.slack.away(w.at(4))
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(6)
		got := w.slack.reminders(m)
		if len(got) != 1 {
			t.Fatalf("%d reminders, want one", len(got))
		}
		r := got[0].Reminder
		equal(t, "tier", r.Tier, 1)
		if age := got[0].At.Sub(r.DecidedAt); age > time.Minute {
			t.Errorf("posted %s after it was decided", age)
		}
		if r.Late < 2*time.Minute || got[0].Round < 2 {
			t.Errorf("round %d says that it is %s late; it is three minutes late", got[0].Round, r.Late)
		}
		tl, _ := w.timeline(m)
		equal(t, "state", tl.Tiers[0].State, escalation.TierPosted)
	})
}

// Slack away for the whole of a timeline: when it is back, one reminder, which covers all the others.
func TestSlackAwayOverAllDueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.walker.Tick = time.Second
		w.tiers(1, 2, 3, 4)
		w.slack.away(w.at(5))
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(8)
		got := w.said(m)
		if len(got) != 1 {
			t.Fatalf("%d reminders, want one", len(got))
		}
		equal(t, "tier", got[0].Tier, 4)
		equal(t, "covers", got[0].Covers, []int{1, 2, 3})
		equal(t, "mentions", got[0].Mention, []string{"S0HEAD", "U0ANA", "U0BOB", "S0SUPPORT"})
	})
}

// Rules 11 and 12: an answer that was lost is settled by looking, and recorded as what it was.
func TestLostAnswerIsFoundAndNotPostedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.slack.lose = 4
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(60)
		var tiers []int
		for _, s := range w.said(m) {
			tiers = append(tiers, s.Tier)
		}
		equal(t, "tiers", tiers, []int{1, 2, 3, 4})
		tl, _ := w.timeline(m)
		for i, p := range w.slack.reminders(m) {
			equal(t, "ts", tl.Tiers[i].TS, p.MsgTS)
		}
	})
}

// Rule 14: a tier whose reminder is refused for good is failed; the next ones are tried all the same.
func TestReminderRefusedForGoodFailsItsTier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.slack.refuse = func(p escalation.Post) error {
			if p.Reminder.Tier == 1 {
				return &queue.Error{Kind: queue.KindTerminal, Err: errors.New("msg_too_long")}
			}
			return nil
		}
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(25)
		equal(t, "history", w.history(m), []string{"opened", "due 1", "failed 1", "due 2", "posted 2"})
		_, events := w.timeline(m)
		equal(t, "why", events[2].Cause, "msg_too_long")
	})
}

// A tier that comes due while a lower one's outcome is unknown waits for it, and is not lost.
func TestTierThatComesDueWhileALowerOneIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.walker.Tick = time.Second
		w.tiers(1, 2, 10)
		w.slack.away(w.at(2.2))
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(5)
		got := w.said(m)
		if len(got) != 1 || got[0].Tier != 2 {
			t.Fatalf("%+v, want one reminder of tier 2", got)
		}
		equal(t, "covers", got[0].Covers, []int{1})
		equal(t, "mentions", got[0].Mention, []string{"U0ANA", "U0BOB"})
	})
}

// Who has mended what Slack refused, and has the job tried again, sees the reminder go out; what came due
// meanwhile goes with it, and nothing goes twice.
func TestAReminderThatFailedGoesOutOnceItIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		mended := w.at(25)
		w.slack.refuse = func(escalation.Post) error {
			if time.Now().Before(mended) {
				return &queue.Error{Kind: queue.KindTerminal, Err: errors.New("not_in_channel")}
			}
			return nil
		}
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(30)
		equal(t, "thread", w.said(m), nil)
		failed, err := w.store.Jobs(t.Context(), queue.Filter{State: queue.Failed})
		if err != nil || len(failed) != 2 {
			t.Fatalf("%d jobs failed, error %v", len(failed), err)
		}
		for _, j := range failed {
			if err := w.store.RetryJob(t.Context(), j.ID, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		w.until(32)
		told := map[int]int{}
		for _, r := range w.said(m) {
			for _, tier := range append(r.Covers, r.Tier) {
				told[tier]++
			}
		}
		equal(t, "told", told, map[int]int{1: 1, 2: 1})
		w.until(60)
		tl, _ := w.timeline(m)
		for i, tier := range tl.Tiers {
			if tier.State != escalation.TierPosted && tier.State != escalation.TierSuperseded {
				t.Errorf("tier %d is %s", i+1, tier.State)
			}
		}
	})
}

// Rule 14: a tier whose job somebody cancelled is given up, and the timeline goes on. Tried again, it is decided
// again, and says how late it is.
func TestAReminderThatWasCancelledGoesOutOnceItIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.slack.away(w.at(10.2))
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(10.1)
		jobs, err := w.store.Jobs(t.Context(), queue.Filter{State: queue.Pending})
		if err != nil || len(jobs) != 1 {
			t.Fatalf("%d jobs are pending, error %v", len(jobs), err)
		}
		if _, err := w.store.CancelJob(t.Context(), jobs[0].ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		w.until(30)
		got := w.said(m)
		if len(got) != 1 || got[0].Tier != 2 || got[0].Minute != 20 {
			t.Errorf("%+v, want the reminder of tier 2, in time", got)
		}
		if err := w.store.RetryJob(t.Context(), jobs[0].ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		w.until(32)
		if got = w.said(m); len(got) != 2 || got[1].Tier != 1 || got[1].Late < 20*time.Minute {
			t.Errorf("%+v, want that of tier 1 as well, late", got)
		}
	})
}
