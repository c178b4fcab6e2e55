package blocks

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Control is something to press, choose or type in, as it is among blocks.
type Control struct {
	Block      string // its block_id
	element    map[string]any
	Input      bool // in an input block
	Optional   bool // of an input: may stay empty
	Dispatches bool // of an input: sends each change to the app at once
}

func (c Control) kind() string { return text(c.element, "type") }
func (c Control) Name() string { return text(c.element, "action_id") }

// text is a member of a JSON object, if it is a string.
func text(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

// Controls are all those in blocks, in their order. Blocks that nobody's reference knows have none.
func Controls(blocks json.RawMessage) []Control {
	var list []map[string]any
	if Decode(string(blocks), &list) != nil {
		return nil
	}
	var found []Control
	for _, b := range list {
		add := func(e any) {
			if element, ok := e.(map[string]any); ok && element["action_id"] != nil {
				input := b["type"] == "input"
				found = append(found, Control{
					Block: text(b, "block_id"), element: element, Input: input,
					Optional: b["optional"] == true, Dispatches: b["dispatch_action"] == true,
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

// Find is the one with an action_id, in a certain block if there is more than one.
func Find(blocks json.RawMessage, action, block string) (Control, error) {
	all := Controls(blocks)
	found := slices.DeleteFunc(slices.Clone(all), func(c Control) bool {
		return c.Name() != action || (block != "" && c.Block != block)
	})
	switch len(found) {
	case 0:
		var names []string
		for _, c := range all {
			names = append(names, c.Block+"/"+c.Name())
		}
		return Control{}, fmt.Errorf("there is no control %q here, only %q", action, names)
	case 1:
		return found[0], nil
	}
	return Control{}, fmt.Errorf("%d controls here have the action_id %q: say which by its block_id", len(found), action)
}

// Stateful says whether Slack keeps what is chosen in the state of the view or message.
func (c Control) Stateful() bool {
	switch c.kind() {
	case "button", "workflow_button", "overflow":
		return false
	}
	return true
}

// initial is what is chosen before anybody chooses.
func (c Control) initial() []string {
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

// Action is one of the actions of a block_actions payload.
func (c Control) Action(value map[string]any, ts string) map[string]any {
	a := map[string]any{"type": c.kind(), "action_id": c.Name(), "block_id": c.Block, "action_ts": ts}
	for _, name := range []string{"text", "value", "style", "placeholder", "confirm"} {
		if c.element[name] != nil {
			a[name] = c.element[name]
		}
	}
	maps.Copy(a, value)
	return a
}
