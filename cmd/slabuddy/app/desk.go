package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

// configuredDesk asks whichever help desk the configuration in force names, so that a reload may name another.
type configuredDesk struct {
	kind  func() string
	known map[string]desk.HelpDesk
	asked func(kind string, err error) // is called with how each asking went
}

func (d configuredDesk) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
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

// helpDesks are those that the environment says how to reach, by kind.
func (a *App) helpDesks() (map[string]desk.HelpDesk, error) {
	get := a.opts.Env.DeskVariable
	desks := map[string]desk.HelpDesk{}
	var errs []error
	for _, kind := range helpdesk.Kinds() {
		if len(kind.Missing(get)) > 0 {
			continue
		}
		d, err := kind.New(helpdesk.Reach{Get: get, Now: a.now, Registerer: a.registry})
		desks[kind.Name] = d
		errs = append(errs, err)
	}
	return desks, errors.Join(errs...)
}
