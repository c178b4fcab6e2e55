package commands

import (
	"context"
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// Surfaces are all the places where people act on the bot, but for the buttons of reminders.
type Surfaces struct {
	Commands  *Commands
	Channels  slackapp.Interactor // the modal of /sla-setup: what is called slabuddy_setup_…
	Engineers slackapp.Interactor // the modal of /add-support-engineer: slabuddy_engineer_…
	Report    slackapp.Interactor // the modal of /sla-setup report: slabuddy_report_…
	Shifts    slackapp.Interactor // the modal of /sla-setup handover: slabuddy_shifts
	Home      Tab                 // slabuddy_home_…
}

// Tab is the home tab.
type Tab interface {
	slackapp.Interactor
	Open(workspace, user string) slackapp.Answer
}

var _ slackapp.Surfaces = Surfaces{}

// Interact implements slackapp.Surfaces. A view is known by its own name, whatever was done in it.
func (s Surfaces) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	if i.Foreign || i.Elsewhere {
		return slackapp.Answer{}, nil
	}
	switch name := i.View.CallbackID; {
	case strings.HasPrefix(name, "slabuddy_setup_"):
		return s.Channels.Interact(ctx, i)
	case strings.HasPrefix(name, "slabuddy_engineer_"):
		return s.Engineers.Interact(ctx, i)
	case strings.HasPrefix(name, "slabuddy_report_"):
		return s.Report.Interact(ctx, i)
	case strings.HasPrefix(name, "slabuddy_shifts"):
		return s.Shifts.Interact(ctx, i)
	case strings.HasPrefix(name, "slabuddy_home_"):
		return s.Home.Interact(ctx, i)
	}
	return slackapp.Answer{}, nil
}

// Command implements slackapp.Surfaces.
func (s Surfaces) Command(ctx context.Context, c slackapp.Command) (slackapp.Answer, error) {
	return s.Commands.Command(ctx, c)
}

// OpenHome implements slackapp.Surfaces.
func (s Surfaces) OpenHome(_ context.Context, h slackapp.HomeOpened) (slackapp.Answer, error) {
	return s.Home.Open(h.Workspace, h.User), nil
}
