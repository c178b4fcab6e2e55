package slackapp

import (
	"context"
	"slices"
)

// Interactor takes in interactions; see Surfaces.
type Interactor interface {
	Interact(ctx context.Context, i Interaction) (Answer, error)
}

// Route joins the surfaces: the buttons of reminders, which are known by their action_ids, and all
// else. Either may be nil: what is for it is acknowledged, and nothing comes of it.
type Route struct {
	Reminders Interactor
	Elsewhere Surfaces
}

var _ Surfaces = Route{}

// Interact implements Surfaces.
func (r Route) Interact(ctx context.Context, i Interaction) (Answer, error) {
	switch {
	case ofReminder(i):
		if r.Reminders != nil {
			return r.Reminders.Interact(ctx, i)
		}
	case r.Elsewhere != nil:
		return r.Elsewhere.Interact(ctx, i)
	}
	return Answer{}, nil
}

// Command implements Surfaces.
func (r Route) Command(ctx context.Context, c Command) (Answer, error) {
	if r.Elsewhere == nil {
		return Answer{}, nil
	}
	return r.Elsewhere.Command(ctx, c)
}

// OpenHome implements Surfaces.
func (r Route) OpenHome(ctx context.Context, h HomeOpened) (Answer, error) {
	if r.Elsewhere == nil {
		return Answer{}, nil
	}
	return r.Elsewhere.OpenHome(ctx, h)
}

func ofReminder(i Interaction) bool {
	return i.Type == typeClick && len(i.Actions) > 0 &&
		slices.Contains([]string{ActionSnooze, ActionSnoozeFor, ActionOwn, ActionCheck, ActionWhy}, i.Actions[0].ID)
}
