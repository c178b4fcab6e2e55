package closed

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/calendar/rounds"
)

const (
	refreshEvery = 24 * time.Hour
	lookEvery    = 15 * time.Minute // whether a calendar is due to be read, or another process has read it
)

// interval is that of the rounds in which calendars are looked at.
var interval = rounds.Interval{Every: lookEvery, FirstRetry: 5 * time.Second, LastRetry: 15 * time.Minute}

// Options are what a Follower is made of.
type Options struct {
	Source  func(ctx context.Context, calendar string) (Source, error)
	Store   rounds.Store
	Now     func() time.Time
	Log     *slog.Logger
	Changed func() // the Events of some calendar have changed
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

// SetCalendars says which calendars to follow. Those that are new are as they are stored, and are read as soon
// as possible.
func (f *Follower) SetCalendars(ctx context.Context, calendars []string) {
	f.mu.Lock()
	maps.DeleteFunc(f.calendars, func(id string, _ *state) bool { return !slices.Contains(calendars, id) })
	var added []string
	for _, id := range calendars {
		if f.calendars[id] == nil {
			f.calendars[id] = &state{}
			added = append(added, id)
		}
	}
	f.mu.Unlock()
	for _, id := range added {
		f.load(ctx, id)
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Events are what the calendar closes, as it was last read.
func (f *Follower) Events(calendar string) []Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.calendars[calendar]; s != nil {
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
func (f *Follower) Failing() []Failing {
	f.mu.Lock()
	defer f.mu.Unlock()
	var failing []Failing
	for _, id := range slices.Sorted(maps.Keys(f.calendars)) {
		if s := f.calendars[id]; !s.failing.IsZero() {
			failing = append(failing, Failing{Calendar: id, Since: s.failing, ReadAt: s.reading.ReadAt})
		}
	}
	return failing
}

// Run reads each calendar about once a day until ctx ends.
func (f *Follower) Run(ctx context.Context) {
	interval.Run(ctx, f.wake, func(int) bool { return f.refresh(ctx) })
}

// refresh reads the calendars that are due, and says whether all of them could be read.
func (f *Follower) refresh(ctx context.Context) (all bool) {
	f.mu.Lock()
	ids := slices.Sorted(maps.Keys(f.calendars))
	f.mu.Unlock()
	all = true
	for _, id := range ids {
		if f.due(id) {
			f.load(ctx, id) // another process may have read it
		}
		if !f.due(id) {
			continue
		}
		if err := f.read(ctx, id); err != nil && ctx.Err() == nil {
			all = false
			f.failed(id, err)
		}
	}
	return all
}

func (f *Follower) due(calendar string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.calendars[calendar]
	return s != nil && f.Now().Sub(s.reading.ReadAt) >= refreshEvery
}

func (f *Follower) read(ctx context.Context, calendar string) error {
	source, err := f.Source(ctx, calendar)
	if err != nil {
		return err
	}
	reading, err := Read(ctx, source, f.Now())
	if err != nil {
		return err
	}
	f.use(calendar, reading)
	if err := rounds.Keep(ctx, f.Store, storeKey(calendar), reading, reading.ReadAt); err != nil && ctx.Err() == nil {
		f.Log.Warn("a calendar of closed days was read but could not be stored; a restart would have to read it again", "calendar", calendar, "error", err)
	}
	return nil
}

func storeKey(calendar string) string { return "closed/" + calendar }

// load takes the stored reading into use if it is newer than the one there is.
func (f *Follower) load(ctx context.Context, calendar string) {
	reading, found, err := rounds.Load[Reading](ctx, f.Store, storeKey(calendar))
	switch {
	case err != nil && ctx.Err() == nil:
		f.Log.Warn("the stored closed days could not be loaded", "calendar", calendar, "error", err)
	case err == nil && found && !reading.ReadAt.After(f.Now().Add(lookEvery)): // dated ahead, it would never be read again
		f.use(calendar, reading)
	}
}

// use makes the reading the one in use, unless there is a newer one or the calendar is not kept any more.
func (f *Follower) use(calendar string, reading Reading) {
	f.mu.Lock()
	s := f.calendars[calendar]
	if s == nil || !reading.ReadAt.After(s.reading.ReadAt) {
		f.mu.Unlock()
		return
	}
	changed := !same(s.reading.Events, reading.Events)
	recovered := !s.failing.IsZero()
	*s = state{reading: reading}
	f.mu.Unlock()
	if recovered {
		f.Log.Info("the closed days can be read again", "calendar", calendar)
	}
	if changed {
		f.Changed()
	}
}

func (f *Follower) failed(calendar string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.calendars[calendar]
	if s == nil || !s.failing.IsZero() {
		return // said already
	}
	s.failing = f.Now()
	f.Log.Warn("closed days could not be read; those last read stay in use", "calendar", calendar, "error", err, "read_at", s.reading.ReadAt)
}
