package escalation

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Outdated says why a decided reminder must not be posted any more; "" if it may (rule 13).
func Outdated(t *Timeline, p Post, now time.Time) string {
	switch {
	case t == nil:
		return "its timeline is gone"
	case t.State != Open:
		return "the timeline is " + string(t.State)
	}
	if p.Reminder.AtDeadline {
		if now.Sub(p.Reminder.DecidedAt) > decisionGoodFor {
			return "it was not posted within a minute of being decided"
		}
		return t.outdatedAtDeadline(p)
	}
	job := p.ReminderJob()
	tier := job.OwedTier(t)
	switch {
	case tier == nil && job.failedTier(t) != nil:
		return "its tier had failed, and somebody had it tried again"
	case tier == nil:
		return "the tier no longer waits for it"
	case tier.Due.After(p.Reminder.Due):
		return "the timeline was snoozed"
	case t.PausedUntil.After(now):
		return "the channel was paused"
	case now.Sub(p.Reminder.DecidedAt) > decisionGoodFor:
		return "it was not posted within a minute of being decided"
	}
	for i := p.Reminder.Tier; i < len(t.Tiers); i++ {
		if higher := t.Tiers[i]; higher.Clock == t.Tiers[p.Reminder.Tier-1].Clock && higher.State == TierPending && higher.Reminds() && !higher.Due.After(now) {
			number, _ := t.Numbered(i)
			return fmt.Sprintf("tier %d has come due", number)
		}
	}
	return ""
}

// ReminderJob names the tier a reminder's job was made for.
type ReminderJob struct {
	Timeline string
	Tier     int // 1-based; 0: a deadline that passed with the tiers put off
	Round    int
	Digest   string // id of the digest's job, if it was made for one
}

// ReminderJob names the tier that the reminder was decided for.
func (p Post) ReminderJob() ReminderJob {
	return ReminderJob{Timeline: p.Timeline, Tier: p.Reminder.Tier, Round: p.Round, Digest: p.Digest}
}

// Subjects implements queue.Effect.
func (j ReminderJob) Subjects() []string { return []string{j.Timeline} }

// OwedTier is the tier, if it still waits for this very job.
func (j ReminderJob) OwedTier(t *Timeline) *DueTier { return j.tierIn(TierOwed, t) }

// failedTier is the tier, if it failed with this very job. Such a job runs again only if an operator retries it.
func (j ReminderJob) failedTier(t *Timeline) *DueTier { return j.tierIn(TierFailed, t) }

func (j ReminderJob) tierIn(s TierState, t *Timeline) *DueTier {
	if j.Tier < 1 || j.Tier > len(t.Tiers) {
		return nil
	}
	tier := &t.Tiers[j.Tier-1]
	if tier.State != s || tier.Round != j.Round || tier.Digest != j.Digest {
		return nil
	}
	return tier
}

// ReminderPosted is the effect of a reminder that is posted in its thread. It is recorded even if the
// timeline was closed or snoozed while it was on its way.
type ReminderPosted struct {
	ReminderJob
	Due       time.Time // as decided
	RepeatAt  time.Time // as decided; zero: no repetition
	At        time.Time
	TS        string
	Late      time.Duration
	Mentioned []string
	With      []string // the timelines of a digest
	Outside   bool     // it is in the channel itself, not in a thread
	// Recalled says that it was posted before the database went back in time, by a job that the database has forgotten.
	// TS is empty if that was a digest's job.
	Recalled bool
}

func (e ReminderPosted) Apply(t *Timeline) ([]Event, bool) {
	event := Event{Timeline: t.ID, At: e.At, Kind: EventPosted, Tier: e.Tier, Details: Details{
		TS: e.TS, Round: e.Round, Late: e.Late, Mentioned: e.Mentioned, With: e.With,
	}}
	var events []Event
	if e.Outside && e.Digest == "" {
		events = t.landed(e.TS, e.At)
	}
	events = append(events, event)
	digest := e.Digest
	if e.Recalled {
		digest = ""
	}
	t.addPosting(Posting{TS: e.TS, Tier: e.Tier, Round: e.Round, Digest: digest})
	if e.Tier > 0 { // no page waits for the reminder of a deadline
		t.reminderSettled(PageOwed)
	}
	tier := e.OwedTier(t)
	if tier == nil {
		return events, true
	}
	tier.State, tier.PostedAt, tier.TS = TierPosted, e.At, e.TS
	if number, of := t.Numbered(e.Tier - 1); tier.Repeat > 0 && number == of && t.State == Open {
		tier.State = TierPending
		if !tier.Due.After(e.Due) { // otherwise it was snoozed meanwhile, and people know until when
			if e.RepeatAt.After(e.At) {
				tier.Due = e.RepeatAt
			} else { // it took longer than an interval, or an older program decided it, which did not say
				tier.Due = repeatDue(*tier, e.At, nil)
			}
		}
	}
	return events, true
}

// ReminderDeferred is the effect of a reminder that is no longer right, or that had failed and was retried by an
// operator: its tier is pending again, and the walker decides again (rule 13).
type ReminderDeferred struct {
	ReminderJob
	At     time.Time
	Reason string
	Clock  policy.ClockKind // the clock whose deadline it told of, if it was no tier's reminder
}

func (e ReminderDeferred) Apply(t *Timeline) ([]Event, bool) {
	if e.Tier == 0 {
		stands := func(p Posting) bool { return p.Tier == 0 && p.Round >= e.Round }
		if t.State != Open || slices.ContainsFunc(t.Posts, stands) {
			return nil, false
		}
		t.passAgain(e.Clock)
		return []Event{{Timeline: t.ID, At: e.At, Kind: EventDeferred, Details: Details{Cause: e.Reason, Round: e.Round}}}, true
	}
	tier := e.OwedTier(t)
	if tier == nil && t.State == Open {
		tier = e.failedTier(t)
	}
	if tier == nil {
		return nil, false
	}
	if tier.State == TierOwed {
		t.reminderSettled(PagePending)
	}
	tier.State = TierPending
	if t.State != Open {
		return nil, true // nothing is decided again, so there is nothing to remember
	}
	return []Event{{Timeline: t.ID, At: e.At, Kind: EventDeferred, Tier: e.Tier, Details: Details{Cause: e.Reason, Round: e.Round}}}, true
}

// ReminderGivenUp is the effect of a reminder that was given up.
type ReminderGivenUp struct {
	ReminderJob
	At     time.Time
	Reason string
}

func (e ReminderGivenUp) Apply(t *Timeline) ([]Event, bool) {
	tier := e.OwedTier(t)
	if e.Tier == 0 {
		t.DeadlinesTold++ // an operator's retry decides it again
		return []Event{{Timeline: t.ID, At: e.At, Kind: EventFailed, Details: Details{Cause: e.Reason, Round: e.Round}}}, true
	}
	if tier == nil {
		return nil, false
	}
	tier.State = TierFailed
	t.reminderSettled(PagePending)
	return []Event{{Timeline: t.ID, At: e.At, Kind: EventFailed, Tier: e.Tier, Details: Details{Cause: e.Reason, Round: e.Round}}}, true
}

// ByHand are the effects of jobs that an operator cancelled before they were sent: the tiers of their reminders and
// pages are given up, as if Slack had refused them, and the timelines go on without them (rule 14).
func ByHand(jobs []queue.Job) (es Effects) {
	for _, j := range jobs {
		es = append(es, cancelledJob(j)...)
	}
	return es
}

func cancelledJob(j queue.Job) (es Effects) {
	if j.Queue != QueueSlack {
		var call CallJob
		if json.Unmarshal(j.Payload, &call) == nil && call.Page != nil {
			es = append(es, PageGivenUp{PageJob: call.Page.Job(), At: j.FinishedAt, Reason: j.LastError})
		}
		return es
	}
	var p Post
	if json.Unmarshal(j.Payload, &p) != nil {
		return nil
	}
	for _, row := range append(p.Rows, p) {
		if row.Reminder != nil {
			es = append(es, ReminderGivenUp{ReminderJob: row.ReminderJob(), At: j.FinishedAt, Reason: j.LastError})
		}
	}
	return es
}
