package scenariotest

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Rules 1 to 3: which messages open a timeline.
func TestOpening(t *testing.T) {
	for _, tt := range []struct {
		name string
		open func(w *world)
	}{
		{"a message opens one timeline, delivered as often as it may be", func(w *world) {
			m := w.message("42")
			w.open(m, flow.OpenedNew)
			w.open(m, flow.OpenedDuplicate)
			equal(w.t, "history", w.history(m), []string{"opened"})
		}},
		{"also after it was closed", func(w *world) {
			m := w.message("42")
			w.open(m, flow.OpenedNew)
			w.answer(m)
			w.open(m, flow.OpenedDuplicate)
			tl, _ := w.timeline(m)
			equal(w.t, "state", tl.State, escalation.Answered)
		}},
		{"a second message about an open ticket opens none", func(w *world) {
			first, second := w.message("42"), w.postedAt("42", w.start.Add(-time.Minute))
			w.open(first, flow.OpenedNew)
			w.open(second, flow.OpenedAlready)
			equal(w.t, "history of the second", w.history(second), nil)
		}},
		{"a second message that picks a stricter policy moves it there", func(w *world) {
			w.settings.Channels["C0SLOW"] = policy.Channel{Policy: "teams"}
			slow, fast := w.message("42"), w.message("42")
			slow.Channel, slow.TS = "C0SLOW", "1772442000.000900"
			w.open(slow, flow.OpenedNew)
			w.open(fast, flow.OpenedAlready)
			tl, _ := w.timeline(slow)
			equal(w.t, "policy", tl.Policy, "enterprise")
			equal(w.t, "history", w.history(slow), []string{"opened", "policy"})
			w.open(fast, flow.OpenedAlready)
			equal(w.t, "history, delivered again", w.history(slow), []string{"opened", "policy"})
		}},
		{"a second message about an open ticket opens none, nor does a laxer policy move it", func(w *world) {
			w.settings.Channels["C0SLOW"] = policy.Channel{Policy: "teams"}
			slow, fast := w.message("42"), w.message("42")
			slow.Channel, slow.TS = "C0SLOW", "1772442000.000900"
			w.open(fast, flow.OpenedNew)
			w.open(slow, flow.OpenedAlready)
			equal(w.t, "history", w.history(fast), []string{"opened"})
		}},
		{"a message about a ticket that was closed opens another", func(w *world) {
			first, second := w.postedAt("42", w.start.Add(-time.Minute)), w.message("42")
			w.open(first, flow.OpenedNew)
			w.answer(first)
			w.open(second, flow.OpenedNew)
		}},
		{"another workspace's ticket of the same id is another ticket", func(w *world) {
			here, there := w.message("42"), w.message("42")
			there.Workspace = "T0OTHER"
			w.open(here, flow.OpenedNew)
			w.open(there, flow.OpenedNew)
		}},
		{"ignored types open none, in any case", func(w *world) {
			m := w.message("42")
			m.Ticket.Type = " FeedBack "
			w.open(m, flow.OpenedIgnoredType)
			equal(w.t, "history", w.history(m), nil)
		}},
		{"an id is enough", func(w *world) {
			m := w.message("42")
			m.Ticket = escalation.Ticket{ID: "42"}
			w.open(m, flow.OpenedNew)
		}},
		{"messages older than max_age open none", func(w *world) {
			w.open(w.postedAt("42", w.start.Add(-72*time.Hour)), flow.OpenedNew)
			w.open(w.postedAt("43", w.start.Add(-72*time.Hour-time.Second)), flow.OpenedTooOld)
		}},
		{"channels that are not watched open none", func(w *world) {
			m := w.message("42")
			m.Channel = "C0RANDOM"
			w.open(m, flow.OpenedUnwatched)
		}},
		{"the priority picks the policy", func(w *world) {
			w.settings.Channels["C0ENTERPRISE"] = policy.Channel{ByPriority: map[string]string{"high": "teams"}}
			m := w.message("42")
			w.open(m, flow.OpenedNew)
			tl, _ := w.timeline(m)
			equal(w.t, "policy", tl.Policy, "teams")
			equal(w.t, "due", tl.Tiers[0].Due.UTC(), w.at(60).UTC())
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.end()
				tt.open(w)
			})
		})
	}
}

// answer has the help desk's reply found.
func (w *world) answer(m escalation.Message) {
	w.t.Helper()
	w.desk.say(m.Ticket.ID, desk.Answer{Status: desk.Answered, RepliedAt: time.Now()})
	w.until(10)
	if _, err := w.walker.Walk(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func TestPolicyThatIsNotConfiguredIsAnErrorThatNamesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.Channels["C0ENTERPRISE"] = policy.Channel{Policy: "gold"}
		_, err := w.opener.Open(t.Context(), w.message("42"))
		if want := `channel C0ENTERPRISE names the policy "gold", which is not configured`; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	})
}

func TestArrivalsAreCountedByOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		feedback := w.message("43")
		feedback.Ticket.Type = "feedback"
		w.open(w.message("42"), flow.OpenedNew)
		w.open(w.message("42"), flow.OpenedDuplicate)
		w.open(w.postedAt("42", w.at(-1)), flow.OpenedAlready)
		w.open(feedback, flow.OpenedIgnoredType)
		w.open(w.postedAt("44", w.at(-100000)), flow.OpenedTooOld)
		equal(t, "counted", w.counted("slabuddy_tickets_total"), map[string]float64{
			"enterprise/opened": 1, "enterprise/duplicate": 1, "enterprise/already_open": 1, "enterprise/ignored_type": 1, "enterprise/too_old": 1,
		})
	})
}

// The second message about a ticket opens nothing, and the scan reads it too, when the first one's
// timeline may be closed.
func TestAMessageThatOpenedNothingOpensNothingLaterEither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.open(w.message("42"), flow.OpenedNew)
		time.Sleep(time.Second)
		second := w.postedAt("42", time.Now())
		w.open(second, flow.OpenedAlready)
		if err := w.replies.Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, At: time.Now(), Proof: true}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Minute)
		w.open(second, flow.OpenedDuplicate)
		w.open(w.postedAt("42", time.Now()), flow.OpenedNew)
	})
}

// Rule 10: a mention that arrives before its ticket is kept an hour and applied at opening.
func TestEarlyMentionIsAppliedAtOpening(t *testing.T) {
	for _, tt := range []struct {
		name   string
		opened float64 // minutes after the mention
		due    float64 // of the first tier
		notes  []escalation.NoteKind
	}{
		{"within the hour", 60, 90, []escalation.NoteKind{escalation.NoteUntracked, escalation.NoteSnoozed}},
		{"and no later", 60.1, 10, []escalation.NoteKind{escalation.NoteUntracked}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.end()
				m := w.message("42")
				mention := w.hear(m, "30m")
				w.until(tt.opened)
				w.open(m, flow.OpenedNew)
				tl, _ := w.timeline(m)
				equal(t, "due", tl.Tiers[0].Due.UTC(), w.at(tt.due).UTC())

				// The same ticket and the same mention once more change nothing.
				w.open(m, flow.OpenedDuplicate)
				if tt.notes[len(tt.notes)-1] == escalation.NoteSnoozed {
					w.hearAgain(mention)
				}
				again, _ := w.timeline(m)
				equal(t, "version", again.Version, tl.Version)
				w.desk.say("42", desk.Answer{Status: desk.Answered})
				w.run()
				time.Sleep(time.Minute)
				equal(t, "answers in the thread", w.slack.notes(m), tt.notes)
			})
		})
	}
}

// Whichever of a ticket and its mention is stored last sees the other.
func TestMentionAndTicketThatArriveTogetherNeverMissEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		for i := range 50 {
			m := w.postedAt(string(rune('A'+i)), w.at(float64(i)))
			var both sync.WaitGroup
			both.Go(func() { w.open(m, flow.OpenedNew) })
			both.Go(func() { w.hear(m, "30m") })
			both.Wait()
			if got := w.history(m); len(got) != 2 {
				t.Errorf("round %d: %v, want opened and snoozed once", i, got)
			}
			time.Sleep(time.Minute)
		}
	})
}
