package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Deps are what every flow depends on beside its store: the sources of the facts, the logger and the metrics.
type Deps struct {
	Desk      desk.HelpDesk
	Roster    func(workspace string) calendar.Roster
	Directory circle.Directory
	// Colleague asks Slack whether somebody is a full member of a workspace; nil: everybody is.
	Colleague func(ctx context.Context, workspace, user string) (bool, error)
	Settings  func(workspace string) *escalation.Settings
	Now       func() time.Time
	NewID     func() string
	Logger    *slog.Logger
	Metrics   *Metrics
}

// Facts are the facts of a workspace now, without the help desk's answer.
func (d Deps) Facts(workspace string) escalation.Facts {
	return escalation.Facts{Now: d.Now(), Roster: d.Roster(workspace), Directory: d.Directory, Settings: d.Settings(workspace), NewID: d.NewID}
}

// Saver is the part of a store that commits changes, each only if its timeline is still the one it was made
// from.
type Saver interface {
	Save(ctx context.Context, changes []escalation.Change) ([]escalation.Saved, error)
}

// patience is how often changes are worked out again because a timeline changed meanwhile.
const patience = 10

// ErrContended says that a timeline kept changing while something was done to it.
var ErrContended = errors.New("the timeline kept changing meanwhile; please try again")

// Update calls work, which reads what is stored and returns changes, and saves those. It does so again while a timeline
// changes between reading and saving. It returns what became of the changes. by is the Slack id of who asked for it; ""
// if nobody did.
func (d Deps) Update(ctx context.Context, store Saver, by string, work func() ([]escalation.Change, error)) ([]escalation.Saved, error) {
	for range patience {
		changes, err := work()
		if err != nil || len(changes) == 0 {
			return nil, err
		}
		saved, err := d.Save(ctx, store, by, changes)
		if err != nil || !slices.Contains(saved, escalation.SavedStale) {
			return saved, err
		}
	}
	return nil, ErrContended
}

// UpdateEach is Update for the timelines that find returns: decide makes the change of each.
func (d Deps) UpdateEach(ctx context.Context, store Saver, by string, find func() ([]escalation.Timeline, error),
	decide func(escalation.Timeline) escalation.Change) error {
	_, err := d.Update(ctx, store, by, func() ([]escalation.Change, error) {
		ts, err := find()
		if err != nil {
			return nil, err
		}
		var changes []escalation.Change
		for _, t := range ts {
			if c := decide(t); c.Timeline != nil {
				changes = append(changes, c)
			}
		}
		return changes, nil
	})
	return err
}

// Save commits changes once, and counts and logs those that were committed. by is as for Update.
func (d Deps) Save(ctx context.Context, store Saver, by string, changes []escalation.Change) ([]escalation.Saved, error) {
	saved, err := store.Save(ctx, changes)
	if err != nil {
		return nil, fmt.Errorf("save what was decided: %w", err)
	}
	for i, s := range saved {
		if s == escalation.SavedOK {
			d.committed(changes[i], by)
		}
	}
	return saved, nil
}

// committed counts and logs a change that is saved. by is the Slack id of who asked for it; "" if nobody did.
func (d Deps) committed(c escalation.Change, by string) {
	t := c.Timeline
	if t == nil {
		return
	}
	d.Metrics.saved(c)
	about := []any{"timeline", t.ID, "ticket", t.Ticket.ID, "channel", t.Channel, "policy", t.Policy}
	if by != "" {
		about = append(about, "by", by)
	}
	about = slices.Clip(about)
	for _, e := range c.Events {
		d.logEvent(about, t, e)
	}
	if t.State == escalation.Open && len(c.Jobs) > 0 {
		d.Logger.Debug("reminder or page decided", append(about, "jobs", len(c.Jobs))...)
	}
}

// logEvent logs what people did, and the end of a timeline. The rest is in its history.
func (d Deps) logEvent(about []any, t *escalation.Timeline, e escalation.Event) {
	switch e.Kind {
	case escalation.EventSnoozed, escalation.EventUnsnoozed, escalation.EventPaused, escalation.EventResumed:
		d.Logger.Info("timeline "+string(e.Kind), append(about, "for", e.For.String())...)
	case escalation.EventOwned:
		d.Logger.Info("timeline owned", append(about, "owner", e.By, "for", e.For.String())...)
	case escalation.EventAnswered, escalation.EventWithdrawn, escalation.EventExpired:
		d.Logger.Info("timeline closed", append(about, "verdict", string(t.State), "cause", t.Cause,
			"after", t.ClosedAt.Sub(t.PostedAt).Round(time.Second).String())...)
	}
}
