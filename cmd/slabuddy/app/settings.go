package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/google"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app/upkeep"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
)

// bookConfig connects the book with the calendars: they follow what is set up.
func (a *App) bookConfig(s setup.Store) setup.BookConfig {
	return setup.BookConfig{
		Store: s, Directory: a.directory, Now: a.now, Log: a.log, Watch: a.watchAgain,
		Changed:    func() { a.follower.SetMore(a.book.Everybody()) },
		ClosedDays: a.closed.Events,
		Follow: func() {
			select {
			case a.named <- struct{}{}:
			default:
			}
		},
	}
}

// configure puts a configuration in force, as far as it is read afresh for each decision.
func (a *App) configure(ctx context.Context, c *config.Config) {
	a.followClosed(ctx, c)
	a.configuring.Lock()
	defer a.configuring.Unlock()
	a.put(c)
}

// put puts a configuration in force, with the closed days that are known by now.
func (a *App) put(c *config.Config) {
	c = withClosedDays(c, a.closed, a.log)
	a.config.Store(c)
	a.messages.Store(a.messageSettings(c))
	a.book.SetBase(&c.Settings, c.Workspace)
}

// settings are the settings in force in a workspace: the file's, and what was set up from Slack. Those of "" are the
// file's alone.
func (a *App) settings(workspace string) *escalation.Settings {
	if workspace == "" {
		return &a.config.Load().Settings
	}
	return a.book.Settings(workspace)
}

// ConfigFile is the file of the configuration in force; "" if there was none.
func (a *App) ConfigFile() string { return a.config.Load().File }

// policies are the names of policies that timelines may have, and how many tiers each of their clocks has. For policies
// set up from Slack it is the most that there can be.
func (a *App) policies() map[string]map[policy.ClockKind]int {
	policies := map[string]map[policy.ClockKind]int{setup.OwnPolicy: {}}
	for _, clock := range policy.ClockKinds() {
		policies[setup.OwnPolicy][clock] = policy.MaxTiers
	}
	for name, p := range a.settings("").Policies {
		policies[name] = map[policy.ClockKind]int{}
		for _, promised := range p.Promises() {
			policies[name][promised.Clock] = len(promised.Tiers)
		}
	}
	return policies
}

// policyNames are the names of policies that timelines may have.
func (a *App) policyNames() []string { return slices.Collect(maps.Keys(a.policies())) }

// knowMetrics lets counters begin at 0 for everything that the configuration names.
func (a *App) knowMetrics() {
	a.deps.Metrics.Know(a.policies(), slices.Collect(maps.Keys(a.settings("").Pages)))
}

// retention is how long old rows are kept.
func (a *App) retention() upkeep.Retention {
	c := a.config.Load()
	return upkeep.Retention{Timelines: c.KeepTimelines, Jobs: c.KeepJobs, Uninstalled: c.KeepLeft}
}

// messageSettings are the settings for reading messages. The file's patterns are for its own workspace only (rule 29).
func (a *App) messageSettings(c *config.Config) *slackapp.Settings {
	own, usual := Reader(c, a.opts.Env), ticket.NewReader(ticket.Patterns{})
	return &slackapp.Settings{
		Watches: func(workspace, channel string) bool { _, ok := a.settings(workspace).Channels[channel]; return ok },
		Known:   a.book.Loaded,
		Reader: func(workspace string) *ticket.Reader {
			if c.Workspace != "" && c.Workspace != workspace {
				return usual
			}
			return own
		},
	}
}

// Reader reads tickets as a configuration says. Their links lead to the help desk that it names.
func Reader(c *config.Config, env config.Env) *ticket.Reader {
	kind, _ := helpdesk.Find(c.DeskKind)
	return ticket.NewReader(ticket.Patterns{
		ID: c.Fields.ID, Priority: c.Fields.Priority, Type: c.Fields.Type,
		Customer: c.Fields.Customer, Subject: c.Fields.Subject,
		Update: c.Updates, From: ticket.From(c.From),
		Link: c.Link, Hosts: kind.Hosts(env.DeskVariable),
	})
}

// Reload puts another configuration in force while the App runs. Open timelines keep their due times.
func (a *App) Reload(ctx context.Context, c *config.Config) error {
	if err := c.CheckWorkspace(a.opts.Env); err != nil {
		return err
	}
	source, err := CalendarSource(ctx, c, a.opts.Env, a.log)
	if err != nil {
		return err
	}
	if _, ok := a.desks[c.DeskKind]; !ok {
		return fmt.Errorf("help_desk.kind is %s, but what it needs was not in the environment when the program started; set it and restart", c.DeskKind)
	}
	if err := c.Missing(os.Getenv); err != nil {
		return err
	}
	if err := a.watchConfigured(ctx, c); err != nil {
		return err
	}
	if err := a.engine.Reconfigure(a.queues(c)); err != nil {
		return err
	}
	old := a.config.Load()
	a.configure(ctx, c)
	a.knowMetrics()
	a.follower.SetMatching(c.Calendar.Matching)
	if c.Calendar.ID != old.Calendar.ID {
		a.follower.SetSource(c.Calendar.ID, source)
	}
	return nil
}

// CalendarSource is the calendar that a configuration names; nil if it names none.
func CalendarSource(ctx context.Context, c *config.Config, env config.Env, log *slog.Logger) (calendar.Source, error) {
	if !c.Calendar.IsConfigured() {
		return nil, nil
	}
	return googleCalendar(ctx, c.Calendar.ID, c, env, log)
}

func googleCalendar(ctx context.Context, id string, c *config.Config, env config.Env, log *slog.Logger) (*google.Calendar, error) {
	return google.New(ctx, google.Config{
		CalendarID: id, CredentialsFile: env.GoogleCredentialsFile,
		APIKey: env.GoogleAPIKey.Reveal(), URL: env.GoogleCalendarURL, Zone: c.Calendar.Location, Log: log,
	})
}
