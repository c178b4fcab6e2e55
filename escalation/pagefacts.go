package escalation

import (
	"fmt"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/plain"
)

// PageFacts are the values that the templates of a page may use: its fields and its methods.
type PageFacts struct {
	Key        string        `json:"key"` // the deduplication key: each timeline has one, and resolving uses the same
	Ticket     Ticket        `json:"ticket"`
	Policy     string        `json:"policy"`
	Tier       int           `json:"tier"`  // 1-based
	Tiers      int           `json:"tiers"` // how many the policy has
	PostedAt   time.Time     `json:"posted_at"`
	Due        time.Time     `json:"due"`
	Deadline   time.Time     `json:"deadline"`
	State      TimelineState `json:"state"`           // open, or how it was closed
	Cause      string        `json:"cause,omitempty"` // why it was closed
	AnsweredAt time.Time     `json:"answered_at,omitzero"`
	Thread     Thread        `json:"thread"`

	// As of the sending; not stored.
	Now       time.Time `json:"-"`
	Unchecked bool      `json:"-"` // the help desk could not be asked
	Permalink string    `json:"-"` // of the reminder in Slack; "" if Slack did not tell it
}

// longestQuoted is how much of a ticket's words a page quotes: no customer may fill a page with words that read like
// ours, and PagerDuty takes 1024 characters in a summary.
const longestQuoted = 300

// Title is one line that says what the page is about.
func (f PageFacts) Title() string {
	title := fmt.Sprintf("Ticket %s has been waiting %s for a reply", f.Ticket.ID, f.Waited())
	switch f.State {
	case Answered:
		title = fmt.Sprintf("Ticket %s has been answered", f.Ticket.ID)
	case Withdrawn, Expired:
		title = fmt.Sprintf("Ticket %s is no longer open", f.Ticket.ID)
	}
	if f.Ticket.Subject != "" {
		title += ": “" + plain.Cut(plain.Quotable(f.Ticket.Subject), longestQuoted) + "”"
	}
	return title
}

// Message is all the rest, in lines.
func (f PageFacts) Message() string {
	var lines []string
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, about := range []struct{ what, says string }{
		{"Customer", others(f.Ticket.Customer)}, {"Priority", others(f.Ticket.Priority)}, {"Type", others(f.Ticket.Type)},
		{"Ticket", f.Ticket.Link}, {"In Slack", f.Permalink},
	} {
		if about.says != "" {
			line("%s: %s", about.what, about.says)
		}
	}
	if f.State != Open {
		if f.Cause != "" {
			line("Closed: %s.", f.Cause)
		}
		return strings.Join(lines, "\n")
	}
	line("Tier %d of %d of the policy %s.", f.Tier, f.Tiers, f.Policy)
	if f.Now.Before(f.Deadline) {
		line("The promise to the customer ends at %s.", f.Deadline.UTC().Format("15:04 MST on Jan 2"))
	} else {
		line("The promise to the customer was broken at %s.", f.Deadline.UTC().Format("15:04 MST on Jan 2"))
	}
	if f.Unchecked {
		line("The help desk could not be asked whether somebody has replied: please look there first.")
	}
	return strings.Join(lines, "\n")
}

// others is a text of the ticket, made plain and cut.
func others(said string) string { return plain.Cut(plain.Words(said), longestQuoted) }

// Severity is one of PagerDuty's: critical once the deadline has passed, or for the highest priorities.
func (f PageFacts) Severity() string {
	switch strings.ToLower(strings.TrimSpace(f.Ticket.Priority)) {
	case "urgent", "critical", "highest", "p1":
		return "critical"
	}
	if !f.Now.Before(f.Deadline) {
		return "critical"
	}
	switch strings.ToLower(strings.TrimSpace(f.Ticket.Priority)) {
	case "low", "lowest":
		return "warning"
	}
	return "error"
}

// Waited is how long the customer has been waiting, in whole minutes: 35m, 2h5m.
func (f PageFacts) Waited() string {
	d := f.Now.Sub(f.PostedAt).Truncate(time.Minute)
	s := strings.TrimSuffix(d.String(), "0s")
	if d == 0 {
		return "less than a minute"
	}
	if d%time.Hour == 0 {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// At is when the tier was due, in RFC 3339.
func (f PageFacts) At() string { return f.Due.UTC().Format(time.RFC3339) }
