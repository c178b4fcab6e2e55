package blockkit

import "slices"

// control is something to press, choose or type in.
type control struct {
	Kind        string // button, choice, choices, text, area, date, time, number, link
	Container   Container
	Block       string
	Action      string
	Words       string // of a button
	Label       string // for those who do not see what is around it
	Placeholder string
	Style       string
	URL         string // a link, which is pressed as well
	Value       string
	Options     []Option
	MaxLength   string
	Confirm     string // asked before
	Input       bool   // is in an input block
	Required    bool
	Now         bool // sends the app each change at once
	Hint, Error string
}

// Name is what the simulated Slack calls it when a modal is filled in.
func (c control) Name() string {
	if c.Input {
		return c.Block
	}
	return c.Action
}

// DOMID is unique in the page, and the same as long as it is the same control.
func (c control) DOMID() string {
	return "c-" + c.Container.Channel + c.Container.TS + c.Container.View + "-" + c.Block + "-" + c.Action
}

// asInput makes a control one of an input block.
func (c *control) asInput(b block, dispatches bool) {
	c.Input, c.Required, c.Now = true, !b.Optional, dispatches
	c.Label, c.Hint, c.Error = b.Title, b.Hint, b.Error
}

// kinds of elements, as what they are shown.
var kinds = map[string]string{
	"button": "button", "static_select": "choice", "overflow": "choice", "users_select": "choice", "conversations_select": "choice", "radio_buttons": "choice",
	"multi_static_select": "choices", "checkboxes": "choices", "multi_users_select": "choices",
	"plain_text_input": "text", "email_text_input": "text", "url_text_input": "text", "number_input": "number",
	"datepicker": "date", "timepicker": "time",
}

// control reads an element; nil if it is of a kind that is not simulated.
func (r *Reader) control(o object, block string, at Container) *control {
	kind := kinds[o.str("type")]
	if kind == "" {
		return nil
	}
	c := &control{
		Kind: kind, Container: at, Block: block, Action: o.str("action_id"), Words: named(o.in("text").str("text")),
		Label: o.str("accessibility_label"), Placeholder: o.in("placeholder").str("text"), Style: style(o.str("style")),
		URL: o.str("url"), MaxLength: o.str("max_length"), Now: true,
	}
	if kind == "text" && o.yes("multiline") {
		c.Kind = "area"
	}
	if ask := o.in("confirm"); ask != nil {
		c.Confirm = ask.in("title").str("text") + "\n" + ask.in("text").str("text")
	}
	chosen := r.chosen(o, at.Values[block][c.Action])
	switch o.str("type") {
	case "users_select", "multi_users_select":
		c.Options = slices.Clone(r.People)
	case "conversations_select":
		c.Options = slices.Clone(r.Channels)
	default:
		c.Options = options(o)
	}
	for i := range c.Options {
		c.Options[i].Chosen = slices.Contains(chosen, c.Options[i].Value)
	}
	if len(chosen) > 0 {
		c.Value = chosen[0]
	}
	if o.str("type") == "overflow" && c.Placeholder == "" {
		c.Placeholder = "⋯"
	}
	return c
}

func style(s string) string {
	if s == "primary" || s == "danger" {
		return s
	}
	return ""
}

func options(o object) []Option {
	var all []Option
	add := func(list []object) {
		for _, e := range list {
			all = append(all, Option{
				Value: e.str("value"), Label: named(e.in("text").str("text")), Description: e.in("description").str("text"),
			})
		}
	}
	add(o.list("options"))
	for _, g := range o.list("option_groups") {
		add(g.list("options"))
	}
	return all
}

// chosen is what a control holds: what was filled in, or what the app put there.
func (r *Reader) chosen(o object, state map[string]any) []string {
	if state != nil {
		return values(object(state),
			[]string{"value", "selected_user", "selected_conversation", "selected_date", "selected_time"},
			"selected_option", "selected_options", "selected_users")
	}
	return values(o, []string{"initial_value", "initial_user", "initial_conversation", "initial_date", "initial_time"},
		"initial_option", "initial_options", "initial_users")
}

func values(o object, single []string, option, options, users string) []string {
	var found []string
	for _, name := range single {
		if s := o.str(name); s != "" {
			found = append(found, s)
		}
	}
	if one := o.in(option); one != nil {
		found = append(found, one.str("value"))
	}
	for _, e := range o.list(options) {
		found = append(found, e.str("value"))
	}
	if ids, ok := o[users].([]string); ok { // as the simulated Slack keeps them
		return append(found, ids...)
	}
	return append(found, o.strs(users)...)
}
