package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// judge says what a ticket's stats answer to q, and reads its conversations where they do not say.
func (f *freshdesk) judge(ctx context.Context, t freshdeskTicket, q desk.Question) (finding, error) {
	var read freshdeskConversations
	reading := false
	first, last := t.firstReply()
	switch {
	case t.Stats == nil, !first.IsZero() && last.IsZero(), t.closedByReply(q):
		reading = true
	case !first.IsZero() && counts(first, q):
		return replied(first), nil
	case !first.IsZero() && counts(last, q):
		reading = true
	}
	if reading || t.Status.n == freshdeskClosed {
		var err error
		if read, err = f.conversations(ctx, t, q); err != nil {
			return finding{}, err
		}
		if reading && read.replied {
			return replied(read.at), nil
		}
	}
	switch {
	case bool(t.Spam):
		return withdrawn("marked as spam"), nil
	case bool(t.Deleted):
		return withdrawn("deleted"), nil
	case read.survivor != "" && t.Status.n == freshdeskClosed:
		return finding{survivor: read.survivor}, nil
	case t.Status.n == freshdeskClosed:
		return withdrawn("closed"), nil
	case t.Status.n == freshdeskResolved:
		return withdrawn("resolved"), nil
	case t.Status.n >= freshdeskOpen:
		return unrepliedYet(), nil
	}
	return finding{}, errors.New("its status is none that Freshdesk has")
}

// firstReply is when an agent first and last replied publicly, by the stats; zero for never.
func (t freshdeskTicket) firstReply() (first, last time.Time) {
	if t.Stats == nil {
		return first, last
	}
	return t.Stats.FirstRespondedAt.Time, t.Stats.AgentRespondedAt.Time
}

// closedByReply reports whether the only reply may be the note that merging leaves in the merged
// ticket, which can be public: it comes as the ticket is closed.
func (t freshdeskTicket) closedByReply(q desk.Question) bool {
	if t.Stats == nil || t.Status.n != freshdeskClosed || t.Stats.FirstRespondedAt.IsZero() {
		return false
	}
	apart := t.Stats.ClosedAt.Sub(t.Stats.FirstRespondedAt.Time).Abs()
	return counts(t.Stats.FirstRespondedAt.Time, q) && apart < time.Minute
}

// freshdeskConversation is a reply or note of a ticket.
type freshdeskConversation struct {
	ID        id     `json:"id"`
	Incoming  flag   `json:"incoming"` // from the customer
	Private   flag   `json:"private"`
	Source    count  `json:"source"`
	UserID    id     `json:"user_id"`
	Body      string `json:"body_text"`
	CreatedAt stamp  `json:"created_at"`
}

// The sources of a conversation that no agent writes to the customer.
const (
	freshdeskSurvey  = 6
	freshdeskForward = 8
)

// freshdeskConversations are what a ticket's conversations say.
type freshdeskConversations struct {
	replied  bool // publicly by an agent, in time for the question
	at       time.Time
	survivor string // the ticket it was merged into
}

// conversations reads those of a ticket, which come in the order they were written, until one
// answers q.
func (f *freshdesk) conversations(ctx context.Context, t freshdeskTicket, q desk.Question) (read freshdeskConversations, err error) {
	for page := 1; page <= maxPages; page++ {
		list, more, err := f.conversationPage(ctx, q.TicketID, page)
		if err != nil {
			return read, err
		}
		for _, c := range list {
			if into := c.mergedInto(); into != "" && into != q.TicketID {
				read.survivor = into
			} else if c.replies(t) && counts(c.CreatedAt.Time, q) {
				read.replied, read.at = true, c.CreatedAt.Time
				return read, nil
			}
		}
		if !more {
			return read, nil
		}
	}
	return read, errors.New("it has too many conversations to look through")
}

func (f *freshdesk) conversationPage(ctx context.Context, ticket string, page int) (list []freshdeskConversation, more bool, err error) {
	const perPage = 100
	query := url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
	err = f.client.do(ctx, request{path: "/api/v2/tickets/" + ticket + "/conversations", query: query}, func(body []byte) error {
		if json.Unmarshal(body, &list) != nil || list == nil {
			return errors.New("its answer is no list of conversations")
		}
		more = len(list) == perPage
		return nil
	})
	return list, more, err
}

// replies reports whether c is a public reply by an agent.
func (c freshdeskConversation) replies(t freshdeskTicket) bool {
	return !bool(c.Incoming) && !bool(c.Private) && !c.CreatedAt.IsZero() && c.UserID != t.RequesterID &&
		c.Source.n != freshdeskSurvey && c.Source.n != freshdeskForward
}

// mergedInto is the ticket that c says its own was merged into: merging leaves the note "This ticket
// is closed and merged into ticket 38" in it. "" if it says none.
func (c freshdeskConversation) mergedInto() string {
	if said := mergedInto.FindStringSubmatch(c.Body); said != nil && !bool(c.Incoming) {
		return said[1]
	}
	return ""
}
