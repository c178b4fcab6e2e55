package helpdesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// freshdeskInbound understands the webhooks of Freshdesk's automation rules. Freshdesk signs nothing,
// so the rule sends the secret itself, in the header X-Slabuddy-Secret.
//
// Two rules "that run on ticket updates" are asked for. A reply, on the event "Reply is sent" by an
// agent, so that the event says enough by itself, with the "Trigger webhook" content, encoded as JSON:
//
//	{"ticket_id":"{{ticket.id}}","event":"replied"}
//
// And the end of a ticket, on "Status is changed to Resolved or Closed", on which Freshdesk is asked
// whether there was a reply:
//
//	{"ticket_id":"{{ticket.id}}","event":"closed"}
//
// The "simple" content, which Freshdesk puts into an object freshdesk_webhook, is read too, and then
// Freshdesk is asked: it says what the ticket is, not what happened.
type freshdeskInbound struct{ secret secret }

// Verify compares hashes, so that not even the secret's length shows in the time it takes.
func (f freshdeskInbound) Verify(h http.Header, _ []byte, _ time.Time) (dated bool, err error) {
	given, known := sha256.Sum256([]byte(h.Get("X-Slabuddy-Secret"))), sha256.Sum256(f.secret)
	if len(f.secret) == 0 || !hmac.Equal(given[:], known[:]) {
		return false, ErrUnsigned
	}
	return false, nil
}

// Events reads the one event of an automation rule.
func (f freshdeskInbound) Events(body []byte) ([]desk.Event, error) {
	var wrapped struct {
		Simple *struct {
			TicketID id `json:"ticket_id"`
		} `json:"freshdesk_webhook"`
	}
	if err := json.Unmarshal(body, &wrapped); err != nil {
		return nil, fmt.Errorf("%w: it is no JSON object", ErrMalformed)
	}
	if wrapped.Simple == nil {
		return agreedEvents(body)
	}
	if wrapped.Simple.TicketID == "" {
		return nil, fmt.Errorf("%w: it needs ticket_id", ErrMalformed)
	}
	return []desk.Event{{TicketID: string(wrapped.Simple.TicketID), Kind: desk.Other}}, nil
}
