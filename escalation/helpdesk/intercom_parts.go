package helpdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// intercomPart is a message or event of a conversation, or of a ticket.
type intercomPart struct {
	ID         id             `json:"id"`
	Type       string         `json:"part_type"`
	Body       string         `json:"body"`
	CreatedAt  stamp          `json:"created_at"`
	Author     intercomAuthor `json:"author"`
	AssignedTo struct {
		Type string `json:"type"` // admin, team, or nobody
		ID   id     `json:"id"`
	} `json:"assigned_to"`
}

type intercomAuthor struct {
	Type    string `json:"type"` // admin, bot, user, lead, team
	Name    string `json:"name"`
	Email   string `json:"email"`
	AIAgent flag   `json:"from_ai_agent"`
	AIWords flag   `json:"is_ai_answer"`
}

// operator is whose address Intercom's own bot has.
const operator = "operator+"

// agent reports whether it is a person of the team: bots and campaigns may write on behalf of one.
func (a intercomAuthor) agent() bool {
	return a.Type == "admin" && !bool(a.AIAgent) && !bool(a.AIWords) && !strings.HasPrefix(a.Email, operator)
}

// customer reports whether it is somebody from outside.
func (a intercomAuthor) customer() bool {
	return a.Type == "user" || a.Type == "lead" || a.Type == "contact"
}

// replies reports whether p is a public reply by an agent: a comment, or the words of one who closed or
// opened the conversation in the same go. Notes are other types; bots are other authors.
func (p intercomPart) replies() bool {
	said := p.Type == "comment" || (p.Type == "close" || p.Type == "open") && strings.TrimSpace(p.Body) != ""
	return said && p.Author.agent()
}

// judgeParts answers q by the parts of a conversation.
func (i *intercom) judgeParts(ctx context.Context, c intercomConversation, q desk.Question) (finding, error) {
	at, ok, err := replyAmong(c.Parts.List, c.Parts.Total, q)
	if err != nil {
		return finding{}, err
	}
	if ok {
		return replied(at), nil
	}
	return i.unreplied(ctx, c)
}

// replyAmong finds the first reply that answers q. There are 500 parts at most, the latest: where
// that hides some and none of the others answers q, nothing can be said.
func replyAmong(list []json.RawMessage, total count, q desk.Question) (at time.Time, ok bool, err error) {
	if list == nil {
		return at, false, errors.New("its answer holds no parts")
	}
	var odd problems
	var replies []time.Time
	for _, p := range decodeEach[intercomPart](list, &odd) {
		if p.replies() && !p.CreatedAt.IsZero() {
			replies = append(replies, p.CreatedAt.Time)
		}
	}
	if at, ok = firstCounting(replies, q); ok {
		return at, true, nil
	}
	if total.n > len(list) {
		return at, false, errors.New("it has too many parts to look through")
	}
	return at, false, odd.err(1)
}

// mergedAt is when c was merged into another conversation. The API says so by a part, and by a custom
// attribute, but not into which.
func (c intercomConversation) mergedAt() (at time.Time, ok bool) {
	for _, p := range decodeEach[intercomPart](c.Parts.List, &problems{}) {
		if p.Type == "merged_secondary_conversation" {
			return p.CreatedAt.Time, true
		}
	}
	return at, false
}

const (
	mergeApart    = 5 * time.Second // between the two halves of a merge
	maxCandidates = 10
)

// survivor looks for the conversation that c was merged into: one of the same contact that took a
// conversation in at the same moment.
func (i *intercom) survivor(ctx context.Context, c intercomConversation, at time.Time) (finding, error) {
	if at.IsZero() || len(c.Contacts.List) == 0 {
		return withdrawn(mergedAway), nil
	}
	var odd problems
	filter := map[string]any{"operator": "AND", "value": []map[string]any{
		{"field": "contact_ids", "operator": "=", "value": c.Contacts.List[0].ID},
		{"field": "updated_at", "operator": ">", "value": strconv.FormatInt(at.Add(-mergeApart).Unix(), 10)},
	}}
	list, err := i.search(ctx, filter, &odd)
	if err != nil {
		return finding{}, err
	}
	var found []string
	for _, candidate := range list[:min(len(list), maxCandidates)] {
		if candidate.ID == c.ID || !number(string(candidate.ID)) {
			continue
		}
		full, err := i.conversation(ctx, string(candidate.ID))
		if err != nil {
			return finding{}, err
		}
		if full.tookIn(at) {
			found = append(found, string(candidate.ID))
		}
	}
	if len(found) != 1 {
		return withdrawn(mergedAway), nil
	}
	return finding{survivor: found[0]}, nil
}

// tookIn reports whether another conversation was merged into c at that moment.
func (c intercomConversation) tookIn(at time.Time) bool {
	for _, p := range decodeEach[intercomPart](c.Parts.List, &problems{}) {
		if p.Type == "merged_primary_conversation" && p.CreatedAt.Sub(at).Abs() <= mergeApart {
			return true
		}
	}
	return false
}

// intercomTicket is a ticket that no conversation carries.
type intercomTicket struct {
	ID        id    `json:"id"`
	CreatedAt stamp `json:"created_at"`
	Open      *flag `json:"open"`
	State     struct {
		Category string `json:"category"` // submitted, in_progress, waiting_on_customer, resolved
	} `json:"ticket_state"`
	Parts struct {
		List  []json.RawMessage `json:"ticket_parts"`
		Total count             `json:"total_count"`
	} `json:"ticket_parts"`
}

// ticket answers q by the ticket of that id.
func (i *intercom) ticket(ctx context.Context, q desk.Question) (finding, error) {
	var t intercomTicket
	err := i.client.do(ctx, request{path: "/tickets/" + q.TicketID}, func(body []byte) error {
		if json.Unmarshal(body, &t) != nil {
			return errors.New("its answer is no ticket")
		}
		if string(t.ID) != q.TicketID {
			return errors.New("it did not answer about this ticket")
		}
		return nil
	})
	if refusedWith(err, http.StatusNotFound) {
		return i.known.missing(q.TicketID, "that INTERCOM_TOKEN belongs to its workspace")
	}
	if err != nil {
		return finding{}, err
	}
	i.known.saw(q.TicketID)
	at, ok, err := replyAmong(t.Parts.List, t.Parts.Total, q)
	if err != nil {
		return finding{}, err
	}
	f := unrepliedYet()
	switch {
	case ok:
		f = replied(at)
	case t.State.Category == "resolved":
		f = withdrawn("resolved")
	case t.Open != nil && !bool(*t.Open):
		f = withdrawn("closed")
	}
	f.answer.Ticket = desk.Ticket{Status: meaning(i.statuses, t.State.Category), Said: t.State.Category}
	if q.InDetail {
		facts := append(i.factsAmong(ctx, t.Parts.List), desk.Fact{Kind: desk.FactCustomerWrote, At: t.CreatedAt.Time, ID: "source"})
		f.answer = detail(f.answer, facts, i.client.now())
	}
	return f, nil
}
