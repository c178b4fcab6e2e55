package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/slabuddy/slabuddy/handlers/slacktest/blocks"
)

// View is a modal or a home tab, as Slack writes it, and whose it is.
type View struct {
	ID              string          `json:"id"`
	TeamID          string          `json:"team_id"`
	Type            string          `json:"type"` // modal or home
	Title           json.RawMessage `json:"title"`
	Submit          json.RawMessage `json:"submit"`
	Close           json.RawMessage `json:"close"`
	Blocks          json.RawMessage `json:"blocks"`
	PrivateMetadata string          `json:"private_metadata"`
	CallbackID      string          `json:"callback_id"`
	ExternalID      string          `json:"external_id"`
	State           ViewState       `json:"state"`
	Hash            string          `json:"hash"`
	ClearOnClose    bool            `json:"clear_on_close"`
	NotifyOnClose   bool            `json:"notify_on_close"`
	RootViewID      string          `json:"root_view_id"`
	PreviousViewID  *string         `json:"previous_view_id"`
	AppID           string          `json:"app_id"`
	AppTeamID       string          `json:"app_installed_team_id"`
	BotID           string          `json:"bot_id"`

	User   string            `json:"-"` // who sees it
	Errors map[string]string `json:"-"` // what the app refused of the last submission, by block_id
}

// ViewState is what is filled in, by block_id and action_id.
type ViewState struct {
	Values blocks.State `json:"values"`
}

// view is one that somebody has before them.
type view struct{ View }

// shown is a copy that later changes leave alone.
func (v *view) shown() View {
	out := v.View
	out.State.Values = blocks.State{}
	for block, actions := range v.State.Values {
		out.State.Values[block] = maps.Clone(actions)
	}
	out.Errors = maps.Clone(v.Errors)
	return out
}

// Views is the stack of modals open for a user: the last is on top.
func (w *Workspace) Views(user string) []View {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []View
	for _, v := range w.stacks[user] {
		list = append(list, v.shown())
	}
	return list
}

// View is an open modal or a home view, by its id.
func (w *Workspace) View(id string) (View, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v := w.views[id]; v != nil {
		return v.shown(), true
	}
	return View{}, false
}

// Home is what the app published on a user's home tab.
func (w *Workspace) Home(user string) (View, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v := w.homes[user]; v != nil {
		return v.shown(), true
	}
	return View{}, false
}

const (
	maxViewBytes = 250_000
	maxStack     = 3 // modals on top of each other
)

// readView checks a view as Slack does. The limits are in docs.slack.dev/reference/views.
func readView(given string, kind string) (View, answer) {
	if len(given) > maxViewBytes {
		return View{}, fail("view_too_large")
	}
	list, problems := blocks.ReadView(given, kind)
	if problems != nil {
		return View{}, refuse("invalid_arguments", problems...)
	}
	var v View
	if err := json.Unmarshal([]byte(given), &v); err != nil {
		return View{}, refuse("invalid_arguments", "a member has the wrong type [json-pointer:/view]")
	}
	v.Blocks = list
	return v, nil
}

// show puts a view before a user, under an id of its own.
func (w *Workspace) show(user string, v View) *view {
	v.ID, v.User, v.RootViewID = w.opts.NewID("V"), user, ""
	w.stamp(&v)
	shown := &view{v}
	shown.State.Values = blocks.InitialState(w.known(), v.Blocks)
	w.views[v.ID] = shown
	w.changed()
	return shown
}

func (w *Workspace) stamp(v *View) {
	v.Hash = w.opts.NewID("1700000000.")
	v.TeamID, v.AppTeamID = w.opts.Team.ID, w.opts.Team.ID
	v.AppID, v.BotID = w.opts.App.ID, w.opts.App.BotID
}

// open puts a modal on top of a user's stack.
func (w *Workspace) open(user string, v View) *view {
	shown := w.show(user, v)
	shown.RootViewID = shown.ID
	if stack := w.stacks[user]; len(stack) > 0 {
		below := stack[len(stack)-1].ID
		shown.RootViewID, shown.PreviousViewID = stack[0].ID, &below
	}
	w.stacks[user] = append(w.stacks[user], shown)
	return shown
}

// redraw replaces the content of a view. What a user filled in stays, in controls that stay.
func (w *Workspace) redraw(v *view, with View) {
	before := v.View
	v.View = with
	v.ID, v.User, v.RootViewID, v.PreviousViewID = before.ID, before.User, before.RootViewID, before.PreviousViewID
	w.stamp(&v.View)
	fresh := blocks.InitialState(w.known(), with.Blocks)
	fresh.Keep(before.State.Values)
	v.State.Values = fresh
	w.changed()
}

// closeFrom closes a user's modals from the i-th upwards.
func (w *Workspace) closeFrom(user string, i int) {
	for _, v := range w.stacks[user][i:] {
		delete(w.views, v.ID)
	}
	w.stacks[user] = w.stacks[user][:i]
	w.changed()
}

// inModal is somebody, and the modal that they can use.
func (w *Workspace) inModal(user, id string) (*User, *view, error) {
	u, err := w.person(user)
	if err != nil {
		return nil, nil, err
	}
	v, err := w.top(user, id)
	return u, v, err
}

// top is the modal that a user can use: the one on top of the stack.
func (w *Workspace) top(user, id string) (*view, error) {
	stack := w.stacks[user]
	if len(stack) == 0 || stack[len(stack)-1].ID != id {
		return nil, fmt.Errorf("%s has no modal %q before them", user, id)
	}
	return stack[len(stack)-1], nil
}

func (w *Workspace) viewsOpen(a args) answer {
	v, t, refused := w.newModal(a)
	if refused != nil {
		return refused
	}
	w.closeFrom(t.user, 0) // a new modal replaces whatever was open
	return answer{"ok": true, "view": w.open(t.user, v).shown()}
}

func (w *Workspace) viewsPush(a args) answer {
	v, t, refused := w.newModal(a)
	if refused != nil {
		return refused
	}
	stack := w.stacks[t.user]
	switch {
	case t.from == nil || !slices.Contains(stack, t.from):
		return fail("not_found")
	case len(stack) == maxStack:
		return fail("push_limit_reached")
	}
	return answer{"ok": true, "view": w.open(t.user, v).shown()}
}

func (w *Workspace) viewsUpdate(a args) answer {
	old := w.views[a.text("view_id")]
	for _, v := range w.views {
		if a.text("view_id") == "" && v.ExternalID != "" && v.ExternalID == a.text("external_id") {
			old = v
		}
	}
	switch {
	case a.text("view_id") == "" && a.text("external_id") == "":
		return refuse("invalid_arguments", "missing required field: view_id")
	case old == nil:
		return fail("not_found")
	}
	return w.replaceView(a, old)
}

// replaceView serves views.update and views.publish. A hash that is not the current one means that
// somebody else was faster.
func (w *Workspace) replaceView(a args, old *view) answer {
	with, refused := readView(a.text("view"), old.Type)
	if refused != nil {
		return refused
	}
	if taken := w.externalID(with.ExternalID); taken != nil && taken != old {
		return fail("duplicate_external_id")
	}
	if hash := a.text("hash"); hash != "" && hash != old.Hash {
		return fail("hash_conflict")
	}
	w.redraw(old, with)
	return answer{"ok": true, "view": old.shown()}
}

func (w *Workspace) viewsPublish(a args) answer {
	u := w.users[a.text("user_id")]
	if u == nil {
		return refuse("invalid_arguments", "user_id is not a user of this workspace")
	}
	if old := w.homes[u.ID]; old != nil {
		return w.replaceView(a, old)
	}
	v, refused := w.newView(a, "home")
	if refused != nil {
		return refused
	}
	shown := w.show(u.ID, v)
	shown.RootViewID = shown.ID
	w.homes[u.ID] = shown
	return answer{"ok": true, "view": shown.shown()}
}

// newModal is the one that a call wants to open, and the trigger that it uses up.
func (w *Workspace) newModal(a args) (View, *trigger, answer) {
	v, refused := w.newView(a, "modal")
	if refused != nil {
		return View{}, nil, refused
	}
	t, refused := w.useTrigger(a)
	return v, t, refused
}

func (w *Workspace) newView(a args, kind string) (View, answer) {
	v, refused := readView(a.text("view"), kind)
	if refused == nil && w.externalID(v.ExternalID) != nil {
		refused = fail("duplicate_external_id")
	}
	return v, refused
}

// externalID is the view that goes by a name that the app gave it.
func (w *Workspace) externalID(id string) *view {
	for _, v := range w.views {
		if id != "" && v.ExternalID == id {
			return v
		}
	}
	return nil
}
