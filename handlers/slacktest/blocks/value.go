package blocks

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Known says which people and channels a workspace has.
type Known struct{ User, Channel func(id string) bool }

// Value is what is chosen, in the member in which Slack says it.
func (c Control) Value(known Known, chosen []string) (map[string]any, error) {
	kind := c.kind()
	v, err := c.valueOf(known, chosen)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", kind, c.Name(), err)
	}
	return v, nil
}

func (c Control) valueOf(known Known, chosen []string) (map[string]any, error) {
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
		return picked(chosen, "selected_user", false, known.User(one))
	case "multi_users_select":
		return picked(chosen, "selected_users", true, !slices.ContainsFunc(chosen, func(id string) bool { return !known.User(id) }))
	case "channels_select":
		return picked(chosen, "selected_channel", false, known.Channel(one))
	case "conversations_select":
		return picked(chosen, "selected_conversation", false, known.Channel(one) || known.User(one))
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

func (c Control) options(chosen []string, member string, several bool) (map[string]any, error) {
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
func (c Control) option(value string) any {
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
func picked(chosen []string, member string, several, known bool) (map[string]any, error) {
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
func (c Control) typed(chosen []string) (map[string]any, error) {
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

// State is what is chosen, by block_id and action_id, as Slack writes it.
type State map[string]map[string]map[string]any

// Set puts a value into a control.
func (s State) Set(c Control, value map[string]any) {
	if s[c.Block] == nil {
		s[c.Block] = map[string]map[string]any{}
	}
	full := map[string]any{"type": c.kind()}
	maps.Copy(full, value)
	s[c.Block][c.Name()] = full
}

// InitialState is what fresh controls hold.
func InitialState(known Known, blocks json.RawMessage) State {
	s := State{}
	for _, c := range Controls(blocks) {
		if !c.Stateful() {
			continue
		}
		if v, err := c.Value(known, c.initial()); err == nil {
			s.Set(c, v)
		}
	}
	return s
}

// Keep takes over what was chosen in controls that are still there: Slack goes by block_id and
// action_id.
func (s State) Keep(before State) {
	for block, actions := range s {
		for action, value := range actions {
			if old := before[block][action]; old != nil && old["type"] == value["type"] {
				actions[action] = old
			}
		}
	}
}

// Empty says whether nothing is chosen in a control.
func (s State) Empty(c Control) bool {
	for name, v := range s[c.Block][c.Name()] {
		if list, ok := v.([]any); ok && len(list) == 0 {
			continue
		}
		if list, ok := v.([]string); ok && len(list) == 0 {
			continue
		}
		if name != "type" && v != nil {
			return false
		}
	}
	return true
}
