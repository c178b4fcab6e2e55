// Package httpjob sends the calls of package page over HTTP. It is a package of its own, so that escalation, which
// decides about them, reaches no HTTP.
//
//	answer                          means for the job
//	2xx                             sent
//	429                             limited: Retry-After, or half a minute
//	408, 425, 5xx, none, cut off    unknown: it may have had its effect
//	no connection                   retry: it surely had none
//	3xx, any other 4xx              terminal; redirects are not followed
package httpjob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/outbound"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/retryafter"
)

const (
	// maxAnswer is how much of an answer is kept, in bytes.
	maxAnswer = 4 << 10
	// maxRead is how much of it is read: a secret that is cut in two could not be hidden.
	maxRead = 64 << 10
	// defaultLimit is how long a limit lasts that does not say so, longestLimit the longest believed.
	defaultLimit = 30 * time.Second
	longestLimit = time.Hour
	maxQuoted    = 200 // bytes of an answer that an error quotes
)

// Client makes calls. It follows no redirects, verifies certificates, and takes proxies from the
// environment. The context bounds each call.
type Client struct {
	http    *http.Client
	now     func() time.Time
	seconds *prometheus.HistogramVec
}

// Config is what a Client is made of.
type Config struct {
	Now        func() time.Time
	Registerer prometheus.Registerer
	Transport  http.RoundTripper // nil: a new one
}

// New registers the metrics of the calls.
func New(c Config) (*Client, error) {
	client := &Client{now: c.Now, http: outbound.Client(c.Transport, 8)}
	client.seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "slabuddy_http_requests_seconds",
		Help:    "How long the calls of the HTTP queues took, pages among them, by what they came to: sent, retry, unknown, limited or terminal.",
		Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
	}, []string{"outcome"})
	if err := c.Registerer.Register(client.seconds); err != nil {
		return nil, fmt.Errorf("http jobs: %w", err)
	}
	return client, nil
}

// Call makes one call; see deliver.Caller. The result is what was answered, secrets hidden, also
// beside an error.
func (c *Client) Call(ctx context.Context, r page.Request) (queue.Result, error) {
	began := c.now()
	result, err := c.call(ctx, r)
	kind := queue.KindSent
	var known *queue.Error
	if errors.As(err, &known) {
		kind = known.Kind
	}
	c.seconds.WithLabelValues(string(kind)).Observe(c.now().Sub(began).Seconds())
	return result, err
}

func (c *Client) call(ctx context.Context, r page.Request) (queue.Result, error) {
	var body io.Reader
	if r.Body != "" {
		body = strings.NewReader(r.Body)
	}
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), r.Method, r.URL, body)
	if err != nil { // the error itself would quote the address
		return queue.Result{}, fail(queue.KindTerminal, 0, "the address of the call is none")
	}
	req.Header.Set("User-Agent", "slabuddy")
	for name, value := range r.Headers {
		req.Header.Set(name, value)
		if http.CanonicalHeaderKey(name) == "Host" {
			req.Host = value
		}
	}
	if r.Body != "" {
		req.GetBody = nil // the transport must not repeat by itself what may have been taken
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return queue.Result{}, unanswered(err, wrote.Load(), r.Mask)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(io.LimitReader(resp.Body, maxRead))
	result := queue.Result{Status: resp.StatusCode, Body: shown(read, r.Mask)}
	if err != nil && resp.StatusCode < 300 {
		return result, nil // it was taken; that the rest of the answer is lost changes nothing
	}
	return result, c.judge(resp, result.Body)
}

// shown is an answer as it is kept: without secrets, cut, and text.
func shown(body []byte, mask page.Mask) string {
	s := page.HideBare(mask.Hide(strings.ToValidUTF8(string(body), "\ufffd")))
	s = strings.ReplaceAll(s, "\x00", "\ufffd") // Postgres keeps none in a text
	if len(s) > maxAnswer {
		s = strings.ToValidUTF8(s[:maxAnswer], "")
	}
	return s
}

// unanswered is what no answer means. What had not been written when it failed had no effect.
func unanswered(err error, wrote bool, mask page.Mask) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // the client's own repeats the address
	}
	kind := queue.KindUnknown
	if !wrote {
		kind = queue.KindRetry
	}
	what := mask.Hide(err.Error())
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		what = "no answer in time"
	case errors.Is(err, context.Canceled):
		what = "cut off before the answer"
	}
	return fail(kind, 0, what)
}

// judge is what the status of an answer means; nil if the call was taken.
func (c *Client) judge(resp *http.Response, body string) error {
	said := fmt.Sprintf("answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	if quoted := quote(body); quoted != "" {
		said += ": " + quoted
	}
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests:
		return fail(queue.KindLimited, wait(resp.Header, c.now(), defaultLimit), said)
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500:
		return fail(queue.KindUnknown, wait(resp.Header, c.now(), 0), said)
	case code >= 300 && code < 400:
		return fail(queue.KindTerminal, 0, said+"; redirects are not followed, please configure the final address")
	}
	return fail(queue.KindTerminal, 0, said)
}

// quote is the start of an answer on one line; of web pages there is none.
func quote(body string) string {
	s := strings.Join(strings.Fields(body), " ")
	if strings.HasPrefix(s, "<") {
		return ""
	}
	if len(s) > maxQuoted {
		s = strings.ToValidUTF8(s[:maxQuoted], "") + "…"
	}
	return s
}

// wait is how long an answer asks us to; otherwise, if it does not say.
func wait(h http.Header, now time.Time, otherwise time.Duration) time.Duration {
	if asked, ok := retryafter.Of(h, now); ok {
		return min(asked, longestLimit)
	}
	return otherwise
}

func fail(kind queue.Kind, after time.Duration, what string) error {
	return &queue.Error{Kind: kind, After: after, Err: errors.New(what)}
}
