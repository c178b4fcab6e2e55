package directory

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/fleet"
)

const (
	// mostOpen is how many workspaces' directories are held in memory. Those used least are let go, and
	// read from the Cache when somebody asks for them.
	mostOpen = 512
	// atOnce is how many workspaces are read at once.
	atOnce = 8
	// lookEvery is how often it is looked for which workspaces to read ahead, and whose gates are shut.
	lookEvery = time.Minute
)

// Installations are the workspaces that the bot is in.
type Installations interface {
	Installed() []string                   // ids of those that installed it by OAuth, in force
	In(workspace string) bool              // it is one of them
	Self(workspace string) client.Identity // who the bot is there, as Slack said at the install
	HasHome() bool                         // there is a SLACK_BOT_TOKEN
	Home(workspace string)                 // is called with the workspace it is
}

// Config is what Directories are made of.
type Config struct {
	API           *client.API
	Cache         Cache
	Gates         Gates
	Emails        func(workspace string) []string // of engineers whose Slack id is not configured
	Named         func(workspace string) []string // ids of people who may be mentioned: it is known ahead whether they are still there
	Installations Installations
	// Soon are the workspaces in which something is decided within the next minutes. What that needs of Slack is
	// read ahead for them, and for no others. May be nil.
	Soon func(ctx context.Context) ([]string, error)
	Now  func() time.Time
	Log  *slog.Logger
}

// Directories are a Directory for each workspace that something happens in. Each has a token, a gate and a cache
// of its own: what happens to one does not touch another.
//
//	looked at, or decided about soon ──▶ opened from the Cache ──▶ a turn: read of Slack what is stale
//	not looked at for long           ──▶ let go                      refused: its token is tested, less and less often
//	SLACK_BOT_TOKEN                  ──▶ one more, for the workspace that it turns out to be; unless that is installed too
type Directories struct {
	Config
	plan  *fleet.Plan
	ready chan struct{}

	mu    sync.Mutex
	open  map[string]*Directory // by workspace; "" is that of SLACK_BOT_TOKEN
	first map[string]bool       // those that Ready waits for
}

// New returns directories that know nothing but what is cached, until they run.
func New(c Config) *Directories {
	return &Directories{
		Config: c, plan: fleet.NewPlan(c.Now, atOnce), ready: make(chan struct{}),
		open: map[string]*Directory{}, first: map[string]bool{},
	}
}

var _ circle.Directory = (*Directories)(nil)

// Group returns the id of the user group with that handle, in any case, with or without its @.
func (d *Directories) Group(workspace, handle string) (id string, ok bool) {
	if one := d.of(workspace); one != nil {
		return one.Group(workspace, handle)
	}
	return "", false
}

// UserByEmail returns the id of the person with that address.
func (d *Directories) UserByEmail(workspace, email string) (id string, ok bool) {
	if one := d.of(workspace); one != nil {
		return one.UserByEmail(workspace, email)
	}
	return "", false
}

// Gone says that Slack has a person or a user group no more, as far as that is known.
func (d *Directories) Gone(workspace, id string) bool {
	one := d.of(workspace)
	return one != nil && one.Gone(workspace, id)
}

// Zone is the time zone that somebody is in, nil as long as that is not known.
func (d *Directories) Zone(workspace, user string) *time.Location {
	if one := d.of(workspace); one != nil {
		return one.Zone(workspace, user)
	}
	return nil
}

// Name is what somebody is called there. Whoever is not known yet is looked up, and known next time.
func (d *Directories) Name(workspace, user string) (name string, ok bool) {
	if one := d.of(workspace); one != nil {
		return one.Name(workspace, user)
	}
	return "", false
}

// Self is who the bot is in a workspace, zero as long as that is not known. It opens no directory: each event asks.
func (d *Directories) Self(workspace string) client.Identity {
	if workspace == "" {
		return client.Identity{}
	}
	installed := d.Installations.Self(workspace)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, key := range []string{workspace, ""} { // who was asked says more than the install did
		if one := d.open[key]; one != nil && (key == "" || installed.Workspace != "") {
			if self := one.Self(workspace); self.User != "" {
				return self
			}
		}
	}
	return installed
}

// Workspaces are those that the bot is in, as far as they are known, in order.
func (d *Directories) Workspaces() []string {
	in := d.Installations.Installed()
	if home := d.Home(); home != "" {
		if at, found := slices.BinarySearch(in, home); !found {
			in = slices.Insert(in, at, home)
		}
	}
	return in
}

// In says whether the bot is in a workspace, as far as that is known.
func (d *Directories) In(workspace string) bool {
	return workspace != "" && (d.Installations.In(workspace) || d.Home() == workspace)
}

// Home is the workspace of SLACK_BOT_TOKEN, once it is known.
func (d *Directories) Home() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if one := d.open[""]; one != nil {
		return one.known.Load().Self.Workspace
	}
	return ""
}

// of is the directory of a workspace, opened if need be; nil where the bot is not. One that is stale gets a turn.
func (d *Directories) of(workspace string) *Directory {
	key := workspace
	if workspace == "" || !d.Installations.In(workspace) {
		if key = ""; workspace == "" || d.Home() != workspace {
			return nil
		}
	}
	one := d.opened(key)
	one.used.Store(d.Now().UnixMicro())
	if one.stale() {
		d.plan.Soon(key)
	}
	return one
}

// opened is the directory with that key, with what was cached of it.
func (d *Directories) opened(key string) *Directory {
	d.mu.Lock()
	one := d.open[key]
	if one == nil {
		one = d.begin(key)
		d.letGo()
		d.open[key] = one
	}
	d.mu.Unlock()
	one.loaded.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), loadTimeout)
		defer cancel()
		one.load(ctx)
	})
	return one
}

func (d *Directories) begin(key string) *Directory {
	c := directoryConfig{
		Workspace: key, API: d.API, Cache: d.Cache, Gates: d.Gates, Now: d.Now, Log: d.Log,
		Wanted: func() { d.plan.Soon(key) },
	}
	if key != "" {
		c.Log = d.Log.With("workspace", key)
	} else {
		c.Met = d.Installations.Home
	}
	one := newDirectory(c)
	one.Emails = func() []string { return d.Emails(one.known.Load().Self.Workspace) }
	if d.Named != nil {
		one.Named = func() []string { return d.Named(one.known.Load().Self.Workspace) }
	}
	return one
}

// letGo makes room for one more. d.mu is held.
func (d *Directories) letGo() {
	if len(d.open) < mostOpen {
		return
	}
	least := ""
	for key, one := range d.open {
		if key != "" && (least == "" || one.used.Load() < d.open[least].used.Load()) {
			least = key
		}
	}
	delete(d.open, least)
}

// Renew reads a workspace from the beginning that was installed or has another token, and lets one go that has left.
func (d *Directories) Renew(workspace string) {
	d.forget(workspace)
	d.of(workspace)
}

func (d *Directories) forget(workspace string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, workspace)
}
