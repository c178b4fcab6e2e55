package app

import (
	"context"

	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// buildSlackClient builds what asks and tells Slack.
func (a *App) buildSlackClient() (err error) {
	a.api, err = slackapp.NewAPI(slackapp.APIConfig{
		URL: a.opts.Env.SlackAPIURL, Tokens: slackapp.OneToken(a.opts.Env.SlackBotToken.Reveal()),
		Conns: a.opts.Config.SlackWorkers, Now: a.now, Registerer: a.registry,
	})
	if err != nil {
		return err
	}
	a.directory = slackapp.NewDirectory(slackapp.DirectoryConfig{
		API: a.api, Keeper: a.store, Gates: a.store, Emails: a.emails, Now: a.now, Log: a.log,
	})
	return nil
}

// buildEvents builds what Slack tells us by.
func (a *App) buildEvents(context.Context) (err error) {
	a.slack, err = slackapp.New(slackapp.Config{
		SigningSecret: a.opts.Env.SlackSigningSecret.Reveal(), Settings: a.messages.Load, Self: a.directory.Self,
		Opener: a.opener, Hearer: a.mentions, Now: a.now, Log: a.log, Registerer: a.registry,
	})
	return err
}

// emails are the addresses of the engineers whose Slack id has to be found.
func (a *App) emails() []string {
	var emails []string
	for _, e := range a.settings().Engineers {
		if e.Slack == "" && e.Email != "" {
			emails = append(emails, e.Email)
		}
	}
	return emails
}
