package helpdesk

import (
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// intercomInbound understands Intercom's webhooks. HELPDESK_WEBHOOK_SECRET is the app's client
// secret; the header X-Hub-Signature is sha1= and the hex HMAC-SHA1 of the body under it
// (developers.intercom.com/docs/references, Webhook Models, Signed Notifications). Intercom signs no
// time; an old notification sent again says nothing that was not true, and rule 5 weighs its time.
//
// The topics to subscribe to: conversation.admin.replied, which is enough by itself where its part is
// an agent's public reply; conversation.admin.closed, on which Intercom is asked whether there was
// one; conversation.deleted, after which there is nobody left to ask. Of others Intercom is asked.
type intercomInbound struct{ secret secret }

// Verify checks the signature over the whole body.
func (i intercomInbound) Verify(h http.Header, body []byte, _ time.Time) (dated bool, err error) {
	if !i.secret.signs(hexSignature(h.Get("X-Hub-Signature"), "sha1"), sha1.New, body) {
		return false, ErrUnsigned
	}
	return false, nil
}

// intercomNotification is the envelope of all topics.
type intercomNotification struct {
	Type      string `json:"type"` // notification_event
	Topic     string `json:"topic"`
	CreatedAt stamp  `json:"created_at"`
	Data      struct {
		Item struct {
			Type           string `json:"type"` // conversation, or what the topic is about
			ID             id     `json:"id"`
			ConversationID id     `json:"conversation_id"`
			Parts          struct {
				List []json.RawMessage `json:"conversation_parts"`
			} `json:"conversation_parts"`
		} `json:"item"`
	} `json:"data"`
}

// Events reads the one event of a notification; none for topics that are not about conversations.
func (i intercomInbound) Events(body []byte) ([]desk.Event, error) {
	var n intercomNotification
	if err := json.Unmarshal(body, &n); err != nil {
		return nil, fmt.Errorf("%w: it is no notification", ErrMalformed)
	}
	if n.Type != "notification_event" || n.Topic == "" {
		return nil, fmt.Errorf("%w: it is no notification_event", ErrMalformed)
	}
	if !strings.HasPrefix(n.Topic, "conversation.") {
		return nil, nil // a ping, or a topic that nobody asked for
	}
	item := n.Data.Item
	e := desk.Event{TicketID: string(item.ID), Kind: desk.Other, At: n.CreatedAt.Time}
	if item.ConversationID != "" {
		e.TicketID = string(item.ConversationID)
	}
	if e.TicketID == "" {
		return nil, fmt.Errorf("%w: it names no conversation", ErrMalformed)
	}
	if f, ok := intercomTopics[n.Topic]; ok {
		f.At = e.At
		e.Facts = []desk.Fact{f}
	}
	switch n.Topic {
	case "conversation.admin.replied":
		e.Kind = desk.Replied
		if e.At, e.Proof = replyIn(item.Parts.List, e.At); e.Proof {
			e.Facts = []desk.Fact{{Kind: desk.FactReplied, At: e.At}}
		}
	case "conversation.admin.closed":
		e.Kind, e.Cause = desk.Closed, "closed"
	case "conversation.deleted":
		e.Kind, e.Cause, e.Proof = desk.Closed, "deleted", true
	}
	return []desk.Event{e}, nil
}

// intercomTopics are what those topics say that are enough by themselves.
var intercomTopics = map[string]desk.Fact{
	"conversation.user.created":    {Kind: desk.FactCustomerWrote},
	"conversation.user.replied":    {Kind: desk.FactCustomerWrote},
	"conversation.admin.closed":    {Kind: desk.FactStatus, Value: string(desk.StatusSolved)},
	"conversation.admin.opened":    {Kind: desk.FactStatus, Value: string(desk.StatusOpen)},
	"conversation.admin.snoozed":   {Kind: desk.FactStatus, Value: string(desk.StatusPending)},
	"conversation.admin.unsnoozed": {Kind: desk.FactStatus, Value: string(desk.StatusOpen)},
}

// replyIn is the time of the agent's public reply that a notification carries. Without one among its
// parts it is no proof.
func replyIn(list []json.RawMessage, notified time.Time) (at time.Time, proof bool) {
	for _, p := range decodeEach[intercomPart](list, &problems{}) {
		if p.replies() && p.CreatedAt.After(at) {
			at, proof = p.CreatedAt.Time, true
		}
	}
	if !proof {
		at = notified
	}
	return at, proof
}
