package helpdesk

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/outbound"
)

const (
	maxAnswer  = 16 << 20 // bytes; a hundred tickets with their descriptions stay well below
	maxExcerpt = 200      // bytes of a refusal that are quoted
	walkConns  = 32       // enough for all asks of a walk after an outage
)

// client is what asking any desk over HTTP has in common: credentials, limits, metrics, and errors
// that a person can act upon. It repeats nothing and follows no redirects.
type client struct {
	name     string // in errors
	base     string // without a slash at the end
	sign     func(http.Header)
	header   http.Header // sent with every request
	secrets  []string    // what no error may repeat
	advice   advice
	accept   int64 // bytes of an answer
	http     *http.Client
	now      func() time.Time
	requests requests
	limit    limit
}

// advice is what to do about a refusal.
type advice struct {
	credentials string // 401
	permission  string // 403
	address     string // 404, 405, redirects, web pages
}

// newClient makes a client of the desk at base. label is the desk's in metrics.
func newClient(name, label, base string, r Reach) (*client, error) {
	reqs, err := newRequests(r.Registerer, label)
	if err != nil {
		return nil, err
	}
	return &client{
		name: name, base: strings.TrimRight(base, "/"), accept: maxAnswer, now: r.Now, requests: reqs,
		sign: func(http.Header) {},
		http: outbound.Client(r.Transport, walkConns),
	}, nil
}

// basic signs requests as HTTP Basic authentication does.
func (c *client) basic(user, password string) {
	credentials := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	c.secrets = []string{credentials, user}
	if len(password) > 1 { // Freshdesk's is one letter
		c.secrets = append(c.secrets, password)
	}
	c.sign = func(h http.Header) { h.Set("Authorization", "Basic "+credentials) }
}

// bearer signs requests with a token.
func (c *client) bearer(token string) {
	c.secrets = []string{token}
	c.sign = func(h http.Header) { h.Set("Authorization", "Bearer "+token) }
}

// vendorURL is the address given, or the one that a vendor gives to a customer's name. A name with a dot
// is a whole host's.
func vendorURL(given, name, suffix string) string {
	switch {
	case given != "":
		return given
	case strings.Contains(name, "."):
		return "https://" + name
	}
	return "https://" + name + suffix
}

// webAddress reports whether s is an absolute http or https URL.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// request is one call of a desk's API.
type request struct {
	method string // "" for GET
	path   string // after the base
	query  url.Values
	body   any  // nil for none; sent as JSON
	cost   int  // of the desk's quota; 0 for 1
	apart  bool // it has a limit of its own, and one that is reached stops no other call
}

// refusal is an answer with another status than 200.
type refusal struct {
	code int
	said string
}

func (r *refusal) Error() string { return r.said }

// refusedWith reports whether err is a refusal with that status.
func refusedWith(err error, code int) bool {
	var r *refusal
	return errors.As(err, &r) && r.code == code
}

// do sends one request and has read make sense of the body of a 200. While the desk asked for
// patience it returns a limitedError at once, and sends nothing.
func (c *client) do(ctx context.Context, r request, read func(body []byte) error) error {
	start := c.now()
	if err := c.limit.admit(start, max(r.cost, 1)); err != nil {
		return err
	}
	outcome, err := c.send(ctx, r, read)
	c.requests.observe(outcome, c.now().Sub(start))
	return err
}

func (c *client) send(ctx context.Context, r request, read func([]byte) error) (outcome string, err error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return unreached, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unanswered(err)
	}
	defer resp.Body.Close()
	c.limit.note(resp.Header, c.now())
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.accept+1))
	if resp.StatusCode != http.StatusOK {
		return c.refusal(r, resp, body)
	}
	if err != nil {
		return unanswered(err)
	}
	if int64(len(body)) > c.accept {
		return unreadable, fmt.Errorf("its answer is longer than %d KiB", c.accept>>10)
	}
	body = bytes.TrimPrefix(body, []byte("\uFEFF")) // .NET writes one before what it sends
	if b := bytes.TrimSpace(body); len(b) > 0 && b[0] == '<' {
		return unreadable, fmt.Errorf("it answered with a web page, please check %s", c.advice.address)
	}
	if err := read(body); err != nil {
		return unreadable, err
	}
	return answered, nil
}

func (c *client) request(ctx context.Context, r request) (*http.Request, error) {
	address := c.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	method, body := r.method, io.Reader(nil)
	if method == "" {
		method = http.MethodGet
	}
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("write the question: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, fmt.Errorf("%s is no web address", c.advice.address) // the error itself would quote it
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "slabuddy")
	for key, values := range c.header {
		req.Header[key] = values
	}
	c.sign(req.Header)
	return req, nil
}

// silence is no answer, or not a whole one.
type silence struct{ error }

func (s silence) Unwrap() error { return s.error }

// hopeless reports whether err would meet other calls of the same Ask as well: not what is wrong with one
// ticket or its number. A limit does too, but costs no call.
func hopeless(err error) bool {
	var r *refusal
	if errors.As(err, &r) {
		switch r.code {
		case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity:
			return false
		}
		return true
	}
	return errors.As(err, new(silence))
}

func unanswered(err error) (string, error) {
	// The client's own error repeats the address, which may carry a key.
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return timedOut, silence{fmt.Errorf("no answer in time: %w", err)}
	case errors.Is(err, context.Canceled):
		return cancelled, silence{err}
	}
	return unreached, silence{fmt.Errorf("cannot be reached: %w", err)}
}

// refusal is what a status other than 200 means, and what to do about it.
func (c *client) refusal(r request, resp *http.Response, body []byte) (outcome string, err error) {
	said := fmt.Sprintf("it answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	outcome = refused
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests:
		outcome = limited
		l := lasting(resp.Header, c.now())
		if !r.apart {
			c.limit.refuse(l)
		}
		said = fmt.Sprintf("%s, asking again in %s (%s)", said, wholeSeconds(l.wait), clockTime(l.until))
	case code == http.StatusUnauthorized:
		said += ", please check " + c.advice.credentials
	case code == http.StatusForbidden:
		said += ", please check " + c.advice.permission
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		said += ", please check " + c.advice.address
	case code >= 300 && code < 400:
		said += fmt.Sprintf(", and redirects are not followed: please set %s to the final address", c.advice.address)
	}
	if text := c.excerpt(body); text != "" {
		said += ": " + text
	}
	return outcome, &refusal{resp.StatusCode, said}
}

// excerpt is the start of a body on one line, without our secrets, should the desk repeat them.
// Of web pages there is none: they say nothing in their first line.
func (c *client) excerpt(body []byte) string {
	s := strings.ToValidUTF8(string(body), "?")
	for _, secret := range c.secrets {
		s = strings.ReplaceAll(s, secret, "…")
	}
	s = strings.Join(strings.Fields(s), " ")
	if strings.HasPrefix(s, "<") {
		return ""
	}
	if len(s) > maxExcerpt {
		s = strings.ToValidUTF8(s[:maxExcerpt], "") + "…"
	}
	return s
}
