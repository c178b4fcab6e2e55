package views

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// The names of the modal of the support team, and of its buttons.
const (
	callbackEngineers = "slabuddy_engineer_team"

	actionUser   = "slabuddy_engineer_user"   // chosen: their fields are shown
	actionChange = "slabuddy_engineer_change" // edit or remove, in a menu beside each
	actionBack   = "slabuddy_engineer_back"   // a removal is undone
)

// Engineers is the modal in which the support team is set up.
type Engineers struct {
	window
	book      Book
	directory circle.Directory
}

// NewEngineers returns the modal of /add-support-engineer.
func NewEngineers(c Config) *Engineers {
	return &Engineers{window: window{c.Slack, c.People, c.Now, c.Logger}, book: c.Book, directory: c.Directory}
}

// teamState is what the modal remembers.
type teamState struct {
	Engineer   string `json:"engineer,omitempty"` // U…: whose fields are shown; "": nobody's yet
	Version    int64  `json:"version"`            // of that engineer, from which a change is made
	Generation int    `json:"generation"`         // as in channelState
}

func (s teamState) field(name string) string { return name + "@" + strconv.Itoa(s.Generation) }

// about is the modal with the fields of somebody; "" for nobody yet.
func (e *Engineers) about(workspace string, s teamState, user string) teamState {
	s.Engineer, s.Generation, s.Version = user, s.Generation+1, 0
	if user != "" {
		s.Version = e.book.View(workspace).Version(setup.EngineerScope(user))
	}
	return s
}

// Open answers /add-support-engineer, with somebody named after it or not.
func (e *Engineers) Open(_ context.Context, cmd slackapp.Command) (slackapp.Answer, error) {
	if m := mrkdwn.Mentioned.FindStringSubmatch(cmd.Text); m != nil {
		return e.open(cmd, nil, func(ctx context.Context) (slack.ModalViewRequest, error) {
			return e.drawn(ctx, cmd.Workspace, teamState{}, m[1]), nil
		}), nil
	}
	opened := func(ctx context.Context, id, hash string) { e.flag(ctx, cmd.Workspace, id, hash) }
	return e.open(cmd, opened, func(context.Context) (slack.ModalViewRequest, error) {
		return e.render(cmd.Workspace, teamState{}, e.fieldsOf(cmd.Workspace, ""), said{}), nil
	}), nil
}

const (
	askAtOnce  = 4
	askTimeout = 8 * time.Second
	mostAsked  = 60 // people of one team, at one opening
)

// flag finds out whose account is not in use any more, and shows the modal once more if there are any.
// Who has gone on in the modal meanwhile keeps what they see.
func (e *Engineers) flag(ctx context.Context, workspace, id, hash string) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	turns := make(chan struct{}, askAtOnce)
	var asking sync.WaitGroup
	asked := 0
	for _, engineer := range e.book.View(workspace).Engineers {
		if _, known := e.people.Recall(workspace, engineer.Slack); engineer.Slack == "" || known || asked == mostAsked {
			continue
		}
		asked++
		turns <- struct{}{}
		asking.Go(func() {
			defer func() { <-turns }()
			_, _ = e.people.Who(ctx, workspace, engineer.Slack) // not known, not flagged
		})
	}
	asking.Wait()
	if asked == 0 || !e.anyGone(workspace) {
		return
	}
	view := e.render(workspace, teamState{}, e.fieldsOf(workspace, ""), said{})
	if _, err := e.slack.UpdateView(ctx, workspace, id, hash, view); err != nil {
		e.log.Debug("deactivated engineers could not be shown", "error", err)
	}
}

func (e *Engineers) anyGone(workspace string) bool {
	for _, engineer := range e.book.View(workspace).Engineers {
		if e.gone(workspace, engineer.Engineer) {
			return true
		}
	}
	return false
}

func (e *Engineers) gone(workspace string, engineer calendar.Engineer) bool {
	person, known := e.people.Recall(workspace, engineer.Slack)
	return known && person.Deleted
}

// Interact takes in what is done in the modal.
func (e *Engineers) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	s := unpack[teamState](i.View.Private)
	switch i.Type {
	case "view_submission":
		return e.submit(ctx, i, s)
	case "block_actions":
		if len(i.Actions) > 0 {
			return e.click(ctx, i, s)
		}
	}
	return slackapp.Answer{}, nil
}

// submit adds or changes whoever is chosen. A second submission of the same finds it in force.
func (e *Engineers) submit(ctx context.Context, i slackapp.Interaction, s teamState) (slackapp.Answer, error) {
	user := first(chosen(i.View, s.field(setup.FieldUser), actionUser))
	words := e.refused(ctx, i)
	switch {
	case words != "":
		return wrong(map[string]string{s.field(setup.FieldUser): words}), nil
	case !slackid.IsUser(user):
		return wrong(map[string]string{s.field(setup.FieldUser): "Choose who it is in Slack."}), nil
	}
	if user != s.Engineer {
		// They were chosen, and submitted before their own fields were shown.
		if _, is := e.book.View(i.Workspace).Engineer(user, e.directory); is {
			return wrong(map[string]string{s.field(setup.FieldUser): "They are in the team already: change them in the list below."}), nil
		}
		s.Version = e.book.View(i.Workspace).Version(setup.EngineerScope(user))
	}
	engineer := readEngineer(i.View, s)
	engineer.Slack = user
	_, err := e.book.Change(ctx, setup.Edit{Workspace: i.Workspace, Scope: setup.EngineerScope(user), By: i.User, Version: s.Version, Body: engineer})
	if words := stopped(err); words != "" {
		return wrong(map[string]string{s.field(setup.FieldUser): words}), nil
	}
	var problems setup.Problems
	switch {
	case errors.As(err, &problems):
		by := map[string]string{}
		for _, p := range problems {
			by[s.field(p.Field)] = p.Message
		}
		return wrong(by), nil
	case err != nil && !errors.Is(err, setup.ErrUnchanged):
		return slackapp.Answer{}, err
	}
	done := said{words: ":white_check_mark: Saved: " + signed(user) + " is in the support team."}
	return show(e.render(i.Workspace, e.about(i.Workspace, s, ""), e.fieldsOf(i.Workspace, ""), done)), nil
}

// readEngineer is what is in the fields.
func readEngineer(v slackapp.View, s teamState) setup.Engineer {
	get := func(name string) string { return strings.TrimSpace(text(v, s.field(name), name)) }
	return setup.Engineer{
		Name: get(setup.FieldName), Email: get(setup.FieldEmail),
		Aliases: setup.ParseWords(get(setup.FieldAliases)), Products: setup.ParseWords(get(setup.FieldProducts)),
	}
}

func (e *Engineers) click(ctx context.Context, i slackapp.Interaction, s teamState) (slackapp.Answer, error) {
	a := i.Actions[0]
	if words := e.refused(ctx, i); words != "" {
		return e.redraw(i, func(context.Context) (slack.ModalViewRequest, error) { return notice(words), nil }), nil
	}
	verb, user, _ := strings.Cut(a.Selected, " ")
	switch {
	case a.ID == actionChange && !slackid.IsUser(user):
		return e.odd(i), nil
	case a.ID == actionUser:
		return e.choose(i, s, a.Selected), nil
	case a.ID == actionChange && verb == "edit":
		return e.choose(i, s, user), nil
	case a.ID == actionChange && verb == "remove":
		return e.remove(ctx, i, s, user)
	case a.ID == actionBack:
		return e.bringBack(ctx, i, s, a.Value)
	}
	return slackapp.Answer{}, nil
}

// choose shows the fields of somebody.
func (e *Engineers) choose(i slackapp.Interaction, s teamState, user string) slackapp.Answer {
	return e.redraw(i, func(ctx context.Context) (slack.ModalViewRequest, error) {
		return e.drawn(ctx, i.Workspace, s, user), nil
	})
}

// drawn is the modal with the fields of somebody: as they are set, or as Slack knows them.
func (e *Engineers) drawn(ctx context.Context, workspace string, s teamState, user string) slack.ModalViewRequest {
	f := e.fieldsOf(workspace, user)
	if f.Name == "" && user != "" {
		if person, err := e.people.Who(ctx, workspace, user); err == nil {
			f.Name, f.Email = person.Name, person.Email
		}
	}
	return e.render(workspace, e.about(workspace, s, user), f, said{})
}

// fieldsOf is an engineer as they are set; zero but for the account if they are not.
func (e *Engineers) fieldsOf(workspace, user string) setup.Engineer {
	f := setup.Engineer{Slack: user}
	if have, ok := e.book.View(workspace).Engineer(user, e.directory); ok {
		f.Name, f.Email, f.Aliases, f.Products = have.Name, have.Email, have.Aliases, have.Products
	}
	return f
}

func (e *Engineers) remove(ctx context.Context, i slackapp.Interaction, s teamState, user string) (slackapp.Answer, error) {
	scope := setup.EngineerScope(user)
	version := e.book.View(i.Workspace).Version(scope)
	_, err := e.book.Change(ctx, setup.Edit{Workspace: i.Workspace, Scope: scope, By: i.User, Version: version})
	done := said{words: "Removed: " + signed(user) + " is not in the support team any more.", back: user + " " + strconv.FormatInt(version, 10)}
	return e.did(i, s, done, err)
}

// bringBack undoes a removal: value is whose, and the version before it.
func (e *Engineers) bringBack(ctx context.Context, i slackapp.Interaction, s teamState, value string) (slackapp.Answer, error) {
	user, before, _ := strings.Cut(value, " ")
	to, err := strconv.ParseInt(before, 10, 64)
	if err != nil || !slackid.IsUser(user) {
		return e.odd(i), nil
	}
	scope := setup.EngineerScope(user)
	_, err = e.book.Undo(ctx, setup.Edit{Workspace: i.Workspace, Scope: scope, By: i.User, Version: e.book.View(i.Workspace).Version(scope)}, to)
	return e.did(i, s, said{words: ":white_check_mark: " + signed(user) + " is in the support team again."}, err)
}

// did shows what came of a change.
func (e *Engineers) did(i slackapp.Interaction, s teamState, done said, err error) (slackapp.Answer, error) {
	var problems setup.Problems
	switch words := stopped(err); {
	case words != "":
		done = said{words: words}
	case errors.As(err, &problems):
		done = said{words: "That cannot be in force any more: " + problems[0].Message}
	case errors.Is(err, setup.ErrNoVersion):
		done = said{words: "That is too long ago to go back to."}
	case err != nil && !errors.Is(err, setup.ErrUnchanged):
		return slackapp.Answer{}, err
	}
	return e.redraw(i, func(context.Context) (slack.ModalViewRequest, error) {
		return e.render(i.Workspace, e.about(i.Workspace, s, ""), e.fieldsOf(i.Workspace, ""), done), nil
	}), nil
}
