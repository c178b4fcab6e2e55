package tolerant

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Decode reads JSON into v as far as it fits. Only what is not JSON is an error: encoding/json
// skips a value of the wrong type, fills in the rest, and reports the type at the end.
func Decode(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return nil
	}
	return err
}

// Text is a string that may come as a number or a boolean. Anything else is empty.
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = Text(scalar(data))
	return nil
}

// Prose is a text that may come as a string or as a text object.
type Prose string

// UnmarshalJSON never fails.
func (p *Prose) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var object struct{ Text Text }
		_ = json.Unmarshal(data, &object) // the caller has seen that it is JSON
		*p = Prose(object.Text)
		return nil
	}
	*p = Prose(scalar(data))
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
