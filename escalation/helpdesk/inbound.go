package helpdesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// ErrUnsigned is a webhook that does not come from the desk, or not now: 401.
var ErrUnsigned = errors.New("the webhook is not signed as it should be; please check HELPDESK_WEBHOOK_SECRET, on both sides")

// ErrMalformed is a webhook whose body is not what was agreed: 400.
var ErrMalformed = errors.New("the webhook's body is not what was agreed")

// Inbound understands the webhooks of one kind of desk.
type Inbound interface {
	// Verify returns an error that is ErrUnsigned unless the desk itself sent body, and sent it now.
	// It is to come before anything else, with the body as it was received.
	Verify(h http.Header, body []byte, now time.Time) error
	// Events reads what a verified body reports, which may be nothing. Its errors are ErrMalformed.
	Events(body []byte) ([]escalation.DeskEvent, error)
}

// secret is what a desk and we know. An empty one signs nothing: everybody knows it.
type secret []byte

func secretOf(s string) secret { return secret(strings.TrimSpace(s)) }

// signs reports, in constant time, whether mac is the HMAC of parts.
func (s secret) signs(mac []byte, algorithm func() hash.Hash, parts ...[]byte) bool {
	if len(s) == 0 {
		return false
	}
	h := hmac.New(algorithm, s)
	for _, p := range parts {
		h.Write(p)
	}
	return hmac.Equal(mac, h.Sum(nil))
}

// hexSignature reads a header of the form name=hex.
func hexSignature(header, name string) []byte {
	said, ok := strings.CutPrefix(strings.TrimSpace(header), name+"=")
	mac, err := hex.DecodeString(said)
	if !ok || err != nil {
		return nil
	}
	return mac
}

// HTTPInbound understands the webhook of the generic desk:
//
//	{"ticket_id":"42","event":"replied","timestamp":1700000000}
//
// with the header X-Slabuddy-Signature: sha256= and the hex HMAC-SHA256 of the body. The timestamp is
// Unix seconds or RFC 3339, and may be left out. "replied" stands for itself; any other event makes
// us ask.
type HTTPInbound struct{ secret secret }

var _ Inbound = HTTPInbound{}

// NewHTTPInbound knows the webhooks signed with secret.
func NewHTTPInbound(secret string) HTTPInbound { return HTTPInbound{secretOf(secret)} }

// Verify checks the signature; the contract has no time in it.
func (i HTTPInbound) Verify(h http.Header, body []byte, _ time.Time) error {
	if !i.secret.signs(hexSignature(h.Get("X-Slabuddy-Signature"), "sha256"), sha256.New, body) {
		return ErrUnsigned
	}
	return nil
}

// Events reads the one event of a body.
func (i HTTPInbound) Events(body []byte) ([]escalation.DeskEvent, error) {
	return agreedEvents(body)
}

// agreedEvent is the body that we ask for where we, or our users, may choose it.
type agreedEvent struct {
	TicketID  id              `json:"ticket_id"`
	Event     string          `json:"event"`
	Timestamp json.RawMessage `json:"timestamp"`
}

func agreedEvents(body []byte) ([]escalation.DeskEvent, error) {
	var said agreedEvent
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, fmt.Errorf("%w: it is no JSON object", ErrMalformed)
	}
	return said.events()
}

func (a agreedEvent) events() ([]escalation.DeskEvent, error) {
	ticket, word := strings.TrimSpace(string(a.TicketID)), strings.ToLower(strings.TrimSpace(a.Event))
	if ticket == "" || word == "" {
		return nil, fmt.Errorf("%w: it needs ticket_id and event", ErrMalformed)
	}
	at, err := timeOf(a.Timestamp)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	e := escalation.DeskEvent{TicketID: ticket, Kind: escalation.DeskOther, At: at}
	switch word {
	case "replied":
		e.Kind, e.Proof = escalation.DeskReplied, true
	case "withdrawn", "solved", "resolved", "closed", "merged", "spam", "deleted":
		e.Kind, e.Cause = escalation.DeskClosed, word
	}
	return []escalation.DeskEvent{e}, nil
}
