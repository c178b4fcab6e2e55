package slackapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

var (
	// ErrUnsigned says that a request does not show that it comes from Slack.
	ErrUnsigned = errors.New("not signed by Slack")
	// ErrMalformed says that a signed request is not what Slack sends there.
	ErrMalformed = errors.New("malformed request")
)

// maxSkew is how far a request's timestamp may be off: an older one may be replayed.
const maxSkew = 5 * time.Minute

// verify checks a request's signature (docs.slack.dev/authentication/verifying-requests-from-slack).
// The client library's verifier reads the real clock, and its error gives the right signature away.
func verify(secret []byte, h http.Header, body []byte, now time.Time) error {
	stamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: no usable timestamp", ErrUnsigned)
	}
	if off := now.Sub(time.Unix(seconds, 0)); off.Abs() > maxSkew {
		return fmt.Errorf("%w: the timestamp is off by more than %s; is this machine's clock right?", ErrUnsigned, maxSkew)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	want := "v0=" + hex.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(want), []byte(h.Get("X-Slack-Signature"))) {
		return fmt.Errorf("%w: wrong signature; is SLACK_SIGNING_SECRET that of the app?", ErrUnsigned)
	}
	return nil
}
