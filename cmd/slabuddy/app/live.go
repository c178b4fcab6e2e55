package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/live"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install"
	"github.com/slabuddy/slabuddy/store"
)

// CheckLive asks Slack, the calendar and the help desk whether the configuration is true, in each
// workspace that the bot is in. It changes nothing, and runs beside a bot that serves. report is called
// with each finding as it comes.
func CheckLive(ctx context.Context, o Options, report func(live.Finding)) (allRight bool, err error) {
	a := &App{opts: o, log: o.Logger, now: o.Now, registry: prometheus.NewRegistry()}
	a.config.Store(o.Config)
	defer a.Close()
	if err := a.openIfThere(ctx); err != nil {
		return false, err
	}
	workspaces, err := a.liveSlack(ctx)
	if err != nil {
		return false, err
	}
	if a.desks, err = a.helpDesks(); err != nil {
		return false, err
	}
	source, err := CalendarSource(ctx, o.Config, o.Env, o.Logger)
	if err != nil {
		return false, err
	}
	closedDays := map[string]closed.Source{}
	for _, id := range o.Config.ClosedCalendars() {
		if closedDays[id], err = googleCalendar(ctx, id, o.Config, o.Env, o.Logger); err != nil {
			return false, err
		}
	}
	allRight = true
	for _, w := range workspaces {
		settings, matching, err := a.settingsThere(ctx, w)
		if err != nil {
			return false, err
		}
		check := live.Check{
			Settings: settings, Slack: a.api, Reader: Reader(o.Config, o.Env), Calendar: source, Matching: matching, Closed: closedDays,
			Desk: a.desks[o.Config.DeskKind], DeskKind: o.Config.DeskKind, Now: o.Now,
			OpsChannel: o.Config.OpsChannel, OpsWorkspace: o.Config.Workspace,
		}
		if o.Config.Workspace == "" && len(workspaces) > 1 {
			check.OpsChannel = "" // it is unknown whose it is
		}
		right := check.Run(ctx, w, report)
		allRight = allRight && right
	}
	return allRight, nil
}

// openIfThere opens the database, if the bot has run with it before.
func (a *App) openIfThere(ctx context.Context) error {
	url := a.opts.Env.DatabaseURL.Reveal()
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	s, err := store.Open(ctx, url, store.Options{Logger: a.log, MaxConns: 2})
	if err != nil {
		return err
	}
	migrations, err := s.MigrationStatus(ctx)
	if err != nil {
		s.Close()
		return err
	}
	for _, m := range migrations {
		if !m.Applied {
			s.Close()
			return nil // nothing was set up from Slack yet
		}
	}
	a.store = s
	return nil
}

// liveSlack builds the client, and says which workspaces there are; "" is that of SLACK_BOT_TOKEN.
func (a *App) liveSlack(ctx context.Context) (workspaces []string, err error) {
	env := a.opts.Env
	var tokens client.Tokens = client.OneToken(env.SlackBotToken.Reveal())
	if env.SlackBotToken.IsSet() {
		workspaces = []string{""}
	}
	if a.store != nil {
		sealer, err := a.sealer()
		if err != nil {
			return nil, err
		}
		installed := install.NewTokens(install.TokensConfig{
			Store: a.store, Sealer: sealer, BotToken: env.SlackBotToken.Reveal(), Now: a.now, Log: a.log,
		})
		if err := installed.Load(ctx); err != nil {
			return nil, err
		}
		tokens = installed
		workspaces = append(workspaces, installed.Installed()...)
	}
	if len(workspaces) == 0 {
		return nil, fmt.Errorf("the bot is in no workspace yet: install it at %s/slack/install, or set SLACK_BOT_TOKEN", env.PublicURL)
	}
	a.api, err = client.New(client.Config{URL: env.SlackAPIURL, Tokens: tokens, Conns: 4, Now: a.now, Registerer: a.registry})
	if err != nil || len(workspaces) == 1 || workspaces[0] != "" {
		return workspaces, err
	}
	if token, err := a.api.TestToken(ctx, ""); err == nil && slices.Contains(workspaces, token.Workspace) {
		return workspaces[1:], nil // SLACK_BOT_TOKEN is of one that installed the app, too
	}
	return workspaces, nil
}

// settingsThere are the settings in force in a workspace, and how calendar events are matched there.
func (a *App) settingsThere(ctx context.Context, workspace string) (*escalation.Settings, calendar.Matching, error) {
	c := a.opts.Config
	settings, matching := &c.Settings, c.Calendar.Matching
	if a.store == nil {
		return settings, matching, nil
	}
	if workspace == "" {
		token, err := a.api.TestToken(ctx, "")
		if err != nil {
			return settings, matching, nil // the check itself reports what is wrong with the token
		}
		workspace = token.Workspace
	}
	book := setup.NewBook(setup.BookConfig{Store: a.store, Now: a.now, Log: a.log})
	book.SetBase(&c.Settings, c.Workspace)
	settings = book.Settings(workspace)
	if !book.Loaded(workspace) {
		return nil, matching, errors.New("what was set up from Slack cannot be read from the database")
	}
	matching.Engineers = settings.Engineers
	return settings, matching, nil
}
