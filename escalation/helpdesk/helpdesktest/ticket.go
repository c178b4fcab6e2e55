package helpdesktest

import (
	"slices"
	"time"
)

// Author is who wrote a comment.
type Author int

const (
	Agent Author = iota
	Customer
	Guest // another customer, in copy
	Bot
)

// Comment is something written in a ticket after its first message.
type Comment struct {
	At      time.Time
	By      Author
	Private bool   // a note among agents
	Body    string // "" for some words of no meaning
	merge   bool   // left by merging
	primary bool   // of the ticket that survived
}

// ticket is a ticket of a simulated vendor.
type ticket struct {
	id       string
	created  time.Time
	updated  time.Time
	state    string // in the vendor's words
	stateAt  time.Time
	priority string
	assignee string // the login of an agent; "" for nobody
	comments []Comment
	changes  []change
	merged   string // the survivor, where its note names it
	away     bool   // merged into it
	deleted  bool
	gone     bool // not even among the deleted ones
	spam     bool
}

// change is a field of a ticket having got another value.
type change struct {
	field string // state, priority or assignee
	value string
	at    time.Time
}

// book is the tickets of a simulated vendor's desk. The host's lock guards it.
type book struct {
	host
	tickets map[string]*ticket
	open    string // the vendor's word for a new ticket's state
	shut    string // and for a merged one's
}

func newBook(open, shut string) book {
	return book{host: newHost(), tickets: map[string]*ticket{}, open: open, shut: shut}
}

// Open makes a ticket that a customer has just written.
func (b *book) Open(id string, created time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tickets[id] = &ticket{id: id, created: created, updated: created, state: b.open}
}

// Reply is an agent replying publicly.
func (b *book) Reply(id string, at time.Time) { b.Comment(id, Comment{At: at}) }

// Comment adds a comment to a ticket.
func (b *book) Comment(id string, c Comment) {
	b.change(id, c.At, func(t *ticket) { t.comments = append(t.comments, c) })
}

// SetState changes a ticket's state, in the vendor's words (Freshdesk: its number).
func (b *book) SetState(id, state string, at time.Time) {
	b.change(id, at, func(t *ticket) {
		t.state, t.stateAt = state, at
		t.changes = append(t.changes, change{"state", state, at})
	})
}

// SetPriority changes a ticket's priority, in the vendor's words (Freshdesk and RT: its number).
func (b *book) SetPriority(id, priority string, at time.Time) {
	b.change(id, at, func(t *ticket) {
		t.priority = priority
		t.changes = append(t.changes, change{"priority", priority, at})
	})
}

// Assign makes the agent whose name is Ana the one to look after a ticket.
func (b *book) Assign(id string, at time.Time) {
	b.change(id, at, func(t *ticket) {
		t.assignee = "ana"
		t.changes = append(t.changes, change{"assignee", "ana", at})
	})
}

// Merge merges a ticket into another, with the traces that the vendor leaves. With "" for the survivor
// the trace does not name it.
func (b *book) Merge(id, into string, at time.Time) { b.merge(id, into, at, true) }

// MergePublicly is Merge with a note in the merged ticket that the customer can read.
func (b *book) MergePublicly(id, into string, at time.Time) { b.merge(id, into, at, false) }

func (b *book) merge(id, into string, at time.Time, private bool) {
	b.change(id, at, func(t *ticket) {
		t.merged, t.away, t.state, t.stateAt = into, true, b.shut, at
		t.comments = append(t.comments, Comment{At: at, Private: private, merge: true})
	})
	b.change(into, at, func(t *ticket) {
		t.comments = append(t.comments, Comment{At: at, Private: true, merge: true, primary: true})
	})
}

// Delete moves a ticket to where deleted tickets are.
func (b *book) Delete(id string, at time.Time) {
	b.change(id, at, func(t *ticket) { t.deleted, t.stateAt = true, at })
}

// Spam marks a ticket as spam.
func (b *book) Spam(id string, at time.Time) { b.change(id, at, func(t *ticket) { t.spam = true }) }

// Destroy leaves nothing of a ticket.
func (b *book) Destroy(id string) { b.change(id, time.Time{}, func(t *ticket) { t.gone = true }) }

func (b *book) change(id string, at time.Time, how func(*ticket)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tickets[id]
	if t == nil {
		return
	}
	how(t)
	if at.After(t.updated) {
		t.updated = at
	}
	slices.SortStableFunc(t.comments, func(x, y Comment) int { return x.At.Compare(y.At) })
}

// replies are the times of the public replies by agents.
func (t *ticket) replies(andMerges bool) []time.Time {
	var times []time.Time
	for _, c := range t.comments {
		if c.By == Agent && !c.Private && (andMerges || !c.merge) {
			times = append(times, c.At)
		}
	}
	return times
}

func (c Comment) words(t *ticket, merged, primary string) string {
	switch {
	case c.Body != "":
		return c.Body
	case c.primary:
		return primary
	case c.merge && t.merged == "":
		return "Closed as a duplicate."
	case c.merge:
		return merged + t.merged
	}
	return "Lorem ipsum"
}
