package helpdesk

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// signedFor is how far a signature's time may be from ours (Slack's and Zendesk's advice alike).
const signedFor = 5 * time.Minute

// zendeskInbound understands Zendesk's webhooks. HELPDESK_WEBHOOK_SECRET is the signing secret that
// Zendesk shows in the webhook's settings; the header X-Zendesk-Webhook-Signature is the base64
// HMAC-SHA256 of timestamp and body under it (developer.zendesk.com, Verifying webhook
// authenticity).
//
// What a trigger sends is its own JSON template. Two triggers are asked for. A reply, with the
// conditions "Ticket is updated", "Comment is public" and "Current user is (agent)", so that the
// event is enough by itself (its timestamp comes in whole minutes, which rule 5's tolerance covers):
//
//	{"ticket_id":"{{ticket.id}}","event":"replied","timestamp":"{{ticket.updated_at_with_timestamp}}"}
//
// And the end of a ticket, with the condition "Status category changed to Solved", on which Zendesk
// is asked whether there was a reply:
//
//	{"ticket_id":"{{ticket.id}}","event":"solved","timestamp":"{{ticket.updated_at_with_timestamp}}"}
//
// A webhook that is subscribed to Zendesk's own ticket events is understood too, and makes us ask
// (developer.zendesk.com, Ticket events).
type zendeskInbound struct{ secret secret }

// Verify refuses, beside what Zendesk did not sign, what it signed more than five minutes from now.
func (z zendeskInbound) Verify(h http.Header, body []byte, now time.Time) (dated bool, err error) {
	timestamp := h.Get("X-Zendesk-Webhook-Signature-Timestamp")
	mac, err := base64.StdEncoding.DecodeString(strings.TrimSpace(h.Get("X-Zendesk-Webhook-Signature")))
	if err != nil || !z.secret.signs(mac, sha256.New, []byte(timestamp), body) {
		return false, ErrUnsigned
	}
	at, err := time.Parse(time.RFC3339, timestamp)
	if err != nil || at.Sub(now).Abs() > signedFor {
		return false, ErrUnsigned
	}
	return true, nil
}

// Events reads the one event of a trigger, or of a subscription.
func (z zendeskInbound) Events(body []byte) ([]desk.Event, error) {
	var subscribed struct {
		Type   string `json:"type"`
		Detail struct {
			ID id `json:"id"`
		} `json:"detail"`
	}
	if json.Unmarshal(body, &subscribed) != nil || !strings.HasPrefix(subscribed.Type, "zen:event-type:") {
		return agreedEvents(body)
	}
	switch {
	case !strings.HasPrefix(subscribed.Type, "zen:event-type:ticket."):
		return nil, nil // of something else than a ticket
	case subscribed.Detail.ID == "":
		return nil, fmt.Errorf("%w: it needs detail.id", ErrMalformed)
	}
	return []desk.Event{{TicketID: string(subscribed.Detail.ID), Kind: desk.Other}}, nil
}
