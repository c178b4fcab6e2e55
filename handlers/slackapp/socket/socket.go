// Package socket lets Slack reach the bot where it has no public address: over a WebSocket that the
// bot opens (docs.slack.dev/apis/events-api/using-socket-mode).
//
//	apps.connections.open ─▶ wss://… ─▶ hello ─▶ envelopes ─▶ App ─▶ ack, once it is durable
//	        ▲                             │
//	        │ backs off                   ├─ disconnect: the next connection opens before this one goes
//	        └─────────────────────────────┴─ broken, or silent for too long
//
// An envelope is acknowledged only when the App has returned without an error. Otherwise nothing is
// said, and Slack delivers it again. It holds the same JSON that would come over HTTP, and goes to the
// same handlers.
//
// The client library's socketmode is not used: it parses events on their way and errors on those of
// shapes it does not know, and it closes a connection before it opens the next.
package socket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// App takes in what Slack sends, durably before it returns; *slackapp.App is one. The bytes returned
// are the JSON to answer with, if any.
type App interface {
	Event(ctx context.Context, payload []byte) error
	Interaction(ctx context.Context, payload []byte) ([]byte, error)
	Command(ctx context.Context, form url.Values) ([]byte, error)
}

// Config is what a Client is made of.
type Config struct {
	App    App
	Token  string         // SLACK_APP_TOKEN, xapp-…
	APIURL string         // ends in /api/; "" is Slack's own
	HTTP   *http.Client   // for apps.connections.open; nil: one with a time-out
	Rand   func() float64 // in [0, 1), for jitter
	Back   func()         // is called when Slack can reach us again after it could not; may be nil
	Log    *slog.Logger
}

// Client keeps a connection to Slack open.
type Client struct {
	Config
	timing timing

	mu      sync.Mutex
	open    int    // connections that Slack may use
	lost    bool   // there was one, and there is none
	trouble string // why there is none
}

// timing is how long things take at most.
type timing struct {
	call     time.Duration // apps.connections.open, or the dialling, or the hello
	handle   time.Duration // Slack waits three seconds for an ack
	ping     time.Duration // between our pings
	silence  time.Duration // a connection that is silent for so long is dead
	leaving  time.Duration // a connection that Slack wants closed lasts so much longer
	drain    time.Duration // what is in hand at the end may take so long
	firstTry time.Duration // before the second try; it doubles
	lastTry  time.Duration // and grows to this
	settled  time.Duration // a connection that lasted so long was a good one
}

// New makes a Client.
func New(c Config) (*Client, error) {
	if !strings.HasPrefix(c.Token, "xapp-") {
		return nil, errors.New("SLACK_APP_TOKEN has to be an app-level token, which begins with xapp-: at https://api.slack.com/apps, Basic Information, App-Level Tokens, with the scope connections:write")
	}
	if c.APIURL == "" {
		c.APIURL = slack.APIURL
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the token would go along
		}
	}
	return &Client{
		Config: c,
		timing: timing{
			call: 10 * time.Second, handle: 2500 * time.Millisecond, ping: 10 * time.Second, silence: 45 * time.Second,
			leaving: 30 * time.Second, drain: 2 * time.Second, firstTry: time.Second, lastTry: time.Minute, settled: 10 * time.Second,
		},
		trouble: "Socket Mode has not connected yet",
	}, nil
}

// Ready returns nil while Slack can reach us, and otherwise why it cannot.
func (c *Client) Ready(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open > 0 {
		return nil
	}
	return errors.New(c.trouble)
}

// Run keeps connected until ctx ends, lets what is in hand finish, and returns nil. What goes wrong is
// logged when it begins and tried again for ever: somebody may be mending it.
func (c *Client) Run(ctx context.Context) error {
	var serving sync.WaitGroup
	defer serving.Wait()
	for tries := 0; ctx.Err() == nil; {
		l, err := c.connect(ctx)
		if err != nil {
			tries++
			c.sayTrouble(ctx, err)
			_ = sleep.For(ctx, c.backOff(tries, err))
			continue
		}
		c.came()
		began := time.Now()
		serving.Go(func() {
			defer c.went()
			l.serve(ctx)
		})
		select {
		case <-ctx.Done():
		case <-l.leaving:
		}
		if time.Since(began) >= c.timing.settled {
			tries = 0
		} else if ctx.Err() == nil {
			tries++ // Slack hangs up on us again and again
			_ = sleep.For(ctx, c.backOff(tries, nil))
		}
	}
	return nil
}

// backOff is how long to wait before the next try: as long as Slack asks, or longer each time, and
// never exactly as long as the other connections.
func (c *Client) backOff(tries int, err error) time.Duration {
	var limited *slack.RateLimitedError
	wait := c.timing.firstTry << min(tries-1, 10)
	if wait > c.timing.lastTry {
		wait = c.timing.lastTry
	}
	wait = time.Duration(float64(wait) * (0.5 + c.Rand()/2))
	if errors.As(err, &limited) {
		wait = max(wait, limited.RetryAfter)
	}
	return wait
}

func (c *Client) came() {
	if c.connected() && c.Back != nil {
		c.Back()
	}
}

// connected notes a connection, and says whether there had been one before and none since.
func (c *Client) connected() (again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	again, c.lost = c.lost, false
	c.open++
	if c.trouble != "" {
		c.trouble = ""
		c.Log.Info("connected to Slack by Socket Mode")
	}
	return again
}

func (c *Client) went() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open--; c.open == 0 {
		c.trouble, c.lost = "the Socket Mode connection has ended; connecting again", true
	}
}

// sayTrouble logs a trouble once.
func (c *Client) sayTrouble(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	words := "Socket Mode cannot connect: " + err.Error()
	if c.trouble != words {
		c.Log.Warn("Slack cannot reach the bot; trying again", "error", words)
	}
	c.trouble = words
}

// explain says what to do about Slack's refusal to let us connect
// (docs.slack.dev/reference/methods/apps.connections.open).
func explain(err error) error {
	var said slack.SlackErrorResponse
	if !errors.As(err, &said) {
		return err
	}
	const where = "at https://api.slack.com/apps, Basic Information, App-Level Tokens"
	advice := map[string]string{
		"not_allowed_token_type": "SLACK_APP_TOKEN has to be an app-level token, which begins with xapp-: " + where,
		"invalid_auth":           "SLACK_APP_TOKEN is no good; make an app-level token " + where + ", with the scope connections:write",
		"not_authed":             "SLACK_APP_TOKEN is no good; make an app-level token " + where + ", with the scope connections:write",
		"token_revoked":          "SLACK_APP_TOKEN was revoked; make a new one " + where,
		"account_inactive":       "the app was removed, or its owner has left; make a new app-level token " + where,
		"missing_scope":          "SLACK_APP_TOKEN lacks the scope connections:write; make another " + where,
		"forbidden_team":         "the workspace does not allow Socket Mode; ask its administrator",
		"socket_mode_disabled":   socketModeOff,
		"access_denied":          socketModeOff,
	}[said.Err]
	if advice == "" {
		return fmt.Errorf("refused by Slack: %.80q", said.Err)
	}
	return fmt.Errorf("refused by Slack, %.80q: %s", said.Err, advice)
}

const socketModeOff = "Socket Mode may be off; switch it on at https://api.slack.com/apps, Socket Mode"
