package deliver

import (
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// needs are the ids of all that has to be read to send a batch of posts.
type needs struct {
	timelines []string // timelines that something is sent for
	refreshed []string // timelines with a reminder to refresh
	digests   []string // timelines with a digest to refresh
	summaries []string // keys of the jobs that posted the summaries of details
}

func (n *needs) add(p escalation.Post) {
	switch {
	case p.Refresh != nil && p.Refresh.Digest != "":
		n.digests = append(n.digests, p.Timeline)
	case p.Refresh != nil:
		n.refreshed = append(n.refreshed, p.Timeline)
	case p.Reminder != nil, p.Note != nil && p.Note.Together:
		n.timelines = append(n.timelines, p.Timeline)
	case p.Summary != nil && p.Summary.Under != "":
		n.summaries = append(n.summaries, p.Summary.Under)
	}
	for _, row := range p.Rows {
		n.timelines = append(n.timelines, row.Timeline)
	}
}

// batch is what was read for a batch of posts.
type batch struct {
	timelines map[string]*escalation.Timeline // as of now, by id; purged ones are missing
	decided   []escalation.Event              // the events of the reminders to refresh
	posted    []escalation.Event              // the events of the digests to refresh
	summaries map[string]queue.Job
}

// read reads what is needed, and nothing more.
func (d *Deliverer) read(ctx context.Context, n needs) (b *batch, err error) {
	b = &batch{}
	if b.posted, err = d.happened(ctx, n.digests, escalation.EventPosted); err != nil {
		return nil, err
	}
	told := append(n.refreshed, n.digests...)
	for _, e := range b.posted {
		told = append(told, e.With...)
	}
	if b.decided, err = d.happened(ctx, told, escalation.EventDue); err != nil {
		return nil, err
	}
	if b.timelines, err = load(ctx, d.Store, append(n.timelines, told...)); err != nil {
		return nil, err
	}
	b.summaries, err = d.summaries(ctx, n.summaries)
	return b, err
}

// happened reads the events of a kind in the history of timelines.
func (d *Deliverer) happened(ctx context.Context, timelines []string, kind escalation.EventKind) ([]escalation.Event, error) {
	if len(timelines) == 0 {
		return nil, nil
	}
	events, err := d.Store.Happened(ctx, timelines, kind)
	if err != nil {
		return nil, fmt.Errorf("read the reminders to refresh: %w", err)
	}
	return events, nil
}

// summaries reads the jobs that posted summaries whose details are to be posted, by their keys.
func (d *Deliverer) summaries(ctx context.Context, keys []string) (map[string]queue.Job, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	jobs, err := d.Store.JobsByKey(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("read what was posted before: %w", err)
	}
	byKey := make(map[string]queue.Job, len(jobs))
	for _, j := range jobs {
		byKey[j.Key] = j
	}
	return byKey, nil
}

// Timelines reads timelines by id; missing ones are left out.
type Timelines interface {
	Load(ctx context.Context, ids []string) ([]escalation.Timeline, error)
}

// load reads timelines once more, just before something is sent for them.
func load(ctx context.Context, store Timelines, ids []string) (map[string]*escalation.Timeline, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ts, err := store.Load(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("re-read timelines: %w", err)
	}
	byID := make(map[string]*escalation.Timeline, len(ts))
	for i := range ts {
		byID[ts[i].ID] = &ts[i]
	}
	return byID, nil
}

// Poster posts to Slack. Its errors are *queue.Error where it knows what they mean for the job.
type Poster interface {
	// Post posts p with jobID in the message's metadata and returns where the new message landed. An empty
	// Thread.TS posts to the channel itself.
	Post(ctx context.Context, jobID string, p escalation.Post) (Landed, error)
	// Find looks through all batches of the thread (of the channel, if Thread.TS is empty or the thread is gone)
	// since the given time for the message that carries jobID.
	Find(ctx context.Context, jobID string, at escalation.Thread, since time.Time) (landed Landed, found bool, err error)
	// Marks lists the reminders that we posted in a thread (in the channel itself, if Thread.TS is empty or the thread
	// is gone) since the given time, through all batches.
	Marks(ctx context.Context, at escalation.Thread, since time.Time) (Marks, error)
	// Refresh brings the reminder that is posted under ts up to date with its timeline. It may be repeated. It is no
	// error if the message is gone or may not be changed any more.
	Refresh(ctx context.Context, ts string, r escalation.Reminder, t escalation.Timeline) error
	// RefreshDigest does the same for a digest. rows are those that it named when it was posted.
	RefreshDigest(ctx context.Context, ts string, rows []DigestRow) error
}

// DigestRow is a ticket that a digest names, as it is now.
type DigestRow struct {
	escalation.Post // the reminder, as it was decided
	Now             escalation.Timeline
}

// Landed is where a message was posted. Slack posts a reply to a deleted message in the channel itself; its answer then
// has no thread_ts.
type Landed struct {
	TS      string
	Outside bool  // in the channel itself, not in a thread
	Rows    []int // of a digest that was found: the numbers of the rows that it names, from 1
}

// Marks are what was found in a thread or a channel.
type Marks struct {
	Ours []Marked
	// Replied is when the last reply to each message of the channel came, by the message's ts; zero: none came.
	Replied map[string]time.Time
}

// Marked is a message of ours that holds a reminder, or several if it is a digest.
type Marked struct {
	TS      string
	Marks   []string // see escalation.Reminder.Mark
	Outside bool     // in the channel itself, not in a thread
	Digest  bool
}
