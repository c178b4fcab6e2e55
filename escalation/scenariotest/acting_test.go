package scenariotest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// click is somebody pressing a button of the latest reminder in a message's thread.
func (w *world) click(m escalation.Message, user string) escalation.Click {
	w.t.Helper()
	t, _ := w.timeline(m)
	if len(t.Posts) == 0 {
		w.t.Fatal("no reminder stands that could be clicked")
	}
	p := t.Posts[len(t.Posts)-1]
	return escalation.Click{Thread: m.Thread, Timeline: t.ID, Tier: p.Tier, Round: p.Round, User: user, Name: user, At: time.Now()}
}

// note is what a button answered.
func (w *world) note(n escalation.Note, err error) escalation.Note {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// update is one reminder brought up to date: what its timeline was by then.
type update struct {
	Tier    int
	State   escalation.TimelineState
	Snoozed float64 // until, in minutes
	Owner   string
}

func (w *world) updates() []update {
	w.slack.mu.Lock()
	defer w.slack.mu.Unlock()
	var all []update
	for _, r := range w.slack.refreshes {
		u := update{Tier: r.Reminder.Tier, State: r.Timeline.State, Owner: r.Timeline.Owner.User}
		if !r.Timeline.SnoozedUntil.IsZero() {
			u.Snoozed = r.Timeline.SnoozedUntil.Sub(w.start).Minutes()
		}
		all = append(all, u)
	}
	return all
}

func TestSnoozeByClickMovesTheTiersAndRefreshesTheReminder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		n := w.note(w.actions.Snooze(t.Context(), w.click(m, "U0ANA"), time.Hour))
		equal(t, "note", n.Kind, escalation.NoteSnoozed)
		equal(t, "beyond the deadline", n.BeyondDeadline, true)
		time.Sleep(time.Second)
		n = w.note(w.actions.Snooze(t.Context(), w.click(m, "U0ANA"), time.Hour))
		equal(t, "double click", n.Kind, escalation.NoteTwice)
		w.until(60)
		equal(t, "reminders, and that of the deadline", len(w.slack.reminders(m)), 2)
		still := update{Tier: 1, State: escalation.Open, Snoozed: 80}
		equal(t, "updates, the last as the deadline's reminder has the buttons", w.updates(), []update{still, still})
		equal(t, "ts", w.slack.refreshes[0].TS, w.slack.reminders(m)[0].MsgTS)
		equal(t, "history", w.history(m), []string{"opened", "due 1", "posted 1", "snoozed", "breached", "due", "posted"})
		_, events := w.timeline(m)
		equal(t, "by", events[3].By, "U0ANA")
		equal(t, "counted", w.counted("slabuddy_snoozes_total"), map[string]float64{"enterprise": 1})
		equal(t, "answers in the thread", w.slack.notes(m), nil)
	})
}

// A double click arrives as two requests at once, maybe at two replicas.
func TestDoubleClickAtOnceCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		click := w.click(m, "U0ANA")
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { w.note(w.actions.Snooze(t.Context(), click, 0)) })
			both.Go(func() { w.note(w.actions.Own(t.Context(), click)) })
		}
		both.Wait()
		var kinds []string
		_, events := w.timeline(m)
		for _, e := range events[3:] {
			kinds = append(kinds, string(e.Kind))
		}
		slices.Sort(kinds)
		equal(t, "history", kinds, []string{"owned", "snoozed"})
	})
}

// The owner alone hears of the next tier; after that, the circles again.
func TestOwnerAloneIsRemindedNextAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		n := w.note(w.actions.Own(t.Context(), w.click(m, "U0BOB")))
		equal(t, "note", n.Kind, escalation.NoteOwned)
		equal(t, "next", n.Next, &escalation.Next{At: w.at(50).UTC(), Names: []string{"U0BOB"}, Owner: true})
		w.until(70)
		var mentions [][]string
		for _, s := range w.said(m) {
			mentions = append(mentions, s.Mention)
		}
		equal(t, "mentions", mentions, [][]string{{"U0ANA"}, {"U0BOB"}, {"U0BOB"}})
		equal(t, "says so", w.slack.reminders(m)[1].Reminder.Owner, true)
		_, events := w.timeline(m)
		equal(t, "history", events[3].Details, escalation.Details{By: "U0BOB", For: 30 * time.Minute, Until: w.at(50).UTC()})
		owned := update{Tier: 1, State: escalation.Open, Snoozed: 50, Owner: "U0BOB"}
		second := owned
		second.Tier = 2
		equal(t, "updates: owned, and each once a newer one has the buttons", w.updates(), []update{owned, owned, second})
	})
}

// An owner whose shift ends before the next tier is not bothered after it.
func TestOwnerIsLeftInPeaceAfterTheirShift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Engineers = []calendar.Engineer{{Name: "Ana Silva", Slack: "U0ANA"}}
		w.roster.Shifts = map[string]calendar.Shift{"Ana Silva": {Title: "Support: Ana", Start: w.at(-60), End: w.at(45)}}
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		n := w.note(w.actions.Own(t.Context(), w.click(m, "U0ANA")))
		equal(t, "until", n.Owner.Until.UTC(), w.at(45).UTC())
		w.until(51)
		equal(t, "mentions", w.said(m)[1].Mention, []string{"U0ANA", "U0BOB"})
	})
}

// When the ticket is answered, every reminder that stands is settled in place.
func TestAnsweredTicketSettlesItsReminders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(22)
		equal(t, "before", w.updates(), []update{{Tier: 1, State: escalation.Open}})
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(21)})
		w.until(36)
		got := w.updates()
		slices.SortStableFunc(got, func(a, b update) int { return a.Tier - b.Tier })
		equal(t, "updates", got, []update{{Tier: 1, State: escalation.Open}, {Tier: 1, State: escalation.Answered}, {Tier: 2, State: escalation.Answered}})
	})
}

// A reminder on its way when its timeline closes is settled as soon as it is known to stand.
func TestReminderOnItsWayWhenTheTicketIsAnsweredIsSettledToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.slack.lose = 1 // Slack has it, and we do not know
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(10.05)
		if err := w.replies.Hear(t.Context(), replied("42", w.at(10.04))); err != nil {
			t.Fatal(err)
		}
		w.until(15)
		equal(t, "history", w.history(m), []string{"opened", "due 1", "desk", "answered", "posted 1"})
		equal(t, "updates", w.updates(), []update{{Tier: 1, State: escalation.Answered}})
	})
}

// An update of unknown outcome is made again, and one of a reminder that was dropped never.
func TestUpdatesEndWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		w.slack.mu.Lock()
		w.slack.lose = 1
		w.slack.mu.Unlock()
		w.note(w.actions.Snooze(t.Context(), w.click(m, "U0ANA"), 0))
		w.until(14)
		equal(t, "updates", len(w.updates()), 2)

		w.slack.limited(w.at(50.9))
		w.until(50.1) // a reminder waits in the queue
		if err := w.replies.Hear(t.Context(), replied("42", w.at(50.05))); err != nil {
			t.Fatal(err)
		}
		w.until(60)
		equal(t, "reminders", len(w.slack.reminders(m)), 1)
		equal(t, "updates", len(w.updates()), 3)
		equal(t, "history", w.history(m)[3:], []string{"snoozed", "breached", "due 2", "desk", "answered"})
	})
}

// "I replied, check again" closes at once what the help desk confirms.
func TestCheckAgainClosesAnAnsweredTicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		equal(t, "not yet", w.note(w.actions.CheckAgain(t.Context(), w.click(m, "U0ANA"))).Kind, escalation.NoteUnanswered)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(11)})
		n := w.note(w.actions.CheckAgain(t.Context(), w.click(m, "U0ANA")))
		equal(t, "now", n.Kind, escalation.NoteSettled)
		equal(t, "what it saw", n.Check, &escalation.Check{At: w.at(12).Add(2 * time.Second), Status: desk.Answered, RepliedAt: w.at(11)})
		w.until(60)
		equal(t, "reminders", len(w.slack.reminders(m)), 1)
		equal(t, "updates", w.updates(), []update{{Tier: 1, State: escalation.Answered}})
	})
}

// A help desk that does not answer is told of after five seconds, and decides nothing.
func TestCheckAgainOfASilentHelpDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		w.desk.mu.Lock()
		w.desk.hangs = true
		w.desk.mu.Unlock()
		n := w.note(w.actions.CheckAgain(t.Context(), w.click(m, "U0ANA")))
		equal(t, "note", n.Kind, escalation.NoteSilent)
		equal(t, "took", time.Since(w.at(12)), 5*time.Second)
		equal(t, "history", w.history(m), []string{"opened", "due 1", "posted 1"})
	})
}

func TestWhyIsReadFromTheReminderAsItWasDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		shift := calendar.Shift{Title: "Support: Ana", Start: w.at(-60).UTC(), End: w.at(90).UTC()}
		w.roster.Shifts = map[string]calendar.Shift{"Ana Silva": shift}
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		w.actions.Roster = func(string) calendar.Roster { return calendar.Roster{} } // whatever it is now
		n := w.note(w.actions.Why(t.Context(), w.click(m, "U0ANA")))
		equal(t, "as", n.Why.As, escalation.AsPerson)
		equal(t, "shift", n.Why.Shift, &shift)
		equal(t, "desk", n.Why.Reminder.Desk, desk.Unanswered)
		equal(t, "notify", n.Why.Notify, []string{"non-embedded"})
		n = w.note(w.actions.Why(t.Context(), w.click(m, "U0EVE")))
		equal(t, "somebody else", n.Why.As, escalation.AsNobody)
	})
}

// Nobody is reminded in a paused channel; afterwards each timeline is told of once.
func TestPausedChannel(t *testing.T) {
	for _, tt := range []struct {
		name  string
		until float64 // the pause
		end   float64 // somebody ends it early; 0: nobody does
		want  []float64
		tiers []int
	}{
		{"until its end", 30, 0, []float64{30, 35, 50}, []int{2, 3, 4}},
		{"ended early", 100, 20.95, []float64{21, 35, 50}, []int{2, 3, 4}},
		{"over all of it", 100, 0, []float64{50, 100}, []int{0, 4}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.end()
				w.walker.Tick = 10 * time.Second
				rules := w.settings
				rules.Paused = map[string]time.Time{"C0ENTERPRISE": w.at(tt.until)}
				current := &rules
				var mu sync.Mutex
				w.walker.Settings = func(string) *escalation.Settings { mu.Lock(); defer mu.Unlock(); return current }
				w.run()
				m := w.message("42")
				w.open(m, flow.OpenedNew)
				if err := w.pauses.Pause(t.Context(), "T0ACME", "C0ENTERPRISE", "U0HANA", w.at(tt.until)); err != nil {
					t.Fatal(err)
				}
				if tt.end > 0 {
					w.until(tt.end)
					mu.Lock()
					current = &w.settings
					mu.Unlock()
					if err := w.pauses.Resume(t.Context(), "T0ACME", "C0ENTERPRISE", "U0HANA"); err != nil {
						t.Fatal(err)
					}
				}
				w.until(110)
				var minutes []float64
				var tiers []int
				for _, s := range w.said(m) {
					minutes, tiers = append(minutes, s.Minute), append(tiers, s.Tier)
				}
				equal(t, "posted at", minutes, tt.want)
				equal(t, "tiers", tiers, tt.tiers)
				tl, events := w.timeline(m)
				equal(t, "breached", tl.FirstReply().BreachedAt.UTC(), w.at(50).UTC())
				equal(t, "paused by", events[1].Details, escalation.Details{By: "U0HANA", Until: w.at(tt.until).UTC()})
			})
		})
	}
}

func replied(ticket string, at time.Time) desk.Event {
	return desk.Event{TicketID: ticket, Kind: desk.Replied, At: at, Proof: true}
}

// Issue 4: a reply that the help desk tells of closes the timeline at once, and nobody is asked.
func TestReplyToldByTheHelpDeskClosesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(5)
		for range 3 { // the same event again changes nothing
			if err := w.replies.Hear(t.Context(), replied("42", w.at(4))); err != nil {
				t.Fatal(err)
			}
		}
		w.until(60)
		tl, _ := w.timeline(m)
		equal(t, "answered", tl.AnsweredAt.UTC(), w.at(4).UTC())
		equal(t, "history", w.history(m), []string{"opened", "desk", "answered"})
		calls, _ := w.desk.was()
		equal(t, "asked", calls, 0)
		equal(t, "thread", w.said(m), nil)
	})
}

// An event that comes before its ticket's Slack message is remembered for an hour.
func TestReplyToldBeforeTheMessageCame(t *testing.T) {
	for _, tt := range []struct {
		name    string
		replied float64 // when, in minutes; heard at minute 1
		opened  float64 // when the message of minute 0.5 was delivered
		state   escalation.TimelineState
	}{
		{"it is applied at opening", 1, 5, escalation.Answered},
		{"an older reply is not", -5, 5, escalation.Open},
		{"nor is one from over an hour ago", 1, 62, escalation.Open},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.end()
				w.until(1)
				if err := w.replies.Hear(t.Context(), replied("42", w.at(tt.replied))); err != nil {
					t.Fatal(err)
				}
				m := w.postedAt("42", w.at(0.5))
				w.until(tt.opened)
				w.open(m, flow.OpenedNew)
				tl, _ := w.timeline(m)
				equal(t, "state", tl.State, tt.state)
			})
		})
	}
}

// Without proof, what the help desk tells has the ticket asked about at the next poll.
func TestEventWithoutProofIsAReasonToAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.poller.Idle = 10 * time.Second
		w.begin(w.poller.Run)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(3)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(2)})
		event := replied("42", w.at(3))
		event.Proof = false
		if err := w.replies.Hear(t.Context(), event); err != nil {
			t.Fatal(err)
		}
		w.until(3.5)
		tl, _ := w.timeline(m)
		equal(t, "answered", tl.AnsweredAt.UTC(), w.at(2).UTC())
	})
}

// gone is a database that does not answer.
type gone struct{ act.ActionsStore }

func (gone) Load(context.Context, []string) ([]escalation.Timeline, error) {
	return nil, errors.New("database is gone")
}

func TestActionsTellWhenTheDatabaseIsGone(t *testing.T) {
	w := newWorld(t)
	defer w.end()
	w.actions.Store = gone{}
	if n, err := w.actions.Own(t.Context(), escalation.Click{Timeline: "tl-1"}); err == nil {
		t.Errorf("%+v, want an error", n)
	}
}

// A mention that snoozes, or closes, brings the reminders up to date as a click does.
func TestMentionRefreshesTheReminderToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.HasDesk = false
		w.desk.say("42", desk.Answer{Status: desk.None})
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(12)
		w.hear(m, "")
		w.until(14)
		w.hear(m, "done")
		w.until(16)
		equal(t, "updates", w.updates(), []update{
			{Tier: 1, State: escalation.Open, Snoozed: 50},
			{Tier: 1, State: escalation.Answered, Snoozed: 50},
		})
		equal(t, "answers", w.slack.notes(m), []escalation.NoteKind{escalation.NoteSnoozed, escalation.NoteDone})
	})
}

// However many reminders are to be settled, and however long Slack takes for it: what is due is posted.
func TestUpdatesThatGetStuckKeepNoReminderWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.run()
		var settled []escalation.Message
		for i := range 40 {
			m := w.message(fmt.Sprint(i))
			w.open(m, flow.OpenedNew)
			settled = append(settled, m)
			time.Sleep(2 * time.Second)
		}
		w.until(12)
		fresh := w.message("fresh")
		w.open(fresh, flow.OpenedNew)
		time.Sleep(10*time.Minute - time.Second)
		w.slack.mu.Lock()
		w.slack.stuck = true
		w.slack.mu.Unlock()
		for i, m := range settled {
			w.desk.say(fmt.Sprint(i), desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
			w.note(w.actions.CheckAgain(t.Context(), w.click(m, "U0ANA")))
		}
		w.until(23)
		got := w.slack.reminders(fresh)
		equal(t, "reminders", len(got), 1)
		equal(t, "on time", got[0].At.Sub(fresh.PostedAt.Add(10*time.Minute)) < time.Second, true)
	})
}
