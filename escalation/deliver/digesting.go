package deliver

import (
	"context"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// fewest is how many rows a digest has at least: a ticket that is left alone has a reminder of its own.
const fewest = 2

// digesting is a digest on its way: one message, and one job, for the reminders of many timelines (rule 22).
type digesting struct {
	by   *Deliverer
	job  queue.Job
	post escalation.Post
	rows []delivery // in the order of post.Rows
}

// digest is the task of a digest, once its timelines are read.
func (d *Deliverer) digest(dl *delivery, timelines map[string]*escalation.Timeline) *digesting {
	g := &digesting{by: d, job: dl.job, post: dl.post}
	for _, row := range dl.post.Rows {
		g.rows = append(g.rows, delivery{by: d, job: dl.job, post: row, timeline: timelines[row.Timeline], doubt: dl.doubt})
	}
	return g
}

// Send leaves out the rows that are no longer right: answered, snoozed, saved by somebody else, posted already.
func (g *digesting) Send(ctx context.Context) queue.Outcome {
	now := g.by.Now()
	post := g.post
	post.Rows = nil
	reasons := make([]string, len(g.rows))
	for i, row := range g.rows {
		reasons[i] = escalation.Outdated(row.timeline, row.post, now)
	}
	told, err := g.recall(ctx, reasons)
	if err != nil {
		return queue.Failure(err)
	}
	for i, row := range g.rows {
		if reasons[i] == "" {
			kept := row.post
			kept.Row = i + 1
			post.Rows = append(post.Rows, kept)
		}
	}
	if len(post.Rows) < fewest {
		for i := range reasons {
			if reasons[i] == "" {
				reasons[i] = "it was the only one left of a digest"
			}
		}
		return queue.Dropped("too few tickets are left for a digest", append(g.recalled(told), g.left(reasons, now)...))
	}
	landed, err := g.by.Poster.Post(ctx, g.job.ID, post)
	if err != nil {
		return queue.Failure(err)
	}
	return queue.Sent(append(g.recalled(told), g.stands(landed.TS, g.by.Now(), reasons)...))
}

// postedAlready is the reason to leave out a row whose reminder is posted, though the database had forgotten it.
const postedAlready = "it is in Slack already"

// recall finds the messages in which reminders are posted already, by row. Those rows are left out for that reason.
func (g *digesting) recall(ctx context.Context, reasons []string) (map[int]Marked, error) {
	told := map[int]Marked{}
	for i := range g.rows {
		if reasons[i] != "" {
			continue
		}
		m, found, err := g.rows[i].recall(ctx)
		switch {
		case err != nil:
			return nil, err
		case found:
			told[i], reasons[i] = m, postedAlready
		}
	}
	return told, nil
}

// recalled are the effects of rows that are posted already.
func (g *digesting) recalled(told map[int]Marked) (effects escalation.Effects) {
	for i := range g.rows {
		if m, ok := told[i]; ok {
			effects = append(effects, g.rows[i].recalled(m))
		}
	}
	return effects
}

// Look reads from the message which tickets it names: some may have been left out when it was sent.
func (g *digesting) Look(ctx context.Context) queue.Outcome {
	found, there, err := g.by.Poster.Find(ctx, g.job.ID, g.post.Thread, g.job.FirstSent.Add(-lookBack))
	switch {
	case err != nil:
		return queue.LookFailure(err)
	case !there:
		return queue.Absent()
	}
	reasons := make([]string, len(g.rows))
	for i := range reasons {
		if !slices.Contains(found.Rows, i+1) {
			reasons[i] = "it was left out of a digest"
		}
	}
	return queue.Sent(g.stands(found.TS, g.by.postedAt(found.TS), reasons))
}

// GiveUp fails the tiers.
func (g *digesting) GiveUp(err error) queue.Effect {
	var effects escalation.Effects
	for i := range g.rows {
		if row := &g.rows[i]; row.timeline != nil {
			effects = append(effects, row.GiveUp(err).(escalation.Effect))
		}
	}
	return effects
}

// stands is the effect of a digest that was posted at at: the rows without a reason to be left out are in it.
func (g *digesting) stands(ts string, at time.Time, reasons []string) escalation.Effects {
	g.by.Metrics.Digest()
	var with []string
	for i, row := range g.rows {
		if reasons[i] == "" {
			with = append(with, row.post.Timeline)
		}
	}
	effects := g.left(reasons, at)
	for i := range g.rows {
		if reasons[i] == "" {
			posted := g.rows[i].posted(Landed{TS: ts}, at)
			posted.With = with
			effects = append(effects, posted)
		}
	}
	return effects
}

// left is the effect on the rows that were left out: those whose tier waits for the digest are decided again.
func (g *digesting) left(reasons []string, at time.Time) (effects escalation.Effects) {
	for i, reason := range reasons {
		row := &g.rows[i]
		if reason == "" || reason == postedAlready || row.timeline == nil || row.post.ReminderJob().OwedTier(row.timeline) == nil {
			continue
		}
		g.by.Metrics.Reminder(row.post.Reminder, outcomeOf(row.timeline))
		row.logTrouble(reason)
		effects = append(effects, escalation.ReminderDeferred{ReminderJob: row.post.ReminderJob(), At: at, Reason: reason})
	}
	return effects
}
