package app

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/commands"
	"github.com/slabuddy/slabuddy/handlers/slackapp/directory"
	"github.com/slabuddy/slabuddy/handlers/slackapp/giphy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/home"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
	"github.com/slabuddy/slabuddy/handlers/slackapp/message"
	"github.com/slabuddy/slabuddy/handlers/slackapp/people"
	"github.com/slabuddy/slabuddy/handlers/slackapp/readers"
	"github.com/slabuddy/slabuddy/handlers/slackapp/scan"
	"github.com/slabuddy/slabuddy/handlers/slackapp/socket"
	"github.com/slabuddy/slabuddy/handlers/slackapp/threads"
	"github.com/slabuddy/slabuddy/handlers/slackapp/views"
)

// buildSlackClient builds what calls Slack: the tokens, the client, and who is who.
func (a *App) buildSlackClient(ctx context.Context) error {
	env := a.opts.Env
	sealer, err := a.sealer()
	if err != nil {
		return err
	}
	a.tokens = install.NewTokens(install.TokensConfig{
		Store: a.store, Sealer: sealer, BotToken: env.SlackBotToken.Reveal(), PublicURL: env.PublicURL, Now: a.now, Log: a.log,
		Changed: a.installationChanged,
	})
	if err := a.tokens.Load(ctx); err != nil {
		return err
	}
	a.api, err = client.New(client.Config{
		URL: env.SlackAPIURL, Tokens: a.tokens, Conns: a.opts.Config.SlackWorkers, Now: a.now, Registerer: a.registry,
	})
	if err != nil {
		return err
	}
	a.directory = directory.New(directory.Config{
		API: a.api, Cache: a.store, Gates: a.store, Emails: a.emails, Named: a.mentionable, Installations: a.tokens, Soon: a.soon, Now: a.now, Log: a.log,
	})
	return nil
}

// sealer has the keys of the environment; nil if there are none.
func (a *App) sealer() (*seal.Sealer, error) {
	keys := a.opts.Env.EncryptionKeys.Reveal()
	if keys == "" {
		return nil, nil
	}
	return seal.New(keys, rand.Reader)
}

// buildPoster builds what posts reminders and notes.
func (a *App) buildPoster() (err error) {
	a.poster = message.NewPoster(a.api, a.now)
	a.poster.Names = a
	a.poster.BotID = func(workspace string) string { return a.directory.Self(workspace).BotID }
	if key := a.opts.Env.GiphyAPIKey.Reveal(); key != "" {
		a.poster.GIFs, err = giphy.New(key, "", nil, a.log)
	}
	return err
}

// Name is what somebody is called: as an engineer, or if they are none, as in Slack.
func (a *App) Name(workspace, user string) (name string, ok bool) {
	if e, known := a.book.View(workspace).Engineer(user, a.directory); known {
		return e.Name, true
	}
	return a.directory.Name(workspace, user)
}

// Handle is what a user group is called.
func (a *App) Handle(workspace, group string) (handle string, ok bool) {
	return a.directory.Handle(workspace, group)
}

// buildPeople builds what knows who may act.
func (a *App) buildPeople() {
	a.people = people.New(a.api, func(workspace string) []string { return a.settings(workspace).Admins }, a.now)
	a.people.Team = func(workspace, user string) bool {
		_, ok := a.book.View(workspace).Engineer(user, a.directory)
		return ok
	}
	a.people.Organisation = func(workspace string) (string, bool) {
		self := a.directory.Self(workspace)
		return self.Organisation, self.Workspace != ""
	}
}

// assign gives a ticket to somebody, and says what came of it.
func (a *App) assign(ctx context.Context, c escalation.Click, whom string) (words string, err error) {
	note, err := a.actions.AssignElsewhere(ctx, c, whom)
	if err != nil {
		return "", err
	}
	return message.Words(note, a.now())
}

// buildEvents builds what Slack calls us with: events, clicks and commands, over HTTP or a socket.
func (a *App) buildEvents(context.Context) (err error) {
	env, who := a.opts.Env, a.people
	a.slack, err = slackapp.New(slackapp.Config{
		SigningSecret: env.SlackSigningSecret.Reveal(), SocketOnly: env.SlackAppToken.IsSet() && !env.SlackSigningSecret.IsSet(),
		Settings: a.messages.Load, Self: a.directory.Self, Opener: a.opener, Hearer: a.mentions, Deleter: &intake.Deletions{Deps: a.deps, Store: a.store}, Keys: a.store,
		Surfaces: a.surfaces(who), Colleague: who.Colleague,
		Uninstalled: a.tokens.Uninstalled, Joined: a.joined, Renamed: a.renamed, Unreadable: a.unreadable,
		Signed: a.clock.heard,
		Missed: func(workspace string) { a.scanner.Missed(workspace) },
		Now:    a.now, Log: a.log, Registerer: a.registry,
	})
	if err != nil {
		return err
	}
	a.scanner = scan.New(scan.Config{
		API: a.api, App: a.slack, Store: a.store, Workspaces: a.directory.Workspaces, In: a.directory.In, Known: a.directory.Ready(), Soon: a.soon, Open: a.open, Channels: a.channels,
		MaxAge: func(workspace string) time.Duration { return a.settings(workspace).MaxAge }, Hold: a.clock.Hold, Refused: a.directory.Doubt, Shut: a.shut,
		Now: a.now, Log: a.log,
	})
	a.walker.Ready = append(a.walker.Ready, a.scanner.Ready())
	if env.SlackAppToken.IsSet() {
		a.socket, err = socket.New(socket.Config{
			App: a.slack, Token: env.SlackAppToken.Reveal(), APIURL: env.SlackAPIURL, Rand: mathrand.Float64, Back: a.scanner.MissedAll, Log: a.log,
		})
		if err != nil {
			return err
		}
	}
	return a.buildInstaller()
}

// buildInstaller builds the installation by OAuth, where that is configured.
func (a *App) buildInstaller() (err error) {
	env := a.opts.Env
	if env.SlackClientID == "" {
		return nil
	}
	a.installer, err = install.New(install.Config{
		ClientID: env.SlackClientID, ClientSecret: env.SlackClientSecret.Reveal(), APIURL: env.SlackAPIURL,
		Tokens: a.tokens, Keys: a.store, Rand: rand.Reader, Watch: a.watchInstalled,
	})
	return err
}

// surfaces are where people act on the bot, beside the thread.
func (a *App) surfaces(who *people.People) slackapp.Surfaces {
	reading := readers.New(a.api, who, a.now)
	window := views.Config{
		Slack: a.api, Book: a.book, People: who, Readers: reading, Roster: a.rosters.Of, Directory: a.directory,
		Reach: a.reach, Replay: a.replay, Zone: a.zone, Now: a.now, Logger: a.log,
	}
	a.readers = reading
	linked := threads.New(a.api)
	channels, engineers, report, shifts := views.NewChannels(window), views.NewEngineers(window), views.NewWeekReport(window), views.NewShifts(window)
	return buttons.Route{
		Reminders: &buttons.Buttons{Actions: a.actions, Colleagues: who, Voice: a.poster, Now: a.now, Logger: a.log},
		Elsewhere: commands.Surfaces{
			Commands: &commands.Commands{
				Store: a.store, Book: a.book, Rosters: a.rosters, Directory: a.directory,
				Pauses: &act.Pauses{Deps: a.deps, Store: a.store},
				Rights: who, Readers: reading, Reports: reports{a}, Voice: a.api, Links: a.api, Threads: linked, Setup: channels, Engineers: engineers, Report: report, Shifts: shifts,
				Assign: a.assign, Emptied: a.emptied,
				Zone:      func(string) *time.Location { return a.config.Load().Calendar.Location },
				Installed: a.directory.In, Now: a.now, NewID: newID, Logger: a.log,
			},
			Channels: channels, Engineers: engineers, Report: report, Shifts: shifts,
			Home: &home.Home{
				Store: a.store, Week: a.week, View: a.book.View, Rosters: a.rosters, Directory: a.directory, Readers: reading, Threads: linked, Publisher: a.api,
				Assign: a.assign, Installed: a.directory.In, Now: a.now, NewID: newID, Logger: a.log,
			},
		},
	}
}

// joined has a channel that the bot was invited to scanned at once.
func (a *App) joined(workspace, channel string) {
	if _, watched := a.settings(workspace).Channels[channel]; watched {
		a.scanner.Want(workspace, channel)
	}
}

// channels are those watched in a workspace.
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
