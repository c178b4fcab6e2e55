package slacktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// control is something to press, choose or type in, as it is among blocks.
type control struct {
	block      string // its block_id
	element    map[string]any
	input      bool // in an input block
	optional   bool // of an input: may stay empty
	dispatches bool // of an input: sends each change to the app at once
}

func (c control) kind() string { return text(c.element, "type") }
func (c control) name() string { return text(c.element, "action_id") }

// text is a member of a JSON object, if it is a string.
func text(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

// controls are all those in blocks, in their order. Blocks that nobody's reference knows have none.
func controls(blocks json.RawMessage) []control {
	var list []map[string]any
	if decode(string(blocks), &list) != nil {
		return nil
	}
	var found []control
	for _, b := range list {
		add := func(e any) {
			if element, ok := e.(map[string]any); ok && element["action_id"] != nil {
				input := b["type"] == "input"
				found = append(found, control{
					block: text(b, "block_id"), element: element, input: input,
					optional: b["optional"] == true, dispatches: b["dispatch_action"] == true,
				})
			}
		}
		switch b["type"] {
		case "section":
			add(b["accessory"])
		case "input":
			add(b["element"])
		case "actions":
			elements, _ := b["elements"].([]any)
			for _, e := range elements {
				add(e)
			}
		case "data_table":
			for _, cell := range cells(b) {
				add(cell["element"])
			}
		}
	}
	return found
}

// findControl is the one with an action_id, in a certain block if there is more than one.
func findControl(blocks json.RawMessage, action, block string) (control, error) {
	all := controls(blocks)
	found := slices.DeleteFunc(slices.Clone(all), func(c control) bool {
		return c.name() != action || (block != "" && c.block != block)
	})
	switch len(found) {
	case 0:
		var names []string
		for _, c := range all {
			names = append(names, c.block+"/"+c.name())
		}
		return control{}, fmt.Errorf("there is no control %q here, only %q", action, names)
	case 1:
		return found[0], nil
	}
	return control{}, fmt.Errorf("%d controls here have the action_id %q: say which by its block_id", len(found), action)
}

// stateful says whether Slack keeps what is chosen in the state of the view or message.
func (c control) stateful() bool {
	switch c.kind() {
	case "button", "workflow_button", "overflow":
		return false
	}
	return true
}

// value is what is chosen, in the member in which Slack says it.
func (c control) value(w *Workspace, chosen []string) (map[string]any, error) {
	kind := c.kind()
	v, err := c.valueOf(w, chosen)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", kind, c.name(), err)
	}
	return v, nil
}

func (c control) valueOf(w *Workspace, chosen []string) (map[string]any, error) {
	one := only(chosen)
	switch c.kind() {
	case "button":
		if len(chosen) > 0 {
			return nil, errors.New("a button offers nothing to choose")
		}
		return map[string]any{}, nil
	case "static_select", "radio_buttons", "overflow":
		return c.options(chosen, "selected_option", false)
	case "multi_static_select", "checkboxes":
		return c.options(chosen, "selected_options", true)
	case "users_select":
		return w.picked(chosen, "selected_user", false, w.users[one] != nil)
	case "multi_users_select":
		return w.picked(chosen, "selected_users", true, w.allUsers(chosen))
	case "channels_select":
		return w.picked(chosen, "selected_channel", false, w.channels[one] != nil)
	case "conversations_select":
		return w.picked(chosen, "selected_conversation", false, w.channels[one] != nil || w.users[one] != nil)
	case "datepicker":
		return dated(chosen, "selected_date", time.DateOnly)
	case "timepicker":
		return dated(chosen, "selected_time", "15:04")
	case "datetimepicker":
		return seconds(chosen)
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		return c.typed(chosen)
	}
	return nil, errors.New("the simulated Slack cannot use this kind of control")
}

// only is the one that is chosen, if it is one.
func only(chosen []string) string {
	if len(chosen) == 1 {
		return chosen[0]
	}
	return ""
}

var errNotOffered = errors.New("what is chosen is not offered")

func (c control) options(chosen []string, member string, several bool) (map[string]any, error) {
	picked := []any{}
	for _, value := range chosen {
		option := c.option(value)
		if option == nil {
			return nil, fmt.Errorf("%w: %q", errNotOffered, value)
		}
		picked = append(picked, option)
	}
	switch {
	case several:
		return map[string]any{member: picked}, nil
	case len(picked) > 1:
		return nil, errNotOffered
	case len(picked) == 0:
		return map[string]any{member: nil}, nil
	}
	return map[string]any{member: picked[0]}, nil
}

// option is the one with a value, among the options or in one of their groups.
func (c control) option(value string) any {
	offered, _ := c.element["options"].([]any)
	groups, _ := c.element["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(map[string]any)
		more, _ := group["options"].([]any)
		offered = append(slices.Clone(offered), more...)
	}
	for _, o := range offered {
		if option, ok := o.(map[string]any); ok && option["value"] == value {
			return option
		}
	}
	return nil
}

// picked is a choice of people or channels, all of which exist if known says so.
func (w *Workspace) picked(chosen []string, member string, several, known bool) (map[string]any, error) {
	switch {
	case several && known:
		return map[string]any{member: append([]string{}, chosen...)}, nil
	case len(chosen) == 0:
		return map[string]any{member: nil}, nil
	case !known:
		return nil, fmt.Errorf("%w: %q", errNotOffered, chosen)
	}
	return map[string]any{member: chosen[0]}, nil
}

func (w *Workspace) allUsers(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return w.users[id] == nil })
}

func dated(chosen []string, member, layout string) (map[string]any, error) {
	if only(chosen) == "" {
		return map[string]any{member: nil}, nil
	}
	if _, err := time.Parse(layout, chosen[0]); err != nil {
		return nil, fmt.Errorf("%q is not of the form %s", chosen[0], layout)
	}
	return map[string]any{member: chosen[0]}, nil
}

func seconds(chosen []string) (map[string]any, error) {
	if only(chosen) == "" {
		return map[string]any{"selected_date_time": nil}, nil
	}
	at, err := strconv.ParseInt(chosen[0], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is not a time in Unix seconds", chosen[0])
	}
	return map[string]any{"selected_date_time": at}, nil
}

// typed is what is typed, as far as Slack lets one type it.
func (c control) typed(chosen []string) (map[string]any, error) {
	s := only(chosen)
	if s == "" {
		return map[string]any{"value": nil}, nil
	}
	n := utf8.RuneCountInString(s)
	if most, ok := number(c.element["max_length"]); ok && n > most {
		return nil, fmt.Errorf("only %d characters can be typed", most)
	}
	if least, ok := number(c.element["min_length"]); ok && n < least {
		return nil, fmt.Errorf("at least %d characters must be typed", least)
	}
	if _, err := strconv.ParseFloat(s, 64); c.kind() == "number_input" && err != nil {
		return nil, fmt.Errorf("%q is not a number", s)
	}
	return map[string]any{"value": s}, nil
}

func number(v any) (n int, ok bool) {
	given, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(given.String())
	return n, err == nil
}

// initial is what is chosen before anybody chooses.
func (c control) initial() []string {
	var list []string
	for _, name := range []string{
		"initial_value", "initial_user", "initial_channel", "initial_conversation", "initial_date", "initial_time",
	} {
		if s := text(c.element, name); s != "" {
			list = append(list, s)
		}
	}
	if n, ok := c.element["initial_date_time"].(json.Number); ok {
		list = append(list, n.String())
	}
	if option, ok := c.element["initial_option"].(map[string]any); ok {
		list = append(list, text(option, "value"))
	}
	options, _ := c.element["initial_options"].([]any)
	for _, o := range options {
		option, _ := o.(map[string]any)
		list = append(list, text(option, "value"))
	}
	users, _ := c.element["initial_users"].([]any)
	for _, u := range users {
		id, _ := u.(string)
		list = append(list, id)
	}
	return list
}

// action is one of the actions of a block_actions payload.
func (c control) action(value map[string]any, ts string) map[string]any {
	a := map[string]any{"type": c.kind(), "action_id": c.name(), "block_id": c.block, "action_ts": ts}
	for _, name := range []string{"text", "value", "style", "placeholder", "confirm"} {
		if c.element[name] != nil {
			a[name] = c.element[name]
		}
	}
	for name, v := range value {
		a[name] = v
	}
	return a
}

// state is what is chosen, by block_id and action_id, as Slack writes it.
type state map[string]map[string]map[string]any

func (s state) set(c control, value map[string]any) {
	if s[c.block] == nil {
		s[c.block] = map[string]map[string]any{}
	}
	full := map[string]any{"type": c.kind()}
	for name, v := range value {
		full[name] = v
	}
	s[c.block][c.name()] = full
}

// initialState is what fresh controls hold.
func initialState(w *Workspace, blocks json.RawMessage) state {
	s := state{}
	for _, c := range controls(blocks) {
		if !c.stateful() {
			continue
		}
		if v, err := c.value(w, c.initial()); err == nil {
			s.set(c, v)
		}
	}
	return s
}

// keep takes over what was chosen in controls that are still there: Slack goes by block_id and
// action_id.
func (s state) keep(before state) {
	for block, actions := range s {
		for action, value := range actions {
			if old := before[block][action]; old != nil && old["type"] == value["type"] {
				actions[action] = old
			}
		}
	}
}
