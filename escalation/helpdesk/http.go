package helpdesk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
)

const (
	maxAnswer  = 1 << 20          // bytes; a hundred answers take about ten thousand
	maxExcerpt = 200              // bytes of a refusal that are quoted
	unsaidWait = 10 * time.Second // after a 429 that does not say how long
	maxWait    = 10 * time.Minute // the longest wait a desk may ask for: not to be blinded by a typo
)

// HTTP asks the generic help desk of design §5: anything that answers one POST.
type HTTP struct {
	url, token string
	client     *http.Client
	now        func() time.Time
	requests   requests

	mu    sync.Mutex
	until time.Time // no requests before; set by a 429
}

var _ escalation.HelpDesk = (*HTTP)(nil)

// HTTPConfig is what the generic desk is made of.
type HTTPConfig struct {
	URL        string // http or https, absolute
	Token      string // sent as bearer; never logged
	Now        func() time.Time
	Registerer prometheus.Registerer
	Transport  http.RoundTripper // nil: one of its own
}

// NewHTTP checks the address and makes a desk of it. It asks nothing yet.
func NewHTTP(c HTTPConfig) (*HTTP, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		// The address itself is not quoted: some carry a key.
		return nil, errors.New("HELPDESK_URL is no web address; it should look like https://desk.example.com/replies")
	}
	reqs, err := newRequests(c.Registerer, "http")
	if err != nil {
		return nil, err
	}
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	return &HTTP{
		url:      c.URL,
		token:    strings.TrimSpace(c.Token),
		now:      c.Now,
		requests: reqs,
		client: &http.Client{
			Transport: c.Transport,
			// A redirect would carry tickets, and perhaps the token, to where nobody meant to
			// send them, and turns a POST into a GET. It is an error that says so.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// newTransport keeps enough connections for all asks of a walk after an outage. The time for a
// whole request is bounded by its context.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          32,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
	}
}

// Ask asks about up to escalation.MaxQuestions tickets in one request. While the desk has asked for
// patience (429) it fails at once, without a request.
func (h *HTTP) Ask(ctx context.Context, qs []escalation.Question) (map[string]escalation.Answer, error) {
	if len(qs) == 0 {
		return nil, nil
	}
	if len(qs) > escalation.MaxQuestions {
		return nil, fmt.Errorf("help desk: %d questions at once, at most %d are allowed", len(qs), escalation.MaxQuestions)
	}
	start := h.now()
	if wait := h.mustWait(start); wait > 0 {
		return nil, fmt.Errorf("help desk: it said we ask too often; asking again in %s", wholeSeconds(wait))
	}
	answers, outcome, err := h.ask(ctx, qs)
	h.requests.observe(outcome, h.now().Sub(start))
	if err != nil {
		return answers, fmt.Errorf("help desk: %w", err)
	}
	return answers, nil
}

func (h *HTTP) ask(ctx context.Context, qs []escalation.Question) (answers map[string]escalation.Answer, outcome string, err error) {
	req, err := h.request(ctx, qs)
	if err != nil {
		return nil, unreached, err
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return h.unanswered(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if resp.StatusCode != http.StatusOK {
		return h.refusal(resp, body)
	}
	if err != nil {
		return h.unanswered(err)
	}
	if len(body) > maxAnswer {
		return nil, unreadable, fmt.Errorf("its answer is longer than %d KiB", maxAnswer>>10)
	}
	answers, err = decodeAnswers(body, qs)
	if err != nil {
		return answers, unreadable, fmt.Errorf("%w; it said: %s", err, h.excerpt(body))
	}
	return answers, answered, nil
}

// question is one ticket asked about, on the wire.
type question struct {
	TicketID  string `json:"ticket_id"`
	Timestamp int64  `json:"timestamp"` // Unix seconds
}

func (h *HTTP) request(ctx context.Context, qs []escalation.Question) (*http.Request, error) {
	asked := make([]question, len(qs))
	for i, q := range qs {
		asked[i] = question{q.TicketID, q.Since.Unix()}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, fmt.Errorf("write the questions: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("HELPDESK_URL is no web address")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "slabuddy")
	if h.token != "" {
		req.Header.Set("Authorization", "Bearer "+h.token)
	}
	return req, nil
}

func (h *HTTP) unanswered(err error) (map[string]escalation.Answer, string, error) {
	// The client's own error repeats the address, which may carry a key.
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, timedOut, fmt.Errorf("no answer in time: %w", err)
	case errors.Is(err, context.Canceled):
		return nil, cancelled, err
	}
	return nil, unreached, fmt.Errorf("cannot be reached: %w", err)
}

// refusal is what a status other than 200 means.
func (h *HTTP) refusal(resp *http.Response, body []byte) (map[string]escalation.Answer, string, error) {
	said := fmt.Sprintf("it answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	outcome := refused
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests:
		outcome = limited
		wait := h.waitFor(resp.Header.Get("Retry-After"))
		said = fmt.Sprintf("%s, asking again in %s", said, wholeSeconds(wait))
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		said += ", please check HELPDESK_TOKEN"
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		said += ", please check HELPDESK_URL"
	case code >= 300 && code < 400:
		said += ", and redirects are not followed: please set HELPDESK_URL to the final address"
	}
	if text := h.excerpt(body); text != "" {
		said += ": " + text
	}
	return nil, outcome, errors.New(said)
}

// mustWait is how long there are to be no requests, 0 if they are welcome.
func (h *HTTP) mustWait(now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return max(h.until.Sub(now), 0)
}

// waitFor notes how long a Retry-After header (seconds, or a date: RFC 9110, 10.2.3) asks us to wait.
func (h *HTTP) waitFor(header string) time.Duration {
	now := h.now()
	wait := unsaidWait
	if seconds, err := strconv.ParseUint(strings.TrimSpace(header), 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	wait = min(max(wait, 0), maxWait)
	h.mu.Lock()
	defer h.mu.Unlock()
	if until := now.Add(wait); until.After(h.until) {
		h.until = until
	}
	return wait
}

func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// excerpt is the start of a body on one line, without our token, should the desk repeat it.
func (h *HTTP) excerpt(body []byte) string {
	s := strings.ToValidUTF8(string(body), "?")
	if h.token != "" {
		s = strings.ReplaceAll(s, h.token, "…")
	}
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxExcerpt {
		s = strings.ToValidUTF8(s[:maxExcerpt], "") + "…"
	}
	return s
}
