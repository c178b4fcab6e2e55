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

// httpInbound understands the webhook of the generic desk, and of others whose webhooks are written by
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
type httpInbound struct{ secret secret }

// Verify refuses, beside what was not signed, what was signed more than five minutes from now.
func (i httpInbound) Verify(h http.Header, body []byte, now time.Time) (dated bool, err error) {
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
func (i httpInbound) Events(body []byte) ([]desk.Event, error) {
	return agreedEvents(body)
}

// agreedEvent is the body that we ask for where we, or our users, may choose it.
type agreedEvent struct {
	TicketID  id              `json:"ticket_id"`
	Event     string          `json:"event"`
	Timestamp json.RawMessage `json:"timestamp"`
	Status    string          `json:"status"`
	Priority  id              `json:"priority"`
	Assignee  string          `json:"assignee"`
}

func agreedEvents(body []byte) ([]desk.Event, error) {
	var said agreedEvent
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, fmt.Errorf("%w: it is no JSON object", ErrMalformed)
	}
	return said.events()
}

func (a agreedEvent) events() ([]desk.Event, error) {
	ticket, word := strings.TrimSpace(string(a.TicketID)), strings.ToLower(strings.TrimSpace(a.Event))
	if ticket == "" || word == "" {
		return nil, fmt.Errorf("%w: it needs ticket_id and event", ErrMalformed)
	}
	at, err := timeOf(a.Timestamp)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	e := desk.Event{TicketID: ticket, Kind: desk.Other, At: at}
	switch word {
	case "replied":
		e.Kind, e.Proof = desk.Replied, true
	case "withdrawn", "solved", "resolved", "closed", "merged", "spam", "deleted":
		e.Kind, e.Cause = desk.Closed, word
	}
	if f, ok := a.fact(word); ok {
		f.At = at
		e.Facts = []desk.Fact{f}
	}
	return []desk.Event{e}, nil
}

// fact is what the event says, where it says enough.
func (a agreedEvent) fact(word string) (f desk.Fact, ok bool) {
	status := meaning(plainStatuses, a.Status)
	switch word {
	case "replied":
		return desk.Fact{Kind: desk.FactReplied}, true
	case "customer_wrote":
		return desk.Fact{Kind: desk.FactCustomerWrote}, true
	case "solved", "resolved", "closed":
		return desk.Fact{Kind: desk.FactStatus, Value: string(meaning(plainStatuses, word))}, true
	case "reopened":
		return desk.Fact{Kind: desk.FactStatus, Value: string(desk.StatusOpen)}, true
	case "status":
		return desk.Fact{Kind: desk.FactStatus, Value: string(status)}, status != desk.StatusUnknown
	case "priority":
		return desk.Fact{Kind: desk.FactPriority, Value: priority(string(a.Priority))}, a.Priority != ""
	case "assigned":
		return desk.Fact{Kind: desk.FactAssigned, Value: strings.TrimSpace(a.Assignee)}, a.Assignee != ""
	}
	return desk.Fact{}, false
}

// plainStatuses are our own words, and their usual synonyms.
var plainStatuses = []StatusWord{
	{"new", desk.StatusOpen}, {"open", desk.StatusOpen}, {"pending", desk.StatusPending},
	{"hold", desk.StatusHold}, {"solved", desk.StatusSolved}, {"resolved", desk.StatusSolved},
	{"closed", desk.StatusClosed},
}

// priority is a priority as it is compared: small letters, no space around.
func priority(said string) string { return strings.ToLower(strings.TrimSpace(said)) }
