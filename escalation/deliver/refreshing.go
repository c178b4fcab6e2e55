package deliver

import (
	"context"
	"errors"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// refreshing brings a reminder that is posted in its thread up to date with its timeline. It may be done
// any number of times, so what became of an earlier attempt need not be known.
type refreshing struct {
	by       *Deliverer
	posting  escalation.Posting   // which reminder
	timeline *escalation.Timeline // nil once purged
	reminder *escalation.Reminder // as it was decided; nil once purged
}

// untilItStands is how long a refresh waits for a reminder of which nobody knows yet whether it is posted.
const untilItStands = 15 * time.Second

func (r *refreshing) Send(ctx context.Context) queue.Outcome {
	if r.timeline == nil || r.reminder == nil {
		return queue.Dropped("the timeline or its reminder is gone", nil)
	}
	ts := r.timeline.StandsUnder(r.posting)
	if ts == "" {
		job := escalation.ReminderJob{Timeline: r.timeline.ID, Tier: r.posting.Tier, Round: r.posting.Round}
		if job.OwedTier(r.timeline) == nil {
			return queue.Dropped("the reminder was never posted", nil)
		}
		return queue.Failure(&queue.Error{Kind: queue.KindRetry, After: untilItStands, Err: errors.New("the reminder is still on its way")})
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

// GiveUp has no effect: the reminder stands as it was.
func (r *refreshing) GiveUp(error) queue.Effect { return nil }
