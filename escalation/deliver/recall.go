package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Memory knows what the database may have forgotten.
type Memory interface {
	// Doubt is the span of time in which messages may have been posted that the database has forgotten, as far as is
	// known now; zero: it remembers everything.
	Doubt(ctx context.Context) (Doubt, error)
}

// Doubt is a span of time in which messages may have been posted that the database has forgotten: a standby took over
// that had missed the last changes, or a backup was restored. There may be no job and no timeline of them any more, but
// the messages are in Slack.
type Doubt struct {
	Since, Until time.Time
}

// covers says that a reminder which was due by then may be posted already.
func (d Doubt) covers(due time.Time) bool { return !d.Until.IsZero() && !due.After(d.Until) }

// from is where a look begins.
func (d Doubt) from() time.Time { return d.Since.Add(-lookBack) }

// threadsOf is how much more of a channel is read. Its messages say which of their threads had no reply lately; those
// threads need not be read. After an outage that is nearly all of them.
const threadsOf = 24 * time.Hour

// settled is how long it takes after a call until Slack surely shows its result (rule 12).
const settled = 10 * time.Second

var errTooSoon = errors.New("the database went back in time: a moment later Slack can tell what was posted before")

// memory is what Slack told about a span in doubt. It stays true: the database knows what we post afterwards.
type memory struct {
	mu    sync.Mutex
	about Doubt
	read  map[escalation.Thread]Marks
}

func (m *memory) get(about Doubt, at escalation.Thread) (told Marks, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.about != about {
		m.about, m.read = about, map[escalation.Thread]Marks{}
	}
	told, ok = m.read[at]
	return told, ok
}

func (m *memory) put(about Doubt, at escalation.Thread, told Marks) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.about == about {
		m.read[at] = told
	}
}

// doubt is the span in doubt for a batch, as of now: after its jobs were claimed.
func (d *Deliverer) doubt(ctx context.Context, ds []delivery) (Doubt, error) {
	reminds := func(dl delivery) bool { return dl.post.Reminder != nil || dl.post.Rows != nil }
	if d.Memory == nil || !slices.ContainsFunc(ds, reminds) {
		return Doubt{}, nil
	}
	doubt, err := d.Memory.Doubt(ctx)
	if err != nil {
		return Doubt{}, fmt.Errorf("ask what the database may have forgotten: %w", err)
	}
	return doubt, nil
}

// told lists the reminders that we posted in a thread, or in the channel itself, in a span in doubt.
func (d *Deliverer) told(ctx context.Context, doubt Doubt, at escalation.Thread) (Marks, error) {
	if told, ok := d.memory.get(doubt, at); ok {
		return told, nil
	}
	if wait := doubt.Until.Add(settled).Sub(d.Now()); wait > 0 {
		return Marks{}, &queue.Error{Kind: queue.KindRetry, After: wait, Err: errTooSoon}
	}
	since := doubt.from()
	if at.TS == "" {
		since = since.Add(-threadsOf)
	}
	told, err := d.Poster.Marks(ctx, at, since)
	if err != nil {
		return Marks{}, unread(err)
	}
	d.memory.put(doubt, at, told)
	return told, nil
}

// unread is the job's error after a look that failed: nothing was sent, and nothing may be sent without a look.
func unread(err error) error {
	var e *queue.Error
	if errors.As(err, &e) && (e.Kind == queue.KindLimited || e.Kind == queue.KindHeld) {
		return err
	}
	return &queue.Error{Kind: queue.KindRetry, Err: fmt.Errorf("look for what was posted before the database went back in time: %w", err)}
}

// recall finds the message in which a reminder is posted already, if the database may have forgotten it: in a digest in
// the channel, or in the ticket's thread, unless that had no reply lately.
func (d *delivery) recall(ctx context.Context) (m Marked, found bool, err error) {
	if d.timeline == nil || !d.doubt.covers(d.post.Reminder.Due) {
		return Marked{}, false, nil
	}
	thread := d.timeline.ThreadNow()
	told, err := d.by.told(ctx, d.doubt, escalation.Thread{Workspace: thread.Workspace, Channel: thread.Channel})
	if err != nil {
		return Marked{}, false, err
	}
	if i := slices.IndexFunc(told.Ours, d.heldBy); i >= 0 {
		return told.Ours[i], true, nil
	}
	if replied, read := told.Replied[thread.TS]; thread.TS == "" || read && replied.Before(d.doubt.from()) {
		return Marked{}, false, nil
	}
	if told, err = d.by.told(ctx, d.doubt, thread); err != nil {
		return Marked{}, false, err
	}
	if i := slices.IndexFunc(told.Ours, d.heldBy); i >= 0 {
		return told.Ours[i], true, nil
	}
	return Marked{}, false, nil
}

// heldBy says that a message holds this very reminder. A message that the timeline knows is an earlier repetition. A
// message from before the reminder was due belongs to a tier of another policy. Rounds are not compared: they may have
// been counted differently since.
func (d *delivery) heldBy(m Marked) bool {
	known := func(p escalation.Posting) bool { return p.TS == m.TS }
	at, err := escalation.TimeOf(m.TS)
	return err == nil && !at.Before(d.post.Reminder.Due.Add(-lookBack)) &&
		slices.Contains(m.Marks, d.post.Reminder.Mark()) && !slices.ContainsFunc(d.timeline.Posts, known)
}

// recalled is the effect of a reminder that m holds.
func (d *delivery) recalled(m Marked) escalation.Effect {
	d.by.Logger.Info("a reminder is in Slack already, and the database had forgotten it", "timeline", d.post.Timeline,
		"ticket", d.post.Reminder.Ticket.ID, "channel", d.post.Channel, which(d.post.Reminder), "ts", m.TS)
	landed := Landed{TS: m.TS, Outside: m.Outside}
	if m.Digest {
		landed = Landed{}
	}
	effect := d.posted(landed, d.by.postedAt(m.TS))
	effect.Recalled = true
	return effect
}

// whereItBelongs is the post with the place where it is sent. A reminder goes to the thread that the timeline has now:
// another one than at its decision, if the ticket's message was deleted meanwhile.
func (d *delivery) whereItBelongs() escalation.Post {
	post := d.post
	if post.Reminder == nil || d.timeline == nil {
		return post
	}
	post.Thread = d.timeline.ThreadNow()
	if post.Thread.TS == "" {
		post.Reminder = moved(post.Reminder)
	}
	return post
}

func moved(r *escalation.Reminder) *escalation.Reminder {
	m := *r
	m.Moved = true
	return &m
}

// sayMoved makes a reminder say why it is in the channel, if only its own posting has shown that the ticket's message is
// gone. The reminder works in any case, so a failure is only logged: the reminder's next refresh says it.
func (d *delivery) sayMoved(ctx context.Context, sent escalation.Post, landed Landed) {
	if sent.Reminder == nil || sent.Reminder.Moved || !landed.Outside || d.timeline == nil {
		return
	}
	d.by.Logger.Info("a ticket's message was deleted: its reminder stands in the channel, and takes its place",
		"timeline", sent.Timeline, "ticket", sent.Reminder.Ticket.ID, "channel", sent.Channel, "ts", landed.TS)
	if err := d.by.Poster.Refresh(ctx, landed.TS, *moved(sent.Reminder), d.standing(landed)); err != nil {
		d.by.Logger.Warn("a reminder in the channel cannot say yet that its ticket's message was deleted",
			"timeline", sent.Timeline, "channel", sent.Channel, "error", err)
	}
}

// standing is the timeline with the posted reminder, as it is about to be stored.
func (d *delivery) standing(landed Landed) escalation.Timeline {
	t := *d.timeline
	t.Tiers = append([]escalation.DueTier(nil), t.Tiers...)
	effect := escalation.ReminderPosted{
		ReminderJob: d.post.ReminderJob(), Due: d.post.Reminder.Due, RepeatAt: d.post.Reminder.RepeatAt, At: d.by.Now(), TS: landed.TS, Outside: true,
	}
	effect.Apply(&t)
	return t
}
