package slackapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Types of interactions and of commands, as metric labels.
const (
	TypeClick      = "block_actions"
	typeSubmission = "view_submission"
	typeViewClosed = "view_closed"
	typeShortcut   = "shortcut"
	typeCommand    = "command"
)

// acknowledgement is what goes back to Slack at once, and what begins once it is on its way.
type acknowledgement struct {
	body  []byte // JSON; nil: nothing
	start func()
}

// send answers a request. The answer goes out before anything else begins.
func (a *acknowledgement) send(w http.ResponseWriter) {
	defer a.begin()
	if len(a.body) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(a.body)
	if a.start != nil {
		// Where a writer cannot be flushed, the answer goes out as soon as the handler returns.
		_ = http.NewResponseController(w).Flush()
	}
}

func (a *acknowledgement) begin() {
	if a.start != nil {
		a.start()
	}
}

// Interactions serves POST /slack/interactions: a form whose field payload holds JSON.
func (a *App) Interactions(w http.ResponseWriter, r *http.Request) error {
	form, err := a.authenticForm(r)
	if err != nil {
		return err
	}
	payload := form.Get("payload")
	if payload == "" {
		a.count(typeOther, outcomeIgnored)
		return nil
	}
	ack, err := a.interaction(r.Context(), []byte(payload))
	if err != nil {
		return err
	}
	ack.send(w)
	return nil
}

// Commands serves POST /slack/commands.
func (a *App) Commands(w http.ResponseWriter, r *http.Request) error {
	form, err := a.authenticForm(r)
	if err != nil {
		return err
	}
	ack, err := a.command(r.Context(), form)
	if err != nil {
		return err
	}
	ack.send(w)
	return nil
}

func (a *App) authenticForm(r *http.Request) (url.Values, error) {
	body, err := a.authentic(r)
	if err != nil {
		a.count(typeUnread, outcomeRefused)
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		a.count(typeUnread, outcomeMalformed)
		return nil, fmt.Errorf("%w: not a form", ErrMalformed)
	}
	return form, nil
}

// Interaction takes in the payload of an interaction, over HTTP or a socket, and returns what to answer at once: JSON, or
// nothing. After an error nothing was done.
func (a *App) Interaction(ctx context.Context, payload []byte) (body []byte, err error) {
	ack, err := a.interaction(ctx, payload)
	if err != nil {
		return nil, err
	}
	ack.begin()
	return ack.body, nil
}

// Command takes in a slash command in the same way.
func (a *App) Command(ctx context.Context, form url.Values) (body []byte, err error) {
	ack, err := a.command(ctx, form)
	if err != nil {
		return nil, err
	}
	ack.begin()
	return ack.body, nil
}

func (a *App) interaction(ctx context.Context, payload []byte) (*acknowledgement, error) {
	i, err := readInteraction(payload)
	if err != nil {
		a.count(typeUnread, outcomeMalformed)
		return nil, err
	}
	label := typeOther
	switch i.Type {
	case TypeClick, typeSubmission, typeViewClosed, typeShortcut:
		label = i.Type
	case "message_action":
		label = typeShortcut
	}
	if label == typeOther || i.Workspace == "" || i.User == "" {
		a.count(label, outcomeIgnored)
		return &acknowledgement{}, nil
	}
	by := sender{i.Workspace, i.User}
	return a.once(ctx, by, label, payload, func(again bool) (*acknowledgement, error) {
		if i.Again = again; again && i.Type != TypeClick {
			return a.repeated(label)
		}
		return a.surface(by, label, func() (Answer, error) { return a.Surfaces.Interact(ctx, i) })
	})
}

func (a *App) command(ctx context.Context, form url.Values) (*acknowledgement, error) {
	c := readCommand(form)
	if c.Name == "" || c.Workspace == "" || c.User == "" {
		a.count(typeCommand, outcomeIgnored) // Slack checks our certificate
		return &acknowledgement{}, nil
	}
	by := sender{c.Workspace, c.User}
	ack, err := a.once(ctx, by, typeCommand, []byte(form.Encode()), func(again bool) (*acknowledgement, error) {
		if again {
			return a.repeated(typeCommand)
		}
		return a.surface(by, typeCommand, func() (Answer, error) { return a.Surfaces.Command(ctx, c) })
	})
	if errors.Is(err, errBusy) {
		body, err := encode(map[string]string{
			"response_type": "ephemeral",
			"text":          "I have my hands full just now, and changed nothing. Please try again in a minute.",
		})
		return &acknowledgement{body: body}, err
	}
	return ack, err
}

func (a *App) openHome(ctx context.Context, e *envelope) (*acknowledgement, error) {
	h := HomeOpened{Workspace: e.workspace(), User: string(e.Event.User)}
	if e.Event.Tab != "home" || h.Workspace == "" || h.User == "" {
		a.count(typeHome, outcomeIgnored)
		return &acknowledgement{}, nil
	}
	return a.surface(sender{h.Workspace, h.User}, typeHome, func() (Answer, error) { return a.Surfaces.OpenHome(ctx, h) })
}

// surface lets the surfaces act, if there is room for what they may have to do after the acknowledgement.
func (a *App) surface(by sender, label string, act func() (Answer, error)) (*acknowledgement, error) {
	if a.Surfaces == nil {
		a.count(label, outcomeIgnored)
		return &acknowledgement{}, nil
	}
	if err := a.later.reserve(by); err != nil {
		a.count(label, outcomeBusy)
		return nil, err
	}
	var answer Answer
	err := contained(func() (err error) {
		answer, err = act()
		return err
	})
	var body []byte
	if err == nil {
		body, err = encode(answer.Body)
	}
	if err != nil || answer.Later == nil {
		a.later.release(by)
	}
	if err != nil {
		a.count(label, outcomeFailed)
		return nil, err
	}
	a.count(label, outcomeAnswered)
	ack := &acknowledgement{body: body}
	if answer.Later != nil {
		ack.start = func() { a.later.run(by, label, answer.Later) }
	}
	return ack, nil
}

func encode(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode an answer: %w", err)
	}
	return data, nil
}
