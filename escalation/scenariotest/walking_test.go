package scenariotest

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

func equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	escalationtest.Equal(t, what, got, want, opts...)
}

// said is what is worth a look in a reminder that was posted.
type said struct {
	Minute  float64 // after the start, to a tenth of a minute
	Tier    int
	Covers  []int
	Late    time.Duration
	Desk    desk.AnswerStatus
	Mention []string
}

func (w *world) said(m escalation.Message) []said {
	var all []said
	for _, p := range w.slack.reminders(m) {
		s := said{Tier: p.Reminder.Tier, Covers: p.Reminder.Covers, Late: p.Reminder.Late.Round(time.Second), Desk: p.Reminder.Desk}
		s.Minute = float64(p.At.Sub(w.start).Round(6*time.Second)/(6*time.Second)) / 10
		for _, r := range p.Reminder.Mention {
			s.Mention = append(s.Mention, r.ID)
		}
		all = append(all, s)
	}
	return all
}

// A ticket that nobody answers, from its message to the last tier.
func TestTicketNobodyAnswersIsEscalatedOnTimeExactlyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)

		no := desk.Unanswered
		tiers := []said{
			{Minute: 10, Tier: 1, Desk: no, Mention: []string{"U0ANA"}},
			{Minute: 20, Tier: 2, Desk: no, Mention: []string{"U0ANA", "U0BOB"}},
			{Minute: 35, Tier: 3, Desk: no, Mention: []string{"S0SUPPORT"}},
			{Minute: 50, Tier: 4, Desk: no, Mention: []string{"S0HEAD"}},
		}
		for minute := 1; minute <= 90; minute++ {
			w.until(float64(minute) + 0.5)
			var want []said
			for _, s := range tiers {
				if s.Minute <= float64(minute) {
					want = append(want, s)
				}
			}
			equal(t, fmt.Sprintf("thread after %d minutes", minute), w.said(m), want)
		}
		equal(t, "history", w.history(m), []string{"opened", "due 1", "posted 1", "due 2", "posted 2", "due 3", "posted 3", "breached", "due 4", "posted 4"})
		for _, p := range w.slack.reminders(m) {
			if late := p.At.Sub(p.Reminder.Due); late > time.Second {
				t.Errorf("tier %d was posted %s late", p.Reminder.Tier, late)
			}
		}
		tl, events := w.timeline(m)
		equal(t, "breached", tl.FirstReply().BreachedAt.UTC(), w.at(50).UTC())
		equal(t, "mentioned", events[2].Mentioned, []string{"U0ANA"})
		if got, posted := events[2].TS, w.slack.reminders(m)[0].MsgTS; got != posted || tl.Tiers[0].TS != posted {
			t.Errorf("the history has ts %s, the tier %s; it was posted as %s", got, tl.Tiers[0].TS, posted)
		}
	})
}

// Issue 2: down over three due times, one reminder, for the highest tier, that says how late it is.
func TestDownOverThreeDueTimesPostsOneReminder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(42)
		w.run()
		w.until(49)
		equal(t, "thread", w.said(m), []said{{
			Minute: 42, Tier: 3, Covers: []int{1, 2}, Late: 7 * time.Minute, Desk: desk.Unanswered,
			Mention: []string{"S0SUPPORT", "U0ANA", "U0BOB"},
		}})
		equal(t, "history", w.history(m), []string{"opened", "superseded 1", "superseded 2", "due 3", "posted 3"})
	})
}

// Rule 15: replicas share the work, and do none of it twice.
func TestTwoReplicasPostEachTierOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		var tickets []escalation.Message
		for i := range 20 {
			tickets = append(tickets, w.message(fmt.Sprint(i+1)))
			w.open(tickets[i], flow.OpenedNew)
		}
		w.run()
		w.runReplica(w.newWalker(), prometheus.NewRegistry())
		w.until(60)
		for _, m := range tickets {
			var tiers []int
			for _, s := range w.said(m) {
				tiers = append(tiers, s.Tier)
			}
			equal(t, "tiers of ticket "+m.Ticket.ID, tiers, []int{1, 2, 3, 4})
		}
	})
}

// Rule 7: a help desk that does not answer delays a reminder by the five seconds of rule 5, no more.
func TestHelpDeskThatHangsDelaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.desk.hangs = true
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(19)
		equal(t, "thread", w.said(m), []said{{Minute: 10.1, Tier: 1, Mention: []string{"U0ANA"}}})
		if late := w.slack.reminders(m)[0].At.Sub(w.at(10)); late > 5*time.Second+time.Millisecond {
			t.Errorf("posted %s after the due time", late)
		}
		calls, _ := w.desk.was()
		equal(t, "asked", calls, 2)
	})
}

// Rule 7: asked once more after a second; those with an answer do not wait for those without.
func TestHelpDeskThatAnswersForSomeTicketsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.desk.silent = map[string]bool{"2": true}
		w.run()
		one, two, three := w.message("1"), w.message("2"), w.message("3")
		for _, m := range []escalation.Message{one, two, three} {
			w.open(m, flow.OpenedNew)
		}
		w.desk.say("3", desk.Answer{Status: desk.Answered, RepliedAt: w.at(5)})
		w.until(10)
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		equal(t, "the one nobody answered", w.said(one), []said{{Minute: 10, Tier: 1, Desk: desk.Unanswered, Mention: []string{"U0ANA"}}})
		equal(t, "the one without an answer, yet", w.said(two), nil)
		w.until(15)
		equal(t, "the one without an answer", w.said(two), []said{{Minute: 10, Tier: 1, Mention: []string{"U0ANA"}}})
		equal(t, "the one answered", w.said(three), nil)
		_, asked := w.desk.was()
		equal(t, "asked about", asked, map[string]int{"1": 1, "2": 2, "3": 1})
	})
}

// Rule 5: the reply is found just before posting; the timeline closes with the reply's own time.
func TestAnsweredTicketIsClosedInsteadOfPosted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(15)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(14)})
		w.until(60)
		tl, _ := w.timeline(m)
		equal(t, "state", tl.State, escalation.Answered)
		equal(t, "answered", tl.AnsweredAt.UTC(), w.at(14).UTC())
		equal(t, "history", w.history(m), []string{"opened", "due 1", "posted 1", "desk", "answered"})
	})
}

// Rule 5: still open after give_up, a timeline expires.
func TestTimelineExpiresAfterGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.GiveUp = 90 * time.Minute
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(89.9)
		tl, _ := w.timeline(m)
		equal(t, "state before", tl.State, escalation.Open)
		w.until(90.1)
		tl, _ = w.timeline(m)
		equal(t, "state", tl.State, escalation.Expired)
		equal(t, "last in its history", w.history(m)[len(w.history(m))-1], "expired")
		before, _ := w.desk.was()
		w.until(120)
		after, _ := w.desk.was()
		equal(t, "asked about no more", after, before)
	})
}

// Rule 6: `repeat` on the last tier posts it again at that interval.
func TestLastTierRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Policies["enterprise"].Tiers[3].Repeat = 10 * time.Minute
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(75)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(74)})
		w.until(120)
		var minutes []float64
		for _, s := range w.said(m)[3:] {
			equal(t, "tier", s.Tier, 4)
			minutes = append(minutes, s.Minute)
		}
		equal(t, "posted at", minutes, []float64{50, 60, 70})
	})
}
