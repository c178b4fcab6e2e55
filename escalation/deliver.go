package escalation

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Deliverer is the queue's handler for everything posted to Slack: it reads each timeline once more
// just before its reminder is sent, and turns what came of it into effects.
type Deliverer struct {
	Timelines Loader
	Poster    Poster
	Now       func() time.Time
	Logger    *slog.Logger
	Metrics   *Metrics
	// Failed is told of each reminder that was given up. May be nil.
	Failed func(p Post, err error)
}

// Loader reads timelines by id, and jobs by key; missing ones are left out.
type Loader interface {
	Load(ctx context.Context, ids []string) ([]Timeline, error)
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
}

// Prepare reads what a whole batch needs in one go: the timelines, and for refreshes the reminders as
// they were decided.
func (d *Deliverer) Prepare(ctx context.Context, jobs []queue.Job) ([]queue.Task, error) {
	tasks := make([]queue.Task, len(jobs))
	deliveries := make([]*delivery, len(jobs))
	var ids, keys []string
	for i, j := range jobs {
		dl := &delivery{Deliverer: d, job: j}
		tasks[i], deliveries[i] = dl, dl
		if err := json.Unmarshal(j.Payload, &dl.post); err != nil {
			dl.broken = fmt.Errorf("payload of job %s: %w", j.ID, err)
			continue
		}
		if dl.post.Reminder != nil || dl.post.Refresh != nil {
			ids = append(ids, dl.post.Timeline)
		}
		if dl.post.Refresh != nil {
			tasks[i] = &refreshing{delivery: dl}
			keys = append(keys, dl.post.refreshes())
		}
	}
	timelines, err := d.load(ctx, ids)
	if err != nil {
		return nil, err
	}
	reminders, err := d.reminders(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i, dl := range deliveries {
		dl.timeline = timelines[dl.post.Timeline]
		if r, ok := tasks[i].(*refreshing); ok {
			r.reminder = reminders[dl.post.refreshes()]
		}
	}
	return tasks, nil
}

func (d *Deliverer) load(ctx context.Context, ids []string) (map[string]*Timeline, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ts, err := d.Timelines.Load(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("re-read timelines: %w", err)
	}
	byID := make(map[string]*Timeline, len(ts))
	for i := range ts {
		byID[ts[i].ID] = &ts[i]
	}
	return byID, nil
}

// delivery is one post on its way.
type delivery struct {
	*Deliverer
	job      queue.Job
	post     Post
	timeline *Timeline // as of just before sending; nil for notes, and once purged
	broken   error
}

func (d *delivery) Send(ctx context.Context) queue.Outcome {
	if d.broken != nil {
		return queue.Failure(&queue.Error{Kind: queue.KindTerminal, Err: d.broken})
	}
	if d.post.Reminder != nil {
		if reason := outdated(d.timeline, d.post, d.Now()); reason != "" {
			d.Metrics.reminder(d.post.Reminder, outcomeOf(d.timeline))
			d.tellTrouble(reason)
			return queue.Dropped(reason, deferred{d.reminderJob(), d.Now(), reason})
		}
	}
	ts, err := d.Poster.Post(ctx, d.job.ID, d.post)
	if err != nil {
		return queue.Failure(err)
	}
	return queue.Sent(d.done(ts, d.Now()))
}

// tellTrouble says of a reminder that is not sent after all what had kept it from being sent.
func (d *delivery) tellTrouble(reason string) {
	if d.job.LastError == "" {
		return
	}
	d.Logger.Warn("a reminder could not be posted so far", "timeline", d.post.Timeline, "ticket", d.post.Reminder.Ticket.ID,
		"channel", d.post.Channel, "tier", d.post.Reminder.Tier, "round", d.post.Round, "now", reason, "error", d.job.LastError)
}

func (d *delivery) Look(ctx context.Context) queue.Outcome {
	if d.broken != nil {
		return queue.Absent()
	}
	// Five minutes before the first attempt: our clock and Slack's need not agree.
	ts, found, err := d.Poster.Find(ctx, d.job.ID, d.post.Thread, d.job.FirstSent.Add(-5*time.Minute))
	switch {
	case err != nil:
		return queue.LookFailure(err)
	case !found:
		return queue.Absent()
	}
	at, err := TimeOf(ts)
	if err != nil {
		at = d.Now()
	}
	return queue.Sent(d.done(ts, at))
}

func (d *delivery) GiveUp(err error) any {
	if d.post.Reminder == nil {
		return nil
	}
	r := d.post.Reminder
	d.Metrics.reminder(r, "failed")
	d.Logger.Error("a reminder could not be posted and was given up",
		"timeline", d.post.Timeline, "ticket", r.Ticket.ID, "channel", d.post.Channel, "tier", r.Tier, "job", d.job.ID, "error", err)
	if d.Failed != nil {
		d.Failed(d.post, err)
	}
	return failed{d.reminderJob(), d.Now(), err.Error()}
}

// done is the effect of a post that stands in its thread since at.
func (d *delivery) done(ts string, at time.Time) any {
	r := d.post.Reminder
	if r == nil {
		return nil
	}
	late := max(at.Sub(r.Due), 0)
	d.Metrics.reminder(r, "posted")
	d.Metrics.reminderLate(late)
	mentioned := make([]string, len(r.Mention))
	for i, m := range r.Mention {
		mentioned[i] = m.key()
	}
	d.Logger.Info("reminder posted", "timeline", d.post.Timeline, "ticket", r.Ticket.ID, "channel", d.post.Channel,
		"tier", r.Tier, "late", late.Round(time.Millisecond).String(), "job", d.job.ID)
	effect := posted{reminderJob: d.reminderJob(), due: r.Due, at: at, ts: ts, late: late, mentioned: mentioned}
	if r.Owner {
		effect.owner = r.Mention[0].ID
	}
	return effect
}

func (d *delivery) reminderJob() reminderJob {
	return reminderJob{d.post.Timeline, d.post.Reminder.Tier, d.post.Round}
}

// outdated says why a decided reminder must not be posted any more; "" if it may (rule 13).
func outdated(t *Timeline, p Post, now time.Time) string {
	switch {
	case t == nil:
		return "its timeline is gone"
	case t.State != Open:
		return "the timeline is " + string(t.State)
	}
	job := reminderJob{p.Timeline, p.Reminder.Tier, p.Round}
	tier := job.owedTier(t)
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
		if higher := t.Tiers[i]; higher.State == TierPending && higher.reminds() && !higher.Due.After(now) {
			return fmt.Sprintf("tier %d has come due", i+1)
		}
	}
	return ""
}

// outcomeOf is the metric's word for a reminder that was not sent after all.
func outcomeOf(t *Timeline) string {
	if t == nil || t.State != Open {
		return "dropped"
	}
	return "deferred"
}

// TimeOf reads a Slack ts as a time. It goes by digits: as a float, the last ones would be lost.
func TimeOf(ts string) (time.Time, error) {
	const wholePart, fraction = 10, 6
	if len(ts) < wholePart+1+fraction || ts[len(ts)-fraction-1] != '.' {
		return time.Time{}, fmt.Errorf("%q is not a Slack ts (seconds, a dot, six digits)", ts)
	}
	s, errS := strconv.ParseUint(ts[:len(ts)-fraction-1], 10, 34)
	us, errU := strconv.ParseUint(ts[len(ts)-fraction:], 10, 32)
	if errS != nil || errU != nil {
		return time.Time{}, fmt.Errorf("%q is not a Slack ts (seconds, a dot, six digits)", ts)
	}
	return time.Unix(int64(s), int64(us)*1000).UTC(), nil
}
