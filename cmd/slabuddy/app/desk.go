package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/trouble"
)

// configuredDesk asks the help desk that the configuration in force names: a reload may name another.
type configuredDesk struct {
	kind  func() string
	known map[string]desk.HelpDesk
	asked func(kind string, err error)                      // is called with the result of each question
	heard func(kind string, answers map[string]desk.Answer) // is called with the answers
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
	d.heard(kind, answers)
	return answers, err
}

// deskHeard reports answers of the help desk that the bot does not understand. They close, pause and break nothing, and
// an operator may want to correct the help desk's settings (rule 5).
func (a *App) deskHeard(kind string, answers map[string]desk.Answer) {
	for ticket, answer := range answers {
		if words := oddity(kind, ticket, answer, a.now()); words != "" {
			a.troubles.Report(trouble.Report{Name: faultDeskSays, Incident: true, Words: words})
			return // one at a time is enough to look into
		}
	}
}

// oddity says what is odd about an answer, and what to do; "" if nothing is.
func oddity(kind, ticket string, answer desk.Answer, now time.Time) string {
	quoted := func(theirs string) string { return plain.Cut(plain.Line(theirs), 61) }
	switch said := answer.Ticket.Said; {
	case answer.Ticket.Status == desk.StatusUnknown && said != "":
		return fmt.Sprintf("The help desk (%s) has a status %q, of ticket %s for example, that means nothing to me: it neither closes a ticket nor lets a clock stand still. "+
			"deploy/desks.md says which statuses I understand; whoever sets up the help desk can use one of those.", kind, quoted(said), quoted(ticket))
	case answer.RepliedAt.After(now.Add(desk.Tolerance)):
		return fmt.Sprintf("The help desk (%s) dates the reply to ticket %s %s ahead of now, so it counts as of now. Is its clock right, or mine?",
			kind, quoted(ticket), answer.RepliedAt.Sub(now).Round(time.Minute))
	}
	return ""
}

// helpDesks are the help desks that the environment has the variables of, by kind.
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
