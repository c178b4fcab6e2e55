package closed_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar/closed"
)

const holidays = "en.german.official#holiday@group.v.calendar.google.com"

// source is a calendar that says what a test has it say.
type source struct {
	mu     sync.Mutex
	events []closed.Event
	err    error
	reads  int
	from   time.Time
	to     time.Time
}

func (s *source) Closed(_ context.Context, from, to time.Time) ([]closed.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	s.from, s.to = from, to
	return s.events, s.err
}

func (s *source) says(err error, events ...closed.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.events = err, events
}

func (s *source) read() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

// memory is a store.
type memory struct {
	mu    sync.Mutex
	value map[string][]byte
}

func (m *memory) Put(_ context.Context, key string, value []byte, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.value[key] = value
	return nil
}

func (m *memory) Get(_ context.Context, key string) ([]byte, time.Time, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.value[key]
	return v, time.Time{}, ok, nil
}

func newMemory() *memory { return &memory{value: map[string][]byte{}} }

// keeping is a follower that runs, and how often it said that something changed.
type keeping struct {
	*closed.Follower
	mu      sync.Mutex
	changed int
}

func (k *keeping) changes() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changed
}

func keep(t *testing.T, s *source, m *memory) *keeping {
	t.Helper()
	k := &keeping{}
	k.Follower = closed.NewFollower(closed.Options{
		Source: func(context.Context, string) (closed.Source, error) { return s, nil },
		Store:  m, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Changed: func() {
			k.mu.Lock()
			k.changed++
			k.mu.Unlock()
		},
	})
	k.SetCalendars(t.Context(), []string{holidays})
	return k
}

func (k *keeping) run(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { k.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	synctest.Wait()
}

// pass lets time pass, and all that is due happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func day(date, title string) closed.Event { return closed.Event{Title: title, First: date, Last: date} }

func TestReadOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // starts at 2000-01-01 00:00 UTC
		s := &source{}
		s.says(nil, day("2000-12-25", "Christmas"))
		k := keep(t, s, newMemory())
		k.run(t)
		if diff := cmp.Diff([]closed.Event{day("2000-12-25", "Christmas")}, k.Events(holidays)); diff != "" {
			t.Error(diff)
		}
		if ahead := time.Until(s.to); ahead != 400*24*time.Hour {
			t.Errorf("it is read %s ahead", ahead)
		}
		pass(23 * time.Hour)
		if s.read() != 1 || k.changes() != 1 {
			t.Errorf("within a day it is read %d times, and changed %d times", s.read(), k.changes())
		}
		pass(2 * time.Hour)
		if s.read() != 2 || k.changes() != 1 {
			t.Errorf("after a day it was read %d times, and changed %d times", s.read(), k.changes())
		}
		s.says(nil, day("2000-12-26", "Boxing Day"), day("2000-12-25", "Christmas"))
		pass(24 * time.Hour)
		if k.changes() != 2 || len(k.Events(holidays)) != 2 {
			t.Errorf("with another day it changed %d times: %v", k.changes(), k.Events(holidays))
		}
	})
}

// What cannot be read stays as it was, over a restart too, and is known to fail until it can be read again.
func TestUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := &source{}, newMemory()
		s.says(nil, day("2000-12-25", "Christmas"))
		k := keep(t, s, m)
		k.run(t)
		start := time.Now()
		s.says(errors.New("no answer"))
		pass(48 * time.Hour)
		if len(k.Events(holidays)) != 1 {
			t.Errorf("unreachable, it closes %v", k.Events(holidays))
		}
		failing := k.Failing()
		if len(failing) != 1 || failing[0].Calendar != holidays || !failing[0].ReadAt.Equal(start) || failing[0].Since.Sub(start) < 24*time.Hour || failing[0].Since.Sub(start) > 25*time.Hour {
			t.Errorf("failing: %+v", failing)
		}
		again := keep(t, s, m)
		if len(again.Events(holidays)) != 1 || again.changes() != 1 {
			t.Errorf("after a restart it closes %v", again.Events(holidays))
		}
		s.says(nil, day("2000-12-25", "Christmas"))
		pass(15 * time.Minute)
		if failing := k.Failing(); len(failing) != 0 {
			t.Errorf("still failing: %+v", failing)
		}
	})
}

// Of two processes, one reads.
func TestProcessesShareReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := &source{}, newMemory()
		s.says(nil, day("2000-12-25", "Christmas"))
		one := keep(t, s, m)
		one.run(t)
		two := keep(t, s, m)
		two.run(t)
		pass(time.Minute)
		if s.read() != 1 || len(two.Events(holidays)) != 1 {
			t.Errorf("read %d times; the other has %v", s.read(), two.Events(holidays))
		}
	})
}

func TestCalendarsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		s.says(nil, day("2000-12-25", "Christmas"))
		k := keep(t, s, newMemory())
		k.run(t)
		k.SetCalendars(t.Context(), []string{"ours@group.calendar.google.com"})
		synctest.Wait()
		if len(k.Events(holidays)) != 0 || len(k.Events("ours@group.calendar.google.com")) != 1 || s.read() != 2 {
			t.Errorf("read %d times: %v, %v", s.read(), k.Events(holidays), k.Events("ours@group.calendar.google.com"))
		}
	})
}

// An event that lasts for centuries closes what was read of it.
func TestLongEvents(t *testing.T) {
	s := &source{}
	s.says(nil, closed.Event{First: "1900-01-01", Last: "2999-12-31"}, closed.Event{First: "1900-01-01", Last: "1900-01-02"})
	r, err := closed.Read(t.Context(), s, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]closed.Event{{First: "2025-12-31", Last: "2027-04-05"}}, r.Events); diff != "" {
		t.Error(diff)
	}
}
