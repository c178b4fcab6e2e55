package buttons

import (
	"context"

	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// Route joins the surfaces: the buttons of reminders, which are known by their action_ids, and all
// else. Either may be nil: what is for it is acknowledged, and nothing comes of it.
type Route struct {
	Reminders slackapp.Interactor
	Elsewhere slackapp.Surfaces
}

var _ slackapp.Surfaces = Route{}

// Interact implements Surfaces.
func (r Route) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	switch {
	case i.Again && !ofReminder(i): // there is nobody to tell
	case ofReminder(i):
		if r.Reminders != nil {
			return r.Reminders.Interact(ctx, i)
		}
	case r.Elsewhere != nil:
		return r.Elsewhere.Interact(ctx, i)
	}
	return slackapp.Answer{}, nil
}

// Command implements Surfaces.
func (r Route) Command(ctx context.Context, c slackapp.Command) (slackapp.Answer, error) {
	if r.Elsewhere == nil {
		return slackapp.Answer{}, nil
	}
	return r.Elsewhere.Command(ctx, c)
}

// OpenHome implements Surfaces.
func (r Route) OpenHome(ctx context.Context, h slackapp.HomeOpened) (slackapp.Answer, error) {
	if r.Elsewhere == nil {
		return slackapp.Answer{}, nil
	}
	return r.Elsewhere.OpenHome(ctx, h)
}

func ofReminder(i slackapp.Interaction) bool {
	if i.Type != slackapp.TypeClick || len(i.Actions) == 0 {
		return false
	}
	_, known := find(i.Actions[0].ID)
	return known || isForAll(i.Actions[0].ID)
}
