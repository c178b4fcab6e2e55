package closed

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	refreshEvery = 24 * time.Hour
	firstRetry   = 5 * time.Second // after a failed round; doubled with each further one
	lastRetry    = 15 * time.Minute
	lookEvery    = 15 * time.Minute // whether a calendar is due to be read, or another process has read it
)

// Store keeps the readings, for restarts and for other processes.
type Store interface {
	Put(ctx context.Context, key string, value []byte, at time.Time) error
	Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
}

// Options are what a Follower is made of.
type Options struct {
	Source  func(ctx context.Context, calendar string) (Source, error)
	Store   Store
	Now     func() time.Time
	Log     *slog.Logger
	Changed func() // Events of some calendar are others now
}

// Follower knows what calendars close without asking anybody.
type Follower struct {
	Options
	wake chan struct{}

	mu        sync.Mutex // guards what follows
	calendars map[string]*state
}

// state is what is known of one calendar.
type state struct {
	reading Reading
	failing time.Time // since when it cannot be read; zero: it can
}

// NewFollower returns a follower of no calendars.
func NewFollower(o Options) *Follower {
	return &Follower{Options: o, wake: make(chan struct{}, 1), calendars: map[string]*state{}}
}

// SetCalendars says which calendars to keep. Those that are new are as they are stored, and are read as soon
// as may be.
func (k *Follower) SetCalendars(ctx context.Context, calendars []string) {
	k.mu.Lock()
	maps.DeleteFunc(k.calendars, func(id string, _ *state) bool { return !slices.Contains(calendars, id) })
	var added []string
	for _, id := range calendars {
		if k.calendars[id] == nil {
			k.calendars[id] = &state{}
			added = append(added, id)
		}
	}
	k.mu.Unlock()
	for _, id := range added {
		k.load(ctx, id)
	}
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Events are what the calendar closes, as it was last read.
func (k *Follower) Events(calendar string) []Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.calendars[calendar]; s != nil {
		return s.reading.Events
	}
	return nil
}

// Failing is a calendar that cannot be read.
type Failing struct {
	Calendar string
	Since    time.Time
	ReadAt   time.Time // when it last could; zero: never
}

// Failing are the calendars that cannot be read, in the order of their ids.
func (k *Follower) Failing() []Failing {
	k.mu.Lock()
	defer k.mu.Unlock()
	var failing []Failing
	for _, id := range slices.Sorted(maps.Keys(k.calendars)) {
		if s := k.calendars[id]; !s.failing.IsZero() {
			failing = append(failing, Failing{Calendar: id, Since: s.failing, ReadAt: s.reading.ReadAt})
		}
	}
	return failing
}

// Run reads each calendar about once a day until ctx ends.
func (k *Follower) Run(ctx context.Context) {
	for failures := 0; ; {
		if k.refresh(ctx) {
			failures = 0
		} else {
			failures++
		}
		timer := time.NewTimer(pause(failures))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-k.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// pause is the time until the next round after so many in a row in which something failed.
func pause(failures int) time.Duration {
	if failures == 0 {
		return lookEvery
	}
	wait := firstRetry
	for range failures - 1 {
		wait = min(2*wait, lastRetry)
	}
	return wait
}

// refresh reads the calendars that are due, and says whether all of them could be read.
func (k *Follower) refresh(ctx context.Context) (all bool) {
	k.mu.Lock()
	ids := slices.Sorted(maps.Keys(k.calendars))
	k.mu.Unlock()
	all = true
	for _, id := range ids {
		if k.due(id) {
			k.load(ctx, id) // another process may have read it
		}
		if !k.due(id) {
			continue
		}
		if err := k.read(ctx, id); err != nil && ctx.Err() == nil {
			all = false
			k.failed(id, err)
		}
	}
	return all
}

func (k *Follower) due(calendar string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.calendars[calendar]
	return s != nil && k.Now().Sub(s.reading.ReadAt) >= refreshEvery
}

func (k *Follower) read(ctx context.Context, calendar string) error {
	source, err := k.Source(ctx, calendar)
	if err != nil {
		return err
	}
	reading, err := Read(ctx, source, k.Now())
	if err != nil {
		return err
	}
	k.use(calendar, reading)
	value, err := json.Marshal(reading)
	if err == nil {
		err = k.Store.Put(ctx, storeKey(calendar), value, reading.ReadAt)
	}
	if err != nil && ctx.Err() == nil {
		k.Log.Warn("a calendar of closed days was read but could not be stored; a restart would have to read it again", "calendar", calendar, "error", err)
	}
	return nil
}

func storeKey(calendar string) string { return "closed/" + calendar }

// load takes the stored reading into use if it is newer than the one there is.
func (k *Follower) load(ctx context.Context, calendar string) {
	value, _, found, err := k.Store.Get(ctx, storeKey(calendar))
	var reading Reading
	if err == nil && found {
		err = json.Unmarshal(value, &reading)
	}
	switch {
	case err != nil && ctx.Err() == nil:
		k.Log.Warn("the stored closed days could not be loaded", "calendar", calendar, "error", err)
	case err == nil && found && !reading.ReadAt.After(k.Now().Add(lookEvery)): // dated ahead, it would never be read again
		k.use(calendar, reading)
	}
}

// use makes the reading the one in use, unless there is a newer one or the calendar is not kept any more.
func (k *Follower) use(calendar string, reading Reading) {
	k.mu.Lock()
	s := k.calendars[calendar]
	if s == nil || !reading.ReadAt.After(s.reading.ReadAt) {
		k.mu.Unlock()
		return
	}
	changed := !same(s.reading.Events, reading.Events)
	recovered := !s.failing.IsZero()
	*s = state{reading: reading}
	k.mu.Unlock()
	if recovered {
		k.Log.Info("the closed days can be read again", "calendar", calendar)
	}
	if changed {
		k.Changed()
	}
}

func (k *Follower) failed(calendar string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.calendars[calendar]
	if s == nil || !s.failing.IsZero() {
		return // said already
	}
	s.failing = k.Now()
	k.Log.Warn("closed days could not be read; those last read stay in use", "calendar", calendar, "error", err, "read_at", s.reading.ReadAt)
}
