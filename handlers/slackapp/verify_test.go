package slackapp

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const secret = "simulated-signing-secret"

func verify(h http.Header, body []byte, now time.Time) error {
	v, err := newVerifier([]byte(secret), h, now)
	if err != nil {
		return err
	}
	v.Write(body)
	return v.check()
}

func TestASignatureIsSlacksOwnWithinFiveMinutes(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	body := `{"type":"event_callback"}`
	tests := []struct {
		name   string
		secret string
		sentAt time.Time
		body   string // what arrives
		ok     bool
	}{
		{"fresh", secret, now, body, true},
		{"five minutes old", secret, now.Add(-5 * time.Minute), body, true},
		{"older than five minutes", secret, now.Add(-5*time.Minute - time.Second), body, false},
		{"five minutes ahead", secret, now.Add(5 * time.Minute), body, true},
		{"further ahead", secret, now.Add(5*time.Minute + time.Second), body, false},
		{"signed with another secret", "guessed", now, body, false},
		{"changed on its way", secret, now, body + " ", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/slack/events", nil)
			slacktest.SignRequest(r, tt.secret, tt.sentAt, []byte(body))
			err := verify(r.Header, []byte(tt.body), now)
			if ok := err == nil; ok != tt.ok {
				t.Fatalf("verify() = %v, want ok %t", err, tt.ok)
			}
			if err != nil && !errors.Is(err, ErrUnsigned) {
				t.Errorf("verify() = %v, want ErrUnsigned", err)
			}
		})
	}
}

func TestARequestWithoutItsHeadersIsUnsigned(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	body := []byte(`{}`)
	for name, change := range map[string]func(h map[string][]string){
		"no timestamp":        func(h map[string][]string) { delete(h, "X-Slack-Request-Timestamp") },
		"no signature":        func(h map[string][]string) { delete(h, "X-Slack-Signature") },
		"timestamp no number": func(h map[string][]string) { h["X-Slack-Request-Timestamp"] = []string{"now"} },
		"version missing": func(h map[string][]string) {
			h["X-Slack-Signature"] = []string{strings.TrimPrefix(h["X-Slack-Signature"][0], "v0=")}
		},
		"timestamp beyond all time": func(h map[string][]string) { h["X-Slack-Request-Timestamp"] = []string{"9223372036854775807"} },
	} {
		r := httptest.NewRequest("POST", "/slack/events", nil)
		slacktest.SignRequest(r, secret, now, body)
		change(r.Header)
		if err := verify(r.Header, body, now); !errors.Is(err, ErrUnsigned) {
			t.Errorf("%s: verify() = %v, want ErrUnsigned", name, err)
		}
	}
}

func TestARefusalDoesNotGiveTheSignatureAway(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	body := []byte(`{}`)
	r := httptest.NewRequest("POST", "/slack/events", nil)
	slacktest.SignRequest(r, secret, now, body)
	right := strings.TrimPrefix(r.Header.Get("X-Slack-Signature"), "v0=")
	r.Header.Set("X-Slack-Signature", "v0=00")
	err := verify(r.Header, body, now)
	if err == nil || strings.Contains(err.Error(), right) || strings.Contains(err.Error(), secret) {
		t.Errorf("verify() = %v, want an error without signature or secret", err)
	}
}

// Rule 15: what Slack signed tells what time it is there; what others signed, nothing.
func TestSlacksClockIsHeardFromItsSignatures(t *testing.T) {
	a := newApp(t)
	var heard []time.Time
	a.Signed = func(at time.Time) { heard = append(heard, at) }
	for _, by := range []string{secret, "another"} {
		r := httptest.NewRequest(http.MethodPost, "/slack/nowhere", strings.NewReader("body"))
		slacktest.SignRequest(r, by, now.Add(-3*time.Second), []byte("body"))
		if _, err := a.authentic(r); (err == nil) != (by == secret) {
			t.Errorf("signed by %s: %v", by, err)
		}
	}
	if len(heard) != 1 || !heard[0].Equal(now.Add(-3*time.Second)) {
		t.Errorf("heard %v", heard)
	}
}
