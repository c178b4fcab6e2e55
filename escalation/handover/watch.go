package handover

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

const (
	// cardWithin is how long after a change of shift its card is still of use: a program that was down for
	// longer tells of the latest only.
	cardWithin = time.Hour
	// outlookWithin is how long after its moment the week's outlook is still posted.
	outlookWithin = 12 * time.Hour
	week          = 7 * 24 * time.Hour
	mostOpen      = 1000 // timelines that are looked through for a card
)

// Watch looks for changes of shift, and for the week's moment.
type Watch struct {
	flow.Deps
	Store   Store
	Rosters Rosters
	Places  func(ctx context.Context) ([]Place, error) // where it is told
	// Public are those of channels that everybody in the workspace may read; what cannot be said just now, is not.
	Public func(ctx context.Context, workspace string, channels []string) map[string]bool
	Hold   func() bool     // while true nothing is decided: the clock is off
	Ready  <-chan struct{} // closed once the calendar was read; nil: it is
	Tick   time.Duration   // how often it looks
}

// Place is where shifts are told of.
type Place struct {
	Workspace string
	escalation.HandoverSettings
	Zone *time.Location // of the week's moment
}

// Store is what Watch needs of the database.
type Store interface {
	ListOpen(ctx context.Context, q escalation.OpenQuery) ([]escalation.Timeline, error)
	// AddJobs adds the jobs whose keys do not exist yet.
	AddJobs(ctx context.Context, jobs []queue.New, now time.Time) error
	JobsByKey(ctx context.Context, keys []string) ([]queue.Job, error)
}

// Rosters know who is on shift when.
type Rosters interface {
	HasCalendar(workspace string) bool
	Handovers(workspace string, from, to time.Time) []calendar.Handover
	Ahead(workspace string, d time.Duration) calendar.Outlook
}

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	if w.Ready != nil {
		select {
		case <-w.Ready:
		case <-ctx.Done():
			return
		}
	}
	for {
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.Logger.Warn("a change of shift could not be told, trying again soon", "error", err)
		}
		if sleep.For(ctx, w.Tick) != nil {
			return
		}
	}
}

// Look adds the jobs of what is to be told now. Called again, it adds none of them twice.
func (w *Watch) Look(ctx context.Context) error {
	if w.Hold() {
		return nil
	}
	places, err := w.Places(ctx)
	for _, place := range places {
		if w.Rosters.HasCalendar(place.Workspace) {
			err = errors.Join(err, w.lookAt(ctx, place))
		}
	}
	return err
}

// lookAt owes what is to be told in one place.
func (w *Watch) lookAt(ctx context.Context, place Place) error {
	at := escalation.Thread{Workspace: place.Workspace, Channel: place.Channel}
	if err := w.changed(ctx, at); err != nil {
		return err
	}
	return w.week(ctx, at, place)
}

// changed owes the card of the latest change of shift.
func (w *Watch) changed(ctx context.Context, at escalation.Thread) error {
	now := w.Now()
	changes := w.Rosters.Handovers(at.Workspace, now.Add(-cardWithin), now)
	if len(changes) == 0 {
		return nil
	}
	f := w.Facts(at.Workspace)
	latest := changes[len(changes)-1]
	bare := card(latest, at, nil, f)
	if told, err := w.told(ctx, bare.Key); told || err != nil {
		return err
	}
	open, err := w.Store.ListOpen(ctx, escalation.OpenQuery{Workspace: at.Workspace, By: escalation.ByDeadline, Limit: mostOpen})
	if err != nil {
		return fmt.Errorf("list what is handed over: %w", err)
	}
	w.hide(ctx, at, open[:min(len(open), MaxOpen)])
	return w.owe(ctx, card(latest, at, open, f))
}

// hide leaves of tickets that not everybody may read no more than their ids: the card's readers are not the channel's
// (rule 29).
func (w *Watch) hide(ctx context.Context, at escalation.Thread, open []escalation.Timeline) {
	channels := make([]string, len(open))
	for i, t := range open {
		channels[i] = t.Channel
	}
	public := w.Public(ctx, at.Workspace, channels)
	for i, t := range open {
		if t.Channel != at.Channel && !public[t.Channel] {
			open[i].Ticket = escalation.Ticket{ID: t.Ticket.ID}
		}
	}
}

// week owes the week's outlook, if its moment has come and the calendar is known.
func (w *Watch) week(ctx context.Context, at escalation.Thread, place Place) error {
	if place.Outlook == nil {
		return nil
	}
	due, come := place.Outlook.Due(w.Now(), place.Zone, outlookWithin)
	ahead := w.Rosters.Ahead(at.Workspace, week)
	if !come || ahead.Until.IsZero() {
		return nil
	}
	job := outlook(ahead, due, at, w.Facts(at.Workspace))
	if told, err := w.told(ctx, job.Key); told || err != nil {
		return err
	}
	return w.owe(ctx, job)
}

// told says that a job exists already, which is what most looks find.
func (w *Watch) told(ctx context.Context, key string) (bool, error) {
	jobs, err := w.Store.JobsByKey(ctx, []string{key})
	if err != nil {
		return false, fmt.Errorf("look whether a change of shift is told: %w", err)
	}
	return len(jobs) > 0, nil
}

func (w *Watch) owe(ctx context.Context, job queue.New) error {
	if err := w.Store.AddJobs(ctx, []queue.New{job}, w.Now()); err != nil {
		return fmt.Errorf("owe what is told of a shift: %w", err)
	}
	return nil
}
