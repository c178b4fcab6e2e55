package helpdesk

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// text reads a string, or a number as it was written; it is empty for all other kinds.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// wholeMinutes is how Zendesk writes times into what its triggers send.
const wholeMinutes = "2006-01-02T15:04Z07:00"

// timeOf reads RFC 3339 or Unix seconds, either as a string or a number; zero for none.
func timeOf(raw json.RawMessage) (time.Time, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return time.Time{}, nil
	}
	said := strings.TrimSpace(text(raw))
	if said == "" && raw[0] == '"' {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, wholeMinutes} {
		if t, err := time.Parse(layout, said); err == nil {
			return t.UTC().Truncate(time.Microsecond), nil
		}
	}
	seconds, err := strconv.ParseFloat(said, 64)
	const farAway = 1e11 // the year 5138, or a time in milliseconds
	if err != nil || !(seconds >= 0 && seconds < farAway) {
		return time.Time{}, errors.New("the timestamp is neither RFC 3339 nor Unix seconds")
	}
	return time.UnixMicro(int64(seconds * 1e6)).UTC(), nil
}

// id is a ticket's number, whether written as a number or as a string.
type id string

func (i *id) UnmarshalJSON(raw []byte) error {
	*i = id(text(raw))
	return nil // all other kinds are no id, and so nobody's
}

// stamp is a time, as RFC 3339 or Unix seconds; zero for null, nothing, and 0, which Intercom may
// write for none.
type stamp struct{ time.Time }

func (s *stamp) UnmarshalJSON(raw []byte) error {
	at, err := timeOf(raw)
	if err == nil && at.Unix() != 0 {
		s.Time = at
	}
	return err
}

// count is a number that may be missing, which is not the same as none.
type count struct {
	n     int
	given bool
}

func (c *count) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(text(raw)))
	if err != nil || n < 0 {
		return errors.New("a count is no whole number")
	}
	*c = count{n, true}
	return nil
}

// flag is a truth value, whether written as such or as a string.
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	switch string(bytes.Trim(raw, `"`)) {
	case "true", "1":
		*f = true
	case "false", "null", "", "0":
		*f = false
	default:
		return errors.New("neither true nor false")
	}
	return nil
}

// number reports whether s is what all vendors number their tickets with. Nothing else gets into a URL, and
// nothing longer than a database holds: that could fail the question about all others, too.
func number(s string) bool {
	if len(s) == 0 || len(s) > 18 {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// decodeEach reads the elements of a list one by one: an odd one costs no other.
func decodeEach[T any](list []json.RawMessage, odd *problems) []T {
	var read []T
	for _, raw := range list {
		var x T
		if err := json.Unmarshal(raw, &x); err != nil {
			odd.add(idOf(raw), errors.New("what it says of it cannot be read"))
			continue
		}
		read = append(read, x)
	}
	return read
}

// idOf is the ticket that an element is about, as far as that can be read.
func idOf(raw json.RawMessage) string {
	var x struct {
		ID       id `json:"id"`
		TicketID id `json:"ticket_id"`
	}
	if json.Unmarshal(raw, &x) != nil {
		return ""
	}
	if x.TicketID != "" {
		return string(x.TicketID)
	}
	return string(x.ID)
}
