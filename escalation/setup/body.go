package setup

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Body is what was set: a Channel, an Engineer, an Absence, a Pause, Admins, a Report or a Handover. Their JSON is stored
// for good: names in it are kept, and what a later version adds may be missing.
type Body interface {
	// Check says what is wrong with the body, by field; nil if nothing is.
	Check(k Known) Problems
}

// Channel is how a channel is watched: under a policy that has a name, or under tiers of its own.
type Channel struct {
	Policy     string            `json:"policy,omitempty"`      // "" without tiers: policy.Default
	ByPriority map[string]string `json:"by_priority,omitempty"` // ticket priority (any case) to policy name
	Choose     []Choice          `json:"choose,omitempty"`      // go before ByPriority, the first that is met
	Tiers      []policy.Tier     `json:"tiers,omitempty"`       // durations in nanoseconds
	Deadline   time.Duration     `json:"deadline,omitempty"`    // of the tiers; 0: the last one's time
	NextReply  *Promise          `json:"next_reply,omitempty"`  // these two beside tiers of its own
	Resolution *Promise          `json:"resolution,omitempty"`
	Hours      string            `json:"hours,omitempty"` // of the file, or policy.AroundTheClock; "": the policy's
	OwnHours   *Hours            `json:"own_hours,omitempty"`
}

// Own is the policy of the channel's own tiers.
func (c Channel) Own() policy.Policy {
	return policy.Policy{
		Name: OwnPolicy, Tiers: c.Tiers, Deadline: c.Deadline,
		NextReply: c.NextReply.inForce(), Resolution: c.Resolution.inForce(),
	}
}

// Engineer is somebody of the support team.
type Engineer struct {
	Name     string   `json:"name"`
	Slack    string   `json:"slack"` // user id
	Email    string   `json:"email,omitempty"`
	Aliases  []string `json:"aliases,omitempty"`
	Products []string `json:"products,omitempty"`
}

func (e Engineer) engineer() calendar.Engineer {
	return calendar.Engineer{Name: e.Name, Aliases: e.Aliases, Slack: e.Slack, Email: e.Email, Products: e.Products}
}

// Absence is somebody away, or swapping shifts, from From until To.
type Absence struct {
	Kind AbsenceKind `json:"kind"`
	Who  Person      `json:"who"`
	With Person      `json:"with,omitzero"` // takes over Who's shifts, in a swap
	From time.Time   `json:"from"`
	To   time.Time   `json:"to"` // exclusive
}

// AbsenceKind says what an absence is.
type AbsenceKind string

const (
	Away AbsenceKind = "away"
	Swap AbsenceKind = "swap"
)

// Person is an engineer as they were when something was said of them. An engineer of the file may have
// no Slack id, and is known by name then.
type Person struct {
	Slack string `json:"slack,omitempty"`
	Name  string `json:"name"`
}

func (p Person) key() string {
	if p.Slack != "" {
		return p.Slack
	}
	return p.Name
}

// Pause keeps the bot quiet in a channel.
type Pause struct {
	Until time.Time `json:"until"`
}

// Admins may set up, beside the workspace's own admins.
type Admins struct {
	Users []string `json:"users"` // Slack user ids
}

// Report is where and when the week's report is posted (rule 25).
type Report struct {
	Channel string        `json:"channel"`
	At      weekly.Moment `json:"at"`
}

// Handover is where changes of shift are told, and when the week ahead is (rule 24).
type Handover struct {
	Channel string         `json:"channel"`
	Outlook *weekly.Moment `json:"outlook,omitempty"` // nil: never
}

// Decode reads the body of a setting. isSet is false where what was set is taken back.
func Decode[T Body](s Setting) (body T, isSet bool, err error) {
	if len(s.Body) == 0 {
		return body, false, nil
	}
	if err := json.Unmarshal(s.Body, &body); err != nil {
		return body, false, fmt.Errorf("%s, version %d, cannot be read: %w", s.Scope, s.Version, err)
	}
	return body, true, nil
}
