package install

import (
	"context"
	"errors"
	"log/slog"
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
	// readEvery is how often all installations are read, in case news of one got lost.
	readEvery    = 5 * time.Minute
	retryEvery   = 5 * time.Second // after a reading that failed
	storeTimeout = 5 * time.Second
	// missedFor is how long a workspace that is not installed is taken for such without reading.
	missedFor  = 10 * time.Second
	mostMissed = 1000
)

// Store is what Tokens needs of the database.
type Store interface {
	SaveInstallation(ctx context.Context, i setup.Installation) error
	EndInstallation(ctx context.Context, workspace string, at time.Time, why string) error
	Installation(ctx context.Context, workspace string) (i setup.Installation, found bool, err error)
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
	// Changed, if set, is called with each workspace whose installation is new, has ended or has another token.
	Changed func(workspace string)
}

// Tokens knows the bot token of each workspace: the one that was installed there, or otherwise
// SLACK_BOT_TOKEN if it is that workspace's. News of one workspace costs one read, however many there are.
type Tokens struct {
	TokensConfig
	home atomic.Pointer[string] // whose SLACK_BOT_TOKEN is, once that is known
	wake chan struct{}          // something is in woken

	mu       sync.RWMutex         // guards what follows
	known    map[string]entry     // by workspace; nil before the first reading
	woken    map[string]bool      // to be read again; "" is all
	missed   map[string]time.Time // not found when they were last looked for
	troubles map[string]bool
	away     bool // the store could not be read, and that was said
}

// entry is one installation as far as it matters here.
type entry struct {
	self   client.Identity
	token  string
	sealed []byte // what the token was opened from
	ended  bool
	at     time.Time // when it was made, or ended: an older reading does not replace it
	err    error     // why there is no token
}

// NewTokens returns tokens that are to be loaded, and kept up to date by Run.
func NewTokens(c TokensConfig) *Tokens {
	return &Tokens{
		TokensConfig: c, wake: make(chan struct{}, 1),
		woken: map[string]bool{}, missed: map[string]time.Time{}, troubles: map[string]bool{},
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
func (t *Tokens) Token(ctx context.Context, workspace string) (string, error) {
	e, found, read := t.find(ctx, workspace)
	switch {
	case found && !e.ended && e.err == nil:
		return e.token, nil
	case t.BotToken != "" && t.mayBeHome(workspace, found):
		return t.BotToken, nil
	case !read:
		return "", errUnread
	case e.err != nil:
		return "", e.err
	case t.PublicURL != "":
		return "", noToken("SLA Buddy is not installed in the workspace; install it at " + t.PublicURL + "/slack/install")
	}
	return "", client.ErrNoToken
}

// find is a workspace's entry. One that is not known is looked for in the store, from time to time: another
// replica may have installed it a moment ago.
func (t *Tokens) find(ctx context.Context, workspace string) (e entry, found, read bool) {
	e, found, read = t.entry(workspace)
	if found || !read || workspace == "" || t.Sealer == nil || !t.looks(workspace) {
		return e, found, read
	}
	if err := t.Refresh(ctx, workspace); err != nil {
		t.sayAway(err)
	}
	return t.entry(workspace)
}

func (t *Tokens) entry(workspace string) (e entry, found, read bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	e, found = t.known[workspace]
	return e, found, t.known != nil
}

// looks says whether to look for a workspace that is not known, and notes it.
func (t *Tokens) looks(workspace string) bool {
	now := t.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.missed[workspace]; ok && now.Sub(at) < missedFor {
		return false
	}
	if len(t.missed) >= mostMissed {
		clear(t.missed)
	}
	t.missed[workspace] = now
	return true
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
	t.mu.RLock()
	defer t.mu.RUnlock()
	var in []string
	for workspace, e := range t.known {
		if t.inForce(workspace, e) {
			in = append(in, workspace)
		}
	}
	slices.Sort(in)
	return in
}

// In says whether a workspace is among those installed.
func (t *Tokens) In(workspace string) bool {
	e, found, _ := t.entry(workspace)
	return found && t.inForce(workspace, e)
}

func (t *Tokens) inForce(workspace string, e entry) bool {
	home := t.home.Load()
	served := e.err != nil && t.BotToken != "" && home != nil && *home == workspace
	return !e.ended && !served
}

// Self is who the bot is in a workspace that installed it, as Slack said then.
func (t *Tokens) Self(workspace string) client.Identity {
	e, found, _ := t.entry(workspace)
	if !found || e.ended {
		return client.Identity{}
	}
	return e.self
}

// Count is how many installations are in force, and how many have ended.
func (t *Tokens) Count() (installed, ended int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, e := range t.known {
		if e.ended {
			ended++
		}
	}
	return len(t.known) - ended, ended
}

// Home implements directory.Installations: it notes whose SLACK_BOT_TOKEN is.
func (t *Tokens) Home(workspace string) {
	if workspace == "" {
		return
	}
	if before := t.home.Swap(&workspace); before == nil || *before != workspace {
		t.notify(workspace)
	}
}

// HasHome says that there is a SLACK_BOT_TOKEN.
func (t *Tokens) HasHome() bool { return t.BotToken != "" }
