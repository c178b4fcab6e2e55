package deliver

import (
	"errors"
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// refreshJob is the job that refreshes the first reminder of a timeline, and that reminder's own job.
func refreshJob(t *testing.T, p escalation.Posting) (refresh, original queue.Job) {
	t.Helper()
	original, _ = reminding(t)
	p0 := escalation.Post{Thread: message().Thread, Timeline: "tl-1", Refresh: &p}
	return queue.Job{New: queue.New{ID: "job-2", Queue: escalation.QueueUpdates, Payload: payload(t, p0)}}, original
}

func TestRefreshShowsTheReminderAsItsTimelineStandsNow(t *testing.T) {
	job, original := refreshJob(t, escalation.Posting{TS: "17.000001", Tier: 1, Round: 1})
	now := enterprise(inStates(escalation.TierPosted), standing(1), closed(escalation.Answered))
	p := &poster{}
	l := &loader{Timelines: []escalation.Timeline{now}, History: []escalation.Event{escalationtest.Decided(t, original)}}
	d, _ := deliverer(p, l, at(30))

	got := prepare(t, d, job)[0].Send(t.Context())
	equal(t, "outcome", got, queue.Sent(nil))
	equal(t, "asked", l.Asked, []string{"tl-1"})
	equal(t, "refreshed", p.refreshed, []refreshed{{"17.000001", *escalationtest.Decided(t, original).Reminder, now}})
	equal(t, "posted", len(p.sent), 0)
}

func TestRefreshOfWhatIsGone(t *testing.T) {
	owed := enterprise(inStates(escalation.TierOwed), closed(escalation.Answered))
	known := escalation.Posting{TS: "17.000001", Tier: 1, Round: 1}
	unknown := escalation.Posting{Tier: 1, Round: 1} // it was on its way when the timeline closed
	for _, tt := range []struct {
		name     string
		posting  escalation.Posting
		timeline []escalation.Timeline
		purged   bool
		want     queue.Kind
		ts       string
	}{
		{"nothing is gone", known, []escalation.Timeline{enterprise(standing(1))}, false, queue.KindSent, "17.000001"},
		{"its timeline is purged", known, nil, false, queue.KindDropped, ""},
		{"its reminder is not in the history", known, []escalation.Timeline{enterprise(standing(1))}, true, queue.KindDropped, ""},
		{"it was on its way, and stands now", unknown, []escalation.Timeline{enterprise(standing(1))}, false, queue.KindSent, "17.000001"},
		{"it is still on its way", unknown, []escalation.Timeline{owed}, false, queue.KindRetry, ""},
		{"it was dropped on its way", unknown, []escalation.Timeline{enterprise(closed(escalation.Answered))}, false, queue.KindDropped, ""},
		{"another round of it stands", unknown, []escalation.Timeline{enterprise(func(tl *escalation.Timeline) { tl.Posts = []escalation.Posting{{TS: "17.000009", Tier: 1, Round: 2}} })}, false, queue.KindDropped, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, original := refreshJob(t, tt.posting)
			l := &loader{Timelines: tt.timeline, History: []escalation.Event{escalationtest.Decided(t, original)}}
			if tt.purged {
				l.History = nil
			}
			p := &poster{}
			d, _ := deliverer(p, l, at(30))
			got := prepare(t, d, job)[0].Send(t.Context())
			equal(t, "outcome", got.Kind, tt.want)
			ts := ""
			if len(p.refreshed) > 0 {
				ts = p.refreshed[0].TS
			}
			equal(t, "refreshed", ts, tt.ts)
		})
	}
}

// A refresh may be done again, so nobody has to find out whether it was done.
func TestRefreshOfUnknownOutcomeIsDoneAgain(t *testing.T) {
	job, original := refreshJob(t, escalation.Posting{TS: "17.000001", Tier: 1, Round: 1})
	d, _ := deliverer(&poster{err: errors.New("connection reset"), found: true}, &loader{Timelines: []escalation.Timeline{enterprise(standing(1))}, History: []escalation.Event{escalationtest.Decided(t, original)}}, at(30))
	task := prepare(t, d, job)[0]
	equal(t, "sent", task.Send(t.Context()).Kind, queue.KindUnknown)
	equal(t, "looked", task.Look(t.Context()), queue.Absent())
	equal(t, "given up", task.GiveUp(errors.New("used up")), nil)
}

func TestPrepareFailsIfTheRemindersCannotBeRead(t *testing.T) {
	job, _ := refreshJob(t, escalation.Posting{Tier: 1, Round: 1})
	d, _ := deliverer(&poster{}, &loader{Err: errors.New("gone")}, at(30))
	if _, err := d.Prepare(t.Context(), []queue.Job{job}); err == nil {
		t.Error("no error: the refresh would be dropped")
	}
}

// Rule 1: the reminder that takes the place of the ticket's message goes on saying so.
func TestRefreshSaysOfTheReminderInPlaceOfTheTicketsMessageThatItIs(t *testing.T) {
	for ts, want := range map[string]bool{"17.000001": true, "17.000002": false} {
		job, original := refreshJob(t, escalation.Posting{TS: ts, Tier: 1, Round: 1})
		tl := enterprise(inStates(escalation.TierPosted), standing(1))
		tl.Gone, tl.Moved = true, "17.000001"
		p := &poster{}
		d, _ := deliverer(p, &loader{Timelines: []escalation.Timeline{tl}, History: []escalation.Event{escalationtest.Decided(t, original)}}, at(30))
		prepare(t, d, job)[0].Send(t.Context())
		equal(t, "says so", p.refreshed[0].Reminder.Moved, want)
	}
}
