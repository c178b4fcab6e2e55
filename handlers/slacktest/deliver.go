package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest/sockets"
)

// Delivery is one attempt to deliver an event.
type Delivery struct {
	EventID       string
	Type, Subtype string
	Channel, TS   string
	At            time.Time
	RetryNum      int    // 0: the first attempt
	RetryReason   string // why there was a retry
	Status        int    // the app's answer; 0: none, or over a socket
	Socket        bool   // it went over a socket
	NoRetry       bool   // the app asked for no more
	Failure       string // Slack's word for what went wrong: http_error, http_timeout, …; empty: nothing
}

// OK says whether the app took the event.
func (d Delivery) OK() bool { return d.Failure == "" }

// Deliveries are all attempts so far, oldest first.
func (w *Workspace) Deliveries() []Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Delivery(nil), w.out.log...)
}

var errRedirects = errors.New("more than two redirects")

func eventClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > 2 {
				return errRedirects
			}
			return nil
		},
	}
}

// deliver sends an event once.
func (w *Workspace) deliver(ctx context.Context, url string, e Event) Delivery {
	d := Delivery{
		EventID: e.ID, Type: e.Type, Subtype: e.Subtype, Channel: e.Channel, TS: e.TS,
		At: w.opts.Now(), RetryNum: e.attempt, RetryReason: e.reason,
	}
	ctx, cancel := w.deliveryContext(ctx)
	defer cancel()
	if link := w.cloud.sockets.Next(); link != nil {
		d.Socket = true
		_, d.Failure = link.Ask(ctx, sockets.Envelope{
			Type: "events_api", Payload: e.Body, RetryAttempt: e.attempt, RetryReason: e.reason,
		})
		return d
	}
	header := http.Header{}
	if e.attempt > 0 {
		header.Set("X-Slack-Retry-Num", strconv.Itoa(e.attempt))
		header.Set("X-Slack-Retry-Reason", e.reason)
	}
	res, _, err := w.request(ctx, url, header, e.Body)
	switch {
	case err != nil:
		d.Failure = failureReason(err)
	case res.StatusCode < 200 || res.StatusCode > 299:
		d.Status = res.StatusCode
		d.Failure = "http_error"
		d.NoRetry = res.Header.Get("X-Slack-No-Retry") == "1"
	default:
		d.Status = res.StatusCode
	}
	return d
}

// request sends a signed body to the app and reads its answer.
func (w *Workspace) request(ctx context.Context, url string, header http.Header, body []byte) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("making the request: %w", err)
	}
	r.Header = header
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "*/*")
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	SignRequest(r, w.opts.SigningSecret, w.opts.Now(), body)
	res, err := w.events.Do(r)
	if err != nil {
		return nil, nil, fmt.Errorf("sending to the app: %w", err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(io.LimitReader(res.Body, maxUpload))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the app's answer: %w", err)
	}
	return res, got, nil
}

func failureReason(err error) string {
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "http_timeout"
	case errors.Is(err, errRedirects):
		return "too_many_redirects"
	case errors.As(err, &certificate):
		return "ssl_error"
	}
	return "connection_failed"
}

// VerifyRequestURL does what Slack does when a request URL is entered in an app's settings: it
// sends a challenge and expects it back, as text, as a form or as JSON.
func (w *Workspace) VerifyRequestURL(ctx context.Context) error {
	w.mu.Lock()
	url := w.requestURL
	w.mu.Unlock()
	challenge := w.opts.NewID("challenge")
	body := raw(map[string]any{
		"token": w.opts.VerificationToken, "challenge": challenge, "type": "url_verification",
	})
	ctx, cancel := w.deliveryContext(ctx)
	defer cancel()
	res, got, err := w.request(ctx, url, http.Header{}, body)
	if err != nil {
		return err
	}
	answer := strings.TrimSpace(string(got))
	echoed := answer == challenge || answer == "challenge="+challenge || jsonChallenge(got) == challenge
	if res.StatusCode != http.StatusOK || !echoed {
		return fmt.Errorf("the request URL did not answer the challenge: status %d", res.StatusCode)
	}
	return nil
}

func jsonChallenge(body []byte) string {
	var answer struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.Challenge
}

// Sign is Slack's signature, version 0, of a request body sent at timestamp (Unix seconds):
// "v0=" and the hex HMAC-SHA256 of "v0:timestamp:body" under the app's signing secret.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// SignRequest puts on r the headers with which Slack would send body at the given time.
func SignRequest(r *http.Request, secret string, at time.Time, body []byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", Sign(secret, timestamp, body))
}
