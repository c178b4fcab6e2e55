package slacktest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest/blocks"
)

// Options describe a workspace. Whatever is left out gets a sensible default.
type Options struct {
	Team   Team
	App    App      // the app under test
	Token  string   // its bot token
	Scopes []string // what Token was granted; nil: DefaultScopes

	SigningSecret     string
	VerificationToken string // the deprecated one, sent along with events
	AppToken          string // xapp-…, for Socket Mode
	ClientID          string // to install by OAuth
	ClientSecret      string
	RedirectURLs      []string // where OAuth may lead back to, subpaths included; nil: anywhere

	RequestURL       string // where events go; empty: nowhere, until SetRequestURL
	InteractivityURL string // where clicks and submissions go
	CommandURL       string // where slash commands go

	Now       func() time.Time                           // stamps messages and signatures
	Wall      func() time.Time                           // what trigger ids, response URLs and codes age by; nil: Now
	Transport http.RoundTripper                          // carries events; nil: the network
	Sleep     func(context.Context, time.Duration) error // waits before event retries; nil: a timer
	NewID     func(prefix string) string                 // ids of events and of what is added without one
	Workers   int                                        // events under way at once; 1 keeps them in order
	PingEvery time.Duration                              // on sockets; default 5 s
	Patience  time.Duration                              // how long an answer is waited for, and a trigger id lives; default Slack's 3 s
}

// Team is the workspace itself.
type Team struct {
	ID, Name, Domain string
	Enterprise       string // the Enterprise Grid organisation that it is in, E…; empty: none
}

// App is an installed app with a bot user: the one under test, or a help desk's.
type App struct {
	ID, Name      string
	BotID, UserID string // B…, and the bot user's U…
	// Classic apps post messages of subtype bot_message, under a name instead of a user.
	Classic bool
}

// DefaultScopes are what SLA Buddy asks for when it is installed.
func DefaultScopes() []string {
	return []string{
		"chat:write", "app_mentions:read", "channels:history", "groups:history", "channels:read",
		"groups:read", "users:read", "users:read.email", "usergroups:read", "commands", "channels:join",
	}
}

// Workspace is one simulated workspace, with the app under test installed or not. Its exported
// methods may be called from any goroutine. Those unexported expect mu to be held, but for the ones
// that serve a call or carry an event, which take it for each glance at the state.
type Workspace struct {
	cloud   *Cloud
	opts    Options // Token and Scopes change with mu held, the rest never
	methods map[string]method
	events  *http.Client

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // deliveries and their waits

	mu                           sync.Mutex
	news                         chan struct{} // closed and replaced whenever anything changes
	requestURL                   string
	interactivityURL, commandURL string
	revoked                      map[string]string // tokens of the past, and the error that each gets
	lastTS                       int64
	users                        map[string]*User
	apps                         map[string]*App
	groups                       []*Group
	channels                     map[string]*channel
	calls                        []*Call
	faults                       []*Injected
	limits                       []*limiter
	out                          outbox

	triggers   map[string]*trigger
	hooks      map[string]*hook // response URLs by their path
	ephemerals []*ephemeral
	chosen     map[string]blocks.State // in the controls of messages, by user, channel and ts
	views      map[string]*view
	stacks     map[string][]*view // modals by user, the top one last
	homes      map[string]*view   // by user
}

// New sets up a workspace in which nobody but the app under test is. It has a Slack of its own.
func New(o Options) *Workspace {
	c := NewCloud(o)
	return c.add(withDefaults(c.opts))
}

func newWorkspace(c *Cloud, o Options) *Workspace {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Workspace{
		cloud:            c,
		opts:             o,
		methods:          methods(),
		events:           eventClient(o.Transport),
		ctx:              ctx,
		cancel:           cancel,
		news:             make(chan struct{}),
		requestURL:       o.RequestURL,
		interactivityURL: o.InteractivityURL,
		commandURL:       o.CommandURL,
		revoked:          map[string]string{},
		users:            map[string]*User{},
		apps:             map[string]*App{},
		channels:         map[string]*channel{},
		triggers:         map[string]*trigger{},
		hooks:            map[string]*hook{},
		chosen:           map[string]blocks.State{},
		views:            map[string]*view{},
		stacks:           map[string][]*view{},
		homes:            map[string]*view{},
	}
	if o.Token != "" {
		w.AddApp(o.App)
	}
	return w
}

func withDefaults(o Options) Options {
	setDefault(&o.Team.ID, "T0SLABUDDY")
	setDefault(&o.Team.Name, "Acme Support")
	setDefault(&o.Team.Domain, "acme-support")
	setDefault(&o.App.BotID, "B0SLABUDDY")
	setDefault(&o.App.UserID, "U0SLABUDDY")
	setDefault(&o.Token, "xoxb-simulated")
	if o.Scopes == nil {
		o.Scopes = DefaultScopes()
	}
	return withAppDefaults(o)
}

// withAppDefaults fills in what belongs to the app, in whichever workspace.
func withAppDefaults(o Options) Options {
	setDefault(&o.App.ID, "A0SLABUDDY")
	setDefault(&o.App.Name, "slabuddy")
	setDefault(&o.SigningSecret, "simulated-signing-secret")
	setDefault(&o.VerificationToken, "simulated-verification-token")
	setDefault(&o.AppToken, "xapp-1-simulated")
	setDefault(&o.ClientID, "1234567890.1234567890")
	setDefault(&o.ClientSecret, "simulated-client-secret")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wall == nil {
		o.Wall = o.Now
	}
	if o.PingEvery == 0 {
		o.PingEvery = 5 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = 3 * time.Second
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.NewID == nil {
		o.NewID = counter()
	}
	o.Workers = max(o.Workers, 1)
	return o
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// counter makes ids that are unique in a workspace and the same in every run.
func counter() func(prefix string) string {
	var mu sync.Mutex
	n := 0
	return func(prefix string) string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("%s%08d", prefix, n)
	}
}

// Options are the workspace's own, with all defaults filled in. Token is empty while the app is not
// installed.
func (w *Workspace) Options() Options {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.opts
}

// Close stops sending events and lets go of every call that hangs. Sockets end with the last
// workspace.
func (w *Workspace) Close() {
	w.mu.Lock()
	w.cancel() // locked, so that no delivery begins once Wait does
	w.mu.Unlock()
	w.work.Wait()
	w.cloud.closed()
}

// Wait returns once cond holds. It is asked now, and again after every change in the workspace: a
// message, a call's end, a delivery. It is called without locks and may use the workspace.
func (w *Workspace) Wait(ctx context.Context, cond func() bool) error {
	for {
		w.mu.Lock()
		news := w.news
		w.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("waiting for the workspace: %w", ctx.Err())
		}
	}
}

// Changed is closed at the next change in the workspace. Ask for it before looking.
func (w *Workspace) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.news
}

func (w *Workspace) changed() {
	close(w.news)
	w.news = make(chan struct{})
}
