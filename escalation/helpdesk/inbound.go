package helpdesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// ErrUnsigned is a webhook that does not come from the desk, or not now: 401.
var ErrUnsigned = errors.New("the webhook is not signed as it should be; please check HELPDESK_WEBHOOK_SECRET, on both sides")

// ErrMalformed is a webhook whose body is not what was agreed: 400.
var ErrMalformed = errors.New("the webhook's body is not what was agreed")

// Inbound understands the webhooks of one kind of desk.
type Inbound interface {
	// Verify returns an error that is ErrUnsigned unless the desk itself sent body. It is to come before
	// anything else, with the body as it was received. Dated says that the signature covers the time at
	// which it was sent, and that this is now: an old one may be sent again by somebody.
	Verify(h http.Header, body []byte, now time.Time) (dated bool, err error)
	// Events reads what a verified body reports, which may be nothing. Its errors are ErrMalformed.
	Events(body []byte) ([]desk.Event, error)
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

// HTTPInbound understands the webhook of the generic desk, and of others whose webhooks are written by
// those who run them:
//
//	{"ticket_id":"42","event":"replied","timestamp":1700000000}
//
// The header X-Slabuddy-Timestamp is the Unix time of sending, and X-Slabuddy-Signature is sha256= and
// the hex HMAC-SHA256 of that time, a dot and the body. A body that is signed alone is taken as well, for
// one release more.
//
// The body's timestamp is when it happened, as Unix seconds or RFC 3339, and may be left out. "replied"
// is enough by itself, any other event makes us ask. What the body says beside it is passed on: status,
// priority and assignee.
type HTTPInbound struct{ secret secret }

var _ Inbound = HTTPInbound{}

// NewHTTPInbound knows the webhooks signed with secret.
func NewHTTPInbound(secret string) HTTPInbound { return HTTPInbound{secretOf(secret)} }

// Verify refuses, beside what was not signed, what was signed more than five minutes from now.
func (i HTTPInbound) Verify(h http.Header, body []byte, now time.Time) (dated bool, err error) {
	mac := hexSignature(h.Get("X-Slabuddy-Signature"), "sha256")
	sent := strings.TrimSpace(h.Get("X-Slabuddy-Timestamp"))
	if sent == "" {
		if !i.secret.signs(mac, sha256.New, body) {
			return false, ErrUnsigned
		}
		return false, nil
	}
	seconds, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || time.Unix(seconds, 0).Sub(now).Abs() > signedFor || !i.secret.signs(mac, sha256.New, []byte(sent+"."), body) {
		return false, ErrUnsigned
	}
	return true, nil
}

// Events reads the one event of a body.
func (i HTTPInbound) Events(body []byte) ([]desk.Event, error) {
	return agreedEvents(body)
}
