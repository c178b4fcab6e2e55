package views

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
)

// channelMenu asks where something is posted. Where that is not set yet, the channel of the command is offered.
func channelMenu(set, here string) *slack.SelectBlockElement {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, block.Plain("Choose a channel", 150), setup.FieldChannel)
	menu.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}, ExcludeBotUsers: true, ExcludeExternalSharedChannels: true}
	if menu.InitialConversation = set; set == "" && slackid.IsChannel(here) {
		menu.InitialConversation = here
	}
	return menu
}

// place changes where something is posted, and shows what is in force then. What was refused is said beside the fields.
func place(ctx context.Context, book Book, e setup.Edit, saved func(*setup.View) slack.ModalViewRequest) (slackapp.Answer, error) {
	_, err := book.Change(ctx, e)
	var problems setup.Problems
	switch words := stopped(err); {
	case words != "":
		return wrong(map[string]string{setup.FieldChannel: words}), nil
	case errors.As(err, &problems):
		return wrong(problems.ByField()), nil
	case err != nil && !errors.Is(err, setup.ErrUnchanged):
		return slackapp.Answer{}, err
	}
	return show(saved(book.View(e.Workspace))), nil
}
