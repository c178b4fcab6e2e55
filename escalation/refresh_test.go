package escalation

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// A timeline that closes settles every reminder that stands, whatever it closed for.
func TestClosingRefreshesEveryReminderThatStands(t *testing.T) {
	stands := []func(*Timeline){inStates(TierPosted, TierPosted), standing(1, 2), func(tl *Timeline) { tl.Version = 7 }}
	for _, tt := range []struct {
		name   string
		answer Answer
		now    time.Time
	}{
		{"answered", Answer{Status: DeskAnswered, RepliedAt: at(21)}, at(22)},
		{"withdrawn", Answer{Status: DeskWithdrawn, Cause: "solved"}, at(22)},
		{"expired", Answer{}, posted0.Add(30 * 24 * time.Hour)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(tt.now)
			f.Answer = tt.answer
			c, _ := Decide(enterprise(stands...), f)
			equal(t, "jobs", keysOf(c), []string{"refresh/tl-1/1/1/7", "refresh/tl-1/2/1/7"})
			equal(t, "the first", c.Jobs[0], queue.New{
				ID: "job-1", Key: "refresh/tl-1/1/1/7", Queue: "slack-updates", RunAt: tt.now,
				Payload: payload(t, Post{Thread: message().Thread, Timeline: "tl-1", Refresh: &Posting{TS: "17.000001", Tier: 1, Round: 1}}),
				// Keys of its own only, so that it keeps no reminder waiting.
				Pace:  PaceMessage("T0ACME", "C0ENTERPRISE", "1772442000.000100/1/1"),
				Gates: []string{"workspace/T0ACME", "slack/T0ACME/chat.update"},
			})
		})
	}
	t.Run("done", func(t *testing.T) {
		f := facts(at(22))
		f.Settings.HasDesk = false
		c, _ := Respond(enterprise(stands...), byAna, Request{Kind: RequestDone}, f)
		equal(t, "jobs", keysOf(c), []string{"refresh/tl-1/1/1/7", "refresh/tl-1/2/1/7"})
	})
}

// The plain walk owes one job a reminder, and no more.
func TestRemindingRefreshesNothing(t *testing.T) {
	c, _ := Decide(enterprise(inStates(TierPosted), standing(1)), facts(at(20)))
	equal(t, "jobs", keysOf(c), []string{"reminder/tl-1/2/1"})
}

// Only the last few are kept, or a last tier that repeats for days would owe an update for each.
func TestTheLastTwentyRemindersAreKeptUpToDate(t *testing.T) {
	tl := enterprise()
	for i := range 25 {
		posted{reminderJob: reminderJob{"tl-1", 4, i + 1}, ts: fmt.Sprint("17.", i+1)}.Apply(&tl)
	}
	equal(t, "how many", len(tl.Posts), 20)
	equal(t, "oldest", tl.Posts[0], Posting{TS: "17.6", Tier: 4, Round: 6})
	equal(t, "newest", tl.Posts[19], Posting{TS: "17.25", Tier: 4, Round: 25})
}

// refreshJob is the job that refreshes the first reminder of a timeline, and that reminder's own job.
func refreshJob(t *testing.T, p Posting) (refresh, original queue.Job) {
	t.Helper()
	original, _ = reminding(t)
	p0 := Post{Thread: message().Thread, Timeline: "tl-1", Refresh: &p}
	return queue.Job{New: queue.New{ID: "job-2", Queue: QueueUpdates, Payload: payload(t, p0)}}, original
}

func TestRefreshShowsTheReminderAsItsTimelineStandsNow(t *testing.T) {
	job, original := refreshJob(t, Posting{TS: "17.000001", Tier: 1, Round: 1})
	now := enterprise(inStates(TierPosted), standing(1), closed(Answered))
	p := &poster{}
	l := &loader{timelines: []Timeline{now}, jobs: []queue.Job{original}}
	d, _ := deliverer(p, l, at(30))

	got := prepare(t, d, job)[0].Send(t.Context())
	equal(t, "outcome", got, queue.Sent(nil))
	equal(t, "asked", l.asked, []string{"tl-1"})
	equal(t, "asked for the job", l.askedJobs, []string{"reminder/tl-1/1/1"})
	equal(t, "refreshed", p.refreshed, []refreshed{{"17.000001", *reminderOf(original), now}})
	equal(t, "posted", len(p.sent), 0)
}

func TestRefreshOfWhatIsGone(t *testing.T) {
	owed := enterprise(inStates(TierOwed), closed(Answered))
	known := Posting{TS: "17.000001", Tier: 1, Round: 1}
	unknown := Posting{Tier: 1, Round: 1} // it was on its way when the timeline closed
	for _, tt := range []struct {
		name     string
		posting  Posting
		timeline []Timeline
		purged   bool
		want     queue.Kind
		ts       string
	}{
		{"nothing is gone", known, []Timeline{enterprise(standing(1))}, false, queue.KindSent, "17.000001"},
		{"its timeline is purged", known, nil, false, queue.KindDropped, ""},
		{"its reminder's job is purged", known, []Timeline{enterprise(standing(1))}, true, queue.KindDropped, ""},
		{"it was on its way, and stands now", unknown, []Timeline{enterprise(standing(1))}, false, queue.KindSent, "17.000001"},
		{"it is still on its way", unknown, []Timeline{owed}, false, queue.KindRetry, ""},
		{"it was dropped on its way", unknown, []Timeline{enterprise(closed(Answered))}, false, queue.KindDropped, ""},
		{"another round of it stands", unknown, []Timeline{enterprise(func(tl *Timeline) { tl.Posts = []Posting{{TS: "17.000009", Tier: 1, Round: 2}} })}, false, queue.KindDropped, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, original := refreshJob(t, tt.posting)
			l := &loader{timelines: tt.timeline, jobs: []queue.Job{original}}
			if tt.purged {
				l.jobs = nil
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
	job, original := refreshJob(t, Posting{TS: "17.000001", Tier: 1, Round: 1})
	d, _ := deliverer(&poster{err: errors.New("connection reset"), found: true}, &loader{timelines: []Timeline{enterprise(standing(1))}, jobs: []queue.Job{original}}, at(30))
	task := prepare(t, d, job)[0]
	equal(t, "sent", task.Send(t.Context()).Kind, queue.KindUnknown)
	equal(t, "looked", task.Look(t.Context()), queue.Absent())
	equal(t, "given up", task.GiveUp(errors.New("used up")), nil)
}

func TestPrepareFailsIfTheRemindersCannotBeRead(t *testing.T) {
	job, _ := refreshJob(t, Posting{Tier: 1, Round: 1})
	d, _ := deliverer(&poster{}, &loader{err: errors.New("gone")}, at(30))
	if _, err := d.Prepare(t.Context(), []queue.Job{job}); err == nil {
		t.Error("no error: the refresh would be dropped")
	}
}

// A store keeps every pace key for good, so there are but a few a channel; and none is the reminders'.
func TestUpdatesArePacedByAFewKeys(t *testing.T) {
	keys := map[string]bool{}
	for i := range 1000 {
		message := fmt.Sprint("17.", i)
		key := PaceMessage("T0ACME", "C0ENTERPRISE", message)
		equal(t, "the same message", PaceMessage("T0ACME", "C0ENTERPRISE", message), key)
		keys[key] = true
	}
	equal(t, "keys", len(keys), 16)
	equal(t, "the reminders' own", keys[PaceChannel("T0ACME", "C0ENTERPRISE")], false)
}
