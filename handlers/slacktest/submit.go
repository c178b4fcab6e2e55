package slacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/slabuddy/slabuddy/handlers/slacktest/blocks"
)

// Values are what a user fills in, by block_id or by action_id: a text, values of options, ids of
// users or channels, a date, a time. An empty list empties.
type Values map[string][]string

// Submit fills in a modal and submits it. It is an error if Slack would not let one do that: there is
// no such modal on top, or an input that must be filled in is empty. What the app answers is done:
// the modal closes, changes, or shows Errors.
func (w *Workspace) Submit(user, viewID string, filled Values) (Ack, error) {
	payload, url, err := w.submission(user, viewID, filled)
	if err != nil {
		return Ack{}, err
	}
	a := w.interactive(url, payload)
	said, ok := a.readSubmission()
	if ok {
		w.mu.Lock()
		defer w.mu.Unlock()
		a.Failure = w.submitted(user, viewID, said)
	}
	return a, nil
}

func (w *Workspace) submission(user, viewID string, filled Values) (payload map[string]any, url string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, v, err := w.inModal(user, viewID)
	if err != nil {
		return nil, "", err
	}
	if v.Submit == nil || string(v.Submit) == "null" {
		return nil, "", fmt.Errorf("the modal %s has nothing to submit it with", viewID)
	}
	if err := w.fill(v, filled); err != nil {
		return nil, "", err
	}
	v.Errors = nil
	w.changed()
	p := w.interaction("view_submission", u)
	p["trigger_id"], p["view"], p["response_urls"] = w.newTrigger(user, v), v.shown(), []any{}
	return p, w.interactivityURL, nil
}

// Fill fills in a modal, as people do before they press something in it: Slack sends the app then what
// is in all of its controls. The app hears nothing of it yet.
func (w *Workspace) Fill(user, viewID string, filled Values) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, err := w.top(user, viewID)
	if err != nil {
		return err
	}
	defer w.changed()
	return w.put(v, filled)
}

// fill puts values into a view's controls, and looks whether any is empty that must not be.
func (w *Workspace) fill(v *view, filled Values) error {
	if err := w.put(v, filled); err != nil {
		return err
	}
	for _, c := range blocks.Controls(v.Blocks) {
		if c.Input && !c.Optional && v.State.Values.Empty(c) {
			return fmt.Errorf("%s is empty: Slack does not submit such a modal", c.Block)
		}
	}
	return nil
}

// put puts values into a view's controls.
func (w *Workspace) put(v *view, filled Values) error {
	all := blocks.Controls(v.Blocks)
	for _, name := range slices.Sorted(maps.Keys(filled)) {
		var named []blocks.Control
		for _, c := range all {
			if c.Stateful() && (c.Block == name || c.Name() == name) {
				named = append(named, c)
			}
		}
		if len(named) != 1 {
			return fmt.Errorf("%d controls of the modal go by the name %q, not one", len(named), name)
		}
		value, err := named[0].Value(w.known(), filled[name])
		if err != nil {
			return err
		}
		v.State.Values.Set(named[0], value)
	}
	return nil
}

// submissionAnswer is what an app may answer to a submission.
type submissionAnswer struct {
	Action string            `json:"response_action"`
	View   json.RawMessage   `json:"view"`
	Errors map[string]string `json:"errors"`
}

// readSubmission reads the answer to a submission into the Ack.
func (a *Ack) readSubmission() (said submissionAnswer, ok bool) {
	if !a.OK() {
		return said, false
	}
	if body := bytes.TrimSpace(a.Body); len(body) > 0 && json.Unmarshal(body, &said) != nil {
		a.Failure = "invalid_response"
		return said, false
	}
	a.ResponseAction, a.Errors = said.Action, said.Errors
	return said, true
}

// submitted does what the app answered. What Slack cannot make sense of, it shows the user as trouble
// with connecting.
func (w *Workspace) submitted(user, viewID string, said submissionAnswer) (failure string) {
	stack := w.stacks[user]
	at := slices.IndexFunc(stack, func(v *view) bool { return v.ID == viewID })
	if at < 0 {
		return "" // gone meanwhile
	}
	switch said.Action {
	case "":
		w.closeFrom(user, at)
	case "clear":
		w.closeFrom(user, 0)
	case "errors":
		return w.refused(stack[at], said.Errors)
	case "update", "push":
		v, problem := readView(string(said.View), "modal")
		if problem != nil {
			return fmt.Sprintf("invalid_view: %v", problem.metadata()["messages"])
		}
		if said.Action == "update" {
			w.redraw(stack[at], v)
			return ""
		}
		if len(stack) == maxStack {
			return "push_limit_reached"
		}
		w.open(user, v)
	default:
		return "invalid_response_action"
	}
	return ""
}

// refused shows errors beside their inputs.
func (w *Workspace) refused(v *view, problems map[string]string) (failure string) {
	if len(problems) == 0 {
		return "invalid_errors: there are none"
	}
	for block := range problems {
		isInput := func(c blocks.Control) bool { return c.Block == block && c.Input }
		if !slices.ContainsFunc(blocks.Controls(v.Blocks), isInput) {
			return "invalid_errors: there is no input block " + block
		}
	}
	v.Errors = problems
	w.changed()
	return ""
}

// CloseView closes a modal by its X or its close button. The app hears of it if the view asked for
// notify_on_close; if not, there is nothing to answer.
func (w *Workspace) CloseView(user, viewID string) (Ack, error) {
	payload, url, err := w.closing(user, viewID)
	if err != nil || payload == nil {
		return Ack{}, err
	}
	return w.interactive(url, payload), nil
}

func (w *Workspace) closing(user, viewID string) (payload map[string]any, url string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, v, err := w.inModal(user, viewID)
	if err != nil {
		return nil, "", err
	}
	from := len(w.stacks[user]) - 1
	if v.ClearOnClose {
		from = 0
	}
	w.closeFrom(user, from)
	if !v.NotifyOnClose {
		return nil, "", nil
	}
	p := w.interaction("view_closed", u)
	p["view"], p["is_cleared"] = v.shown(), v.ClearOnClose
	return p, w.interactivityURL, nil
}

// OpenHome opens the app's home tab: app_home_opened is sent.
func (w *Workspace) OpenHome(user string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(user)
	if err != nil {
		return err
	}
	if w.opts.Token == "" {
		return fmt.Errorf("the app is not installed in %s: it has no home tab", w.opts.Team.ID)
	}
	inner := map[string]any{
		"type": "app_home_opened", "user": u.ID, "channel": "D" + u.ID, "tab": "home",
		"event_ts": formatTS(w.opts.Now().UnixMicro()),
	}
	if v := w.homes[u.ID]; v != nil {
		inner["view"] = v.shown()
	}
	w.send(Event{Type: "app_home_opened"}, raw(inner), false)
	return nil
}
