package blocks

import (
	"encoding/json"
	"slices"
)

const mostInView = 100

// ReadView checks a modal or a home tab as Slack does, and returns its blocks; see Read. The limits are in
// docs.slack.dev/reference/views.
func ReadView(given, kind string) (blocks json.RawMessage, problems []string) {
	c := check{root: "/view/blocks", most: mostInView, view: kind}
	var members map[string]any
	if Decode(given, &members) != nil {
		c.problem("/view", "must provide an object")
		return nil, c.problems
	}
	c.viewMembers(members)
	list, ok := objectList(members["blocks"])
	if !ok {
		c.problem("/view/blocks", "missing required field: blocks")
	}
	c.blocks(list)
	if c.problems != nil {
		return nil, c.problems
	}
	return named(list), nil
}

// objectList is a JSON list of objects.
func objectList(v any) (list []map[string]any, ok bool) {
	values, ok := v.([]any)
	if !ok {
		return nil, false
	}
	list = []map[string]any{}
	for _, value := range values {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		list = append(list, object)
	}
	return list, true
}

// viewMembers checks what is around the blocks.
func (c *check) viewMembers(v map[string]any) {
	if v["type"] != c.view {
		c.problem("/view/type", "must be "+c.view)
	}
	for name, limit := range map[string]int{"callback_id": 255, "private_metadata": 3000, "external_id": 255} {
		c.length("/view/"+name, text(v, name), limit)
	}
	if c.view != "modal" {
		return
	}
	c.text("/view/title", v["title"], 24, "plain_text")
	for _, name := range []string{"submit", "close"} {
		if v[name] != nil {
			c.text("/view/"+name, v[name], 24, "plain_text")
		}
	}
	list, _ := objectList(v["blocks"])
	inputs := slices.ContainsFunc(list, func(b map[string]any) bool { return b["type"] == "input" })
	if inputs && v["submit"] == nil {
		c.problem("/view", "missing required field: submit")
	}
}
