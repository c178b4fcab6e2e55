package main_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const night = "C0NIGHT"

// owedTime has one channel whose hours are open for three hours more, and one whose hours open in two.
func owedTime(now time.Time) string {
	clock := func(d time.Duration) string { return now.Add(d).Format("15:04") }
	return fmt.Sprintf(`
help_desk: {poll: 1s, poll_budget: 600}
digest: {from: 0}
hours:
  open: {timezone: UTC, week: {mon-sun: '%s-%s'}}
  closed: {timezone: UTC, week: {mon-sun: '%s-%s'}}
policies:
  business:
    deadline: 30m
    tiers: [{before: 20m, notify: '@support'}]
    next_reply: {deadline: 1h, tiers: [{before: 30m, notify: '@support'}]}
    resolution: {deadline: 2h, pause: [pending], tiers: [{before: 1h, notify: '@support'}]}
channels:
  C0ENTERPRISE: {policy: business, hours: open}
  C0NIGHT: {policy: business, hours: closed}
`, clock(-3*time.Hour), clock(3*time.Hour), clock(2*time.Hour), clock(4*time.Hour))
}

// Rules 17 to 19 in the whole program: a warning before the deadline, a ticket that waits for the hours to open, a
// next reply, a solution whose clock stands still, and its end.
func TestOnlyWhatIsOwedIsRemindedOf(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		now := time.Now().UTC().Truncate(time.Second)
		w := newWorld(t, database, owedTime(now))
		w.slack.AddChannel(slacktest.Channel{ID: night, Name: "night", Members: everybody})
		w.start()

		waiting := w.ticket(night, "2", 11*time.Minute)
		warned := w.ticket(enterprise, "1", 11*time.Minute)
		expect(t, w.reminder(enterprise, warned).Text, "minutes left", "Tier 1 of 1")
		opens := now.Add(2 * time.Hour).Truncate(time.Minute)
		if due := w.timeline(night, waiting).Tiers[0].Due; !due.Equal(opens.Add(10 * time.Minute)) {
			t.Errorf("outside hours the warning is due %s, want ten minutes after they open at %s", due, opens)
		}

		// Its first reply was in time; since then it waits for the customer.
		ago := func(d time.Duration) time.Time { return time.Now().UTC().Truncate(time.Second).Add(-d) }
		w.desk.Reply("3", ago(45*time.Minute))
		w.desk.Tell("3", func(f *helpdesktest.Further) { f.LastReply, f.Status = ago(45*time.Minute), string(desk.StatusPending) })
		ts := w.ticket(enterprise, "3", 50*time.Minute)
		clock := func(kind policy.ClockKind) escalation.Clock {
			t := w.timeline(enterprise, ts)
			return *t.Clock(kind)
		}
		w.delivered()
		w.until("the resolution stands still", patience, func() bool { return !clock(policy.Resolution).PausedAt.IsZero() })
		was := clock(policy.Resolution).Deadline

		// The customer has written again, half an hour ago: a warning of the next reply.
		w.desk.Tell("3", func(f *helpdesktest.Further) {
			f.Status, f.WaitingSince = string(desk.StatusOpen), ago(31*time.Minute)
		})
		expect(t, w.reminder(enterprise, ts).Text, "left* for the next reply", "Tier 1 of 1 of the next reply")
		w.until("the resolution goes on", patience, func() bool { return clock(policy.Resolution).Running() })
		if is := clock(policy.Resolution).Deadline; is.Before(was) {
			t.Errorf("the pause moved the deadline from %s to %s", was, is)
		}

		// Answered, and solved.
		w.desk.Tell("3", func(f *helpdesktest.Further) {
			*f = helpdesktest.Further{Status: string(desk.StatusSolved), LastReply: ago(0), SolvedAt: ago(0)}
		})
		w.until("the timeline closed", patience, func() bool { return w.timeline(enterprise, ts).State == escalation.Answered })
		w.settled(w.database)
		kept := map[policy.ClockKind]int{}
		for _, e := range w.happened(w.timeline(enterprise, ts), escalation.EventKept) {
			kept[e.Clock]++
		}
		if kept[""] != 1 || kept[policy.NextReply] != 1 || kept[policy.Resolution] != 1 {
			t.Errorf("promises kept: %v", kept)
		}
		for _, thread := range []struct {
			channel, ts string
			want        int
		}{{enterprise, warned, 1}, {enterprise, ts, 1}, {night, waiting, 0}} {
			if posts := w.replies(thread.channel, thread.ts); len(posts) != thread.want {
				t.Errorf("in %s stand %d posts, want %d", thread.channel, len(posts), thread.want)
			}
		}
	})
}
