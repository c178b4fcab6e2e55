package deliver

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Deliverer is the queue's handler for everything that is posted to Slack. It reads each timeline once more just before
// its reminder is sent, and turns the result into an effect on the timeline.
type Deliverer struct {
	flow.Deps
	Store  DelivererStore
	Poster Poster
	// Memory knows what the database may have forgotten. Nil: nothing.
	Memory Memory
	// Failed is called for each reminder that was given up. May be nil.
	Failed func(p escalation.Post, err error)

	memory memory
}

// DelivererStore is what a Deliverer needs of the database.
type DelivererStore interface {
	Timelines
	// Happened returns the events of a kind in the history of timelines.
	Happened(ctx context.Context, timelineIDs []string, kind escalation.EventKind) ([]escalation.Event, error)
	// JobsByKey reads jobs, and leaves out those that do not exist.
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
}

// Prepare reads what a whole batch needs in one go.
func (d *Deliverer) Prepare(ctx context.Context, jobs []queue.Job) ([]queue.Task, error) {
	deliveries := make([]delivery, len(jobs))
	var need needs
	for i, j := range jobs {
		dl := &deliveries[i]
		dl.by, dl.job = d, j
		if dl.post, dl.broken = escalation.ReadPost(j); dl.broken == nil {
			need.add(dl.post)
		}
	}
	doubt, err := d.doubt(ctx, deliveries)
	if err != nil {
		return nil, err
	}
	have, err := d.read(ctx, need)
	if err != nil {
		return nil, err
	}
	tasks := make([]queue.Task, len(jobs))
	for i := range deliveries {
		deliveries[i].doubt = doubt
		tasks[i] = d.task(&deliveries[i], have)
	}
	return tasks, nil
}

// task is the task of a post, once everything that it needs is read.
func (d *Deliverer) task(dl *delivery, have *batch) queue.Task {
	p := dl.post
	dl.timeline = have.timelines[p.Timeline]
	switch {
	case dl.broken != nil:
	case p.Refresh != nil && p.Refresh.Digest != "":
		return d.refreshDigest(p, have)
	case p.Refresh != nil:
		return &refreshing{
			by: d, posting: *p.Refresh, timeline: dl.timeline, reminder: escalation.ReminderOf(have.decided, p.Timeline, *p.Refresh),
		}
	case p.Rows != nil:
		return d.digest(dl, have.timelines)
	case p.Summary != nil:
		dl.under(have.summaries)
	}
	return dl
}

// lookBack is how long before the first attempt a look begins: our clock and Slack's need not agree.
const lookBack = 5 * time.Minute

// delivery is one post on its way.
type delivery struct {
	by       *Deliverer
	job      queue.Job
	post     escalation.Post
	timeline *escalation.Timeline // as of just before sending; nil for notes, and once purged
	doubt    Doubt
	broken   error
}

func (d *delivery) Send(ctx context.Context) queue.Outcome {
	if d.broken != nil {
		return queue.Failure(&queue.Error{Kind: queue.KindTerminal, Err: d.broken})
	}
	if d.post.Reminder != nil {
		if reason := escalation.Outdated(d.timeline, d.post, d.by.Now()); reason != "" {
			d.by.Metrics.Reminder(d.post.Reminder, outcomeOf(d.timeline))
			d.logTrouble(reason)
			return queue.Dropped(reason, escalation.ReminderDeferred{ReminderJob: d.post.ReminderJob(), At: d.by.Now(), Reason: reason, Clock: d.post.Reminder.Clock})
		}
		earlier, found, err := d.recall(ctx)
		switch {
		case err != nil:
			return queue.Failure(err)
		case found:
			return queue.Sent(d.recalled(earlier))
		}
	}
	post := d.asOfNow(d.whereItBelongs())
	landed, err := d.by.Poster.Post(ctx, d.job.ID, post)
	if err != nil {
		return queue.Failure(err)
	}
	d.sayMoved(ctx, post, landed)
	return d.sent(landed, d.by.Now())
}

// postedAt is when the message with this ts was posted.
func (d *Deliverer) postedAt(ts string) time.Time {
	at, err := escalation.TimeOf(ts)
	if err != nil {
		return d.Now()
	}
	return at
}

// sent is the outcome of a post that was posted at at. Where a summary is posted is kept, for its details.
func (d *delivery) sent(landed Landed, at time.Time) queue.Outcome {
	if d.post.Reminder != nil {
		return queue.Sent(d.posted(landed, at))
	}
	outcome := queue.Sent(nil)
	if d.post.Summary != nil {
		outcome.Result.Body = landed.TS
	}
	return outcome
}

// logTrouble logs, of a reminder that is not sent after all, the error that had kept it from being sent.
func (d *delivery) logTrouble(reason string) {
	if d.job.LastError == "" {
		return
	}
	d.by.Logger.Warn("a reminder could not be posted so far", "timeline", d.post.Timeline, "ticket", d.post.Reminder.Ticket.ID,
		"channel", d.post.Channel, which(d.post.Reminder), "round", d.post.Round, "now", reason, "error", d.job.LastError)
}

func (d *delivery) Look(ctx context.Context) queue.Outcome {
	if d.broken != nil {
		return queue.Absent()
	}
	post := d.whereItBelongs()
	landed, found, err := d.by.Poster.Find(ctx, d.job.ID, post.Thread, d.job.FirstSent.Add(-lookBack))
	switch {
	case err != nil:
		return queue.LookFailure(err)
	case !found:
		return queue.Absent()
	}
	d.sayMoved(ctx, post, landed)
	return d.sent(landed, d.by.postedAt(landed.TS))
}

// GiveUp fails the tier. The queue has logged the failed job as an error; this logs what it means.
func (d *delivery) GiveUp(err error) queue.Effect {
	if d.post.Reminder == nil {
		return nil
	}
	r := d.post.Reminder
	d.by.Metrics.Reminder(r, "failed")
	d.by.Logger.Warn("a reminder could not be posted and was given up",
		"timeline", d.post.Timeline, "ticket", r.Ticket.ID, "channel", d.post.Channel, which(r), "job", d.job.ID, "error", err)
	if d.by.Failed != nil {
		d.by.Failed(d.post, err)
	}
	return escalation.ReminderGivenUp{ReminderJob: d.post.ReminderJob(), At: d.by.Now(), Reason: err.Error()}
}

// posted is the effect of a reminder that was posted at at.
func (d *delivery) posted(landed Landed, at time.Time) escalation.ReminderPosted {
	r := d.post.Reminder
	late := max(at.Sub(r.Due), 0)
	d.by.Metrics.Reminder(r, "posted")
	d.by.Metrics.ReminderLate(late)
	mentioned := make([]string, len(r.Mention))
	for i, m := range r.Mention {
		mentioned[i] = m.Key()
	}
	d.by.Logger.Info("reminder posted", "timeline", d.post.Timeline, "ticket", r.Ticket.ID, "channel", d.post.Channel,
		which(r), "late", late.Round(time.Millisecond).String(), "job", d.job.ID)
	return escalation.ReminderPosted{ReminderJob: d.post.ReminderJob(), Due: r.Due, RepeatAt: r.RepeatAt, At: at, TS: landed.TS, Late: late, Mentioned: mentioned, Outside: landed.Outside}
}

// which says in the log which of a ticket's reminders it is: a tier's, or that of a deadline that passed while the
// tiers were put off.
func which(r *escalation.Reminder) slog.Attr {
	if r.AtDeadline {
		return slog.Bool("at_deadline", true)
	}
	return slog.Int("tier", r.Tier)
}

// outcomeOf is the metric's word for a reminder that was not sent after all.
func outcomeOf(t *escalation.Timeline) string {
	if t == nil || t.State != escalation.Open {
		return "dropped"
	}
	return "deferred"
}

var errNoSummary = errors.New("nobody knows any more where the summary stands that these details are of")

// under puts details into the thread of their summary. The summary's job has kept its ts.
func (d *delivery) under(posted map[string]queue.Job) {
	s := d.post.Summary
	if s.Under == "" {
		return
	}
	if d.post.TS = posted[s.Under].Result.Body; d.post.TS == "" {
		d.broken = errNoSummary
	}
}

// asOfNow fills in the one answer to a burst of mentions: how the ticket is just before it is sent. If retention has
// removed the timeline meanwhile, the answer says that.
func (d *delivery) asOfNow(p escalation.Post) escalation.Post {
	if p.Note == nil || !p.Note.Together {
		return p
	}
	if d.timeline == nil {
		p.Note = &escalation.Note{Kind: escalation.NoteGone, User: p.Note.User}
		return p
	}
	_, note := escalation.Respond(*d.timeline, escalation.Mention{}, escalation.Request{Kind: escalation.RequestStatus}, d.by.Facts(p.Workspace))
	note.Together = true
	p.Note = &note
	return p
}
