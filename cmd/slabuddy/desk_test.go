package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

const unchecked = "so I could not check for a reply. Please look first."

// Rule 5: an answer found just before posting closes the timeline with the reply's own time, and nothing is
// posted. A reply from before the message answers something else.
func TestTheHelpDeskIsAskedBeforePosting(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := threadWorld(t, database, "", 3)
		w.start()
		now := time.Now().UTC().Truncate(time.Second)
		w.desk.Reply("1", now.Add(-5*time.Minute))
		w.desk.Reply("2", time.Time{}) // the desk knows no date
		w.desk.Reply("3", now.Add(-13*time.Minute))
		var threads []string
		for i := range 3 {
			threads = append(threads, w.ticket(ofThread(i), fmt.Sprint(i+1), 11*time.Minute))
		}

		expect(t, w.reminder(ofThread(2), threads[2]).Text, "The help desk said", "that nobody has replied")
		w.until("both closed", patience, func() bool {
			return w.timeline(ofThread(0), threads[0]).State == escalation.Answered &&
				w.timeline(ofThread(1), threads[1]).State == escalation.Answered
		})
		w.settled(w.database)
		dated, undated := w.timeline(ofThread(0), threads[0]), w.timeline(ofThread(1), threads[1])
		if want := now.Add(-5 * time.Minute); !dated.AnsweredAt.Equal(want) {
			t.Errorf("answered at %s, want the reply's own time, %s", dated.AnsweredAt, want)
		}
		if !undated.AnsweredAt.Equal(undated.ClosedAt) {
			t.Errorf("an answer without a date dates from %s, want when it was heard of, %s", undated.AnsweredAt, undated.ClosedAt)
		}
		for i := range 2 {
			if posts := w.replies(ofThread(i), threads[i]); len(posts) > 0 {
				t.Errorf("ticket %d is answered, and yet: %s", i+1, posts[0].Text)
			}
			answered := w.happened(w.timeline(ofThread(i), threads[i]), escalation.EventAnswered)
			if len(answered) != 1 {
				t.Errorf("ticket %d: the history tells of %d answers, want 1", i+1, len(answered))
			}
		}
	})
}

// Rule 7: whatever the help desk does instead of answering, the reminder goes out within seconds, and says
// that the reply could not be checked.
func TestAHelpDeskThatDoesNotAnswerDelaysNothing(t *testing.T) {
	t.Parallel()
	for _, fault := range []helpdesktest.Fault{
		helpdesktest.ServerError, helpdesktest.Hang, helpdesktest.Garbage, helpdesktest.WrongField, helpdesktest.Limited,
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, databases["sqlite"](t), plain)
			w.start()
			w.desk.Fail(fault, helpdesktest.Always)
			began := time.Now()
			ts := w.ticket(enterprise, "42", 11*time.Minute)
			expect(t, w.reminder(enterprise, ts).Text, "Tier 1 of 4", "The help desk told me nothing", unchecked)
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("it took %s; asking may take 5 s", took)
			}
		})
	}
}

// Rule 7: one that answers about some tickets only is asked once more about the others, and those that it
// still leaves out are reminded of unchecked.
func TestAPartialAnswerCountsForWhatItIsAbout(t *testing.T) {
	t.Parallel()
	const tickets = 4
	w := threadWorld(t, databases["sqlite"](t), "", tickets)
	c := w.start()
	var threads []string
	for i := range tickets {
		threads = append(threads, w.ticket(ofThread(i), fmt.Sprint(i+1), 5*time.Minute))
	}
	w.delivered()
	c.kill() // so that all come due in one walk
	for i, ts := range threads {
		w.pass(6*time.Minute, ofThread(i), ts)
	}
	w.desk.Fail(helpdesktest.Partial, helpdesktest.Always) // two of four, then one of two
	w.start()
	var blind []string
	for i, ts := range threads {
		if text := w.reminder(ofThread(i), ts).Text; strings.Contains(text, unchecked) {
			blind = append(blind, text)
		} else {
			expect(t, text, "that nobody has replied")
		}
	}
	if len(blind) != 1 {
		t.Errorf("%d reminders say that they could not check, want 1", len(blind))
	}
}

// Rule 5: between due times polling closes what was answered.
func TestPollingClosesAnAnsweredTicketBetweenDueTimes(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, "help_desk: {poll: 1s, poll_budget: 600}"+plain)
		w.start()
		ts := w.ticket(enterprise, "42", 2*time.Minute)
		w.delivered()
		reply := time.Now().UTC().Truncate(time.Second).Add(-30 * time.Second)
		w.desk.Reply("42", reply)
		w.until("the timeline closed", patience, func() bool { return w.timeline(enterprise, ts).State == escalation.Answered })
		if at := w.timeline(enterprise, ts).AnsweredAt; !at.Equal(reply) {
			t.Errorf("answered at %s, want %s", at, reply)
		}
		if jobs := w.jobs(""); len(jobs) > 0 {
			t.Errorf("there are %d jobs, want none", len(jobs))
		}
	})
}

// Without a help desk people say when a ticket is done (rules 5 and 10).
func TestWithoutAHelpDeskDoneCloses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), "help_desk: {kind: none}"+plain)
	w.start()
	ts := w.ticket(enterprise, "42", 11*time.Minute)
	expect(t, w.reminder(enterprise, ts).Text, "There is no help desk for me to ask: once the customer has an answer, mention me with `done`.")
	w.settled(w.database)
	ana("done")(w, enterprise, ts)
	w.told()
	answers := w.answers(enterprise, ts)
	if len(answers) != 1 {
		t.Fatalf("%d answers, want 1: %q", len(answers), answers)
	}
	expect(t, answers[0], "I have closed ticket 42 and will not remind anybody of it again.")
	timeline := w.timeline(enterprise, ts)
	if timeline.State != escalation.Answered || timeline.Cause != "done by U0ANA" {
		t.Errorf("the timeline is %s (%s), want answered (done by U0ANA)", timeline.State, timeline.Cause)
	}
	if asked := w.desk.Asked("42"); asked > 0 {
		t.Errorf("a help desk was asked %d times", asked)
	}
}
