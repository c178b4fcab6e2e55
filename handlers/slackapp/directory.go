package slackapp

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

const (
	checkEvery   = time.Minute     // asks whether the token still holds
	refreshEvery = 5 * time.Minute // reads the user groups anew
	lookupEvery  = time.Hour       // asks again for an e-mail address that nobody had
	callTimeout  = 10 * time.Second
)

// Keeper keeps what was last read, so that a restart finds it while Slack is away.
type Keeper interface {
	Keep(ctx context.Context, key string, value []byte, at time.Time) error
	Kept(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
}

// Gates hold and release the jobs of a workspace.
type Gates interface {
	ShutGate(ctx context.Context, g queue.Gate) error
	OpenGate(ctx context.Context, key string, now time.Time) error
}

// DirectoryConfig is what a Directory is made of.
type DirectoryConfig struct {
	API    *API
	Keeper Keeper
	Gates  Gates
	Emails func() []string // of engineers whose Slack id is not configured
	Now    func() time.Time
	Log    *slog.Logger
}

// Directory knows who the bot is in its workspace, what the user groups are called, and whose e-mail
// address is whose. It reads ahead and answers from memory:
//
//	auth.test, each minute ─── refused: gate shut, said once ── accepted: gate open
//	usergroups.list, each 5 min ─┐
//	users.lookupByEmail, once ───┴──▶ known ──▶ Group, UserByEmail, Self
//	                                   │ ▲
//	                              kept │ │ loaded at start
//	                                   ▼ │
//	                                 Keeper
type Directory struct {
	DirectoryConfig
	known atomic.Pointer[known]
	ready chan struct{}

	mu        sync.Mutex           // held while Slack is asked; guards what follows
	troubles  map[string]bool      // those that were logged and are not over
	refusing  bool                 // Slack did not accept the token when it was last tried
	groupsAt  time.Time            // when the user groups were last read
	lookedFor map[string]time.Time // e-mail addresses that nobody had, and when
}

// known is what the directory answers from. It is replaced as a whole, never changed.
type known struct {
	Self   Identity          `json:"self"`
	Groups map[string]string `json:"groups"` // handle in lower case to S…
	Users  map[string]string `json:"users"`  // e-mail in lower case to U…
}

// keptUnder is the key of what is kept.
const keptUnder = "slack/directory"

// NewDirectory returns a directory that knows nothing until it runs.
func NewDirectory(c DirectoryConfig) *Directory {
	d := &Directory{
		DirectoryConfig: c,
		ready:           make(chan struct{}),
		troubles:        map[string]bool{},
		lookedFor:       map[string]time.Time{},
	}
	d.known.Store(&known{})
	return d
}

var _ escalation.Directory = (*Directory)(nil)

// Group returns the id of the user group with that handle, in any case, with or without its @.
func (d *Directory) Group(workspace, handle string) (id string, ok bool) {
	id, ok = d.of(workspace).Groups[strings.TrimPrefix(lower(handle), "@")]
	return id, ok
}

// UserByEmail returns the id of the person with that address.
func (d *Directory) UserByEmail(workspace, email string) (id string, ok bool) {
	id, ok = d.of(workspace).Users[lower(email)]
	return id, ok
}

// Self is who the bot is in a workspace, zero as long as that is not known.
func (d *Directory) Self(workspace string) Identity { return d.of(workspace).Self }

func (d *Directory) of(workspace string) *known {
	if k := d.known.Load(); k.Self.Workspace == workspace {
		return k
	}
	return &known{}
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Ready is closed once everything has been read for the first time, or could not be.
func (d *Directory) Ready() <-chan struct{} { return d.ready }

// Run reads ahead until ctx ends, and then returns nil.
func (d *Directory) Run(ctx context.Context) error {
	d.load(ctx)
	d.refresh(ctx)
	close(d.ready)
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			d.refresh(ctx)
		}
	}
}

func (d *Directory) refresh(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	self, err := d.identify(ctx)
	if err != nil {
		return // said already
	}
	if d.Now().Sub(d.groupsAt) >= refreshEvery {
		d.readGroups(ctx, self.Workspace)
	}
	d.lookUp(ctx, self.Workspace)
}

// learn replaces what is known by a changed copy, and keeps it.
func (d *Directory) learn(ctx context.Context, change func(*known)) {
	k := *d.known.Load()
	change(&k)
	d.known.Store(&k)
	value, err := json.Marshal(k)
	if err == nil {
		err = d.Keeper.Keep(ctx, keptUnder, value, d.Now())
	}
	if err != nil {
		d.trouble("keep", "what is known of the workspace cannot be kept for the next start", "error", err)
		return
	}
	d.over("keep")
}

// with is a copy of m with one more entry.
func with(m map[string]string, key, value string) map[string]string {
	grown := maps.Clone(m)
	if grown == nil {
		grown = map[string]string{}
	}
	grown[key] = value
	return grown
}

func (d *Directory) load(ctx context.Context) {
	value, _, found, err := d.Keeper.Kept(ctx, keptUnder)
	var k known
	if err == nil && found {
		err = json.Unmarshal(value, &k)
	}
	if err != nil {
		d.Log.Warn("what was known of the workspace cannot be read; asking Slack", "error", err)
		return
	}
	d.known.Store(&k)
}

// trouble logs a trouble when it begins, and not again until it is over.
func (d *Directory) trouble(name, words string, args ...any) {
	if !d.troubles[name] {
		d.troubles[name] = true
		d.Log.Warn(words, args...)
	}
}

func (d *Directory) over(name string) { delete(d.troubles, name) }
