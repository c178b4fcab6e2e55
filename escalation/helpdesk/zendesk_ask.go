package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Ask asks about up to desk.MaxQuestions tickets.
func (z *zendesk) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	return z.client.askAll(ctx, qs, z.look)
}

type zendeskTicket struct {
	ID        id              `json:"id"`
	Status    string          `json:"status"`
	Priority  string          `json:"priority"`
	Type      string          `json:"type"`
	CreatedAt stamp           `json:"created_at"`
	UpdatedAt stamp           `json:"updated_at"`
	Tags      []string        `json:"tags"`
	Requester id              `json:"requester_id"`
	Assignee  id              `json:"assignee_id"`
	Group     id              `json:"group_id"`
	Copied    []id            `json:"email_cc_ids"`
	Followers []id            `json:"collaborator_ids"`
	Metric    *zendeskMetrics `json:"metric_set"`
}

// zendeskMetrics are the figures that Zendesk keeps of a ticket.
type zendeskMetrics struct {
	TicketID       id            `json:"ticket_id"`
	Replies        count         `json:"replies"` // public comments by agents after the first comment
	ReplyInMinutes zendeskPeriod `json:"reply_time_in_minutes"`
	ReplyInSeconds zendeskPeriod `json:"reply_time_in_seconds"` // messaging only
	SolvedAt       stamp         `json:"solved_at"`
}

// zendeskPeriod is how long after its creation a ticket got its first reply.
type zendeskPeriod struct {
	Calendar count `json:"calendar"`
}

func (z *zendesk) look(ctx context.Context, qs []desk.Question) (map[desk.Question]finding, error) {
	var odd problems
	ts, err := z.tickets(ctx, tickets(qs), &odd)
	if err != nil {
		return nil, err
	}
	gone := z.gone(ctx, qs, ts, &odd)
	known := slices.DeleteFunc(slices.Clone(qs), func(q desk.Question) bool {
		_, there := ts[q.TicketID]
		return !there && !gone[q.TicketID]
	})
	found := findEach(known, &odd, func(q desk.Question) (f finding, err error) {
		t, there := ts[q.TicketID]
		if f = withdrawn("deleted"); there {
			f, err = z.judge(ctx, t, q, &odd)
		}
		f.answer.Link = z.client.base + "/agent/tickets/" + q.TicketID
		f.answer.Ticket = z.state(t)
		return f, err
	})
	inDetail(found, &odd, z.client.now(), func(q desk.Question, _ *desk.Answer) ([]desk.Fact, error) {
		if t, ok := ts[q.TicketID]; ok {
			return z.facts(ctx, t)
		}
		return nil, nil
	})
	return found, odd.err(len(qs))
}

// tickets reads those of ids that there are, with their metrics where the sideload has them.
func (z *zendesk) tickets(ctx context.Context, ids []string, odd *problems) (map[string]zendeskTicket, error) {
	var list struct {
		Tickets    []json.RawMessage `json:"tickets"`
		MetricSets []json.RawMessage `json:"metric_sets"`
		Users      []zendeskUser     `json:"users"`
		Groups     []zendeskUser     `json:"groups"`
	}
	query := url.Values{"ids": {strings.Join(ids, ",")}, "include": {"metric_sets,users,groups"}}
	err := z.client.do(ctx, request{path: "/api/v2/tickets/show_many", query: query}, func(body []byte) error {
		if json.Unmarshal(body, &list) != nil || list.Tickets == nil {
			return errors.New("its answer holds no list of tickets")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	z.remember(list.Users, list.Groups)
	beside := map[id]*zendeskMetrics{}
	for _, m := range decodeEach[zendeskMetrics](list.MetricSets, odd) {
		beside[m.TicketID] = &m
	}
	ts := make(map[string]zendeskTicket, len(ids))
	for _, t := range decodeEach[zendeskTicket](list.Tickets, odd) {
		if t.Metric == nil {
			t.Metric = beside[t.ID]
		}
		ts[string(t.ID)] = t
	}
	return ts, nil
}

// judge says what a ticket's own fields and metrics answer to q, and reads on where they do not say.
func (z *zendesk) judge(ctx context.Context, t zendeskTicket, q desk.Question, odd *problems) (f finding, err error) {
	m := t.Metric
	if m == nil {
		if odd.hopeless() {
			return f, errSpared
		}
		if m, err = z.metrics(ctx, q.TicketID); err != nil {
			return f, err
		}
	}
	if !m.Replies.given {
		return f, errors.New("its metrics do not say whether somebody has replied")
	}
	if m.Replies.n > 0 {
		at, exact := m.firstReply(t.CreatedAt.Time)
		// The metric is in whole minutes, so that a reply dated just before the message may be
		// either side of the minute that rule 5 allows: then, too, the comments are read.
		switch {
		case exact && counts(at, q), !at.IsZero() && !at.Before(q.Since):
			return replied(at), nil
		case m.Replies.n == 1 && !at.IsZero() && !counts(at.Add(time.Minute), q):
		default:
			at, ok, err := z.laterReply(ctx, t, q)
			if err != nil {
				return f, err
			}
			if ok {
				return replied(at), nil
			}
		}
	}
	return z.unreplied(ctx, t)
}

// firstReply is when the first reply was given; zero where the metrics do not say.
func (m *zendeskMetrics) firstReply(created time.Time) (at time.Time, exact bool) {
	switch {
	case created.IsZero():
		return time.Time{}, false
	case m.ReplyInSeconds.Calendar.given:
		return created.Add(time.Duration(m.ReplyInSeconds.Calendar.n) * time.Second), true
	case m.ReplyInMinutes.Calendar.given:
		return created.Add(time.Duration(m.ReplyInMinutes.Calendar.n) * time.Minute), false
	}
	return time.Time{}, false
}

// unreplied is what the status of a ticket means to which nobody has replied.
func (z *zendesk) unreplied(ctx context.Context, t zendeskTicket) (finding, error) {
	switch status := strings.ToLower(t.Status); status {
	case "new", "open", "pending", "hold":
		return unrepliedYet(), nil
	case "solved", "closed":
		if slices.Contains(t.Tags, "closed_by_merge") {
			return z.merged(ctx, t)
		}
		return withdrawn(status), nil
	case "deleted":
		return withdrawn(status), nil
	}
	return finding{}, errors.New("its status is none that Zendesk has")
}

// metrics reads the figures of one ticket, where the sideload is missing.
func (z *zendesk) metrics(ctx context.Context, ticket string) (*zendeskMetrics, error) {
	var m *zendeskMetrics
	err := z.client.do(ctx, request{path: "/api/v2/tickets/" + ticket + "/metrics"}, func(body []byte) error {
		var one struct {
			Metric json.RawMessage `json:"ticket_metric"`
		}
		if json.Unmarshal(body, &one) != nil || json.Unmarshal(one.Metric, &m) != nil || m == nil {
			return errors.New("its answer holds no metrics")
		}
		if string(m.TicketID) != ticket {
			return errors.New("it answered about another ticket")
		}
		return nil
	})
	return m, err
}

// gone looks for tickets that show_many does not know among the deleted ones. Only that is proof:
// a ticket is missing also where the agent may not see it, or where it belongs to another account.
func (z *zendesk) gone(ctx context.Context, qs []desk.Question, ts map[string]zendeskTicket, odd *problems) map[string]bool {
	var missing []string
	for _, ticket := range tickets(qs) {
		if _, ok := ts[ticket]; !ok {
			missing = append(missing, ticket)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	deleted, err := z.deleted(ctx)
	for _, ticket := range missing {
		switch {
		case err != nil:
			odd.add(ticket, err)
		case !deleted[ticket]:
			odd.add(ticket, errors.New("it is not there; please check "+z.client.advice.permission+", and ZENDESK_SUBDOMAIN"))
		}
	}
	return deleted
}

var errLater = errors.New("it is not there; whether it was deleted is looked up again in a moment")

// deleted are the hundred tickets deleted last: marking as spam deletes, too.
func (z *zendesk) deleted(ctx context.Context) (map[string]bool, error) {
	now := z.client.now()
	z.mu.Lock()
	early := now.Before(z.deletedNext)
	if !early {
		z.deletedNext = now.Add(deletedEvery)
	}
	z.mu.Unlock()
	if early {
		return nil, errLater
	}
	gone := map[string]bool{}
	query := url.Values{"sort_by": {"deleted_at"}, "sort_order": {"desc"}}
	err := z.client.do(ctx, request{path: "/api/v2/deleted_tickets", query: query, apart: true}, func(body []byte) error {
		var list struct {
			Tickets []struct {
				ID id `json:"id"`
			} `json:"deleted_tickets"`
		}
		if json.Unmarshal(body, &list) != nil || list.Tickets == nil {
			return errors.New("its answer holds no list of deleted tickets")
		}
		for _, t := range list.Tickets {
			gone[string(t.ID)] = true
		}
		return nil
	})
	if refusedWith(err, http.StatusTooManyRequests) { // others ask for it, too
		z.mu.Lock()
		z.deletedNext = now.Add(time.Minute)
		z.mu.Unlock()
		err = errLater
	}
	return gone, err
}
