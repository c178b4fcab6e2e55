package install

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
)

const (
	cookieName = "slabuddy_install"
	stateLife  = 10 * time.Minute // as long as Slack's code lives
	stateBytes = 32
	purpose    = "slabuddy install state"
)

var (
	errForeign = errors.New("the browser did not begin this installation")
	errExpired = errors.New("the installation was begun more than ten minutes ago")
)

// states makes the state of an installation and checks it. The cookie holds it with the time it was
// made and a MAC over both; Slack carries it round in the address. A page elsewhere can send a browser
// here with a state of its own, but cannot give it the cookie.
type states struct {
	keys   [][]byte // the first signs
	rand   io.Reader
	now    func() time.Time
	secure bool   // the browser comes over https
	path   string // of the cookie
}

func newStates(s *seal.Sealer, rand io.Reader, now func() time.Time, secure bool, path string) (*states, error) {
	keys, err := s.Derive(purpose)
	if err != nil {
		return nil, err
	}
	return &states{keys: keys, rand: rand, now: now, secure: secure, path: path}, nil
}

// begin makes a state and the cookie for it.
func (s *states) begin() (state string, cookie *http.Cookie, err error) {
	raw := make([]byte, stateBytes)
	if _, err := io.ReadFull(s.rand, raw); err != nil {
		return "", nil, fmt.Errorf("make a state: %w", err)
	}
	state = base64.RawURLEncoding.EncodeToString(raw)
	signed := state + "." + strconv.FormatInt(s.now().Unix(), 10)
	return state, s.cookie(signed+"."+mac(s.keys[0], signed), stateLife), nil
}

// check says whether a browser that came back with state is the one that was sent away with it.
func (s *states) check(r *http.Request, state string) error {
	for _, c := range r.CookiesNamed(cookieName) {
		at := strings.LastIndexByte(c.Value, '.')
		if at < 0 || !s.signed(c.Value[:at], c.Value[at+1:]) {
			continue
		}
		mine, stamp, _ := strings.Cut(c.Value[:at], ".")
		if subtle.ConstantTimeCompare([]byte(mine), []byte(state)) != 1 {
			continue
		}
		made, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil || s.now().Sub(time.Unix(made, 0)) > stateLife {
			return errExpired
		}
		return nil
	}
	return errForeign
}

func (s *states) signed(value, given string) bool {
	for _, key := range s.keys {
		if hmac.Equal([]byte(mac(key, value)), []byte(given)) {
			return true
		}
	}
	return false
}

// forget is the cookie that takes the cookie away.
func (s *states) forget() *http.Cookie { return s.cookie("", -time.Second) }

func (s *states) cookie(value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: s.path, MaxAge: int(life / time.Second),
		HttpOnly: true, Secure: s.secure,
		SameSite: http.SameSiteLaxMode, // Strict would keep it back when Slack sends the browser here
	}
}

func mac(key []byte, value string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
