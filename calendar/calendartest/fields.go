package calendartest

import (
	"encoding/json"
	"reflect"
	"strings"
)

// mask is a partial-response selection: field names to what is selected below them. Nil selects
// everything. See https://developers.google.com/workspace/calendar/api/guides/performance#partial.
type mask map[string]mask

// parseMask reads a fields parameter: names separated by commas, a/b for b within a, and a(b,c) for
// several. Names that the answer does not have are refused; the wildcard * is not simulated.
func parseMask(text string) (mask, *Error) {
	m, rest := fieldList(text)
	if rest != "" {
		e := InvalidField(rest)
		return nil, &e
	}
	if unknown := m.unknown(reflect.TypeFor[events]()); unknown != "" {
		e := InvalidField(unknown)
		return nil, &e
	}
	return m, nil
}

// fieldList reads fields separated by commas, and returns what follows them.
func fieldList(text string) (m mask, rest string) {
	m = mask{}
	for {
		name, below, rest := field(text)
		if already, ok := m[name]; ok {
			below = union(already, below)
		}
		m[name] = below
		next, more := strings.CutPrefix(rest, ",")
		if !more {
			return m, rest
		}
		text = next
	}
}

// field reads one field with what is selected below it.
func field(text string) (name string, below mask, rest string) {
	i := strings.IndexAny(text, ",/()")
	if i < 0 {
		return text, nil, ""
	}
	name, rest = text[:i], text[i:]
	switch rest[0] {
	case '/':
		inner, innermost, rest := field(rest[1:])
		return name, mask{inner: innermost}, rest
	case '(':
		below, rest := fieldList(rest[1:])
		if after, closed := strings.CutPrefix(rest, ")"); closed {
			return name, below, after
		}
		return name, below, "("
	}
	return name, nil, rest
}

func union(a, b mask) mask {
	if a == nil || b == nil {
		return nil
	}
	for name, below := range b {
		if already, ok := a[name]; ok {
			below = union(already, below)
		}
		a[name] = below
	}
	return a
}

// unknown returns a selected name that t, as JSON, does not have.
func (m mask) unknown(t reflect.Type) string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for name, below := range m {
		field, ok := jsonField(t, name)
		if !ok {
			return name
		}
		if unknown := below.unknown(field); unknown != "" {
			return unknown
		}
	}
	return ""
}

func jsonField(t reflect.Type, name string) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct {
		return nil, false
	}
	for f := range t.Fields() {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return f.Type, true
		}
	}
	return nil, false
}

// apply returns answer as JSON values, with what is selected of it.
func (m mask) apply(answer events) (any, error) {
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	var all any
	err = json.Unmarshal(text, &all)
	return m.pick(all), err
}

func (m mask) pick(value any) any {
	if m == nil {
		return value
	}
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = m.pick(value[i])
		}
		return value
	case map[string]any:
		picked := map[string]any{}
		for name, below := range m {
			if v, ok := value[name]; ok {
				picked[name] = below.pick(v)
			}
		}
		return picked
	default:
		return value
	}
}
