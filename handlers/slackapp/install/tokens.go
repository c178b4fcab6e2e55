package install

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/directory"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
)

const (
	readEvery    = 30 * time.Second
	storeTimeout = 5 * time.Second
)

// Store keeps installations and gates.
type Store interface {
	SaveInstallation(ctx context.Context, i setup.Installation) error
	EndInstallation(ctx context.Context, workspace string, at time.Time, why string) error
	Installations(ctx context.Context) ([]setup.Installation, error)
	ShutGate(ctx context.Context, g queue.Gate) error
	OpenGate(ctx context.Context, key string, now time.Time) error
}

// TokensConfig is what Tokens are made of.
type TokensConfig struct {
	Store     Store
	Sealer    *seal.Sealer // nil: nothing can be installed, and BotToken is the only token
	BotToken  string       // SLACK_BOT_TOKEN; "": there is none
	PublicURL string       // to install again at; "": there is no such address
	Now       func() time.Time
	Log       *slog.Logger
}

// Tokens knows the bot token of each workspace: the one that was installed there, or otherwise
// SLACK_BOT_TOKEN if it is that workspace's.
type Tokens struct {
	TokensConfig
	known   atomic.Pointer[map[string]entry] // by workspace; nil before the first reading
	home    atomic.Pointer[string]           // whose SLACK_BOT_TOKEN is, once that is known
	wake    chan struct{}
	changed chan struct{}

	mu       sync.Mutex // held while the store is read; guards what follows
	troubles map[string]bool
	away     bool // the store could not be read, and that was said
}

// entry is one installation as far as it matters here.
type entry struct {
	token string
	ended bool
	err   error // why there is no token
}

// NewTokens returns tokens that are to be loaded, and kept up to date by Run.
func NewTokens(c TokensConfig) *Tokens {
	return &Tokens{
		TokensConfig: c,
		wake:         make(chan struct{}, 1), changed: make(chan struct{}, 1),
		troubles: map[string]bool{},
	}
}

var (
	_ client.Tokens           = (*Tokens)(nil)
	_ directory.Installations = (*Tokens)(nil)
)

// noToken is an ErrNoToken in words of its own.
type noToken string

func (e noToken) Error() string        { return string(e) }
func (e noToken) Is(target error) bool { return target == client.ErrNoToken }

// errUnread says that the installations have not been read since the start.
var errUnread = errors.New("the installations have not been read yet")

// Token implements client.Tokens. The workspace "" is that of SLACK_BOT_TOKEN.
func (t *Tokens) Token(_ context.Context, workspace string) (string, error) {
	var e entry
	known, found := t.known.Load(), false
	if known != nil {
		e, found = (*known)[workspace]
	}
	switch {
	case found && !e.ended && e.err == nil:
		return e.token, nil
	case t.BotToken != "" && t.mayBeHome(workspace, found):
		return t.BotToken, nil
	case known == nil:
		return "", errUnread
	case e.err != nil:
		return "", e.err
	case t.PublicURL != "":
		return "", noToken("SLA Buddy is not installed in the workspace; install it at " + t.PublicURL + "/slack/install")
	}
	return "", client.ErrNoToken
}

// mayBeHome says that SLACK_BOT_TOKEN is, or may be, the workspace's. As long as nobody knows whose it
// is, it is not tried where the bot was installed in another way: a channel may be shared by two
// workspaces, and the one's token would post there for the other.
func (t *Tokens) mayBeHome(workspace string, installed bool) bool {
	home := t.home.Load()
	if workspace == "" || home == nil {
		return workspace == "" || !installed
	}
	return *home == workspace
}

// Installed are the workspaces whose installations are in force, in order. One whose token cannot be
// opened is not among them if SLACK_BOT_TOKEN serves it.
func (t *Tokens) Installed() []string {
	var in []string
	home := t.home.Load()
	if known := t.known.Load(); known != nil {
		for workspace, e := range *known {
			served := e.err != nil && t.BotToken != "" && home != nil && *home == workspace
			if !e.ended && !served {
				in = append(in, workspace)
			}
		}
	}
	slices.Sort(in)
	return in
}

// Changes receives after each change of the installations; it has one reader.
func (t *Tokens) Changes() <-chan struct{} { return t.changed }

// Home implements directory.Installations: it notes whose SLACK_BOT_TOKEN is.
func (t *Tokens) Home(workspace string) {
	if workspace != "" {
		t.home.Store(&workspace)
	}
}

// HasHome says that there is a SLACK_BOT_TOKEN.
func (t *Tokens) HasHome() bool { return t.BotToken != "" }

// Wake has the installations read again, because somebody says that they have changed.
func (t *Tokens) Wake() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Run keeps up with the installations until ctx ends, and then returns nil.
func (t *Tokens) Run(ctx context.Context) error {
	tick := time.NewTicker(readEvery)
	defer tick.Stop()
	for {
		if err := t.Load(ctx); err != nil && ctx.Err() == nil {
			t.sayAway(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-t.wake:
		}
	}
}

func (t *Tokens) sayAway(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.away {
		t.away = true
		t.Log.Warn("the installations cannot be read; going on with those known", "error", err)
	}
}

// Load reads the installations now. After an error those known before stay.
func (t *Tokens) Load(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	installations, err := t.Store.Installations(ctx)
	if err != nil {
		return fmt.Errorf("read the installations: %w", err)
	}
	t.away = false
	known := make(map[string]entry, len(installations))
	for _, i := range installations {
		known[i.Workspace] = t.open(i)
	}
	before := t.known.Swap(&known)
	if before != nil && maps.EqualFunc(*before, known, same) {
		return nil
	}
	select {
	case t.changed <- struct{}{}:
	default:
	}
	return nil
}

func same(a, b entry) bool {
	return a.token == b.token && a.ended == b.ended && (a.err == nil) == (b.err == nil)
}

// open makes an entry of an installation. A token that cannot be opened holds its workspace alone.
func (t *Tokens) open(i setup.Installation) entry {
	if !i.EndedAt.IsZero() {
		delete(t.troubles, i.Workspace)
		return entry{ended: true, err: t.ended(i)}
	}
	err := seal.ErrNoKey
	var token string
	if t.Sealer != nil {
		token, _, err = t.Sealer.Open(i.Workspace, i.Token)
	}
	if err == nil {
		delete(t.troubles, i.Workspace)
		return entry{token: token}
	}
	words := noToken(fmt.Sprintf("the workspace's token cannot be opened: %v; set SLABUDDY_ENCRYPTION_KEY to new,old with the key it was sealed with, or install the app there again%s", err, t.at()))
	if !t.troubles[i.Workspace] {
		t.troubles[i.Workspace] = true
		t.Log.Error("nothing can be posted to a workspace, whose jobs are held; the others go on", "workspace", i.Workspace, "name", i.Name, "error", words)
	}
	return entry{err: words}
}

func (t *Tokens) ended(i setup.Installation) error {
	return noToken(fmt.Sprintf("SLA Buddy left the workspace on %s (%s); install it again%s",
		i.EndedAt.UTC().Format("2 January 2006, 15:04 MST"), i.EndedWhy, t.at()))
}

func (t *Tokens) at() string {
	if t.PublicURL == "" {
		return ""
	}
	return " at " + t.PublicURL + "/slack/install"
}
