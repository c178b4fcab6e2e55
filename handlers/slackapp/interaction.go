package slackapp

import (
	"context"
)

// Interaction is one thing that somebody did in Slack's own windows: a click, a submitted modal
// (docs.slack.dev/reference/interaction-payloads). Fields that its kind lacks are empty.
type Interaction struct {
	Type      string // block_actions, view_submission, view_closed, …
	Workspace string
	User      string
	UserName  string
	Again     bool   // the same interaction came before: it must change nothing
	Foreign   bool   // the user is a guest from another workspace, or no person at all
	Elsewhere bool   // the user is from another workspace, perhaps of our own Enterprise Grid organisation
	Callback  string // callback_id of a shortcut; a view's own is in View
	Channel   string
	MessageTS string // the message that was clicked
	ThreadTS  string // the thread it is in
	TriggerID string // opens one modal, for three seconds
	Actions   []Action
	View      View
}

// Action is what was clicked or chosen.
type Action struct {
	ID       string // action_id
	Block    string // block_id
	Type     string
	Value    string // of a button
	Selected string // of a menu, or of an overflow: what was chosen, the first of several
	TS       string // action_ts
}

// View is the modal or the home tab that something was done in.
type View struct {
	ID         string
	Hash       string
	Type       string
	CallbackID string
	Private    string // private_metadata
	Values     map[string]map[string]Value
}

// Value is the content of an input of a view, by block_id and action_id.
type Value struct {
	Text     string   // typed
	Selected []string // chosen: options, users, channels, dates
}

// Command is a slash command (docs.slack.dev/interactivity/implementing-slash-commands).
type Command struct {
	Name      string // with its slash
	Text      string
	Workspace string
	Channel   string
	User      string
	UserName  string
	TriggerID string
}

// HomeOpened is somebody opening the bot's home tab.
type HomeOpened struct {
	Workspace string
	User      string
}

// Answer is what goes back within Slack's three seconds, and what is done after that.
type Answer struct {
	Body  any                             // encoded as JSON; nil: an empty answer
	Later func(ctx context.Context) error // may call out; nil: nothing is left to do
}

// Surfaces are the places where people use the bot, beside the thread. Their effects are durable before they return. They
// call Slack only to learn who somebody is, and for half of Slack's time at most; every other call goes into Answer.Later.
// An error means that nothing was done.
type Surfaces interface {
	Interact(ctx context.Context, i Interaction) (Answer, error)
	Command(ctx context.Context, c Command) (Answer, error)
	OpenHome(ctx context.Context, h HomeOpened) (Answer, error)
}

// Interactor takes in interactions; see Surfaces.
type Interactor interface {
	Interact(ctx context.Context, i Interaction) (Answer, error)
}
