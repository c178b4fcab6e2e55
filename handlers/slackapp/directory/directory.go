package directory

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

const (
	refreshEvery = 5 * time.Minute // for so long the user groups are fresh
	lookupEvery  = time.Hour       // asks again for an e-mail address that nobody had
	callTimeout  = 10 * time.Second
	loadTimeout  = time.Second
	// firstPause is how soon a reading that failed is tried again. It doubles up to mostPause.
	firstPause = 5 * time.Second
	mostPause  = time.Minute
	// refusedPause is how soon a token that Slack refuses is tested again. It doubles up to mostRefused.
	refusedPause = time.Minute
	mostRefused  = 15 * time.Minute
)

// Cache holds what was last read of Slack, so that a restart finds it while Slack is away.
type Cache interface {
	Put(ctx context.Context, key string, value []byte, at time.Time) error
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
}

// Gates hold and release the jobs of a workspace.
type Gates interface {
	Gates(ctx context.Context, now time.Time) ([]queue.Gate, error)
	ShutGate(ctx context.Context, g queue.Gate) error
	OpenGate(ctx context.Context, key string, now time.Time) error
}

// directoryConfig is what a Directory is made of.
type directoryConfig struct {
	// Workspace is the one that it is about; "" is that of SLACK_BOT_TOKEN, which is found out by asking.
	Workspace string
	API       *client.API
	Cache     Cache
	Gates     Gates
	Emails    func() []string // of engineers whose Slack id is not configured
	Named     func() []string // people who may be mentioned; nil: nobody is known ahead
	// Met is called with the workspace that the token belongs to, each time that Slack says so. May be nil.
	Met    func(workspace string)
	Wanted func() // asks for a turn
	Now    func() time.Time
	Log    *slog.Logger
}

// Directory knows who the bot is in its workspace, what the user groups are called, and whose e-mail
// address is whose. It answers from memory, and what is stale is read in its next turn:
//
//	auth.test, at first and when it was refused ── refused: gate shut, said once ── accepted: gate open
//	usergroups.list, 5 min old ──┐
//	users.lookupByEmail, once ───┼──▶ known ──▶ Group, UserByEmail, Name, Self
//	users.info, once it is asked ┘     │ ▲         Gone
//	                              kept │ │ loaded when it is opened
//	                                   ▼ │
//	                                 Cache
type Directory struct {
	directoryConfig
	known  atomic.Pointer[known]
	loaded sync.Once
	used   atomic.Int64 // when it was last looked at, Unix microseconds
	fresh  atomic.Int64 // until when there is no need to read, Unix microseconds
	asked  names
	strays strays

	mu        sync.Mutex           // held while Slack is asked; guards what follows
	troubles  map[string]bool      // those that were logged and are not over
	tested    bool                 // Slack has accepted the token, and nobody was refused since
	refusing  bool                 // Slack did not accept the token when it was last tried
	pause     time.Duration        // after the last turn, which failed; 0: it did not
	groupsAt  time.Time            // when the user groups were last read
	lookedFor map[string]time.Time // e-mail addresses that nobody had, and when
}

// known is what the directory answers from. It is replaced as a whole, never changed.
type known struct {
	Self   client.Identity      `json:"self"`
	Groups map[string]string    `json:"groups"` // handle in lower case to S…
	Users  map[string]string    `json:"users"`  // e-mail in lower case to U…
	Names  map[string]knownName `json:"names"`  // U… to what they are called
}

// cacheKey is the key of what is kept.
func (d *Directory) cacheKey() string {
	if d.Workspace == "" {
		return "slack/directory"
	}
	return "slack/directory/" + d.Workspace
}

// newDirectory returns a directory that knows nothing until it runs.
func newDirectory(c directoryConfig) *Directory {
	d := &Directory{
		directoryConfig: c,
		troubles:        map[string]bool{},
		lookedFor:       map[string]time.Time{},
		asked:           names{wanted: map[string]bool{}},
	}
	d.known.Store(&known{})
	return d
}

var _ circle.Directory = (*Directory)(nil)

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
func (d *Directory) Self(workspace string) client.Identity { return d.of(workspace).Self }

func (d *Directory) of(workspace string) *known {
	if k := d.known.Load(); k.Self.Workspace == workspace {
		return k
	}
	return &known{}
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// stale says that something of it should be read again, and by its Wanted soon will be.
func (d *Directory) stale() bool { return d.Now().UnixMicro() >= d.fresh.Load() }

// idle says that nobody has looked at it for a while, and that nothing is held until its token is mended.
func (d *Directory) idle() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.refusing && d.Now().UnixMicro()-d.used.Load() > (2*refreshEvery).Microseconds()
}

// doubt has the token tested in the next turn, and says whether it was not yet doubted.
func (d *Directory) doubt() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refusing {
		return false
	}
	d.tested = false
	d.fresh.Store(0)
	return true
}

// turn reads what is stale. next is when to try again what failed, or to go on; zero if nothing is left to do.
func (d *Directory) turn(ctx context.Context) (next time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.stale():
		next = d.until(d.refresh(ctx))
	case d.pause > 0:
		next = time.UnixMicro(d.fresh.Load())
	}
	if d.tested && d.learnNames(ctx) && next.IsZero() {
		next = d.Now().Add(namesEvery)
	}
	return next
}

// until notes for how long a reading serves, and says when one that failed is tried again.
func (d *Directory) until(right bool) (next time.Time) {
	if right {
		d.pause = 0
		d.fresh.Store(d.Now().Add(refreshEvery).UnixMicro())
		return time.Time{}
	}
	least, most := firstPause, mostPause
	if d.refusing {
		least, most = refusedPause, mostRefused
	}
	d.pause = min(max(2*d.pause, least), most)
	next = d.Now().Add(d.pause)
	d.fresh.Store(next.UnixMicro())
	return next
}

// refresh tests the token if that is in doubt, and reads the user groups and whom e-mail addresses belong to. It says
// whether all of it could be found out.
func (d *Directory) refresh(ctx context.Context) bool {
	workspace := d.known.Load().Self.Workspace
	if !d.tested {
		self, err := d.identify(ctx)
		if err != nil {
			return false // said already
		}
		workspace = self.Workspace
	}
	if d.Now().Sub(d.groupsAt) >= refreshEvery && !d.readGroups(ctx, workspace) {
		return false
	}
	if d.Named != nil {
		for _, user := range d.Named() {
			d.Gone(workspace, user) // has it looked up
		}
	}
	return d.lookUp(ctx, workspace)
}

// failed says that a call did not find out what it asked for. A token that was refused is tested at once.
func (d *Directory) failed(ctx context.Context, err error) {
	if client.Outcome(err) == string(queue.KindHeld) {
		d.tested = false
		_, _ = d.identify(ctx) // it says itself what is wrong
	}
}

// learn replaces what is known by a changed copy, and keeps it. People are as they were kept: another
// replica may have learned of more, and `slabuddy erase` may have taken somebody out, who would be back
// from memory.
func (d *Directory) learn(ctx context.Context, change func(*known)) {
	k := *d.known.Load()
	if kept, found, err := d.kept(ctx); err == nil && found && kept.Self.Workspace == k.Self.Workspace {
		k.Users, k.Names = kept.Users, kept.Names
	}
	change(&k)
	d.known.Store(&k)
	value, err := json.Marshal(k)
	if err == nil {
		err = d.Cache.Put(ctx, d.cacheKey(), value, d.Now())
	}
	if err != nil {
		d.failing("keep", "what is known of the workspace cannot be kept for the next start", err)
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

// kept is what was kept last.
func (d *Directory) kept(ctx context.Context) (k known, found bool, err error) {
	value, _, found, err := d.Cache.Get(ctx, d.cacheKey())
	if err == nil && found {
		err = json.Unmarshal(value, &k)
	}
	return k, found, err
}

func (d *Directory) load(ctx context.Context) {
	k, _, err := d.kept(ctx)
	if err != nil {
		d.Log.Warn("what was known of the workspace cannot be read; asking Slack", "error", err)
		return
	}
	if d.Workspace != "" && k.Self.Workspace != d.Workspace {
		k = known{Self: client.Identity{Workspace: d.Workspace}} // nothing is known, but whom it is about
	}
	d.known.Store(&k)
}

// trouble logs a trouble when it begins, and not again until it is over.
func (d *Directory) trouble(name, words string, args ...any) {
	d.begins(name, slog.LevelWarn, words, args...)
}

// failing is a trouble with its error. What is broken off because the program stops is none: calls that take too long
// end by a time-out.
func (d *Directory) failing(name, words string, err error) {
	if !errors.Is(err, context.Canceled) {
		d.trouble(name, words, "error", err)
	}
}

func (d *Directory) begins(name string, level slog.Level, words string, args ...any) {
	if !d.troubles[name] {
		d.troubles[name] = true
		d.Log.Log(context.Background(), level, words, args...)
	}
}

func (d *Directory) over(name string) { delete(d.troubles, name) }
