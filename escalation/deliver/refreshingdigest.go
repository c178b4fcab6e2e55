package deliver

import (
	"context"
	"errors"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// refreshingDigest brings a digest that stands up to date with all of its timelines. Like refreshing, it may be
// done any number of times.
type refreshingDigest struct {
	by     *Deliverer
	ts     string      // "": it does not stand
	coming bool        // it is on its way
	rows   []DigestRow // those that it names
}

// posted reads the jobs, by their keys, which posted digests that are to be refreshed.
func (d *Deliverer) posted(ctx context.Context, keys []string) (map[string]queue.Job, error) {
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

// refreshDigest is the task of bringing the digest up to date that the job posted.
func (d *Deliverer) refreshDigest(job queue.Job, timelines map[string]*escalation.Timeline) *refreshingDigest {
	r := &refreshingDigest{by: d}
	for _, row := range escalation.RowsOf(job) {
		t := timelines[row.Timeline]
		if t == nil {
			continue // purged
		}
		p := t.PostingOf(row.Reminder.Tier, row.Round)
		switch {
		case p.TS != "" && p.Digest == row.Digest:
			r.ts, r.rows = p.TS, append(r.rows, DigestRow{Post: row, Now: *t})
		case row.ReminderJob().OwedTier(t) != nil:
			r.coming = true
		}
	}
	return r
}

func (r *refreshingDigest) Send(ctx context.Context) queue.Outcome {
	switch {
	case r.ts == "" && r.coming:
		return queue.Failure(&queue.Error{Kind: queue.KindRetry, After: untilItStands, Err: errors.New("the digest is still on its way")})
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

// GiveUp has no effect: the digest stands as it was.
func (r *refreshingDigest) GiveUp(error) queue.Effect { return nil }
