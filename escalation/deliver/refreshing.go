package deliver

import (
	"context"
	"errors"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// refreshing brings a reminder that is posted in its thread up to date with its timeline. It may be repeated, so the
// outcome of an earlier attempt does not matter.
type refreshing struct {
	by       *Deliverer
	posting  escalation.Posting   // which reminder
	timeline *escalation.Timeline // nil once purged
	reminder *escalation.Reminder // as it was decided; nil once purged
}

// untilPosted is how long a refresh waits before it looks again whether its reminder is posted.
const untilPosted = 15 * time.Second

func (r *refreshing) Send(ctx context.Context) queue.Outcome {
	if r.timeline == nil || r.reminder == nil {
		return queue.Dropped("the timeline or its reminder is gone", nil)
	}
	ts := r.timeline.PostedTS(r.posting)
	if ts == "" {
		job := escalation.ReminderJob{Timeline: r.timeline.ID, Tier: r.posting.Tier, Round: r.posting.Round}
		if job.OwedTier(r.timeline) == nil {
			return queue.Dropped("the reminder was never posted", nil)
		}
		return queue.Failure(&queue.Error{Kind: queue.KindRetry, After: untilPosted, Err: errors.New("the reminder is still on its way")})
	}
	reminder := r.reminder
	if ts == r.timeline.Moved {
		reminder = moved(reminder)
	}
	if err := r.by.Poster.Refresh(ctx, ts, *reminder, *r.timeline); err != nil {
		return queue.Failure(err)
	}
	return queue.Sent(nil)
}

// Look finds nothing, so that a refresh whose outcome is unknown is done again.
func (r *refreshing) Look(context.Context) queue.Outcome { return queue.Absent() }

// GiveUp has no effect: the reminder stays as it was.
func (r *refreshing) GiveUp(error) queue.Effect { return nil }

// refreshingDigest brings a posted digest up to date with all of its timelines. Like refreshing, it may be repeated.
type refreshingDigest struct {
	by     *Deliverer
	ts     string      // "": it is not posted
	coming bool        // it is on its way
	rows   []DigestRow // those that it names
}

// refreshDigest is the task of bringing up to date the digest in which a timeline's reminder was posted.
func (d *Deliverer) refreshDigest(p escalation.Post, have *batch) *refreshingDigest {
	r := &refreshingDigest{by: d}
	if t := have.timelines[p.Timeline]; t != nil {
		job := escalation.ReminderJob{Timeline: t.ID, Tier: p.Refresh.Tier, Round: p.Refresh.Round, Digest: p.Refresh.Digest}
		_, stands := t.InDigest(p.Refresh.Digest) // since the history was read
		r.coming = stands || job.OwedTier(t) != nil
	}
	for _, id := range escalation.DigestOf(have.posted, p.Timeline, *p.Refresh) {
		t := have.timelines[id]
		if t == nil {
			continue // purged
		}
		stands, ok := t.InDigest(p.Refresh.Digest)
		reminder := escalation.ReminderOf(have.decided, id, stands)
		if !ok || reminder == nil {
			continue
		}
		post := escalation.Post{Thread: p.Thread, Timeline: id, Round: stands.Round, Digest: stands.Digest, Reminder: reminder}
		r.ts, r.rows = stands.TS, append(r.rows, DigestRow{Post: post, Now: *t})
	}
	return r
}

func (r *refreshingDigest) Send(ctx context.Context) queue.Outcome {
	switch {
	case r.ts == "" && r.coming:
		return queue.Failure(&queue.Error{Kind: queue.KindRetry, After: untilPosted, Err: errors.New("the digest is still on its way")})
	case r.ts == "":
		return queue.Dropped("the digest was never posted, or is gone", nil)
	}
	if err := r.by.Poster.RefreshDigest(ctx, r.ts, r.rows); err != nil {
		return queue.Failure(err)
	}
	return queue.Sent(nil)
}

// Look finds nothing, so that a refresh whose outcome is unknown is done again.
func (r *refreshingDigest) Look(context.Context) queue.Outcome { return queue.Absent() }

// GiveUp has no effect: the digest stays as it was.
func (r *refreshingDigest) GiveUp(error) queue.Effect { return nil }
