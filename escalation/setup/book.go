package setup

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
)

const (
	refreshEvery = 30 * time.Second // in case a wake got lost
	retryEvery   = 2 * time.Second  // while something could not be read
	loadTimeout  = 5 * time.Second
	patience     = time.Second // the longest a caller waits for a workspace never asked about before
)

// Store keeps settings.
type Store interface {
	// AddSetting adds a version; added is false if it is not the one after the latest.
	AddSetting(ctx context.Context, s Setting) (added bool, err error)
	// Settings are the latest versions of all scopes of a workspace, those taken back included.
	Settings(ctx context.Context, workspace string) ([]Setting, error)
	// SettingVersions are the last n versions of a scope, the latest first.
	SettingVersions(ctx context.Context, workspace, scope string, n int) ([]Setting, error)
}

// BookConfig is what a Book is made of.
type BookConfig struct {
	Store     Store
	Directory circle.Directory // knows the user groups; nil: none is known
	Now       func() time.Time
	Log       *slog.Logger
	// Watch stores that a channel is watched from now on, before that is stored itself (rule 3); nil: nobody
	// needs to know.
	Watch func(ctx context.Context, workspace, channel string) error
	// ClosedDays are what calendars of closed days say; nil: none is followed.
	ClosedDays ClosedDays
	// Follow, if set, is called after hours somewhere name other calendars of closed days. It may do nothing to
	// the book before it has returned.
	Follow func()
	// Changed, if set, is called after the file's part has changed, or what Everybody and Calendars tell of. It may
	// read the book, and not change it.
	Changed func()
}

// Book knows what is in force in every workspace: what the file says, and what was set up from Slack.
// It answers from memory:
//
//	slabuddy.yaml ──SetBase──┐
//	                         ├──merge──▶ View, Settings      (one of each workspace, replaced as a whole)
//	Store ──first use, Wake, ┘
//	        every 30 s
//
// A workspace that nobody asks about is let go, unless others look at what was set up there: see View.counts.
type Book struct {
	BookConfig
	wake   chan struct{} // something is in woken
	ready  chan struct{}
	notify sync.Mutex // held while Changed runs, so that its last call sees the latest

	mu      sync.RWMutex // guards what follows
	base    *escalation.Settings
	only    string // the one workspace that base holds for; "": it holds for all
	own     *View  // of no workspace: base itself
	entries map[string]*entry
	woken   map[string]bool
}

// entry is one workspace in the book, guarded by the book's lock.
type entry struct {
	workspace string
	tried     chan struct{} // closed once the first reading has come to its end, good or bad
	loaded    bool
	stored    map[string]Setting // the latest version known of each scope
	view      *View
	used      atomic.Int64 // when it was last asked about, Unix microseconds
}

// NewBook returns a book whose base is that of an empty configuration.
func NewBook(c BookConfig) *Book {
	b := &Book{
		BookConfig: c, wake: make(chan struct{}, 1), ready: make(chan struct{}),
		entries: map[string]*entry{}, woken: map[string]bool{},
	}
	defaults := escalation.DefaultSettings()
	b.base, b.own = &defaults, merge("", &defaults, true, nil, c.ClosedDays, c.Now())
	return b
}

// SetBase puts what the file says in force: in the workspace only, or in all where that is empty. s is
// not changed afterwards.
func (b *Book) SetBase(s *escalation.Settings, only string) {
	b.mu.Lock()
	b.base, b.only = s, only
	b.own = merge("", s, true, nil, b.ClosedDays, b.Now())
	for _, e := range b.entries {
		b.build(e)
	}
	b.mu.Unlock()
	b.changed()
}

// Settings are those in force in a workspace, never nil; for "" those of the deployment itself.
func (b *Book) Settings(workspace string) *escalation.Settings { return b.View(workspace).Settings }

// View is what is in force in a workspace, never nil. A workspace asked about for the first time is
// read from the store, and waited for a second at most.
func (b *Book) View(workspace string) *View {
	b.mu.RLock()
	if workspace == "" {
		defer b.mu.RUnlock()
		return b.own
	}
	e := b.entries[workspace]
	if e != nil && e.loaded {
		defer b.mu.RUnlock()
		e.used.Store(b.Now().UnixMicro())
		return e.view
	}
	b.mu.RUnlock()
	return b.await(workspace).view
}

// await is a workspace's entry, once it has been read, or could not be for a while.
func (b *Book) await(workspace string) known {
	e, _ := b.open(workspace)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-e.tried:
	case <-timer.C:
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return known{e.view, e.loaded}
}

// Loaded says whether what was set up in a workspace is known. As long as it is not, only what the
// file says is in force there.
func (b *Book) Loaded(workspace string) bool { return workspace == "" || b.await(workspace).loaded }

// open returns a workspace's entry. A new one is being read.
func (b *Book) open(workspace string) (e *entry, isNew bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.entries[workspace]; e != nil {
		return e, false
	}
	e = &entry{workspace: workspace, tried: make(chan struct{}), stored: map[string]Setting{}}
	b.build(e)
	b.letGo()
	b.entries[workspace] = e
	e.used.Store(b.Now().UnixMicro())
	go func() {
		defer close(e.tried)
		b.read(context.Background(), e)
	}()
	return e, true
}

// read brings an entry in line with the store. What cannot be read is tried again by Run.
func (b *Book) read(ctx context.Context, e *entry) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	stored, err := b.Store.Settings(ctx, e.workspace)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			b.Log.Warn("what was set up in a workspace cannot be read; going on with what is known", "workspace", e.workspace, "error", err)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.woken[e.workspace] = true
		return
	}
	b.take(e, stored, true)
}

// take puts settings in force, unless later versions of theirs are: readings may overtake each other.
// all says that they are all there are.
func (b *Book) take(e *entry, settings []Setting, all bool) {
	b.mu.Lock()
	news := all && !e.loaded
	if all && len(settings) == 0 && b.longAgo(e) {
		e.stored, news = map[string]Setting{}, true // versions are only added: the workspace was erased
	}
	for _, s := range settings {
		if s.Version > e.stored[s.Scope].Version {
			e.stored[s.Scope] = s
			news = true
		}
	}
	e.loaded = e.loaded || all
	counted := e.view.counts()
	if news {
		b.build(e)
		counted = counted || e.view.counts()
	}
	b.mu.Unlock()
	if news && counted {
		b.changed()
	}
}

// longAgo says that something was set up, and none of it lately, so that no reading from before is under way.
func (b *Book) longAgo(e *entry) bool {
	for _, s := range e.stored {
		if b.Now().Sub(s.At) < time.Minute {
			return false
		}
	}
	return len(e.stored) > 0
}

// build makes the view of an entry.
func (b *Book) build(e *entry) {
	stored := make([]Setting, 0, len(e.stored))
	for _, scope := range sortedKeys(e.stored) {
		stored = append(stored, e.stored[scope])
	}
	var named []string
	if e.view != nil {
		named = e.view.Calendars
	}
	e.view = merge(e.workspace, b.base, b.only == "" || b.only == e.workspace, stored, b.ClosedDays, b.Now())
	if b.Follow != nil && !slices.Equal(named, e.view.Calendars) {
		b.Follow()
	}
}

// Calendars are the ids of all calendars of closed days that were chosen from Slack, in order.
func (b *Book) Calendars() []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var ids []string
	for _, e := range b.entries {
		ids = append(ids, e.view.Calendars...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// CalendarDays is what calendars close of the hours that were set up from Slack, in a word that changes with it, by the
// workspace and the name of the hours.
func (b *Book) CalendarDays() map[[2]string]string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	days := map[[2]string]string{}
	for workspace, e := range b.entries {
		if len(e.view.Calendars) == 0 {
			continue
		}
		for name, h := range e.view.Settings.Hours {
			if strings.HasPrefix(name, ownPolicyKey("")) {
				days[[2]string{workspace, name}] = h.CalendarDays()
			}
		}
	}
	return days
}

func (b *Book) changed() {
	if b.Changed != nil {
		b.notify.Lock()
		defer b.notify.Unlock()
		b.Changed()
	}
}

// Everybody is who was set up from Slack wherever the file holds, and what was changed in the roster
// there: what the file's calendar is matched with beside the file's own engineers.
func (b *Book) Everybody() (engineers []calendar.Engineer, changes []calendar.Change) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, workspace := range sortedKeys(b.entries) {
		v := b.entries[workspace].view
		if !v.FileHolds {
			continue
		}
		for _, e := range v.Engineers {
			if e.Origin == Slack {
				engineers = append(engineers, e.Engineer)
			}
		}
		changes = append(changes, v.Changes...)
	}
	return engineers, changes
}
