package scan

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// shelf is a Cache and the Gates of a database.
type shelf struct {
	mu    sync.Mutex
	kept  map[string][]byte
	gates map[string]queue.Gate
	err   error
}

func newShelf() *shelf { return &shelf{kept: map[string][]byte{}, gates: map[string]queue.Gate{}} }

func (s *shelf) Put(_ context.Context, key string, value []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key] = value
	return s.err
}

func (s *shelf) PutMissing(_ context.Context, keys []string, value []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		if _, found := s.kept[key]; !found {
			s.kept[key] = value
		}
	}
	return s.err
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, time.Time, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, found := s.kept[key]
	return value, time.Time{}, found, s.err
}

func (s *shelf) ShutGate(_ context.Context, g queue.Gate) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gates[g.Key] = g
	return s.err
}

func (s *shelf) ReturnTurn(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.gates, key)
	return s.err
}

func newAPI(t testing.TB, url string, c *http.Client, tokens client.Tokens, reg prometheus.Registerer) *client.API {
	t.Helper()
	api, err := client.New(client.Config{URL: url, Tokens: tokens, HTTP: c, Conns: 200, Now: time.Now, Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

const secret = "simulated-signing-secret"

func plain(text string) slacktest.Message { return slacktest.Message{Text: text} }
