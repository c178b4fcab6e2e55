package calendar_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
)

// source is a calendar in memory, read when and as the test says.
type source struct {
	mu     sync.Mutex
	events []calendar.Event
	err    error
	takes  time.Duration
	hangs  bool // until the context ends
	reads  []time.Time
	from   time.Time // of the last reading
	to     time.Time
}

func (s *source) Events(ctx context.Context, from, to time.Time) ([]calendar.Event, error) {
	s.mu.Lock()
	s.reads = append(s.reads, time.Now())
	s.from, s.to = from, to
	events, err, takes, hangs := s.events, s.err, s.takes, s.hangs
	s.mu.Unlock()
	time.Sleep(takes)
	if hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return events, err
}

func (s *source) set(f func(*source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

func (s *source) readTimes() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

// memory is a Store.
type memory struct {
	mu   sync.Mutex
	rows map[string][]byte
	at   map[string]time.Time
	err  error
	full bool // refuses to keep, and still answers
}

func (m *memory) Put(_ context.Context, key string, value []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	if m.full {
		return errors.New("disk full")
	}
	if m.rows == nil {
		m.rows, m.at = map[string][]byte{}, map[string]time.Time{}
	}
	m.rows[key], m.at[key] = bytes.Clone(value), at
	return nil
}

func (m *memory) Get(ctx context.Context, key string) ([]byte, time.Time, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, time.Time{}, false, err
	}
	value, found := m.rows[key]
	return value, m.at[key], found, m.err
}

func (m *memory) set(f func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m)
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// kept is a follower under test with all it needs.
type kept struct {
	*calendar.Follower
	source  *source
	store   *memory
	log     *journal
	metrics *prometheus.Registry
	stop    context.CancelFunc
	ended   chan error
}

// keep starts a follower in a synctest bubble; it ends with the test at the latest.
func keep(t *testing.T, src *source, store *memory, change ...func(*calendar.Options)) *kept {
	t.Helper()
	k := &kept{source: src, store: store, log: &journal{}, metrics: prometheus.NewRegistry(), ended: make(chan error, 1)}
	o := calendar.Options{
		Calendar: "shifts", Source: src, Matching: matching(), Store: store, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(k.log, nil)), Metrics: k.metrics,
	}
	for _, f := range change {
		f(&o)
	}
	var err error
	if k.Follower, err = calendar.NewFollower(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	k.stop = cancel
	go func() { k.ended <- k.Run(ctx) }()
	synctest.Wait()
	return k
}

// pass lets time pass, and everything happen that is due by then.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// end stops the follower and returns what Run did.
func (k *kept) end() error {
	k.stop()
	return <-k.ended
}

func (k *kept) onShift() string {
	var names []string
	for _, e := range k.Roster().OnShift {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

func (k *kept) isReady() bool {
	select {
	case <-k.Ready():
		return true
	default:
		return false
	}
}

// shift is an event that started an hour ago and lasts so much longer.
func shift(title string, lasts time.Duration) calendar.Event {
	return calendar.Event{Title: title, Start: time.Now().Add(-time.Hour), End: time.Now().Add(lasts)}
}
