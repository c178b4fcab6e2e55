package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest/sockets"
)

// Ack is the app's immediate answer to an interaction or a command.
type Ack struct {
	Status  int    // 0: none came, or it came over a socket
	Body    []byte // what it answered: nothing, text or JSON
	Failure string // what the user reads that went wrong: operation_timeout, dispatch_failed, …; empty: nothing

	// Of a submission: what the app asked for, and what it refused, by block_id.
	ResponseAction string // "": close; or errors, update, push, clear
	Errors         map[string]string

	TriggerID, ResponseURL string // what the app was given

	sent sending
}

// OK says whether the app took it within 3 s.
func (a Ack) OK() bool { return a.Failure == "" }

// sending is something on its way to the app that Slack sends once, and wants an answer to.
type sending struct {
	kind string // interactive or slash_commands, as sockets call it
	url  string
	form url.Values // over HTTP
	json json.RawMessage
}

// Repeat sends the same once more, newly signed, as nobody but a network or a double click would. A
// submission's answer is read, and changes no view.
func (w *Workspace) Repeat(a Ack) Ack {
	again := w.ask(a.sent)
	again.TriggerID, again.ResponseURL = a.TriggerID, a.ResponseURL
	again.readSubmission()
	return again
}

// ask delivers something and waits for the answer, as long as Slack does. It runs without locks.
func (w *Workspace) ask(s sending) Ack {
	a := Ack{sent: s}
	ctx, cancel := w.deliveryContext(w.ctx)
	defer cancel()
	if link := w.cloud.sockets.Next(); link != nil {
		a.Body, a.Failure = link.Ask(ctx, sockets.Envelope{Type: s.kind, Payload: s.json, Accepts: true})
	} else {
		a.Status, a.Body, a.Failure = w.post3(ctx, s)
	}
	return a
}

func (w *Workspace) post3(ctx context.Context, s sending) (status int, body []byte, failure string) {
	if s.url == "" {
		return 0, nil, "dispatch_failed"
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	res, body, err := w.request(ctx, s.url, header, []byte(s.form.Encode()))
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return 0, nil, "operation_timeout"
	case err != nil:
		return 0, nil, "dispatch_failed"
	case res.StatusCode != http.StatusOK:
		return res.StatusCode, body, "dispatch_failed"
	}
	return res.StatusCode, body, ""
}

// interactive sends an interaction's payload.
func (w *Workspace) interactive(url string, payload map[string]any) Ack {
	body := raw(payload)
	a := w.ask(sending{kind: "interactive", url: url, form: values("payload", string(body)), json: body})
	a.TriggerID, _ = payload["trigger_id"].(string)
	a.ResponseURL, _ = payload["response_url"].(string)
	return a
}

func values(name, value string) url.Values { return url.Values{name: {value}} }

// interaction is what all payloads have in common.
func (w *Workspace) interaction(kind string, u *User) map[string]any {
	return map[string]any{
		"type":       kind,
		"team":       map[string]any{"id": w.opts.Team.ID, "domain": w.opts.Team.Domain},
		"user":       map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.Team},
		"api_app_id": w.opts.App.ID, "token": w.opts.VerificationToken,
		"enterprise": w.enterpriseObject(), "is_enterprise_install": false,
	}
}

// trigger lets an app open a modal for the user who did something.
type trigger struct {
	user string
	from *view // the modal in which they did it, if any
	at   time.Time
	used bool
}

func (w *Workspace) newTrigger(user string, from *view) (id string) {
	id = w.opts.NewID("13345224609.738474920.")
	w.triggers[id] = &trigger{user: user, from: from, at: w.opts.Wall()}
	return id
}

// useTrigger finds the trigger that a call wants to use up.
func (w *Workspace) useTrigger(a args) (*trigger, answer) {
	id := a.text("trigger_id")
	if id == "" {
		id = a.text("interactivity_pointer")
	}
	t := w.triggers[id]
	switch {
	case id == "":
		return nil, refuse("invalid_arguments", "missing required field: trigger_id")
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case w.opts.Wall().Sub(t.at) > w.opts.Patience:
		return nil, fail("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// Command types a slash command into a channel and shows what the app answers at once. Threads know
// no commands.
func (w *Workspace) Command(user, channelID, command, text string) (Ack, error) {
	s, h, err := w.command(user, channelID, command, text)
	if err != nil {
		return Ack{}, err
	}
	a := w.ask(s)
	a.TriggerID, a.ResponseURL = s.form.Get("trigger_id"), s.form.Get("response_url")
	if a.OK() {
		a.Failure = w.heard(h, a.Body)
	}
	return a, nil
}

func (w *Workspace) command(user, channelID, command, text string) (sending, *hook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(user)
	if err != nil {
		return sending{}, nil, err
	}
	c, err := w.enterable(u, channelID)
	if err != nil {
		return sending{}, nil, err
	}
	if !w.granted("commands") {
		return sending{}, nil, errors.New("the app has no commands in this workspace: it is not installed with the scope commands")
	}
	h := hook{user: user, channel: c}
	fields := map[string]string{
		"token": w.opts.VerificationToken, "team_id": w.opts.Team.ID, "team_domain": w.opts.Team.Domain,
		"channel_id": c.ID, "channel_name": c.shownName(), "user_id": u.ID, "user_name": u.Name, "command": command,
		"text": strings.TrimSpace(text), "api_app_id": w.opts.App.ID, "is_enterprise_install": "false",
		"response_url": w.newHook("commands", h), "trigger_id": w.newTrigger(user, nil),
	}
	if org := w.opts.Team.Enterprise; org != "" {
		fields["enterprise_id"], fields["enterprise_name"] = org, org
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	return sending{kind: "slash_commands", url: w.commandURL, form: form, json: raw(fields)}, &h, nil
}
