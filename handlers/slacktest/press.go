package slacktest

import (
	"encoding/json"
	"fmt"

	"github.com/slabuddy/slabuddy/handlers/slacktest/blocks"
)

// Container is what holds a control: a message, an ephemeral one included, or a view.
type Container struct {
	Channel, TS string
	View        string // id of a modal or a home view
}

// Control names one control of a container, and what is chosen in it.
type Control struct {
	Action string   // its action_id
	Block  string   // its block_id; needed only if several have the action_id
	Chosen []string // values of options, ids of users or channels, a date, a time, a text
}

// Click presses a button of a message (or chooses in a select or an overflow menu) as a user does,
// and delivers the block_actions. It is an error if the message has no such control, or it does not
// offer what is chosen.
func (w *Workspace) Click(user, channel, ts, action string, chosen ...string) (Ack, error) {
	return w.Press(user, Container{Channel: channel, TS: ts}, Control{Action: action, Chosen: chosen})
}

// ClickIn is Click in a modal or a home view.
func (w *Workspace) ClickIn(user, viewID, action string, chosen ...string) (Ack, error) {
	return w.Press(user, Container{View: viewID}, Control{Action: action, Chosen: chosen})
}

// Press is Click, in any container.
func (w *Workspace) Press(user string, at Container, c Control) (Ack, error) {
	payload, url, err := w.press(user, at, c)
	if err != nil {
		return Ack{}, err
	}
	return w.interactive(url, payload), nil
}

func (w *Workspace) press(user string, at Container, c Control) (payload map[string]any, url string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(user)
	if err != nil {
		return nil, "", err
	}
	s, err := w.surface(u, at)
	if err != nil {
		return nil, "", err
	}
	found, err := blocks.Find(s.blocks, c.Action, c.Block)
	if err != nil {
		return nil, "", err
	}
	if found.Input && !found.Dispatches {
		return nil, "", fmt.Errorf("what is chosen in the input %s reaches the app when the view is submitted: use Submit", found.Block)
	}
	value, err := found.Value(w.known(), c.Chosen)
	if err != nil {
		return nil, "", err
	}
	if found.Stateful() {
		s.state.Set(found, value)
	}
	w.changed()
	return w.blockActions(u, s, found, value), w.interactivityURL, nil
}

// surface is a container, looked up: what is in it, and how payloads name it.
type surface struct {
	blocks    json.RawMessage
	state     blocks.State
	container map[string]any
	hook      hook     // for messages
	message   *Message // unless ephemeral
	view      *view
}

func (w *Workspace) surface(u *User, at Container) (surface, error) {
	if at.View != "" {
		v := w.views[at.View]
		if v == nil || v.User != u.ID {
			return surface{}, fmt.Errorf("%s sees no view %q now", u.ID, at.View)
		}
		return surface{
			blocks: v.Blocks, state: v.State.Values, view: v,
			container: map[string]any{"type": "view", "view_id": v.ID},
		}, nil
	}
	c, err := w.enterable(u, at.Channel)
	if err != nil {
		return surface{}, err
	}
	s := surface{hook: hook{user: u.ID, channel: c}}
	var m Message
	if r := c.all[at.TS]; r != nil {
		s.hook.message, m = r, r.view()
		s.message = &m
	} else if e := w.ephemeralAt(u.ID, c.ID, at.TS); e != nil {
		s.hook.whisper, m = e, e.Message
	} else {
		return surface{}, fmt.Errorf("%s sees no message %s in channel %s", u.ID, at.TS, c.ID)
	}
	s.blocks = m.Blocks
	s.state = w.stateOf(u.ID, c.ID, m)
	s.container = map[string]any{
		"type": "message", "message_ts": m.TS, "channel_id": c.ID, "is_ephemeral": s.hook.whisper != nil,
	}
	if m.ThreadTS != "" {
		s.container["thread_ts"] = m.ThreadTS
	}
	return s, nil
}

func (w *Workspace) ephemeralAt(user, channel, ts string) *ephemeral {
	for _, e := range w.ephemerals {
		if e.To == user && e.Channel == channel && e.TS == ts {
			return e
		}
	}
	return nil
}

// known are the workspace's people and channels.
func (w *Workspace) known() blocks.Known {
	return blocks.Known{
		User:    func(id string) bool { return w.users[id] != nil },
		Channel: func(id string) bool { return w.channels[id] != nil },
	}
}

// stateOf is what a user has chosen in a message's controls since it was last changed.
func (w *Workspace) stateOf(user, channel string, m Message) blocks.State {
	key := user + " " + channel + " " + m.TS
	fresh := blocks.InitialState(w.known(), m.Blocks)
	kept := w.chosen[key]
	fresh.Keep(kept)
	w.chosen[key] = fresh
	return fresh
}

func (w *Workspace) blockActions(u *User, s surface, c blocks.Control, value map[string]any) map[string]any {
	p := w.interaction("block_actions", u)
	p["container"] = s.container
	p["trigger_id"] = w.newTrigger(u.ID, s.modal())
	p["actions"] = []any{c.Action(value, formatTS(w.opts.Now().UnixMicro()))}
	if s.view != nil {
		p["view"] = s.view.View
		return p
	}
	p["channel"] = map[string]any{"id": s.hook.channel.ID, "name": s.hook.channel.shownName()}
	p["state"] = map[string]any{"values": s.state}
	p["response_url"] = w.newHook("actions", s.hook)
	if s.message != nil { // of ephemeral messages, Slack sends no copy
		p["message"] = *s.message
	}
	return p
}

// modal is the view that a further modal could be pushed onto.
func (s surface) modal() *view {
	if s.view != nil && s.view.Type == "modal" {
		return s.view
	}
	return nil
}

// shownName is what Slack shows apps of a channel's name.
func (c *channel) shownName() string {
	if c.Private {
		return "privategroup"
	}
	return c.Name
}

// person is somebody who can do things in Slack.
func (w *Workspace) person(id string) (*User, error) {
	u := w.users[id]
	switch {
	case u == nil:
		return nil, fmt.Errorf("the simulated workspace has no user %q: add it with AddUser", id)
	case u.Deactivated || u.Bot != nil:
		return nil, fmt.Errorf("%s is deactivated, or a bot, and clicks nothing", id)
	}
	return u, nil
}

// enterable is a channel that a user can open.
func (w *Workspace) enterable(u *User, id string) (*channel, error) {
	c := w.channels[id]
	if c == nil {
		return nil, fmt.Errorf("the simulated workspace has no channel %q: add it with AddChannel", id)
	}
	if c.Private && !c.has(u.ID) {
		return nil, fmt.Errorf("%s is not a member of the private channel %s", u.ID, id)
	}
	return c, nil
}
