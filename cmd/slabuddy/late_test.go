package main_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
)

// Down over three due times (rules 2, 6 and 16): one reminder, for the highest due tier, that says how late
// it is and covers the lower ones.
func TestDownOverThreeDueTimesGivesOneReminder(t *testing.T) {
	t.Parallel()
	t.Run("of a ticket that was open before", func(t *testing.T) {
		onBothStores(t, func(t *testing.T, database string) {
			w := newWorld(t, database, rostered)
			w.shift("Ana on-shift")
			c := w.start()
			ts := w.ticket(enterprise, "42", 5*time.Minute)
			w.delivered()
			c.kill()
			w.pass(35*time.Minute, enterprise, ts)
			w.start()
			w.oneLateReminder(t, ts)
		})
	})
	t.Run("of a ticket that Slack delivers late", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, databases["sqlite"](t), rostered)
		w.shift("Ana on-shift")
		w.start()
		w.oneLateReminder(t, w.ticket(enterprise, "42", 40*time.Minute))
	})
}

// pass lets time pass for a timeline: its times move back.
func (w *world) pass(d time.Duration, channel, ts string) {
	w.t.Helper()
	w.until("the timeline moved back", patience, func() bool { // unless the program changes it just then
		t := w.timeline(channel, ts)
		t.AskedAt, t.FirstReply().Deadline, t.ExpiresAt = t.AskedAt.Add(-d), t.FirstReply().Deadline.Add(-d), t.ExpiresAt.Add(-d)
		for i := range t.Tiers {
			t.Tiers[i].Due = t.Tiers[i].Due.Add(-d)
		}
		saved, err := w.peek().Save(w.t.Context(), []escalation.Change{{Timeline: &t}})
		w.check(err)
		return saved[0] == escalation.SavedOK
	})
}

// oneLateReminder holds the thread of a ticket of 40 minutes ago against what it should hold.
func (w *world) oneLateReminder(t *testing.T, ts string) {
	t.Helper()
	w.reminder(enterprise, ts)
	w.settled(w.database)
	posts := w.replies(enterprise, ts)
	if len(posts) != 1 {
		t.Fatalf("%d reminders, want 1", len(posts))
	}
	expect(t, posts[0].Text, "Tier 3 of 4, and tiers 1 and 2 with it", "Next: @head-of-success")
	want := []string{"S0SUPPORT", "U0ANA"} // its own circle's, and the lower tiers'
	if got := pinged(posts[0]); !slices.Equal(got, want) {
		t.Errorf("it pings %v, want %v", got, want)
	}

	timeline := w.timeline(enterprise, ts)
	if due := timeline.Tiers[3]; due.State != escalation.TierPending {
		t.Errorf("tier 4 is %s, want it pending", due.State)
	}
	type told struct {
		Kind      escalation.EventKind
		Tier      int
		TS        string
		Mentioned []string
	}
	var got []told
	for _, e := range w.history(timeline) {
		got = append(got, told{e.Kind, e.Tier, e.TS, e.Mentioned})
		if e.Kind != escalation.EventDue && e.Kind != escalation.EventPosted {
			continue
		}
		if e.Late < 5*time.Minute || e.Late > 9*time.Minute { // some of it the machine's
			t.Errorf("%s, %s late, want 5 minutes", e.Kind, e.Late)
		}
		if e.Kind == escalation.EventDue {
			expect(t, posts[0].Text, fmt.Sprintf("Sorry, I am %d minutes late", int(e.Late.Minutes())))
		}
	}
	diff := cmp.Diff([]told{
		{Kind: escalation.EventOpened},
		{Kind: escalation.EventSuperseded, Tier: 1},
		{Kind: escalation.EventSuperseded, Tier: 2},
		{Kind: escalation.EventDue, Tier: 3, Mentioned: want},
		{Kind: escalation.EventPosted, Tier: 3, TS: posts[0].TS, Mentioned: want},
	}, got)
	if diff != "" {
		t.Errorf("the history (-want +got):\n%s", diff)
	}
}
