package scenariotest

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// wave opens n tickets, one each so often, and returns their messages.
func (w *world) wave(n int, every time.Duration) (messages []escalation.Message) {
	for i := range n {
		m := w.message(fmt.Sprint(100 + i))
		w.open(m, flow.OpenedNew)
		messages = append(messages, m)
		time.Sleep(every)
	}
	return messages
}

// told are the posts in the channel and its threads, how often each recipient was pinged, and by ticket the tiers
// that it was told of.
func (s *slack) told() (posts int, pings map[string]int, tiers map[string][]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pings, tiers = map[string]int{}, map[string][]int{}
	for _, m := range s.messages {
		rows := m.Rows
		if m.Reminder != nil {
			rows = []escalation.Post{m.Post}
		}
		if rows != nil {
			posts++
		}
		pinged := map[string]bool{}
		for _, r := range rows {
			tiers[r.Reminder.Ticket.ID] = append(tiers[r.Reminder.Ticket.ID], r.Reminder.Tier)
			for _, to := range r.Reminder.Mention {
				pinged[to.Key()] = true
			}
		}
		for who := range pinged {
			pings[who]++
		}
	}
	return posts, pings, tiers
}

// Rule 22: forty tickets within five minutes, none answered, cost a person a few pings.
func TestAStormIsAFewDigests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.DigestFrom = 5
		w.run()
		messages := w.wave(40, 7500*time.Millisecond)
		w.until(60)
		posts, pings, tiers := w.slack.told()
		if posts > 12 {
			t.Errorf("%d posts", posts)
		}
		for who, n := range pings {
			if n > 8 {
				t.Errorf("%s was pinged %d times", who, n)
			}
		}
		for _, m := range messages {
			equal(t, "tiers told of ticket "+m.Ticket.ID, tiers[m.Ticket.ID], []int{1, 2, 3, 4})
			_, events := w.timeline(m)
			equal(t, "breached", events[len(events)-1].Kind, escalation.EventPosted)
		}
		t.Logf("%d posts, pings %v", posts, pings)
	})
}

// Rules 12 and 22: a digest whose answer is lost stands once, and says itself whom it told of.
func TestADigestWhoseAnswerIsLostStandsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.DigestFrom = 5
		w.tiers(10)
		w.slack.lose = 1
		w.run()
		messages := w.wave(6, 0)
		w.until(20)
		posts, _, tiers := w.slack.told()
		equal(t, "posts", posts, 1)
		for _, m := range messages {
			equal(t, "tiers told of ticket "+m.Ticket.ID, tiers[m.Ticket.ID], []int{1})
			equal(t, "history", w.history(m), []string{"opened", "breached", "due 1", "posted 1"})
		}
	})
}

// Rule 22: later tiers follow the same rule, without the tickets that were answered; these are settled in place.
func TestADigestIsSettledInPlaceAndTheNextLeavesTheAnsweredOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.settings.DigestFrom = 5
		w.tiers(10, 20)
		w.run()
		messages := w.wave(7, 0)
		w.until(15)
		w.desk.say("100", desk.Answer{Status: desk.Answered, RepliedAt: w.at(15)})
		w.until(25)
		posts, _, tiers := w.slack.told()
		equal(t, "posts", posts, 2)
		equal(t, "tiers told of the answered one", tiers["100"], []int{1})
		equal(t, "tiers told of another", tiers["101"], []int{1, 2})
		equal(t, "updates", len(w.slack.digests), 1)
		equal(t, "rows of the update", len(w.slack.digests[0].Rows), len(messages))
		equal(t, "how the answered one stands there", w.slack.digests[0].Rows[0].Now.State, escalation.Answered)
	})
}
