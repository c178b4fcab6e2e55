package views

import (
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
)

// placing is what the modals have in common in which it is set up where something is posted.
type placing struct {
	window
	book     Book
	readers  Readers
	zone     func() *time.Location
	callback string
	title    string
	scope    string
}

func newPlacing(c Config, callback, title, scope string) placing {
	return placing{window{c.Slack, c.People, c.Now, c.Logger}, c.Book, c.Readers, c.Zone, callback, title, scope}
}

// placeState is what such a modal remembers.
type placeState struct {
	Version int64 `json:"version"` // the one that is changed
}

// place opens the modal, as drawn from what is in force and for the channel of the command.
func (p *placing) place(cmd slackapp.Command, drawn func(view *setup.View, here string) slack.ModalViewRequest) slackapp.Answer {
	return p.open(cmd, nil, func(context.Context) (slack.ModalViewRequest, error) {
		return drawn(p.book.View(cmd.Workspace), cmd.Channel), nil
	})
}

// fixed is the modal where the file says it.
func (p *placing) fixed(standing string) slack.ModalViewRequest {
	return block.Modal(p.callback, p.title, "", "", []slack.Block{
		block.Section(standing, "It is set in slabuddy.yaml by whoever runs me, and can only be changed there."),
	})
}

// asking is the modal where it can be set up.
func (p *placing) asking(view *setup.View, blocks ...slack.Block) slack.ModalViewRequest {
	return block.Modal(p.callback, p.title, "Save", pack(placeState{view.Version(p.scope)}), blocks)
}

// ended is the modal once nothing is posted any more.
func (p *placing) ended(words string) slack.ModalViewRequest {
	return block.Modal(callbackNotice, p.title, "", "", []slack.Block{block.Section(words)})
}

// begun is the modal once it is set up.
func (p *placing) begun(words string) slack.ModalViewRequest {
	return block.Modal(callbackNotice, p.title, "", "", []slack.Block{
		block.Section(words),
		block.Small("Am I in that channel? If not, type `/invite @SLA Buddy` there."),
	})
}

// change takes in what is submitted. body makes what is set up for a channel, or says what is wrong beside which
// field; it is not called where no channel was chosen. The same submitted twice finds it in force.
func (p *placing) change(ctx context.Context, i slackapp.Interaction, body func(channel string) (b setup.Body, wrong map[string]string),
	saved func(*setup.View) slack.ModalViewRequest) (slackapp.Answer, error) {
	if i.Type != "view_submission" {
		return slackapp.Answer{}, nil
	}
	channel := first(chosen(i.View, setup.FieldChannel, setup.FieldChannel))
	if channel != "" && !slackid.IsChannel(channel) {
		return p.odd(i), nil
	}
	if words := p.refusedIn(ctx, i, channel, p.readers); words != "" {
		return wrong(map[string]string{setup.FieldChannel: words}), nil
	}
	edit := setup.Edit{Workspace: i.Workspace, Scope: p.scope, By: i.User, Version: unpack[placeState](i.View.Private).Version}
	if channel != "" {
		b, problems := body(channel)
		if problems != nil {
			return wrong(problems), nil
		}
		edit.Body = b
	}
	_, err := p.book.Change(ctx, edit)
	var problems setup.Problems
	switch words := stopped(err); {
	case words != "":
		return wrong(map[string]string{setup.FieldChannel: words}), nil
	case errors.As(err, &problems):
		return wrong(problems.ByField()), nil
	case err != nil && !errors.Is(err, setup.ErrUnchanged):
		return slackapp.Answer{}, err
	}
	return show(saved(p.book.View(i.Workspace))), nil
}

// channelMenu asks where something is posted. Where that is not set yet, the channel of the command is offered.
func channelMenu(set, here string) *slack.SelectBlockElement {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, block.Plain("Choose a channel", 150), setup.FieldChannel)
	menu.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}, ExcludeBotUsers: true, ExcludeExternalSharedChannels: true}
	if menu.InitialConversation = set; set == "" && slackid.IsChannel(here) {
		menu.InitialConversation = here
	}
	return menu
}
