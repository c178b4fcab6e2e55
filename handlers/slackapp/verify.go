package slackapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
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

// verifier checks a request's signature while its body comes in
// (docs.slack.dev/authentication/verifying-requests-from-slack). The client library's verifier reads the real
// clock, and its error gives the right signature away.
type verifier struct {
	hash.Hash           // of all that is signed; the body is to be written to it
	signature string    // as the request has it
	at        time.Time // when it was signed, by Slack's clock
}

// newVerifier refuses requests whose headers alone say that they are not signed now, so that nothing is read
// of them.
func newVerifier(secret []byte, h http.Header, now time.Time) (*verifier, error) {
	stamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: no usable timestamp", ErrUnsigned)
	}
	if off := now.Sub(time.Unix(seconds, 0)); off.Abs() > maxSkew {
		return nil, fmt.Errorf("%w: the timestamp is off by more than %s; is this machine's clock right?", ErrUnsigned, maxSkew)
	}
	v := &verifier{hmac.New(sha256.New, secret), h.Get("X-Slack-Signature"), time.Unix(seconds, 0)}
	v.Write([]byte("v0:" + stamp + ":"))
	return v, nil
}

// check says whether Slack signed what was written.
func (v *verifier) check() error {
	want := "v0=" + hex.EncodeToString(v.Sum(nil))
	if !hmac.Equal([]byte(want), []byte(v.signature)) {
		return fmt.Errorf("%w: wrong signature; is SLACK_SIGNING_SECRET that of the app?", ErrUnsigned)
	}
	return nil
}
