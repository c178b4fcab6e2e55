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

// Deleted has the timelines whose thread a message headed go on without it. Most messages that are deleted head
// none.
func (d *Deletions) Deleted(ctx context.Context, message escalation.Thread) error {
	return d.Update(ctx, d.Store, "", func() ([]escalation.Change, error) {
		all, err := d.Store.ListByThread(ctx, message)
		if err != nil {
			return nil, fmt.Errorf("find the timelines of a deleted message: %w", err)
		}
		var changes []escalation.Change
		for _, t := range all {
			if c, changed := escalation.Deleted(t, message, d.Now()); changed {
				changes = append(changes, c)
				d.Logger.Info("a ticket's message was deleted: its next reminder takes its place",
					"timeline", t.ID, "ticket", t.Ticket.ID, "channel", t.Channel, "ts", message.TS)
			}
		}
		return changes, nil
	})
}
