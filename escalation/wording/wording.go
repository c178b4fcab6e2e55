// Package wording fills in the message that a tier may have of its own. Whoever sets up a channel writes messages,
// and all workspaces share one process: so a message names fields, and nothing that could loop, call or pad.
package wording

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/plain"
)

// Values are what a message may speak of.
type Values struct {
	ID, Priority, Type, Customer, Subject, Link string // the ticket's

	Policy   string
	Tier     int
	Tiers    int
	Waited   time.Duration
	Deadline time.Time
}

// fields are what {{…}} may say in a message.
var fields = map[string]func(Values) string{
	".Ticket.ID":       func(v Values) string { return v.ID },
	".Ticket.Priority": func(v Values) string { return v.Priority },
	".Ticket.Type":     func(v Values) string { return v.Type },
	".Ticket.Customer": func(v Values) string { return v.Customer },
	".Ticket.Subject":  func(v Values) string { return v.Subject },
	".Ticket.Link":     func(v Values) string { return v.Link },
	".Waited":          func(v Values) string { return v.Waited.String() },
	".Tier":            func(v Values) string { return strconv.Itoa(v.Tier) },
	".Tiers":           func(v Values) string { return strconv.Itoa(v.Tiers) },
	".Policy":          func(v Values) string { return v.Policy },
	".Deadline":        func(v Values) string { return v.Deadline.UTC().Format("15:04 MST on Jan 2") },
}

// Fields are those that a message may name, in alphabetical order.
func Fields() []string { return slices.Sorted(maps.Keys(fields)) }

// Error says what a message must not hold.
type Error struct {
	Field string // the field that it names, which does not exist; "" if what it holds is no field at all
	Holds string // what is between the braces, cut
}

func (e *Error) Error() string {
	if e.Field != "" {
		return "it speaks of " + e.Field + ", which is not there"
	}
	return fmt.Sprintf("it holds %q, and a message takes fields only", e.Holds)
}

var (
	inBraces   = regexp.MustCompile(`(?s)\{\{(.*?)\}\}`)
	namesField = regexp.MustCompile(`^(\.[A-Za-z]+)+$`)
)

// Check says what is wrong with a message, as an *Error; nil if nothing is.
func Check(text string) error {
	for _, m := range inBraces.FindAllStringSubmatch(text, -1) {
		field := strings.TrimSpace(m[1])
		if _, known := fields[field]; known {
			continue
		}
		if namesField.MatchString(field) {
			return &Error{Field: plain.Cut(field, longestQuote)}
		}
		return &Error{Holds: plain.Cut(m[0], longestQuote)}
	}
	if rest := inBraces.ReplaceAllString(text, ""); strings.Contains(rest, "{{") {
		return &Error{Holds: plain.Cut(rest[strings.Index(rest, "{{"):], longestQuote)}
	}
	return nil
}

const (
	longestQuote = 40
	// longestMessage is what Slack takes in one section of a message, in characters.
	longestMessage = 3000
)

// Fill fills in a message: its formatting is that of whoever set it up, and a ticket's words in it have none. It may have been stored before messages were held to fields only: what cannot be
// filled in must not hold up the reminder, which goes out without.
func Fill(text string, v Values) string {
	if Check(text) != nil {
		return ""
	}
	filled := inBraces.ReplaceAllStringFunc(text, func(braces string) string {
		return plain.Words(fields[strings.TrimSpace(strings.Trim(braces, "{}"))](v))
	})
	return plain.Cut(filled, longestMessage)
}
