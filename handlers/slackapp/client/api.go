package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/retryafter"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// Tokens knows the bot token of each workspace.
type Tokens interface {
	// Token returns ErrNoToken where there is none.
	Token(ctx context.Context, workspace string) (string, error)
}

// ErrNoToken says that nothing can be sent to a workspace, because it has no token.
var ErrNoToken = errors.New("there is no bot token for the workspace; set SLACK_BOT_TOKEN")

// OneToken is the token of every workspace there is: the one that SLACK_BOT_TOKEN belongs to.
func OneToken(token string) Tokens { return &oneToken{token} }

type oneToken struct{ token string }

func (t *oneToken) Token(context.Context, string) (string, error) {
	if t.token == "" {
		return "", ErrNoToken
	}
	return t.token, nil
}

// Config is what an API is made of.
type Config struct {
	URL        string // ends in /api/; "" is Slack's own
	Tokens     Tokens
	Conns      int          // connections kept open: as many as there are workers
	HTTP       *http.Client // nil: one with Conns connections
	Now        func() time.Time
	Registerer prometheus.Registerer
}

// API calls Slack's Web API. Every call is measured, and its error, if any, is a *queue.Error.
//
// Posting and looking back go over net/http by hand, the rest through the client library. Looking
// back must, because the library refuses a whole answer over one odd attachment. Posting does for its
// cost, which BenchmarkPost of package message shows beside the library's.
type API struct {
	url     string
	tokens  Tokens
	http    *http.Client
	now     func() time.Time
	seconds *prometheus.HistogramVec // method, outcome
}

// New registers the metrics of the calls.
func New(c Config) (*API, error) {
	a := &API{url: c.URL, tokens: c.Tokens, http: c.HTTP, now: c.Now}
	if a.url == "" {
		a.url = slack.APIURL
	}
	if !strings.HasSuffix(a.url, "/api/") {
		return nil, fmt.Errorf("the address of Slack's API is %q; it must end in /api/", a.url)
	}
	if a.http == nil {
		a.http = newClient(c.Conns)
	}
	a.seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "slabuddy_slack_requests_seconds",
		Help:    "Calls to Slack's Web API, by method and what they came to: ok, retry, unknown, limited, held or terminal.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"method", "outcome"})
	return a, c.Registerer.Register(a.seconds)
}

// newClient keeps conns connections open. It sets no time-out: the context of each call does. It
// stays with HTTP/1.1, where a call that times out takes no more than its own connection with it.
func newClient(conns int) *http.Client {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			Protocols:           &http1,
			MaxIdleConns:        conns,
			MaxIdleConnsPerHost: conns,
			WriteBufferSize:     8 << 10, // a reminder with its buttons: 5 KiB that go out in one write
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: 5 * time.Second,
			DisableCompression:  true, // answers are short
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

const (
	// maxAnswer bounds what is read of an answer: 200 messages with room to spare.
	maxAnswer = 32 << 20
	// asksWithin is how long one question to Slack may take.
	asksWithin = 10 * time.Second
)

// Call posts a form and decodes the answer into out, as far as it fits.
func (a *API) Call(ctx context.Context, workspace, method string, f url.Values, out answer) error {
	began := a.now()
	err := judge(workspace, method, a.exchange(ctx, workspace, method, f, out))
	a.observe(method, began, err)
	return err
}

func (a *API) exchange(ctx context.Context, workspace, method string, f url.Values, out answer) error {
	token, err := a.tokens.Token(ctx, workspace)
	if err != nil {
		return tokenError{err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+method, bytes.NewReader(encode(f)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := a.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := statusError(resp, a.now()); err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return err
	}
	if err := tolerant.Decode(body, out); err != nil {
		return fmt.Errorf("the answer is not JSON: %w", err)
	}
	said := out.said()
	if said.OK == nil {
		return errors.New("the answer does not say whether it is ok")
	}
	if !*said.OK {
		refused := slack.SlackErrorResponse{Err: string(said.Error), Needed: string(said.Needed)}
		for _, e := range said.Errors {
			refused.ResponseMetadata.Messages = append(refused.ResponseMetadata.Messages, string(e))
		}
		return refused
	}
	return nil
}

// Reply is what every answer of Slack's says, beside what was asked for.
type Reply struct {
	OK     *bool // nil: it does not say
	Error  tolerant.Text
	Needed tolerant.Text   // the scope that is missing
	Errors []tolerant.Text // what is wrong with which block
}

func (r *Reply) said() *Reply { return r }

// answer is a struct that embeds reply.
type answer interface{ said() *Reply }

// library is a client of slack-go for a workspace. Its retries stay off: they could do a thing twice.
func (a *API) library(ctx context.Context, workspace string) (*slack.Client, error) {
	token, err := a.tokens.Token(ctx, workspace)
	if err != nil {
		return nil, tokenError{err}
	}
	return slack.New(token, slack.OptionAPIURL(a.url), slack.OptionHTTPClient(a.http)), nil
}

// through runs a call of the client library.
func (a *API) through(ctx context.Context, workspace, method string, call func(*slack.Client) error) error {
	began := a.now()
	client, err := a.library(ctx, workspace)
	if err == nil {
		err = call(client)
	}
	err = judge(workspace, method, err)
	a.observe(method, began, err)
	return err
}

func (a *API) observe(method string, began time.Time, err error) {
	a.seconds.WithLabelValues(method, Outcome(err)).Observe(a.now().Sub(began).Seconds())
}

// statusError is nil for 200, with the client library's own error types for the rest.
func statusError(resp *http.Response, now time.Time) error {
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusTooManyRequests:
		return &slack.RateLimitedError{RetryAfter: limitLasts(resp.Header, now)}
	}
	return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
}

// defaultWait is how long a limit is taken to last when Slack does not say.
const defaultWait = 30 * time.Second

// limitLasts is how long Slack asks us to wait. It sends whole seconds; more than a day of them is no answer of its.
func limitLasts(h http.Header, now time.Time) time.Duration {
	wait, ok := retryafter.Of(h, now)
	if !ok || wait > 24*time.Hour {
		return defaultWait
	}
	return max(wait, time.Second)
}
