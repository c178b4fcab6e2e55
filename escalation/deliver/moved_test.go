package deliver

import (
	"context"
	"errors"
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

const outsideTS = "1772442610.000200"

// Rule 1: a reminder decided before its ticket's message was deleted goes to where the timeline is now.
func TestAReminderGoesToTheThreadThatItsTimelineHasNow(t *testing.T) {
	for moved, wantMoved := range map[string]bool{"": true, "17.000001": false} {
		job, tl := reminding(t)
		tl.Gone, tl.Moved = true, moved
		p := &poster{ts: outsideTS, outside: moved == ""}
		d, _ := deliverer(p, &loader{Timelines: []escalation.Timeline{tl}}, at(10.5))
		got := prepare(t, d, job)[0].Send(t.Context())
		equal(t, "thread", p.sent[0].Thread.TS, moved)
		equal(t, "says that it takes the message's place", p.sent[0].Reminder.Moved, wantMoved)
		equal(t, "takes it", got.Effect.(escalation.ReminderPosted).Outside, wantMoved)
		equal(t, "edits", len(p.refreshed), 0)
	}
}

// Rule 12: where only the landing tells that the message is gone, the reminder is posted once, and says so by an
// edit. That edit failing changes nothing about it.
func TestAReminderThatLandedInTheChannelSaysWhy(t *testing.T) {
	for name, do := range map[string]func(queue.Task, *testing.T) queue.Outcome{
		"as Slack answered":           func(task queue.Task, t *testing.T) queue.Outcome { return task.Send(t.Context()) },
		"as it was found by a search": func(task queue.Task, t *testing.T) queue.Outcome { return task.Look(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			job, tl := reminding(t)
			p := &reluctant{poster: poster{ts: outsideTS, outside: true, found: true}}
			d, _ := deliverer(p, &loader{Timelines: []escalation.Timeline{tl}}, at(10.5))
			got := do(prepare(t, d, job)[0], t)
			equal(t, "kind", got.Kind, queue.KindSent)
			equal(t, "takes the message's place", got.Effect.(escalation.ReminderPosted).Outside, true)
			if len(p.refreshed) != 1 || !p.refreshed[0].Reminder.Moved || p.refreshed[0].Timeline.Moved != outsideTS || p.refreshed[0].TS != outsideTS {
				t.Errorf("edited %+v", p.refreshed)
			}
			equal(t, "the timeline as it was read stays", tl.Tiers[0].State, escalation.TierOwed)
		})
	}
}

// reluctant is a poster that refuses edits.
type reluctant struct{ poster }

func (p *reluctant) Refresh(ctx context.Context, ts string, r escalation.Reminder, t escalation.Timeline) error {
	_ = p.poster.Refresh(ctx, ts, r, t)
	return errors.New("ratelimited")
}
