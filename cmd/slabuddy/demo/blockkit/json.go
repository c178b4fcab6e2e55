package blockkit

import (
	"encoding/json"
	"strconv"
)

// object is JSON as anybody may have written it: every look into it forgives a wrong type.
type object map[string]any

func objects(raw json.RawMessage) []object {
	var all []any
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return list(all)
}

func list(v any) []object {
	all, _ := v.([]any)
	var found []object
	for _, e := range all {
		if o, ok := e.(map[string]any); ok {
			found = append(found, o)
		}
	}
	return found
}

func (o object) in(name string) object {
	inner, _ := o[name].(map[string]any)
	return inner
}

func (o object) list(name string) []object { return list(o[name]) }

// str is a member as text; numbers are taken, too.
func (o object) str(name string) string {
	switch v := o[name].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func (o object) yes(name string) bool { v, _ := o[name].(bool); return v }

func (o object) strs(name string) []string {
	all, _ := o[name].([]any)
	var found []string
	for _, e := range all {
		if s, ok := e.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// Words are the text of a plain_text object, such as a view's title.
func Words(raw json.RawMessage) string {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return ""
	}
	return named(o.str("text"))
}
