package slackapp

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// decode reads JSON into v as far as it fits. Only what is not JSON is an error: encoding/json
// skips a value of the wrong type, fills in the rest, and reports the type at the end.
func decode(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return nil
	}
	return err
}

// text is a string that may come as a number or a boolean. Anything else is empty.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(data []byte) error {
	*t = text(scalar(data))
	return nil
}

// prose is a text that may come as a string or as a text object.
type prose string

// UnmarshalJSON never fails.
func (p *prose) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var object struct{ Text text }
		_ = json.Unmarshal(data, &object) // the caller has seen that it is JSON
		*p = prose(object.Text)
		return nil
	}
	*p = prose(scalar(data))
	return nil
}

func scalar(data []byte) string {
	switch {
	case len(data) == 0 || data[0] == '{' || data[0] == '[' || data[0] == 'n':
		return ""
	case data[0] == '"':
		inside := data[1 : len(data)-1]
		if !bytes.ContainsRune(inside, '\\') && utf8.Valid(inside) {
			return string(inside)
		}
		var s string
		_ = json.Unmarshal(data, &s) // the caller has seen that it is JSON
		return s
	}
	return string(data)
}
