package escalation

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ReminderText is what a tier's `message` may speak of.
type ReminderText struct {
	Ticket   Ticket
	Policy   string
	Tier     int
	Tiers    int
	Waited   time.Duration
	Deadline time.Time
}

// messageFields are what {{…}} may say in a tier's message: fields, and nothing that could loop, call or
// pad. Whoever sets up a channel writes messages, and all workspaces share this process.
var messageFields = map[string]func(ReminderText) string{
	".Ticket.ID":       func(t ReminderText) string { return t.Ticket.ID },
	".Ticket.Priority": func(t ReminderText) string { return t.Ticket.Priority },
	".Ticket.Type":     func(t ReminderText) string { return t.Ticket.Type },
	".Ticket.Customer": func(t ReminderText) string { return t.Ticket.Customer },
	".Ticket.Subject":  func(t ReminderText) string { return t.Ticket.Subject },
	".Ticket.Link":     func(t ReminderText) string { return t.Ticket.Link },
	".Waited":          func(t ReminderText) string { return t.Waited.String() },
	".Tier":            func(t ReminderText) string { return strconv.Itoa(t.Tier) },
	".Tiers":           func(t ReminderText) string { return strconv.Itoa(t.Tiers) },
	".Policy":          func(t ReminderText) string { return t.Policy },
	".Deadline":        func(t ReminderText) string { return t.Deadline.UTC().Format("15:04 MST on Jan 2") },
}

// MessageFields are the fields that a tier's message may name, in alphabetical order.
func MessageFields() []string { return slices.Sorted(maps.Keys(messageFields)) }

// MessageError says what a tier's message must not hold.
type MessageError struct {
	Field string // the field that it names and that there is not; "" if it is no field at all
	Holds string // what stands between the braces, cut
}

func (e *MessageError) Error() string {
	if e.Field != "" {
		return "it speaks of " + e.Field + ", which is not there"
	}
	return fmt.Sprintf("it holds %q, and a message takes fields only", e.Holds)
}

var (
	inBraces   = regexp.MustCompile(`(?s)\{\{(.*?)\}\}`)
	namesField = regexp.MustCompile(`^(\.[A-Za-z]+)+$`)
)

// CheckMessage says what is wrong with a tier's message, as a *MessageError; nil if nothing is.
func CheckMessage(text string) error {
	for _, m := range inBraces.FindAllStringSubmatch(text, -1) {
		field := strings.TrimSpace(m[1])
		if _, known := messageFields[field]; known {
			continue
		}
		if namesField.MatchString(field) {
			return &MessageError{Field: cut(field, longestQuote)}
		}
		return &MessageError{Holds: cut(m[0], longestQuote)}
	}
	if rest := inBraces.ReplaceAllString(text, ""); strings.Contains(rest, "{{") {
		return &MessageError{Holds: cut(rest[strings.Index(rest, "{{"):], longestQuote)}
	}
	return nil
}

const (
	longestQuote = 40
	// longestMessage is what Slack takes in one section of a message, in characters.
	longestMessage = 3000
)

// tierMessage fills in a tier's own message. It may have been stored before messages were held to fields
// only: what cannot be filled in must not hold up the reminder, which goes out without.
func tierMessage(text string, r Reminder) string {
	if CheckMessage(text) != nil {
		return ""
	}
	data := ReminderText{Ticket: r.Ticket, Policy: r.Policy, Tier: r.Tier, Tiers: r.Tiers, Waited: r.Waited().Truncate(time.Minute), Deadline: r.Deadline}
	filled := inBraces.ReplaceAllStringFunc(text, func(braces string) string {
		return messageFields[strings.TrimSpace(strings.Trim(braces, "{}"))](data)
	})
	return cut(filled, longestMessage)
}

// cut is s in at most so many characters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
