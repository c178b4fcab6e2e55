package directory

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// Installations are the workspaces that the bot is in.
type Installations interface {
	Installed() []string      // ids of those that installed it by OAuth, in force
	Changes() <-chan struct{} // receives after each change of those
	HasHome() bool            // there is a SLACK_BOT_TOKEN
	Home(workspace string)    // is called with the workspace it is
}

// Config is what Directories are made of.
type Config struct {
	API           *client.API
	Cache         Cache
	Gates         Gates
	Emails        func(workspace string) []string // of engineers whose Slack id is not configured
	Named         func(workspace string) []string // ids of people who may be mentioned: it is known ahead whether they are still there
	Installations Installations
	Now           func() time.Time
	Log           *slog.Logger
}

// Directories are a Directory for each workspace that the bot is in. Each has a token, a gate and
// what it keeps of its own: what befalls one does not touch another.
//
//	installed ──▶ its Directory begins      ended ──▶ its Directory stops; nothing is known of it
//	SLACK_BOT_TOKEN ──▶ one more, for the workspace that it turns out to be; unless that is installed too
type Directories struct {
	Config
	ready chan struct{}

	mu      sync.RWMutex
	running map[string]*running // by workspace; "" is that of SLACK_BOT_TOKEN
	home    string              // whose SLACK_BOT_TOKEN is, once that is known
}

// running is a Directory at work.
type running struct {
	*Directory
	stop context.CancelFunc
	done chan struct{}
}

// New returns directories that know nothing until they run.
func New(c Config) *Directories {
	return &Directories{Config: c, ready: make(chan struct{}), running: map[string]*running{}}
}

var _ escalation.Directory = (*Directories)(nil)

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

// Self is who the bot is in a workspace, zero as long as that is not known.
func (d *Directories) Self(workspace string) client.Identity {
	if one := d.of(workspace); one != nil {
		return one.Self(workspace)
	}
	return client.Identity{}
}

// Workspaces are those that the bot is in, as far as they are known, in order.
func (d *Directories) Workspaces() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	in := map[string]bool{}
	for workspace, one := range d.running {
		if workspace == "" {
			workspace = one.known.Load().Self.Workspace
		}
		if workspace != "" {
			in[workspace] = true
		}
	}
	return slices.Sorted(maps.Keys(in))
}

// of is the directory of a workspace; nil if there is none.
func (d *Directories) of(workspace string) *Directory {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if workspace == "" {
		return nil
	}
	if one := d.running[workspace]; one != nil {
		return one.Directory
	}
	if home := d.running[""]; home != nil && home.known.Load().Self.Workspace == workspace {
		return home.Directory
	}
	return nil
}

// Ready is closed once everything of the workspaces there are at the start has been read, or could
// not be.
func (d *Directories) Ready() <-chan struct{} { return d.ready }

// Run reads ahead for every workspace until ctx ends, and then returns nil.
func (d *Directories) Run(ctx context.Context) error {
	defer d.stopAll()
	met := make(chan struct{}, 1) // SLACK_BOT_TOKEN's workspace was met
	d.arrange(ctx, met)
	first := d.all()
	go func() {
		defer close(d.ready)
		for _, one := range first {
			select {
			case <-one.Ready():
			case <-one.done:
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.Installations.Changes():
		case <-met:
		}
		d.arrange(ctx, met)
	}
}

// arrange begins the directories that there should be, and stops those that there should not.
func (d *Directories) arrange(ctx context.Context, met chan<- struct{}) {
	wanted := map[string]bool{}
	for _, workspace := range d.Installations.Installed() {
		wanted[workspace] = true
	}
	d.mu.Lock()
	if d.Installations.HasHome() && !wanted[d.home] {
		wanted[""] = true
	}
	var stopped []*running
	for workspace, one := range d.running {
		if !wanted[workspace] {
			stopped = append(stopped, one)
			delete(d.running, workspace)
		}
	}
	for workspace := range wanted {
		if d.running[workspace] == nil {
			d.running[workspace] = d.begin(ctx, workspace, met)
		}
	}
	d.mu.Unlock()
	for _, one := range stopped {
		one.stop()
		<-one.done
	}
}

// begin runs a Directory.
func (d *Directories) begin(ctx context.Context, workspace string, met chan<- struct{}) *running {
	c := directoryConfig{
		Workspace: workspace, API: d.API, Cache: d.Cache, Gates: d.Gates, Now: d.Now, Log: d.Log,
	}
	if workspace != "" {
		c.Log = d.Log.With("workspace", workspace)
	} else {
		c.Met = func(home string) { d.meet(home, met) }
	}
	one := &running{Directory: newDirectory(c), done: make(chan struct{})}
	one.Emails = func() []string { return d.Emails(one.known.Load().Self.Workspace) }
	if d.Named != nil {
		one.Named = func() []string { return d.Named(one.known.Load().Self.Workspace) }
	}
	ctx, one.stop = context.WithCancel(ctx)
	go func() {
		defer close(one.done)
		_ = one.Run(ctx) // returns nil
	}()
	return one
}

// meet notes whose SLACK_BOT_TOKEN is.
func (d *Directories) meet(home string, met chan<- struct{}) {
	d.Installations.Home(home)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.home == home {
		return
	}
	d.home = home
	select {
	case met <- struct{}{}:
	default:
	}
}

func (d *Directories) all() []*running {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Collect(maps.Values(d.running))
}

// stopAll ends every directory at the end of Run.
func (d *Directories) stopAll() {
	for _, one := range d.all() {
		one.stop()
		<-one.done
	}
}
