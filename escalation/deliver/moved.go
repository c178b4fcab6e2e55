package deliver

import (
	"context"

	"github.com/slabuddy/slabuddy/escalation"
)

// whereItBelongs is the post as it is to be sent: a reminder goes to the thread that the timeline has now, which
// is another than at its decision if the ticket's message was deleted meanwhile.
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

// sayMoved has a reminder say why it is in the channel, where only its landing there told that the ticket's
// message is gone. It stands and works in any case, so a failure is logged and no more: the reminder's next
// refresh says it.
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

// standing is the timeline with the reminder in it, as it is about to be stored.
func (d *delivery) standing(landed Landed) escalation.Timeline {
	t := *d.timeline
	t.Tiers = append([]escalation.DueTier(nil), t.Tiers...)
	effect := escalation.ReminderPosted{
		ReminderJob: d.post.ReminderJob(), Due: d.post.Reminder.Due, RepeatAt: d.post.Reminder.RepeatAt, At: d.by.Now(), TS: landed.TS, Outside: true,
	}
	effect.Apply(&t)
	return t
}
