package intake

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// Replies acts on what the help desk tells by itself, through its webhook: a reply closes the ticket's
// timeline at once.
//
//	webhook ─▶ Hear: stored ─▶ open timeline of the ticket? ─▶ escalation.Hear ─▶ closed, or asked about next
//	Opener: opened ──────────▶ an event of the ticket lately? ───────▲
//
// Whichever of the two is stored last finds the other, so none is lost.
type Replies struct {
	flow.Deps
	Store RepliesStore
	Of    func() string // the workspace whose help desk it is; nil or "": it is that of all workspaces
}

// RepliesStore is what Replies needs of the database.
type RepliesStore interface {
	// HearDesk stores an event. Storing it again changes nothing.
	HearDesk(ctx context.Context, e desk.Event, at time.Time) error
	// EarlyDesk returns the events of a ticket in a workspace since then, oldest first.
	EarlyDesk(ctx context.Context, workspace, ticketID string, since time.Time) ([]desk.Event, error)
	// FindByTicket returns the open timeline of a ticket in a workspace; if that is "", those in all workspaces.
	FindByTicket(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error)
	// FindSolved returns the closed timelines of a ticket that may come back, in the same way.
	FindSolved(ctx context.Context, workspace, ticketID string) ([]escalation.Timeline, error)
	flow.Saver
}

// Hear takes in a verified event, durably before it returns. After an error it is safe to call it again: the same event
// changes nothing the second time. It asks nobody.
func (r *Replies) Hear(ctx context.Context, e desk.Event) error {
	now := r.Now()
	e.Workspace = r.of()
	if e.TicketID == "" {
		return nil
	}
	if e.At.IsZero() || e.At.After(now) {
		e.At = now // rule 5 compares its time: it was no later than this
	}
	e.Facts = desk.Tidy(e.Facts, now)
	if e.Kind == desk.Other {
		return r.apply(ctx, e.Workspace, e) // nothing to keep: a ticket that is opened later is asked about anyway
	}
	if err := r.Store.HearDesk(ctx, e, now); err != nil {
		return fmt.Errorf("keep what the help desk told: %w", err)
	}
	return r.apply(ctx, e.Workspace, e)
}

func (r *Replies) of() string {
	if r.Of == nil {
		return ""
	}
	return r.Of()
}

// earlyReplyKept is how long an event waits for the ticket's message.
const earlyReplyKept = time.Hour

// heardEarly applies the events of a ticket that came before its message in that workspace.
func (r *Replies) heardEarly(ctx context.Context, workspace, ticketID string) error {
	if r.elsewhere(workspace) {
		return nil
	}
	early, err := r.Store.EarlyDesk(ctx, workspace, ticketID, r.Now().Add(-earlyReplyKept))
	if err != nil {
		return fmt.Errorf("read what the help desk told: %w", err)
	}
	for _, e := range early {
		if err := r.apply(ctx, workspace, e); err != nil {
			return err
		}
	}
	return nil
}

// apply acts on an event in the workspace; if that is "", in all workspaces.
func (r *Replies) apply(ctx context.Context, workspace string, e desk.Event) error {
	find := func() ([]escalation.Timeline, error) {
		ts, err := r.Store.FindByTicket(ctx, workspace, e.TicketID)
		if err != nil {
			return nil, fmt.Errorf("find the ticket's timeline: %w", err)
		}
		if len(ts) == 0 && e.MayReopen() {
			if ts, err = r.Store.FindSolved(ctx, workspace, e.TicketID); err != nil {
				return nil, fmt.Errorf("find the ticket's timeline: %w", err)
			}
		}
		return slices.DeleteFunc(ts, func(t escalation.Timeline) bool { return r.elsewhere(t.Workspace) }), nil
	}
	return r.UpdateEach(ctx, r.Store, "", find, func(t escalation.Timeline) escalation.Change {
		return escalation.Hear(t, e, r.Facts(t.Workspace))
	})
}

// elsewhere says that the workspace has another help desk: a ticket there may have the same id.
func (r *Replies) elsewhere(workspace string) bool {
	if of := r.of(); of != "" && of != workspace {
		return true
	}
	return r.Settings("").HasDesk && !r.Settings(workspace).HasDesk
}
