package escalation

import (
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/fields"
)

// These lists repeat the JSON tags of what is stored for each reminder, so that it is encoded fast; see package fields.

// TicketFields lists the JSON fields of a ticket (package fields).
func TicketFields(t *Ticket, p *fields.Pass) {
	fields.Text(p.Always(), "id", &t.ID)
	fields.Text(p, "priority", &t.Priority)
	fields.Text(p, "type", &t.Type)
	fields.Text(p, "customer", &t.Customer)
	fields.Text(p, "subject", &t.Subject)
	fields.Text(p, "link", &t.Link)
}

// OwnerFields lists the JSON fields of an owner.
func OwnerFields(o *Owner, p *fields.Pass) {
	fields.Text(p, "user", &o.User)
	fields.Text(p, "name", &o.Name)
	fields.Time(p, "since", &o.Since)
	fields.Time(p, "until", &o.Until)
}

// PostingFields lists the JSON fields of a posting.
func PostingFields(t *Posting, p *fields.Pass) {
	fields.Text(p.Always(), "ts", &t.TS)
	fields.Number(p.Always(), "tier", &t.Tier)
	fields.Number(p.Always(), "round", &t.Round)
	fields.Text(p, "digest", &t.Digest)
}

// DetailsFields lists the JSON fields of an event's details. Those that the help desk told are left to encoding/json.
func DetailsFields(d *Details, p *fields.Pass) {
	fields.Text(p, "cause", &d.Cause)
	fields.Text(p, "by", &d.By)
	fields.Text(p, "from", &d.From)
	fields.Number(p, "for", &d.For)
	fields.Time(p, "until", &d.Until)
	fields.Number(p, "late", &d.Late)
	fields.Texts(p, "mentioned", &d.Mentioned)
	fields.Texts(p, "with", &d.With)
	fields.Number(p, "round", &d.Round)
	fields.Text(p, "ts", &d.TS)
	fields.Text(p, "desk", &d.Desk)
	fields.Time(p, "reply_at", &d.ReplyAt)
	fields.Text(p, "page", &d.Page)
	fields.Text(p, "clock", &d.Clock)
	p.Unlisted(d.Fact != nil || d.Was != nil || !d.Heard.IsZero())
	fields.Pointer(p, "reminder", &d.Reminder, reminderFields)
}

func reminderFields(r *Reminder, p *fields.Pass) {
	fields.Object(p.Always(), "ticket", &r.Ticket, false, TicketFields)
	fields.Text(p.Always(), "policy", &r.Policy)
	fields.Text(p, "clock", &r.Clock)
	fields.Number(p.Always(), "tier", &r.Tier)
	fields.Number(p, "number", &r.Number)
	fields.Number(p.Always(), "tiers", &r.Tiers)
	fields.Time(p.Always(), "decided_at", &r.DecidedAt)
	fields.Time(p.Always(), "posted_at", &r.PostedAt)
	fields.Time(p, "since", &r.Since)
	fields.Time(p.Always(), "due", &r.Due)
	fields.Time(p, "repeat_at", &r.RepeatAt)
	fields.Number(p, "late", &r.Late)
	fields.Flag(p, "repeat", &r.Repeat)
	fields.Flag(p, "at_deadline", &r.AtDeadline)
	fields.Flag(p, "moved", &r.Moved)
	fields.Structs(p, "mention", &r.Mention, circle.RecipientFields)
	fields.Flag(p, "owner", &r.Owner)
	fields.Numbers(p, "covers", &r.Covers)
	fields.Structs(p, "gaps", &r.Gaps, circle.GapFields)
	fields.Text(p.Always(), "desk", &r.Desk)
	fields.Time(p.Always(), "desk_at", &r.DeskAt)
	fields.Time(p.Always(), "deadline", &r.Deadline)
	fields.Number(p, "used", &r.Used)
	fields.Number(p, "left", &r.Left)
	fields.Structs(p, "also", &r.Also, otherClockFields)
	fields.Flag(p, "breached", &r.Breached)
	fields.Pointer(p, "next", &r.Next, nextFields)
	fields.Structs(p, "told", &r.Told, circle.RecipientFields)
	fields.Object(p, "on_it", &r.OnIt, r.OnIt == Owner{}, OwnerFields)
	fields.Text(p, "snoozed_by", &r.SnoozedBy)
	fields.Number(p.Always(), "snooze", &r.Snooze)
	fields.Number(p, "max_snooze", &r.MaxSnooze)
	fields.Text(p, "message", &r.Message)
}

func otherClockFields(c *OtherClock, p *fields.Pass) {
	fields.Text(p.Always(), "clock", &c.Clock)
	fields.Time(p.Always(), "deadline", &c.Deadline)
}

func nextFields(n *Next, p *fields.Pass) {
	fields.Time(p.Always(), "at", &n.At)
	fields.Texts(p.Always(), "notify", &n.Notify)
	fields.Texts(p, "names", &n.Names)
	fields.Flag(p, "owner", &n.Owner)
}

// postFields lists the JSON fields of a post that is a reminder. Other posts are left to encoding/json.
func postFields(t *Post, x *fields.Pass) {
	fields.Text(x.Always(), "Workspace", &t.Workspace)
	fields.Text(x.Always(), "Channel", &t.Channel)
	fields.Text(x.Always(), "TS", &t.TS)
	fields.Text(x, "timeline", &t.Timeline)
	fields.Text(x, "digest", &t.Digest)
	fields.Number(x, "round", &t.Round)
	fields.Pointer(x, "reminder", &t.Reminder, reminderFields)
	x.Unlisted(t.Rows != nil || t.Note != nil || t.Refresh != nil || t.Fault != nil || t.Summary != nil ||
		t.Handover != nil || t.Outlook != nil)
}
