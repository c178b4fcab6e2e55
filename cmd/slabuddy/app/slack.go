package app

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/commands"
	"github.com/slabuddy/slabuddy/handlers/slackapp/home"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
	"github.com/slabuddy/slabuddy/handlers/slackapp/threads"
	"github.com/slabuddy/slabuddy/handlers/slackapp/views"
)

// Name is the name of a person: as an engineer, or, if they are none, as in Slack.
func (a *App) Name(workspace, user string) (name string, ok bool) {
	if e, known := a.book.View(workspace).Engineer(user, a.directory); known {
		return e.Name, true
	}
	return a.directory.Name(workspace, user)
}

// Handle is the handle of a user group.
func (a *App) Handle(workspace, group string) (handle string, ok bool) {
	return a.directory.Handle(workspace, group)
}

// assign gives a ticket to somebody, and returns the answer in words.
func (a *App) assign(ctx context.Context, c escalation.Click, whom string) (words string, err error) {
	note, err := a.actions.AssignElsewhere(ctx, c, whom)
	if err != nil {
		return "", err
	}
	return message.Words(note, a.now())
}

// surfaces are the places where people use the bot, beside the thread.
func (a *App) surfaces() slackapp.Surfaces {
	window := views.Config{
		Slack: a.api, Book: a.book, People: a.people, Readers: a.readers, Roster: a.rosters.Of, Directory: a.directory,
		Reach: a.reach, Replay: a.replay, Zone: a.zone, Now: a.now, Logger: a.log,
	}
	linked := threads.New(a.api)
	channels, engineers, report, shifts := views.NewChannels(window), views.NewEngineers(window), views.NewWeekReport(window), views.NewShifts(window)
	return buttons.Route{
		Reminders: &buttons.Buttons{Actions: a.actions, Colleagues: a.people, Voice: a.poster, Now: a.now, Logger: a.log},
		Elsewhere: commands.Surfaces{
			Commands: &commands.Commands{
				Store: a.store, Book: a.book, Rosters: a.rosters, Directory: a.directory,
				Pauses: &act.Pauses{Deps: a.deps, Store: a.store},
				Rights: a.people, Readers: a.readers, Reports: reports{a}, Voice: a.api, Links: a.api, Threads: linked, Setup: channels, Engineers: engineers, Report: report, Shifts: shifts,
				Assign: a.assign, Emptied: a.emptied,
				Zone:      func(string) *time.Location { return a.config.Load().Calendar.Location },
				Installed: a.directory.In, Now: a.now, NewID: newID, Logger: a.log,
			},
			Channels: channels, Engineers: engineers, Report: report, Shifts: shifts,
			Home: &home.Home{
				Store: a.store, Week: a.week, View: a.book.View, Rosters: a.rosters, Directory: a.directory, Readers: a.readers, Threads: linked, Publisher: a.api,
				Assign: a.assign, Installed: a.directory.In, Now: a.now, NewID: newID, Logger: a.log,
			},
		},
	}
}

// joined scans a channel at once that the bot was invited to.
func (a *App) joined(workspace, channel string) {
	if _, watched := a.settings(workspace).Channels[channel]; watched {
		a.scanner.Want(workspace, channel)
	}
}

// channels are the watched channels of a workspace.
func (a *App) channels(workspace string) []string {
	watched := a.settings(workspace).Channels
	ids := make([]string, 0, len(watched))
	for id := range watched {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// mentionable are the people whom reminders in a workspace may mention.
func (a *App) mentionable(workspace string) []string { return a.settings(workspace).People() }

// emails are the addresses of the engineers whose Slack id has to be found.
func (a *App) emails(workspace string) []string {
	var emails []string
	for _, e := range a.settings(workspace).Engineers {
		if e.Slack == "" && e.Email != "" {
			emails = append(emails, e.Email)
		}
	}
	return emails
}

// sealer has the keys of the environment; nil if there are none.
func (a *App) sealer() (*seal.Sealer, error) {
	keys := a.opts.Env.EncryptionKeys.Reveal()
	if keys == "" {
		return nil, nil
	}
	return seal.New(keys, rand.Reader)
}
