package ticket

import (
	"regexp"
	"text/template"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// Patterns say how tickets are read. The zero value reads what desks post by themselves.
type Patterns struct {
	// ID and the others find a field, each in its only group, in all that a reader sees and in the
	// addresses behind it. Nil: the field is found by its label, an id also by where a link leads.
	ID, Priority, Type, Customer, Subject *regexp.Regexp
	// Update tells, of a message's first lines, that it is about a ticket that was there before. Nil: the
	// usual words do.
	Update *regexp.Regexp
	From   From
	// Link makes the ticket's link of an escalation.Ticket. Nil: a link in the message that names the
	// ticket is taken, if it leads to one of Hosts.
	Link  *template.Template
	Hosts []string
}

// Reader reads tickets from messages.
type Reader struct {
	p        Patterns
	linkHost []string // where the template leads, whatever a ticket says
}

// NewReader returns a reader that goes by p.
func NewReader(p Patterns) *Reader {
	r := &Reader{p: p}
	if p.Link != nil {
		r.linkHost = hostOf(r.templated(escalation.Ticket{ID: "0"}))
	}
	return r
}

// Verdict is what a message turned out to be.
type Verdict string

// The verdicts.
const (
	Readable   Verdict = "ticket"
	Unreadable Verdict = "unreadable" // it looks like a ticket, and what it says cannot be read
	None       Verdict = "none"
	Update     Verdict = "update" // it tells of a ticket that was there before
	Person     Verdict = "person" // it was posted by somebody who posts no tickets
	Old        Verdict = "old"    // it is an edit, a reply, a join: no new message
)

// Reading is what was read of a message.
type Reading struct {
	Verdict
	Tickets []escalation.Ticket // more than one only of a message that carries several
	Problem Problem             // of an unreadable message, and of one that is readable in part
}

// maxTickets is how many tickets a message opens at most.
const maxTickets = 50

// Read reads a message, whoever posted it and where.
func (r *Reader) Read(m *Message) Reading {
	switch {
	case !m.Opens():
		return Reading{Verdict: Old}
	case !r.p.From.allows(m):
		return Reading{Verdict: Person}
	}
	parts := see(m)
	if r.p.Subject != nil {
		for _, p := range parts {
			p.cede(r.p.Subject)
		}
	}
	found := r.records(parts)
	if found.records == nil && found.problem.Reason == "" {
		if !hasLabels(parts) {
			return Reading{Verdict: None}
		}
		found.problem.Reason = ReasonNoID
	}
	if r.tellsOfUpdate(parts, found.records) {
		return Reading{Verdict: Update}
	}
	if found.problem.Reason != "" {
		found.problem.describe(parts)
	}
	if len(found.records) == 0 {
		return Reading{Verdict: Unreadable, Problem: found.problem}
	}
	reading := Reading{Verdict: Readable, Problem: found.problem}
	for _, rec := range found.records[:min(len(found.records), maxTickets)] {
		reading.Tickets = append(reading.Tickets, r.ticket(rec))
	}
	return reading
}

// ticket reads the other fields of a ticket whose id is known.
func (r *Reader) ticket(rec record) escalation.Ticket {
	t := escalation.Ticket{
		ID:       rec.id,
		Priority: word(r.field(rec, namePriority, r.p.Priority)),
		Type:     word(r.field(rec, nameType, r.p.Type)),
		Customer: mrkdwn.Cut(value(r.field(rec, nameCustomer, r.p.Customer)), MaxName),
		Subject:  mrkdwn.Cut(value(r.field(rec, nameSubject, r.p.Subject)), MaxSubject),
	}
	t.Link = r.link(t, rec.parts)
	return t
}

// field is a ticket's field, by its pattern if it has one, otherwise by its label.
func (r *Reader) field(rec record, n name, pattern *regexp.Regexp) string {
	if pattern != nil {
		return rec.byPattern(n, pattern)
	}
	if s, found := rec.byLabel(n); found {
		return s
	}
	if n == nameSubject {
		return rec.subject()
	}
	return ""
}
