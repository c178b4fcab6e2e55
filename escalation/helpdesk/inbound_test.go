package helpdesk_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

const shared = "a shared s3cret"

// signed signs a body as each desk does, at noon.
var signed = map[string]func(secret, body string) http.Header{
	"http":      func(s, b string) http.Header { return helpdesktest.SignHTTP(s, b, noon) },
	"zendesk":   func(s, b string) http.Header { return helpdesktest.SignZendesk(s, b, noon) },
	"freshdesk": func(s, _ string) http.Header { return helpdesktest.SignFreshdesk(s) },
	"intercom":  helpdesktest.SignIntercom,
	"rt":        func(s, b string) http.Header { return helpdesktest.SignHTTP(s, b, noon) },
}

// signedBy signs a body as the desk does.
func signedBy(t *testing.T, desk, secret, body string) http.Header {
	t.Helper()
	sign, known := signed[desk]
	if !known {
		t.Fatalf("inbound_test.go does not say how %s signs: add it to signed", desk)
	}
	return sign(secret, body)
}

func TestOnlyTheDeskItselfIsBelieved(t *testing.T) {
	const body = `{"ticket_id":"42","event":"replied"}`
	for desk, in := range helpdesk.Inbounds(shared) {
		sign := func(secret, body string) http.Header { return signedBy(t, desk, secret, body) }
		upper := sign(shared, body)
		for key := range upper {
			upper.Set(key, upper.Get(key)+"0")
		}
		tests := []struct {
			name string
			h    http.Header
			body string
			err  error
		}{
			{"signed", sign(shared, body), body, nil},
			{"not signed", http.Header{}, body, helpdesk.ErrUnsigned},
			{"signed with another secret", sign("another", body), body, helpdesk.ErrUnsigned},
			{"signed with nothing", sign("", body), body, helpdesk.ErrUnsigned},
			{"signed for something longer", upper, body, helpdesk.ErrUnsigned},
		}
		for _, tt := range tests {
			t.Run(desk+" "+tt.name, func(t *testing.T) {
				_, err := in.Verify(tt.h, []byte(tt.body), noon)
				if !errors.Is(err, tt.err) {
					t.Errorf("error %v, want %v", err, tt.err)
				}
				for key := range sign(shared, body) {
					if said := sign(shared, body).Get(key); err != nil && strings.Contains(err.Error(), said) {
						t.Errorf("the error tells the signature: %q", err)
					}
				}
			})
		}
		if desk == "freshdesk" {
			continue // it signs nothing
		}
		if _, err := in.Verify(sign(shared, body), []byte(body+" "), noon); !errors.Is(err, helpdesk.ErrUnsigned) {
			t.Errorf("%s: a changed body: %v", desk, err)
		}
	}
}

// An empty secret is known to everybody.
func TestWithoutASecretNobodyIsBelieved(t *testing.T) {
	for _, none := range []string{"", " \n"} {
		for desk, in := range helpdesk.Inbounds(none) {
			if _, err := in.Verify(signedBy(t, desk, "", "{}"), []byte("{}"), noon); !errors.Is(err, helpdesk.ErrUnsigned) {
				t.Errorf("%s: %v", desk, err)
			}
		}
	}
}

// The generic signatures, worked out by hand.
func TestTheGenericSignatureIsTheContracts(t *testing.T) {
	sign := func(message string, more http.Header) http.Header {
		m := hmac.New(sha256.New, []byte(shared))
		m.Write([]byte(message))
		more.Set("X-Slabuddy-Signature", "sha256="+hex.EncodeToString(m.Sum(nil)))
		return more
	}
	sent := func(at string) http.Header { return http.Header{"X-Slabuddy-Timestamp": {at}} }
	tests := []struct {
		name  string
		h     http.Header
		dated bool
		err   error
	}{
		{"with its time", sign("1772452800.{}", sent("1772452800")), true, nil},
		{"the old form", sign("{}", http.Header{}), false, nil},
		{"a time that is not signed", sign("{}", sent("1772452800")), false, helpdesk.ErrUnsigned},
		{"another time than the signed one", sign("1772452800.{}", sent("1772452801")), false, helpdesk.ErrUnsigned},
		{"a signed time left out", sign("1772452800.{}", http.Header{}), false, helpdesk.ErrUnsigned},
		{"five minutes ago", sign("1772452500.{}", sent("1772452500")), true, nil},
		{"longer ago", sign("1772452499.{}", sent("1772452499")), false, helpdesk.ErrUnsigned},
		{"a time in words", sign("noon.{}", sent("noon")), false, helpdesk.ErrUnsigned},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dated, err := helpdesk.Inbounds(shared)[helpdesk.HTTPKind].Verify(tt.h, []byte(`{}`), noon)
			if dated != tt.dated || !errors.Is(err, tt.err) {
				t.Errorf("dated %v, error %v, want %v and %v", dated, err, tt.dated, tt.err)
			}
		})
	}
}

func TestZendeskSignaturesAreGoodForFiveMinutes(t *testing.T) {
	in := helpdesk.Inbounds(shared)["zendesk"]
	for off, want := range map[time.Duration]error{
		0: nil, 5 * time.Minute: nil, -5 * time.Minute: nil,
		5*time.Minute + time.Second: helpdesk.ErrUnsigned, -5*time.Minute - time.Second: helpdesk.ErrUnsigned, 24 * time.Hour: helpdesk.ErrUnsigned,
	} {
		if _, err := in.Verify(helpdesktest.SignZendesk(shared, "{}", noon.Add(off)), []byte("{}"), noon); !errors.Is(err, want) {
			t.Errorf("%s off: %v, want %v", off, err, want)
		}
	}
	moved := helpdesktest.SignZendesk(shared, "{}", noon.Add(-time.Hour))
	moved.Set("X-Zendesk-Webhook-Signature-Timestamp", noon.Format(time.RFC3339))
	if _, err := in.Verify(moved, []byte("{}"), noon); !errors.Is(err, helpdesk.ErrUnsigned) {
		t.Errorf("an old signature with a new time: %v", err)
	}
}

func TestEvents(t *testing.T) {
	event := func(kind desk.EventKind, at time.Time, cause string, proof bool) []desk.Event {
		return []desk.Event{{TicketID: "42", Kind: kind, At: at, Cause: cause, Proof: proof}}
	}
	never := time.Time{}
	intercom := func(topic, item string) string {
		return `{"type":"notification_event","topic":"` + topic + `","created_at":1772452860,"data":{"type":"notification_event_data","item":` + item + `}}`
	}
	conversation := func(part string) string {
		return `{"type":"conversation","id":"42","conversation_parts":{"conversation_parts":[` + part + `]}}`
	}
	const reply = `{"part_type":"comment","created_at":1772452800,"author":{"type":"admin"}}`
	tests := []struct {
		name, desk, body string
		want             []desk.Event
		err              error
	}{
		{"a reply", "http", `{"ticket_id":"42","event":"replied","timestamp":1772452800}`, event(desk.Replied, noon, "", true), nil},
		{"a reply, RFC 3339", "http", `{"ticket_id":42,"event":"Replied","timestamp":"2026-03-02T12:00:00Z"}`, event(desk.Replied, noon, "", true), nil},
		{"a reply without a date", "http", `{"ticket_id":"42","event":"replied"}`, event(desk.Replied, never, "", true), nil},
		{"a deletion is asked about", "http", `{"ticket_id":"42","event":"deleted"}`, event(desk.Closed, never, "deleted", false), nil},
		{"something else", "http", `{"ticket_id":"42","event":"assigned"}`, event(desk.Other, never, "", false), nil},
		{"no ticket", "http", `{"event":"replied"}`, nil, helpdesk.ErrMalformed},
		{"no event", "http", `{"ticket_id":"42"}`, nil, helpdesk.ErrMalformed},
		{"a date in words", "http", `{"ticket_id":"42","event":"replied","timestamp":"today"}`, nil, helpdesk.ErrMalformed},
		{"no JSON", "http", `replied`, nil, helpdesk.ErrMalformed},
		{"half a JSON", "http", `{"ticket_id":"42","event":"rep`, nil, helpdesk.ErrMalformed},
		{"a list", "http", `[]`, nil, helpdesk.ErrMalformed},
		{"null", "http", `null`, nil, helpdesk.ErrMalformed},

		{"a trigger for replies", "zendesk", `{"ticket_id":"42","event":"replied","timestamp":"2026-03-02T12:00:00Z"}`, event(desk.Replied, noon, "", true), nil},
		{"a trigger's whole minutes", "zendesk", `{"ticket_id":"42","event":"replied","timestamp":"2026-03-02T12:00Z"}`, event(desk.Replied, noon, "", true), nil},
		{"a trigger for the end", "zendesk", `{"ticket_id":"42","event":"solved","timestamp":"2026-03-02T12:00:00Z"}`, event(desk.Closed, noon, "solved", false), nil},
		{"a comment that Zendesk tells of by itself", "zendesk", `{"type":"zen:event-type:ticket.comment_added","subject":"zen:ticket:42","detail":{"id":"42"},"event":{"comment":{"id":"7","is_public":true,"author":{"is_staff":true}}}}`,
			event(desk.Other, never, "", false), nil},
		{"a ticket that Zendesk does not name", "zendesk", `{"type":"zen:event-type:ticket.created","detail":{}}`, nil, helpdesk.ErrMalformed},
		{"a user that Zendesk tells of by itself", "zendesk", `{"type":"zen:event-type:user.created","detail":{"id":"42"},"event":{}}`, nil, nil},
		{"a template left as it was", "zendesk", `{}`, nil, helpdesk.ErrMalformed},

		{"a rule for replies", "freshdesk", `{"ticket_id":"42","event":"replied"}`, event(desk.Replied, never, "", true), nil},
		{"the simple content", "freshdesk", `{"freshdesk_webhook":{"ticket_id":42,"ticket_subject":"Help"}}`, event(desk.Other, never, "", false), nil},
		{"the simple content without a ticket", "freshdesk", `{"freshdesk_webhook":{}}`, nil, helpdesk.ErrMalformed},

		{"an agent's reply", "intercom", intercom("conversation.admin.replied", conversation(reply)), event(desk.Replied, noon, "", true), nil},
		{"an agent's note", "intercom", intercom("conversation.admin.replied", conversation(strings.Replace(reply, "comment", "note", 1))), event(desk.Replied, noon.Add(time.Minute), "", false), nil},
		{"a bot's reply", "intercom", intercom("conversation.admin.replied", conversation(strings.Replace(reply, "admin", "bot", 1))), event(desk.Replied, noon.Add(time.Minute), "", false), nil},
		{"an AI agent's reply", "intercom", intercom("conversation.admin.replied", conversation(strings.Replace(reply, `"admin"`, `"admin","from_ai_agent":true`, 1))), event(desk.Replied, noon.Add(time.Minute), "", false), nil},
		{"closed", "intercom", intercom("conversation.admin.closed", `{"type":"conversation","id":"42"}`), event(desk.Closed, noon.Add(time.Minute), "closed", false), nil},
		{"deleted", "intercom", intercom("conversation.deleted", `{"conversation_id":42}`), event(desk.Closed, noon.Add(time.Minute), "deleted", true), nil},
		{"assigned", "intercom", intercom("conversation.admin.assigned", `{"type":"conversation","id":"42"}`), event(desk.Other, noon.Add(time.Minute), "", false), nil},
		{"a ping", "intercom", intercom("ping", `{"type":"ping"}`), nil, nil},
		{"no conversation", "intercom", intercom("conversation.admin.replied", `{}`), nil, helpdesk.ErrMalformed},
		{"no notification", "intercom", `{"ticket_id":"42","event":"replied"}`, nil, helpdesk.ErrMalformed},
		{"no JSON from Intercom", "intercom", `<html>`, nil, helpdesk.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, known := helpdesk.Inbounds(shared)[tt.desk]
			if !known {
				t.Fatalf("there is no webhook of %s", tt.desk)
			}
			got, err := in.Events([]byte(tt.body))
			if !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			for i := range got {
				got[i].Facts = nil // TestEventsTellFacts
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIntercomTopicsTellFacts(t *testing.T) {
	const reply = `{"type":"conversation","id":"42","conversation_parts":{"conversation_parts":[{"part_type":"comment","author":{"type":"admin"},"created_at":1772452740}]}}`
	tests := []struct {
		topic, item string
		want        []desk.Fact
	}{
		{"conversation.user.replied", `{"id":"42"}`, []desk.Fact{{Kind: desk.FactCustomerWrote, At: noon}}},
		{"conversation.admin.snoozed", `{"id":"42"}`, []desk.Fact{{Kind: desk.FactStatus, At: noon, Value: "pending"}}},
		{"conversation.admin.replied", reply, []desk.Fact{{Kind: desk.FactReplied, At: noon.Add(-time.Minute)}}},
		{"conversation.admin.replied", `{"id":"42"}`, nil},
		{"conversation.admin.assigned", `{"id":"42"}`, nil},
	}
	for _, tt := range tests {
		body := `{"type":"notification_event","topic":"` + tt.topic + `","created_at":1772452800,"data":{"item":` + tt.item + `}}`
		got, err := helpdesk.Inbounds(shared)["intercom"].Events([]byte(body))
		if err != nil || len(got) != 1 {
			t.Fatalf("%s: %v, %v", tt.topic, got, err)
		}
		if diff := cmp.Diff(tt.want, got[0].Facts); diff != "" {
			t.Errorf("%s: facts (-want +got):\n%s", tt.topic, diff)
		}
	}
}

func TestEventsTellFacts(t *testing.T) {
	fact := func(kind desk.FactKind, value string) []desk.Fact {
		return []desk.Fact{{Kind: kind, Value: value, At: noon}}
	}
	tests := []struct {
		name, more string // of the body
		want       []desk.Fact
	}{
		{"an agent's reply", `"event":"replied"`, fact(desk.FactReplied, "")},
		{"a customer's message", `"event":"customer_wrote"`, fact(desk.FactCustomerWrote, "")},
		{"a status", `"event":"status","status":"Pending"`, fact(desk.FactStatus, "pending")},
		{"a status that nobody here knows", `"event":"status","status":"blue"`, nil},
		{"a status that is not said", `"event":"status"`, nil},
		{"solved", `"event":"solved"`, fact(desk.FactStatus, "solved")},
		{"reopened", `"event":"reopened"`, fact(desk.FactStatus, "open")},
		{"a priority", `"event":"priority","priority":"Urgent"`, fact(desk.FactPriority, "urgent")},
		{"an assignee", `"event":"assigned","assignee":"ana@example.com"`, fact(desk.FactAssigned, "ana@example.com")},
		{"something else", `"event":"tagged"`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := `{"ticket_id":"42","timestamp":1772452800,` + tt.more + `}`
			for _, desk := range []string{"http", "rt", "zendesk", "freshdesk"} {
				got, err := helpdesk.Inbounds(shared)[desk].Events([]byte(body))
				if err != nil || len(got) != 1 {
					t.Fatalf("%s: %v, %v", desk, got, err)
				}
				if diff := cmp.Diff(tt.want, got[0].Facts); diff != "" {
					t.Errorf("%s: facts (-want +got):\n%s", desk, diff)
				}
			}
		})
	}
}
