package helpdesktest

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strconv"
	"time"
)

// SignHTTP signs a webhook of the generic desk at that moment.
func SignHTTP(secret, body string, at time.Time) http.Header {
	sent := strconv.FormatInt(at.Unix(), 10)
	h := header("X-Slabuddy-Signature", "sha256="+hex.EncodeToString(mac(sha256.New, secret, sent+"."+body)))
	h.Set("X-Slabuddy-Timestamp", sent)
	return h
}

// SignHTTPUndated signs it in the old way, without the time of sending.
func SignHTTPUndated(secret, body string) http.Header {
	return header("X-Slabuddy-Signature", "sha256="+hex.EncodeToString(mac(sha256.New, secret, body)))
}

// SignZendesk signs a webhook as Zendesk does at that moment.
func SignZendesk(secret, body string, at time.Time) http.Header {
	timestamp := at.UTC().Format(time.RFC3339)
	h := header("X-Zendesk-Webhook-Signature", base64.StdEncoding.EncodeToString(mac(sha256.New, secret, timestamp+body)))
	h.Set("X-Zendesk-Webhook-Signature-Timestamp", timestamp)
	return h
}

// SignFreshdesk is the header that an automation rule of Freshdesk is asked to send.
func SignFreshdesk(secret string) http.Header { return header("X-Slabuddy-Secret", secret) }

// SignIntercom signs a notification as Intercom does.
func SignIntercom(secret, body string) http.Header {
	return header("X-Hub-Signature", "sha1="+hex.EncodeToString(mac(sha1.New, secret, body)))
}

func header(key, value string) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set(key, value)
	return h
}

func mac(algorithm func() hash.Hash, secret, message string) []byte {
	h := hmac.New(algorithm, []byte(secret))
	h.Write([]byte(message))
	return h.Sum(nil)
}
