package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	refreshEvery = time.Minute
	firstRetry   = 5 * time.Second // after a failed reading; doubled with each further one
	lastRetry    = 5 * time.Minute
)

// Store keeps the last reading, so that a restart finds a roster while the calendar is away.
type Store interface {
	Put(ctx context.Context, key string, value []byte, at time.Time) error
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
}

// Options are what a Keeper is made of.
type Options struct {
	Calendar string // its id: readings of one calendar are never taken for another's
	Source   Source // nil: there is no calendar, and hence never a roster
	Rules    Rules
	Store    Store
	Now      func() time.Time
	Log      *slog.Logger
	Metrics  prometheus.Registerer
}

// Keeper knows the roster at any moment without asking anybody: it reads the calendar ahead, keeps
// what it read, and goes on with that when the calendar does not answer.
type Keeper struct {
	store Store
	now   func() time.Time
	log   *slog.Logger
	wake  chan struct{} // a reading is wanted at once
	ready chan struct{}
	view  atomic.Pointer[view] // what rosters are made from; nobody who asks for one waits

	mu       sync.Mutex // guards what follows
	calendar string
	source   Source
	rules    Rules
	more     []Engineer // known beside those of the rules
	changes  []Change
	reading  Reading
	isReady  bool            // ready is closed
	told     map[string]bool // titles of unresolved events that were logged
}

// InForce is the reading in use and the rules that say what it means. It is replaced as a whole, so
// that a pointer to it stands for what is in force.
type InForce struct {
	Reading     Reading
	Rules       Rules
	HasCalendar bool // false: there is none to be read
}

// view is the reading in use, matched under the rules in force.
type view struct {
	Schedule
	inForce InForce
}

func (v *view) roster(now time.Time) Roster { return v.At(now, v.inForce.Rules.StaleAfter) }

// NewKeeper returns a keeper that has read nothing yet; Run makes it read.
func NewKeeper(o Options) (*Keeper, error) {
	k := &Keeper{
		store: o.Store, now: o.Now, log: o.Log,
		wake: make(chan struct{}, 1), ready: make(chan struct{}),
		calendar: o.Calendar, source: o.Source, rules: o.Rules,
	}
	k.match()
	if o.Source == nil {
		k.becomeReady()
	}
	if err := o.Metrics.Register(newCollector(k)); err != nil {
		return nil, fmt.Errorf("calendar metrics: %w", err)
	}
	return k, nil
}

// Roster is the roster now.
func (k *Keeper) Roster() Roster { return k.view.Load().roster(k.now()) }

// InForce is what rosters are made from, for those who match it with engineers of their own.
func (k *Keeper) InForce() *InForce { return &k.view.Load().inForce }

// Unresolved are the events of the last reading that name nobody we know.
func (k *Keeper) Unresolved() []Unresolved { return k.view.Load().Unresolved }

// Ready is closed once there is a roster, or is none to wait for.
func (k *Keeper) Ready() <-chan struct{} { return k.ready }

// SetRules puts other rules in force at once, and has the calendar read again.
func (k *Keeper) SetRules(r Rules) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rules = r
	k.match()
	k.Refresh()
}

// SetMore tells of engineers beside those of the rules, and of what was changed beside the calendar.
// An engineer of the rules comes before one of the same name.
func (k *Keeper) SetMore(engineers []Engineer, changes []Change) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.more, k.changes = engineers, changes
	k.match()
}

// SetSource changes to another calendar, or to none. What was read of the one before is forgotten.
func (k *Keeper) SetSource(calendar string, s Source) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if calendar != k.calendar || s == nil {
		k.reading = Reading{}
	}
	k.calendar, k.source = calendar, s
	k.match()
	if s == nil {
		k.becomeReady()
	}
	k.Refresh()
}

// Refresh has the calendar read as soon as may be, and does not wait for it.
func (k *Keeper) Refresh() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Run reads the calendar about every minute until ctx ends, and then returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	for failures := 0; ; {
		err := k.refresh(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			failures++
			k.logFailure(err, pause(failures))
		} else if failures > 0 {
			k.log.Info("the calendar can be read again", "failures", failures)
			failures = 0
		}
		timer := time.NewTimer(pause(failures))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-k.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// pause is the time until the next reading after so many failures in a row.
func pause(failures int) time.Duration {
	if failures == 0 {
		return refreshEvery
	}
	wait := firstRetry
	for range failures - 1 {
		wait = min(2*wait, lastRetry)
	}
	return wait
}

// refresh reads the calendar once. Before its first reading, and when there is none to be had, it
// falls back on the stored one: a process before this one, or beside it, may have had better luck.
func (k *Keeper) refresh(ctx context.Context) error {
	k.mu.Lock()
	calendar, source, rules, had := k.calendar, k.source, k.rules, k.reading.ReadAt
	k.mu.Unlock()
	if source == nil {
		return nil
	}
	if had.IsZero() {
		k.load(ctx, calendar, had)
	}
	reading, err := Read(ctx, source, rules, k.now())
	if err != nil {
		k.load(ctx, calendar, had)
		return err
	}
	k.use(calendar, reading)
	k.keep(ctx, calendar, reading)
	return nil
}

func storeKey(calendar string) string { return "calendar/" + calendar }

// load takes the stored reading into use if it is newer than the one there is.
func (k *Keeper) load(ctx context.Context, calendar string, newerThan time.Time) {
	value, _, found, err := k.store.Get(ctx, storeKey(calendar))
	if err != nil {
		if ctx.Err() == nil {
			k.log.Warn("the stored calendar could not be loaded", "error", err)
		}
		return
	}
	if !found {
		return
	}
	var reading Reading
	if err := json.Unmarshal(value, &reading); err != nil {
		k.log.Warn("the stored calendar could not be understood, and is not used", "error", err)
		return
	}
	if reading.ReadAt.After(k.now().Add(refreshEvery)) {
		k.log.Warn("the stored calendar is dated in the future, by a clock that was wrong, and is not used", "read_at", reading.ReadAt)
		return
	}
	if reading.ReadAt.After(newerThan) {
		k.use(calendar, reading)
	}
}

func (k *Keeper) keep(ctx context.Context, calendar string, reading Reading) {
	value, err := json.Marshal(reading)
	if err == nil {
		err = k.store.Put(ctx, storeKey(calendar), value, reading.ReadAt)
	}
	if err != nil && ctx.Err() == nil {
		k.log.Warn("the calendar was read but could not be stored; a restart would have to read it again", "error", err)
	}
}

// use makes the reading the one in use, unless the keeper has changed to another calendar since.
func (k *Keeper) use(calendar string, reading Reading) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if calendar != k.calendar || k.source == nil {
		return
	}
	k.reading = reading
	k.match()
	if !k.Roster().AsOf.IsZero() {
		k.becomeReady()
	}
}

// match brings the view in line with the reading and the rules, and logs each title that names
// nobody once for as long as it is there.
func (k *Keeper) match() {
	rules := k.rules
	rules.Engineers = slices.Clone(rules.Engineers)
	for _, e := range k.more {
		if !slices.ContainsFunc(rules.Engineers, func(have Engineer) bool { return have.Name == e.Name }) {
			rules.Engineers = append(rules.Engineers, e)
		}
	}
	v := &view{
		Schedule: rules.Schedule(k.reading).With(k.changes),
		inForce:  InForce{Reading: k.reading, Rules: k.rules, HasCalendar: k.source != nil},
	}
	k.view.Store(v)
	told := map[string]bool{}
	for _, u := range v.Unresolved {
		if !k.told[u.Title] && !told[u.Title] {
			k.log.Warn("a calendar event names nobody we know: add the guest's e-mail, or the name as an alias, to engineers",
				"title", u.Title, "start", u.Start)
		}
		told[u.Title] = true
	}
	k.told = told
}

func (k *Keeper) becomeReady() {
	if !k.isReady {
		k.isReady = true
		close(k.ready)
	}
}

func (k *Keeper) logFailure(err error, again time.Duration) {
	roster := k.Roster()
	if roster.AsOf.IsZero() {
		k.log.Error("the calendar could not be read, and there is no roster", "error", err, "again_in", again)
		return
	}
	k.log.Warn("the calendar could not be read; the last roster stays in use",
		"error", err, "as_of", roster.AsOf, "again_in", again)
}
