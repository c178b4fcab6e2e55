package escalation

import (
	"strings"
	"text/template"
	"time"
)

// ReminderText is what a tier's `message` template may speak of.
type ReminderText struct {
	Ticket   Ticket
	Policy   string
	Tier     int
	Tiers    int
	Waited   time.Duration
	Deadline time.Time
}

// ParseMessage parses a tier's message template. Configuration calls it so that a template that
// cannot be used is refused before a ticket needs it.
func ParseMessage(text string) (*template.Template, error) {
	return template.New("message").Option("missingkey=error").Parse(text)
}

// tierMessage fills in a tier's own message. One that fails after all must not hold up the reminder:
// it goes out without.
func tierMessage(text string, r Reminder) string {
	if text == "" {
		return ""
	}
	tmpl, err := ParseMessage(text)
	if err != nil {
		return ""
	}
	var b strings.Builder
	data := ReminderText{Ticket: r.Ticket, Policy: r.Policy, Tier: r.Tier, Tiers: r.Tiers, Waited: r.Waited().Truncate(time.Minute), Deadline: r.Deadline}
	if err := tmpl.Execute(&b, data); err != nil {
		return ""
	}
	return b.String()
}
