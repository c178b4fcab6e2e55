package slacktest

import (
	"bytes"
	"encoding/json"
)

// Envelope is what the Events API wraps an event in.
type Envelope struct {
	Token               string          `json:"token"`
	TeamID              string          `json:"team_id"`
	ContextTeamID       string          `json:"context_team_id"`
	EnterpriseID        string          `json:"enterprise_id,omitempty"`
	ContextEnterpriseID *string         `json:"context_enterprise_id"`
	APIAppID            string          `json:"api_app_id"`
	Event               json.RawMessage `json:"event"`
	Type                string          `json:"type"`
	EventID             string          `json:"event_id"`
	EventTime           int64           `json:"event_time"`
	Authorizations      []Authorization `json:"authorizations"`
	IsExtSharedChannel  bool            `json:"is_ext_shared_channel"`
	EventContext        string          `json:"event_context"`
}

// Authorization is one installation that an event is visible to.
type Authorization struct {
	EnterpriseID        *string `json:"enterprise_id"`
	TeamID              string  `json:"team_id"`
	UserID              string  `json:"user_id"`
	IsBot               bool    `json:"is_bot"`
	IsEnterpriseInstall bool    `json:"is_enterprise_install"`
}

// messageEvent is a message as an event: of type message, or of type app_mention.
type messageEvent struct {
	Message
	Channel     string `json:"channel"`
	EventTS     string `json:"event_ts"`
	ChannelType string `json:"channel_type,omitempty"`
}

// changeEvent is about a message that was edited, unfurled, entombed or deleted.
type changeEvent struct {
	Type        string   `json:"type"`
	Subtype     string   `json:"subtype"`
	Hidden      bool     `json:"hidden"`
	Message     *Message `json:"message,omitempty"`
	Previous    *Message `json:"previous_message"`
	DeletedTS   string   `json:"deleted_ts,omitempty"`
	Channel     string   `json:"channel"`
	TS          string   `json:"ts"`
	EventTS     string   `json:"event_ts"`
	ChannelType string   `json:"channel_type"`
}

// MentionFirst makes app_mention come before the message event of the same message. Slack promises
// neither order.
func (w *Workspace) MentionFirst(first bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out.mentionFirst = first
}

// SendEvent wraps inner, which may be of any shape, in an envelope and sends it.
func (w *Workspace) SendEvent(inner any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.send(Event{}, raw(inner), false)
}

// SendBody signs and sends a body that Slack would never send, or that carries no inner event.
func (w *Workspace) SendBody(body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.push(Event{Body: body})
}

// SendAppRateLimited sends the app word that it gets too many events.
func (w *Workspace) SendAppRateLimited() {
	minute := w.opts.Now().Unix() / 60 * 60
	w.SendBody(raw(map[string]any{
		"token": w.opts.VerificationToken, "type": "app_rate_limited", "team_id": w.opts.Team.ID,
		"minute_rate_limited": minute, "api_app_id": w.opts.App.ID,
	}))
}

// sayPosted sends the events of a new message: one, or two if it mentions the bot.
func (w *Workspace) sayPosted(c *channel, r *record) {
	if w.out.mentionFirst {
		w.sayMentioned(c, r)
	}
	if w.hears(c) {
		m := r.view()
		w.sendMessage(c, m.Subtype, m.TS, messageEvent{m, c.ID, m.TS, c.kind()})
	}
	if !w.out.mentionFirst {
		w.sayMentioned(c, r)
	}
}

// sayMentioned sends app_mention, for a new message or for one that was edited.
func (w *Workspace) sayMentioned(c *channel, r *record) {
	bot := w.opts.App.UserID
	if !w.botIn(c) || !w.granted("app_mentions:read") || !mentions(r.Text, bot) || r.Subtype == "channel_join" {
		return
	}
	m := r.Message
	m.Type = "app_mention"
	about := Event{Type: "app_mention", Channel: c.ID, TS: m.TS}
	w.send(about, raw(messageEvent{Message: m, Channel: c.ID, EventTS: m.TS}), c.ExtShared)
}

func (w *Workspace) sayChanged(c *channel, r *record, before Message, ts string) {
	if !w.hears(c) {
		return
	}
	after := r.view()
	w.sendMessage(c, "message_changed", r.TS, changeEvent{
		Type: "message", Subtype: "message_changed", Hidden: true, Message: &after, Previous: &before,
		Channel: c.ID, TS: ts, EventTS: ts, ChannelType: c.kind(),
	})
}

func (w *Workspace) sayDeleted(c *channel, before Message) {
	if !w.hears(c) {
		return
	}
	ts := w.nextTS(c)
	w.sendMessage(c, "message_deleted", before.TS, changeEvent{
		Type: "message", Subtype: "message_deleted", Hidden: true, Previous: &before, DeletedTS: before.TS,
		Channel: c.ID, TS: ts, EventTS: ts, ChannelType: c.kind(),
	})
}

// hears says whether the app hears of what happens in a channel.
func (w *Workspace) hears(c *channel) bool {
	if c.Private {
		return w.botIn(c) && w.granted("groups:history")
	}
	return w.botIn(c) && w.granted("channels:history")
}

func (w *Workspace) sendMessage(c *channel, subtype, ts string, inner any) {
	w.send(Event{Type: "message", Subtype: subtype, Channel: c.ID, TS: ts}, raw(inner), c.ExtShared)
}

// send wraps an inner event and hands it to the outbox.
func (w *Workspace) send(about Event, inner json.RawMessage, extShared bool) {
	about.ID = w.opts.NewID("Ev")
	about.wrap = func(id string) []byte { return w.envelope(id, inner, extShared) }
	about.Body = about.wrap(about.ID)
	w.push(about)
}

func (w *Workspace) envelope(id string, inner json.RawMessage, extShared bool) []byte {
	body := raw(Envelope{
		Token:               w.opts.VerificationToken,
		TeamID:              w.opts.Team.ID,
		ContextTeamID:       w.opts.Team.ID,
		ContextEnterpriseID: enterprise(w.opts.Team.Enterprise),
		EnterpriseID:        w.opts.Team.Enterprise,
		APIAppID:            w.opts.App.ID,
		Event:               inner,
		Type:                "event_callback",
		EventID:             id,
		EventTime:           w.opts.Now().Unix(),
		Authorizations: []Authorization{{
			EnterpriseID: enterprise(w.opts.Team.Enterprise), TeamID: w.opts.Team.ID, UserID: w.opts.App.UserID, IsBot: true,
		}},
		IsExtSharedChannel: extShared,
		EventContext:       "4-" + id,
	})
	// Slack escapes slashes, so that an app that signs what it re-encoded is found out.
	return bytes.ReplaceAll(body, []byte("/"), []byte(`\/`))
}
