package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

// desk asks whichever help desk the configuration in force names, so that a reload may name another.
type desk struct {
	kind  func() config.DeskKind
	known map[config.DeskKind]escalation.HelpDesk
	asked func(kind config.DeskKind, err error) // is told how each asking went
}

func (d desk) Ask(ctx context.Context, qs []escalation.Question) (map[string]escalation.Answer, error) {
	kind := d.kind()
	known, ok := d.known[kind]
	if !ok {
		return nil, fmt.Errorf("help_desk.kind is %s, and nothing in the environment says how to reach it", kind)
	}
	answers, err := known.Ask(ctx, qs)
	if !errors.Is(err, context.Canceled) {
		d.asked(kind, err)
	}
	return answers, err
}

// helpDesks are those that the environment says how to reach.
func (a *App) helpDesks() (map[config.DeskKind]escalation.HelpDesk, error) {
	env := a.opts.Env
	desks := map[config.DeskKind]escalation.HelpDesk{config.DeskNone: helpdesk.None{}}
	var errs []error
	add := func(kind config.DeskKind, d escalation.HelpDesk, err error) {
		desks[kind] = d
		errs = append(errs, err)
	}
	if env.HelpDeskURL != "" {
		d, err := helpdesk.NewHTTP(helpdesk.HTTPConfig{
			URL: env.HelpDeskURL, Token: env.HelpDeskToken.Reveal(), Now: a.now, Registerer: a.registry,
		})
		add(config.DeskHTTP, d, err)
	}
	if env.ZendeskURL != "" {
		d, err := helpdesk.NewZendesk(helpdesk.ZendeskConfig{
			URL: env.ZendeskURL, Email: env.ZendeskEmail, Token: env.ZendeskAPIToken.Reveal(), Now: a.now, Registerer: a.registry,
		})
		add(config.DeskZendesk, d, err)
	}
	if env.FreshdeskURL != "" {
		d, err := helpdesk.NewFreshdesk(helpdesk.FreshdeskConfig{
			URL: env.FreshdeskURL, APIKey: env.FreshdeskAPIKey.Reveal(), Now: a.now, Registerer: a.registry,
		})
		add(config.DeskFreshdesk, d, err)
	}
	if env.IntercomToken.IsSet() {
		d, err := helpdesk.NewIntercom(helpdesk.IntercomConfig{
			URL: env.IntercomURL, Token: env.IntercomToken.Reveal(), Now: a.now, Registerer: a.registry,
		})
		add(config.DeskIntercom, d, err)
	}
	return desks, errors.Join(errs...)
}
