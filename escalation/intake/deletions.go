package intake

import (
	"context"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// Deletions takes in that messages were deleted (rule 1).
type Deletions struct {
	flow.Deps
	Store DeletionsStore
}

// DeletionsStore is what Deletions needs of the database.
type DeletionsStore interface {
	ListByThread(ctx context.Context, at escalation.Thread) ([]escalation.Timeline, error)
	flow.Saver
}

// Deleted lets timelines go on without the message that began their thread. Most deleted messages began none.
func (d *Deletions) Deleted(ctx context.Context, message escalation.Thread) error {
	find := func() ([]escalation.Timeline, error) {
		ts, err := d.Store.ListByThread(ctx, message)
		if err != nil {
			return nil, fmt.Errorf("find the timelines of a deleted message: %w", err)
		}
		return ts, nil
	}
	return d.UpdateEach(ctx, d.Store, "", find, func(t escalation.Timeline) escalation.Change {
		c := escalation.Deleted(t, message, d.Now())
		if c.Timeline != nil {
			d.Logger.Info("a ticket's message was deleted: its next reminder takes its place",
				"timeline", t.ID, "ticket", t.Ticket.ID, "channel", t.Channel, "ts", message.TS)
		}
		return c
	})
}
