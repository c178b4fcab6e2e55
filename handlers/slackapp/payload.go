package slackapp

import (
	"cmp"
	"fmt"
	"net/url"

	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// payload is what is read of an interaction
// (docs.slack.dev/reference/interaction-payloads; samples in slackapi/java-slack-sdk).
type payload struct {
	Type       tolerant.Text
	Team       identified
	Enterprise identified
	User       struct {
		ID       tolerant.Text
		Name     tolerant.Text
		Username tolerant.Text
		TeamID   tolerant.Text `json:"team_id"`
	}
	Channel   identified
	Container struct {
		ChannelID tolerant.Text `json:"channel_id"`
		MessageTS tolerant.Text `json:"message_ts"`
		ThreadTS  tolerant.Text `json:"thread_ts"`
	}
	Message struct {
		TS       tolerant.Text
		ThreadTS tolerant.Text `json:"thread_ts"`
	}
	TriggerID  tolerant.Text `json:"trigger_id"`
	CallbackID tolerant.Text `json:"callback_id"`
	Actions    []action
	View       struct {
		ID              tolerant.Text
		Hash            tolerant.Text
		Type            tolerant.Text
		CallbackID      tolerant.Text `json:"callback_id"`
		PrivateMetadata tolerant.Text `json:"private_metadata"`
		State           struct {
			Values map[string]map[string]chosen
		}
	}
}

type identified struct{ ID tolerant.Text }

type action struct {
	chosen
	ActionID tolerant.Text `json:"action_id"`
	BlockID  tolerant.Text `json:"block_id"`
	ActionTS tolerant.Text `json:"action_ts"`
}

// chosen is the content of a control: each kind of control has a field of its own.
type chosen struct {
	Type          tolerant.Text
	Value         tolerant.Text
	Option        picked          `json:"selected_option"`
	Options       []picked        `json:"selected_options"`
	User          tolerant.Text   `json:"selected_user"`
	Users         []tolerant.Text `json:"selected_users"`
	Channel       tolerant.Text   `json:"selected_channel"`
	Channels      []tolerant.Text `json:"selected_channels"`
	Conversation  tolerant.Text   `json:"selected_conversation"`
	Conversations []tolerant.Text `json:"selected_conversations"`
	Date          tolerant.Text   `json:"selected_date"`
	Time          tolerant.Text   `json:"selected_time"`
	DateTime      tolerant.Text   `json:"selected_date_time"`
}

type picked struct{ Value tolerant.Text }

// selected is all that was chosen, none of it empty.
func (c *chosen) selected() []string {
	var all []string
	add := func(ts ...tolerant.Text) {
		for _, t := range ts {
			if t != "" {
				all = append(all, string(t))
			}
		}
	}
	add(c.Option.Value)
	for _, o := range c.Options {
		add(o.Value)
	}
	add(c.User, c.Channel, c.Conversation, c.Date, c.Time, c.DateTime)
	add(c.Users...)
	add(c.Channels...)
	add(c.Conversations...)
	return all
}

// readInteraction fails only if data is not JSON. What it does not know stays empty.
func readInteraction(data []byte) (Interaction, error) {
	var p payload
	if err := tolerant.Decode(data, &p); err != nil {
		return Interaction{}, fmt.Errorf("%w: payload: %w", ErrMalformed, err)
	}
	i := Interaction{
		Type: string(p.Type), Workspace: string(p.Team.ID), User: string(p.User.ID), Foreign: p.foreign(), Elsewhere: p.away() && !p.foreign(),
		UserName: string(cmp.Or(p.User.Name, p.User.Username)), Callback: string(p.CallbackID),
		Channel:   string(cmp.Or(p.Channel.ID, p.Container.ChannelID)),
		MessageTS: string(cmp.Or(p.Message.TS, p.Container.MessageTS)),
		ThreadTS:  string(cmp.Or(p.Message.ThreadTS, p.Container.ThreadTS)),
		TriggerID: string(p.TriggerID),
		View: View{
			ID: string(p.View.ID), Hash: string(p.View.Hash), Type: string(p.View.Type),
			CallbackID: string(p.View.CallbackID), Private: string(p.View.PrivateMetadata),
		},
	}
	for _, a := range p.Actions {
		read := Action{ID: string(a.ActionID), Block: string(a.BlockID), Type: string(a.Type), Value: string(a.Value), TS: string(a.ActionTS)}
		if all := a.selected(); len(all) > 0 {
			read.Selected = all[0]
		}
		i.Actions = append(i.Actions, read)
	}
	for block, actions := range p.View.State.Values {
		values := make(map[string]Value, len(actions))
		for action, c := range actions {
			values[action] = Value{Text: string(c.Value), Selected: c.selected()}
		}
		if i.View.Values == nil {
			i.View.Values = make(map[string]map[string]Value)
		}
		i.View.Values[block] = values
	}
	return i, nil
}

// foreign says that somebody from the other side of a shared channel clicked, or no person did.
func (p *payload) foreign() bool {
	return p.User.ID == slackbot || p.away() && p.Enterprise.ID == ""
}

// away says that whoever clicked is of another workspace.
func (p *payload) away() bool {
	team := p.User.TeamID
	return team != "" && team != p.Team.ID && team != p.Enterprise.ID
}

// readCommand reads a slash command's form
// (docs.slack.dev/interactivity/implementing-slash-commands).
func readCommand(f url.Values) Command {
	return Command{
		Name: f.Get("command"), Text: f.Get("text"), Workspace: f.Get("team_id"), Channel: f.Get("channel_id"),
		User: f.Get("user_id"), UserName: f.Get("user_name"), TriggerID: f.Get("trigger_id"),
	}
}
