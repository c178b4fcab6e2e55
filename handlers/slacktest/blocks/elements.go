package blocks

import (
	"fmt"
	"slices"
)

// Where an element may be.
const (
	inSection = 1 << iota
	inActions
	inInput
)

const everywhere = inSection | inActions | inInput

// elementPlaces are the kinds of docs.slack.dev/reference/block-kit/block-elements.
var elementPlaces = map[string]int{
	"button": inSection | inActions, "workflow_button": inSection | inActions, "overflow": inSection | inActions,
	"image":         inSection,
	"checkboxes":    everywhere,
	"datepicker":    everywhere,
	"timepicker":    everywhere,
	"radio_buttons": everywhere, "datetimepicker": inActions | inInput,
	"static_select": everywhere, "external_select": everywhere, "users_select": everywhere,
	"conversations_select": everywhere, "channels_select": everywhere,
	"multi_static_select": inSection | inInput, "multi_external_select": inSection | inInput,
	"multi_users_select": inSection | inInput, "multi_conversations_select": inSection | inInput,
	"multi_channels_select": inSection | inInput,
	"plain_text_input":      inInput, "email_text_input": inInput, "url_text_input": inInput, "number_input": inInput,
	"rich_text_input": inInput, "file_input": inInput,
}

// element checks one element. Those that people's other apps post are not looked into.
func (c *check) element(at string, e map[string]any, place int) {
	kind := text(e, "type")
	places, known := elementPlaces[kind]
	if !known || places&place == 0 {
		c.problem(at+"/type", fmt.Sprintf("unsupported type: %s", kind))
		return
	}
	c.lengths(at, e, map[string]int{"action_id": 255})
	if e["placeholder"] != nil {
		c.text(at+"/placeholder", e["placeholder"], 150, "plain_text")
	}
	if confirm, ok := e["confirm"].(map[string]any); ok {
		c.confirm(at+"/confirm", confirm)
	}
	switch kind {
	case "button":
		c.text(at+"/text", e["text"], 75, "plain_text")
		c.lengths(at, e, map[string]int{"value": 2000, "url": 3000})
		c.oneOf(at+"/style", e["style"], "primary", "danger")
	case "static_select", "multi_static_select":
		c.options(at, e, 100)
	case "checkboxes", "radio_buttons":
		c.options(at, e, 10)
	case "overflow":
		c.options(at, e, 5)
	case "image":
		c.require(at, e, "alt_text")
	case "number_input":
		c.require(at, e, "is_decimal_allowed")
	}
}

func (c *check) inputBlock(at string, block map[string]any) {
	c.text(at+"/label", block["label"], 2000, "plain_text")
	if block["hint"] != nil {
		c.text(at+"/hint", block["hint"], 2000, "plain_text")
	}
	element, ok := block["element"].(map[string]any)
	if !ok {
		c.problem(at, "missing required field: element")
		return
	}
	c.element(at+"/element", element, inInput)
}

// options checks those of a select, and that what is chosen at first is among them.
func (c *check) options(at string, e map[string]any, most int) {
	all, _ := e["options"].([]any)
	groups, grouped := e["option_groups"].([]any)
	c.count(at+"/options", all, most, grouped)
	for i, o := range all {
		c.option(fmt.Sprintf("%s/options/%d", at, i), o)
	}
	for i, g := range groups {
		group, _ := g.(map[string]any)
		in := fmt.Sprintf("%s/option_groups/%d", at, i)
		c.text(in+"/label", group["label"], 75, "plain_text")
		options, _ := group["options"].([]any)
		c.count(in+"/options", options, most, false)
		for j, o := range options {
			c.option(fmt.Sprintf("%s/options/%d", in, j), o)
		}
	}
	it := Control{element: e}
	for _, value := range it.initial() {
		if it.option(value) == nil {
			c.problem(at, fmt.Sprintf("the initial option %q is not among the options", value))
		}
	}
}

func (c *check) count(at string, list []any, most int, mayBeEmpty bool) {
	if len(list) == 0 && !mayBeEmpty {
		c.problem(at, "no less than 1 items allowed")
	}
	if len(list) > most {
		c.problem(at, fmt.Sprintf("no more than %d items allowed", most))
	}
}

func (c *check) option(at string, v any) {
	o, _ := v.(map[string]any)
	c.text(at+"/text", o["text"], 75, "plain_text", "mrkdwn")
	c.require(at, o, "value")
	c.lengths(at, o, map[string]int{"value": 150})
	if o["description"] != nil {
		c.text(at+"/description", o["description"], 75, "plain_text", "mrkdwn")
	}
}

func (c *check) confirm(at string, d map[string]any) {
	c.text(at+"/title", d["title"], 100, "plain_text")
	c.text(at+"/text", d["text"], 300, "plain_text", "mrkdwn")
	c.text(at+"/confirm", d["confirm"], 30, "plain_text")
	c.text(at+"/deny", d["deny"], 30, "plain_text")
}

func (c *check) lengths(at string, object map[string]any, limits map[string]int) {
	for name, limit := range limits {
		c.length(at+"/"+name, text(object, name), limit)
	}
}

func (c *check) oneOf(at string, v any, allowed ...string) {
	if s, ok := v.(string); v != nil && (!ok || !slices.Contains(allowed, s)) {
		c.problem(at, fmt.Sprintf("must be one of: %v", allowed))
	}
}
