package calendar

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar/rounds"
)

const refreshEvery = time.Minute

var interval = rounds.Interval{Every: refreshEvery, FirstRetry: 5 * time.Second, LastRetry: 5 * time.Minute}

// Options are what a Follower is made of.
type Options struct {
	Calendar string // its id: readings of one calendar are never taken for another's
	Source   Source // nil: there is no calendar, and there is never a roster
	Matching Matching
	Store    rounds.Store // of the last reading: a restart finds a roster while the calendar is away
	Now      func() time.Time
	Log      *slog.Logger
	Metrics  prometheus.Registerer
}

// Follower knows the roster at any moment without asking anybody: it reads the calendar ahead, keeps
// what it read, and goes on with that when the calendar does not answer.
type Follower struct {
	store rounds.Store
	now   func() time.Time
	log   *slog.Logger
	wake  chan struct{} // a reading is wanted at once
	ready chan struct{}
	view  atomic.Pointer[view] // what rosters are made from; nobody who asks for one waits

	mu       sync.Mutex // guards what follows
	calendar string
	source   Source
	matching Matching
	more     []Engineer // known beside those of the configuration
	changes  []Change
	reading  Reading
	isReady  bool            // ready is closed
	logged   map[string]bool // titles of unresolved events that were logged
}

// InForce is the reading in use and the matching that says what it means. It is replaced as a whole, so
// that two equal pointers mean the same state.
type InForce struct {
	Reading     Reading
	Matching    Matching
	HasCalendar bool // false: there is none to be read
}

// view is the reading in use, matched as it is configured.
type view struct {
	Schedule
	inForce InForce
}

func (v *view) roster(now time.Time) Roster { return v.At(now, v.inForce.Matching.StaleAfter) }

// NewFollower returns a follower that has read nothing yet; Run makes it read.
func NewFollower(o Options) (*Follower, error) {
	f := &Follower{
		store: o.Store, now: o.Now, log: o.Log,
		wake: make(chan struct{}, 1), ready: make(chan struct{}),
		calendar: o.Calendar, source: o.Source, matching: o.Matching,
	}
	f.match()
	if o.Source == nil {
		f.becomeReady()
	}
	if err := o.Metrics.Register(newCollector(f)); err != nil {
		return nil, fmt.Errorf("calendar metrics: %w", err)
	}
	return f, nil
}

// Roster is the roster now.
func (f *Follower) Roster() Roster { return f.view.Load().roster(f.now()) }

// InForce is what rosters are made from, for those who match it with engineers of their own.
func (f *Follower) InForce() *InForce { return &f.view.Load().inForce }

// Unresolved are the events of the last reading that name nobody we know.
func (f *Follower) Unresolved() []Unresolved { return f.view.Load().Unresolved }

// Ready is closed once there is a roster, or no calendar to wait for.
func (f *Follower) Ready() <-chan struct{} { return f.ready }

// SetMatching puts another matching in force at once, and has the calendar read again.
func (f *Follower) SetMatching(m Matching) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.matching = m
	f.match()
	f.Refresh()
}

// SetMore adds engineers to those of the configuration, and says what was changed beside the calendar. An
// engineer of the configuration comes before one of the same name.
func (f *Follower) SetMore(engineers []Engineer, changes []Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.more, f.changes = engineers, changes
	f.match()
}

// SetSource changes to another calendar, or to none. What was read of the one before is forgotten.
func (f *Follower) SetSource(calendar string, s Source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if calendar != f.calendar || s == nil {
		f.reading = Reading{}
	}
	f.calendar, f.source = calendar, s
	f.match()
	if s == nil {
		f.becomeReady()
	}
	f.Refresh()
}

// Refresh has the calendar read as soon as possible, and does not wait for it.
func (f *Follower) Refresh() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run reads the calendar about every minute until ctx ends, and then returns nil.
func (f *Follower) Run(ctx context.Context) error {
	interval.Run(ctx, f.wake, func(failures int) bool {
		err := f.refresh(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			f.logFailure(err, interval.After(failures+1))
		case failures > 0:
			f.log.Info("the calendar can be read again", "failures", failures)
		}
		return err == nil
	})
	return nil
}

// refresh reads the calendar once. Before its first reading, and when there is none to be had, it
// falls back on the stored one: a process before this one, or beside it, may have had better luck.
func (f *Follower) refresh(ctx context.Context) error {
	f.mu.Lock()
	calendar, source, matching, had := f.calendar, f.source, f.matching, f.reading.ReadAt
	f.mu.Unlock()
	if source == nil {
		return nil
	}
	if had.IsZero() {
		f.load(ctx, calendar, had)
	}
	reading, err := Read(ctx, source, matching, f.now())
	if err != nil {
		f.load(ctx, calendar, had)
		return err
	}
	f.use(calendar, reading)
	f.keep(ctx, calendar, reading)
	return nil
}

func storeKey(calendar string) string { return "calendar/" + calendar }

// load takes the stored reading into use if it is newer than the one there is.
func (f *Follower) load(ctx context.Context, calendar string, newerThan time.Time) {
	reading, found, err := rounds.Load[Reading](ctx, f.store, storeKey(calendar))
	if err != nil && ctx.Err() == nil {
		f.log.Warn("the stored calendar could not be loaded, and is not used", "error", err)
	}
	if err != nil || !found {
		return
	}
	if reading.ReadAt.After(f.now().Add(refreshEvery)) {
		f.log.Warn("the stored calendar is dated in the future, by a clock that was wrong, and is not used", "read_at", reading.ReadAt)
		return
	}
	if reading.ReadAt.After(newerThan) {
		f.use(calendar, reading)
	}
}

func (f *Follower) keep(ctx context.Context, calendar string, reading Reading) {
	if err := rounds.Keep(ctx, f.store, storeKey(calendar), reading, reading.ReadAt); err != nil && ctx.Err() == nil {
		f.log.Warn("the calendar was read but could not be stored; a restart would have to read it again", "error", err)
	}
}

// use makes the reading the one in use, unless it has changed to another calendar since.
func (f *Follower) use(calendar string, reading Reading) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if calendar != f.calendar || f.source == nil {
		return
	}
	f.reading = reading
	f.match()
	if !f.Roster().AsOf.IsZero() {
		f.becomeReady()
	}
}

// match brings the view in line with the reading and the matching, and logs each title that names
// nobody once for as long as it is there.
func (f *Follower) match() {
	matching := f.matching
	matching.Engineers = slices.Clone(matching.Engineers)
	for _, e := range f.more {
		if !slices.ContainsFunc(matching.Engineers, func(have Engineer) bool { return have.Name == e.Name }) {
			matching.Engineers = append(matching.Engineers, e)
		}
	}
	v := &view{
		Schedule: matching.Schedule(f.reading).With(f.changes),
		inForce:  InForce{Reading: f.reading, Matching: f.matching, HasCalendar: f.source != nil},
	}
	f.view.Store(v)
	logged := map[string]bool{}
	for _, u := range v.Unresolved {
		if !f.logged[u.Title] && !logged[u.Title] {
			f.log.Warn("a calendar event names nobody we know: add the guest's e-mail, or the name as an alias, to engineers",
				"title", u.Title, "start", u.Start)
		}
		logged[u.Title] = true
	}
	f.logged = logged
}

func (f *Follower) becomeReady() {
	if !f.isReady {
		f.isReady = true
		close(f.ready)
	}
}

func (f *Follower) logFailure(err error, again time.Duration) {
	roster := f.Roster()
	if roster.AsOf.IsZero() {
		f.log.Error("the calendar could not be read, and there is no roster", "error", err, "again_in", again)
		return
	}
	f.log.Warn("the calendar could not be read; the last roster stays in use",
		"error", err, "as_of", roster.AsOf, "again_in", again)
}
