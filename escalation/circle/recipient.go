package circle

import (
	"slices"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/fields"
)

// Recipient is somebody to be pinged.
type Recipient struct {
	Kind RecipientKind `json:"kind"`
	ID   string        `json:"id,omitempty"`   // U… or S…; empty for here and channel
	Name string        `json:"name,omitempty"` // for places where nobody may be pinged
	// Shift is the calendar event by which they are on shift; nil if they were not chosen for their shift.
	Shift *calendar.Shift `json:"shift,omitempty"`
}

// Key is the recipient as the history has it: the Slack id, or here, or channel.
func (r Recipient) Key() string {
	if r.ID != "" {
		return r.ID
	}
	return string(r.Kind)
}

// RecipientKind is how Slack addresses a recipient.
type RecipientKind string

const (
	ToUser    RecipientKind = "user"    // <@U…>
	ToGroup   RecipientKind = "group"   // <!subteam^S…>
	ToHere    RecipientKind = "here"    // <!here>
	ToChannel RecipientKind = "channel" // <!channel>
)

// Gap is a circle that was empty.
type Gap struct {
	Circle string    `json:"circle"` // the word in Tier.Notify
	Reason GapReason `json:"reason"`
	GaveTo int       `json:"gave_to,omitempty"` // the tier whose circle took its place, as people count; 0: none did
	Here   bool      `json:"here,omitempty"`    // it was the last tier's circle, and the last resort took its place
}

// GapReason is why a circle was empty.
type GapReason string

const (
	GapNobody    GapReason = "nobody"     // the roster has nobody for it
	GapNoRoster  GapReason = "no-roster"  // no calendar, or none read recently enough
	GapNoProduct GapReason = "no-product" // the ticket's type names no product that somebody is embedded with
	GapNoAccount GapReason = "no-account" // the roster has people for it, and no Slack account of theirs is known
	GapUnknown   GapReason = "unknown"    // no engineer, group or id has that name
	GapGone      GapReason = "gone"       // Slack has no such person or group any more

	GapNoAssignee  GapReason = "no-assignee"  // the help desk names nobody
	GapAssigneeOff GapReason = "assignee-off" // the person it names is not on shift, or is no engineer
)

// Union appends those of more that are not in rs yet.
func Union(rs, more []Recipient) []Recipient {
	for _, r := range more {
		if !slices.ContainsFunc(rs, func(have Recipient) bool { return have.Kind == r.Kind && have.ID == r.ID }) {
			rs = append(rs, r)
		}
	}
	return rs
}

// These lists repeat the JSON tags of what is stored for each reminder, so that it is encoded fast; see package fields.

// RecipientFields lists the JSON fields of a recipient (package fields).
func RecipientFields(r *Recipient, p *fields.Pass) {
	fields.Text(p.Always(), "kind", &r.Kind)
	fields.Text(p, "id", &r.ID)
	fields.Text(p, "name", &r.Name)
	fields.Pointer(p, "shift", &r.Shift, shiftFields)
}

func shiftFields(s *calendar.Shift, p *fields.Pass) {
	fields.Text(p, "title", &s.Title)
	fields.Time(p.Always(), "start", &s.Start)
	fields.Time(p.Always(), "end", &s.End)
}

// GapFields lists the JSON fields of a gap.
func GapFields(g *Gap, p *fields.Pass) {
	fields.Text(p.Always(), "circle", &g.Circle)
	fields.Text(p.Always(), "reason", &g.Reason)
	fields.Number(p, "gave_to", &g.GaveTo)
	fields.Flag(p, "here", &g.Here)
}
