package scenariotest

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Rule 5: between due times open timelines are asked about every `poll`, so that an answered ticket
// closes within minutes.
func TestPollClosesAnAnsweredTicketBetweenDueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Poll = 5 * time.Minute
		w.run()
		w.begin(w.poller.Run)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(60) // all tiers are posted
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(60)})
		w.until(66)
		tl, _ := w.timeline(m)
		equal(t, "state", tl.State, escalation.Answered)
		equal(t, "answered", tl.AnsweredAt.UTC(), w.at(60).UTC())
	})
}

// A breach that could not be checked at the deadline is told by the poll after it.
func TestPollTellsTheBreachThatCouldNotBeCheckedAtTheDeadline(t *testing.T) {
	for _, tt := range []struct {
		name     string
		replied  float64
		state    escalation.TimelineState
		breached bool
	}{
		{"nobody had replied", 0, escalation.Open, true},
		{"somebody had, in time", 49, escalation.Answered, false},
		{"somebody had, too late", 52, escalation.Answered, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.end()
				w.settings.Poll = 5 * time.Minute
				w.desk.silent = map[string]bool{"42": true}
				w.run()
				w.begin(w.poller.Run)
				m := w.message("42")
				w.open(m, flow.OpenedNew)
				w.until(54)
				tl, _ := w.timeline(m)
				equal(t, "breached while the desk is silent", !tl.FirstReply().BreachedAt.IsZero(), false)
				a := desk.Answer{Status: desk.Unanswered}
				if tt.replied > 0 {
					a = desk.Answer{Status: desk.Answered, RepliedAt: w.at(tt.replied)}
				}
				w.desk.say("42", a)
				w.until(61)
				tl, _ = w.timeline(m)
				equal(t, "state", tl.State, tt.state)
				equal(t, "breached", !tl.FirstReply().BreachedAt.IsZero(), tt.breached)
				if tt.breached {
					equal(t, "when", tl.FirstReply().BreachedAt.UTC(), w.at(50).UTC())
				}
			})
		})
	}
}

// Rule 5: at most `poll_budget` calls a minute, all replicas together; the longest unasked first.
func TestPollKeepsItsBudget(t *testing.T) {
	const budget, tickets = 1, 350
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Poll, w.settings.PollBudget = time.Minute, budget
		w.settings.Channels["C0ENTERPRISE"] = policy.Channel{Policy: "teams"}
		for i := range tickets {
			w.open(w.postedAt(fmt.Sprint(i), w.start.Add(time.Duration(i-tickets)*time.Second)), flow.OpenedNew)
		}
		w.begin(w.poller.Run)
		w.begin(w.newPoller().Run)
		w.until(2.9)
		calls, asked := w.desk.was()
		equal(t, "calls in three minutes", calls, 3*budget)
		for i := range tickets {
			want := 0
			if i < 3*budget*desk.MaxQuestions { // the first posted are the longest unasked
				want = 1
			}
			if got := asked[fmt.Sprint(i)]; got != want {
				t.Fatalf("ticket %d was asked about %d times, want %d", i, got, want)
			}
		}
	})
}

// A ticket that is due is the walker's: the poll leaves it alone.
func TestPollLeavesDueTicketsToTheWalker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Poll = time.Minute
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(10)
		w.begin(w.poller.Run)
		w.until(15)
		calls, _ := w.desk.was()
		equal(t, "calls", calls, 0)
		equal(t, "history", w.history(m), []string{"opened"})
	})
}

func TestNothingIsPolledWithoutADeskOrABudgetOrATrustedClock(t *testing.T) {
	for name, edit := range map[string]func(*world){
		"no desk":             func(w *world) { w.settings.HasDesk = false },
		"no budget":           func(w *world) { w.settings.PollBudget = 0 },
		"clock not trusted":   func(w *world) { w.poller.Hold = func() bool { return true } },
		"asked a moment ago":  func(w *world) { w.settings.Poll = time.Hour },
		"nothing is followed": func(w *world) { w.settings.IgnoreTypes = []string{"login"} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.end()
				w.settings.Poll = time.Minute
				edit(w)
				if _, err := w.opener.Open(t.Context(), w.message("42")); err != nil {
					t.Fatal(err)
				}
				w.begin(w.poller.Run)
				w.until(9)
				calls, _ := w.desk.was()
				equal(t, "calls", calls, 0)
			})
		})
	}
}

// A tier that comes due while a poll waits for an answer is left to the walker, which asks twice.
func TestPollWithoutAnAnswerPostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Poll = time.Minute
		w.desk.hangs = true
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(9.97)
		w.begin(w.poller.Run)
		w.until(15)
		calls, _ := w.desk.was()
		equal(t, "calls", calls, 1)
		equal(t, "history", w.history(m), []string{"opened"})
	})
}

// A help desk that does not answer the poll is asked again a poll later, and nothing is decided.
func TestPollWithoutAnAnswerDecidesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Poll = 2 * time.Minute
		w.desk.hangs = true
		w.begin(w.poller.Run)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(9)
		tl, _ := w.timeline(m)
		equal(t, "version", tl.Version, 1)
		if n, _ := w.desk.was(); n < 3 || n > 4 {
			t.Errorf("%d calls in nine minutes, want one in two", n)
		}
	})
}
