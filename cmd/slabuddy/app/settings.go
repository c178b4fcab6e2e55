package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/google"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// configure puts a configuration in force, as far as it is read afresh for each decision.
func (a *App) configure(c *config.Config) {
	a.config.Store(c)
	a.messages.Store(MessageSettings(c))
}

// settings are the rules in force.
func (a *App) settings() *escalation.Settings { return &a.config.Load().Settings }

// policies are the names of those configured.
func (a *App) policies() []string { return slices.Collect(maps.Keys(a.settings().Policies)) }

// retention is how long old rows are kept.
func (a *App) retention() Retention {
	c := a.config.Load()
	return Retention{Timelines: c.KeepTimelines, Jobs: c.KeepJobs}
}

// MessageSettings are the part of a configuration that reads messages.
func MessageSettings(c *config.Config) *slackapp.Settings {
	return &slackapp.Settings{
		Watches: func(channel string) bool { _, ok := c.Channels[channel]; return ok },
		Reader: slackapp.NewReader(slackapp.Patterns{
			ID: c.Fields.ID, Priority: c.Fields.Priority, Type: c.Fields.Type,
			Customer: c.Fields.Customer, Subject: c.Fields.Subject, Link: c.Link,
		}),
	}
}

// Reload puts another configuration in force while the App runs. Open timelines keep their due times.
func (a *App) Reload(ctx context.Context, c *config.Config) error {
	source, err := CalendarSource(ctx, c, a.opts.Env, a.log)
	if err != nil {
		return err
	}
	if c.HasDesk && a.opts.Env.HelpDeskURL == "" {
		return fmt.Errorf("help_desk.kind is %s, but HELPDESK_URL was not set when the program started; set it and restart", c.DeskKind)
	}
	old := a.config.Load()
	a.configure(c)
	a.keeper.SetRules(c.Calendar.Rules)
	if c.Calendar.ID != old.Calendar.ID {
		a.keeper.SetSource(c.Calendar.ID, source)
	}
	if c.SlackWorkers != old.SlackWorkers {
		a.log.Warn("queues.slack.workers takes effect at the next start", "running", old.SlackWorkers, "configured", c.SlackWorkers)
	}
	return nil
}

// CalendarSource is the calendar that a configuration names; nil if it names none.
func CalendarSource(ctx context.Context, c *config.Config, env config.Env, log *slog.Logger) (calendar.Source, error) {
	if c.Calendar.ID == "" {
		return nil, nil
	}
	return google.New(ctx, google.Config{
		CalendarID: c.Calendar.ID, CredentialsFile: env.GoogleCredentialsFile,
		APIKey: env.GoogleAPIKey.Reveal(), URL: env.GoogleCalendarURL, Log: log,
	})
}

// desk asks whichever help desk the configuration in force names.
type desk struct {
	settings func() *escalation.Settings
	http     *helpdesk.HTTP // nil without HELPDESK_URL
}

func (d desk) Ask(ctx context.Context, qs []escalation.Question) (map[string]escalation.Answer, error) {
	if d.settings().HasDesk && d.http != nil {
		return d.http.Ask(ctx, qs)
	}
	return helpdesk.None{}.Ask(ctx, qs)
}

func (a *App) helpDesk() (escalation.HelpDesk, error) {
	d := desk{settings: a.settings}
	if url := a.opts.Env.HelpDeskURL; url != "" {
		h, err := helpdesk.NewHTTP(helpdesk.HTTPConfig{
			URL: url, Token: a.opts.Env.HelpDeskToken.Reveal(), Now: a.now, Registerer: a.registry,
		})
		if err != nil {
			return nil, err
		}
		d.http = h
	}
	return d, nil
}
