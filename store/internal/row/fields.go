package row

import (
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/fields"
)

// The lists say of the structs in a body what their tags say; see package fields.

func bodyFields(b *body, p *fields.Pass) {
	fields.Object(p.Always(), "ticket", &b.Ticket, false, escalation.TicketFields)
	fields.Number(p.Always(), "opened_at", &b.OpenedAt)
	fields.Number(p.Always(), "expires_at", &b.ExpiresAt)
	fields.Structs(p.Always(), "tiers", &b.Tiers, tierFields)
	fields.Text(p, "hours", &b.Hours)
	fields.Text(p, "desk", &b.Desk)
	fields.Pointer(p, "desk_ticket", &b.DeskTicket, deskTicketFields)
	fields.Structs(p, "desk_heard", &b.DeskHeard, factFields)
	fields.Number(p, "desk_at", &b.DeskAt)
	fields.Structs(p, "clocks", &b.Clocks, clockFields)
	fields.Flag(p, "deadline_passed", &b.DeadlinePassed)
	fields.Number(p, "snoozed_until", &b.SnoozedUntil)
	fields.Text(p, "snoozed_by", &b.SnoozedBy)
	fields.Number(p, "snoozed_at", &b.SnoozedAt)
	fields.Number(p, "snoozed_for", &b.SnoozedFor)
	fields.Number(p, "deadlines_told", &b.DeadlinesTold)
	fields.Number(p, "paused_until", &b.PausedUntil)
	fields.Pointer(p, "owner", &b.Owner, escalation.OwnerFields)
	fields.Structs(p, "posts", &b.Posts, escalation.PostingFields)
	fields.Text(p, "cause", &b.Cause)
	fields.Number(p, "look_at", &b.LookAt)
	fields.Flag(p, "gone", &b.Gone)
	fields.Flag(p, "held", &b.Held)
}

func tierFields(t *tier, p *fields.Pass) {
	fields.Number(p.Always(), "after", &t.After)
	fields.Number(p, "before", &t.Before)
	fields.Texts(p.Always(), "notify", &t.Notify)
	fields.Text(p, "message", &t.Message)
	fields.Number(p, "repeat", &t.Repeat)
	fields.Text(p, "page", &t.Page)
	fields.Text(p, "clock", &t.Clock)
	fields.Number(p.Always(), "due", &t.Due)
	fields.Text(p.Always(), "state", &t.State)
	fields.Number(p, "round", &t.Round)
	fields.Number(p, "posted_at", &t.PostedAt)
	fields.Text(p, "ts", &t.TS)
	fields.Text(p, "digest", &t.Digest)
	fields.Structs(p, "told", &t.Told, circle.RecipientFields)
	fields.Text(p, "paging", &t.Paging)
	fields.Number(p, "page_at", &t.PageAt)
	fields.Number(p, "page_round", &t.PageRound)
	fields.Text(p, "page_job", &t.PageJob)
}

func clockFields(c *clock, p *fields.Pass) {
	fields.Text(p.Always(), "kind", &c.Kind)
	fields.Number(p, "start", &c.Start)
	fields.Number(p, "target", &c.Target)
	fields.Texts(p, "pause", &c.Pause)
	fields.Number(p, "deadline", &c.Deadline)
	fields.Number(p, "changed_at", &c.ChangedAt)
	fields.Flag(p, "deadline_passed", &c.DeadlinePassed)
	fields.Number(p, "tell_at", &c.TellAt)
	fields.Number(p, "breached_at", &c.BreachedAt)
	fields.Number(p, "stopped_at", &c.StoppedAt)
	fields.Number(p, "paused_at", &c.PausedAt)
	fields.Number(p, "counts_from", &c.CountsFrom)
	fields.Number(p, "used", &c.Used)
	fields.Number(p, "first", &c.First)
	fields.Number(p, "tiers", &c.Tiers)
	fields.Number(p, "doubtful_until", &c.DoubtfulUntil)
}

func deskTicketFields(t *desk.Ticket, p *fields.Pass) {
	fields.Text(p, "status", &t.Status)
	fields.Text(p, "said", &t.Said)
	fields.Text(p, "priority", &t.Priority)
	fields.Text(p, "type", &t.Type)
	fields.Text(p, "group", &t.Group)
	fields.Object(p, "assignee", &t.Assignee, t.Assignee == desk.Person{}, deskPersonFields)
	fields.Time(p, "customer_wrote", &t.CustomerWrote)
	fields.Time(p, "waiting_since", &t.WaitingSince)
	fields.Time(p, "last_reply", &t.LastReply)
	fields.Time(p, "solved_at", &t.SolvedAt)
}

func deskPersonFields(t *desk.Person, p *fields.Pass) {
	fields.Text(p, "email", &t.Email)
	fields.Text(p, "name", &t.Name)
}

func factFields(f *desk.Fact, p *fields.Pass) {
	fields.Text(p.Always(), "kind", &f.Kind)
	fields.Time(p, "at", &f.At)
	fields.Text(p, "value", &f.Value)
	fields.Text(p, "by", &f.By)
	fields.Text(p, "id", &f.ID)
}
