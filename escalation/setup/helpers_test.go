package setup_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

const (
	team  = "T0TEAM"
	other = "T0OTHER"
	hana  = "U0HANA"
)

var monday = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

// memory is a Store that can be read and written while it fails, waits, or is counted.
type memory struct {
	mu    sync.Mutex
	rows  []setup.Setting
	err   error
	blind bool // cannot read all settings, and can do the rest
	hangs bool // until the context ends
	reads map[string]int
}

func (m *memory) AddSetting(_ context.Context, s setup.Setting) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return false, m.err
	}
	if m.latest(s.Workspace, s.Scope).Version != s.Version-1 {
		return false, nil
	}
	m.rows = append(m.rows, s)
	return true, nil
}

func (m *memory) latest(workspace, scope string) (latest setup.Setting) {
	for _, row := range m.rows {
		if row.Workspace == workspace && row.Scope == scope && row.Version > latest.Version {
			latest = row
		}
	}
	return latest
}

func (m *memory) Settings(ctx context.Context, workspace string) ([]setup.Setting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.reads == nil {
		m.reads = map[string]int{}
	}
	m.reads[workspace]++
	if m.hangs {
		m.mu.Unlock()
		<-ctx.Done()
		m.mu.Lock()
		return nil, ctx.Err()
	}
	if m.err != nil {
		return nil, m.err
	}
	if m.blind {
		return nil, errAway
	}
	var found []setup.Setting
	for _, row := range m.rows {
		if row.Workspace == workspace && row.Version == m.latest(workspace, row.Scope).Version {
			found = append(found, row)
		}
	}
	return found, nil
}

func (m *memory) SettingVersions(_ context.Context, workspace, scope string, n int) ([]setup.Setting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return nil, m.err
	}
	var found []setup.Setting
	for i := len(m.rows) - 1; i >= 0 && len(found) < n; i-- {
		if m.rows[i].Workspace == workspace && m.rows[i].Scope == scope {
			found = append(found, m.rows[i])
		}
	}
	return found, nil
}

func (m *memory) set(f func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m)
}

// with is a memory in which bodies are set, each the first version of its scope, in workspace team.
func with(t *testing.T, bodies map[string]setup.Body) *memory {
	t.Helper()
	m := &memory{}
	for scope, body := range bodies {
		m.rows = append(m.rows, setting(t, team, scope, 1, body))
	}
	return m
}

func setting(t *testing.T, workspace, scope string, version int64, body setup.Body) setup.Setting {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return setup.Setting{Workspace: workspace, Scope: scope, Version: version, At: monday, By: hana, Body: text}
}

// groups is a Directory that knows user groups of workspace team, and one address.
type groups []string

func (g groups) Group(workspace, handle string) (string, bool) {
	for _, have := range g {
		if workspace == team && strings.EqualFold(have, strings.TrimPrefix(handle, "@")) {
			return "S0" + strings.ToUpper(have), true
		}
	}
	return "", false
}

func (groups) Zone(string, string) *time.Location { return nil }

func (groups) Gone(string, string) bool { return false }

func (g groups) UserByEmail(workspace, email string) (string, bool) {
	if workspace == team && email == "dan@example.com" {
		return "U0DAN", true
	}
	return "", false
}

var errAway = errors.New("the database is away")

func newBook(t *testing.T, store setup.Store, change ...func(*setup.BookConfig)) *setup.Book {
	t.Helper()
	c := setup.BookConfig{
		Store: store, Directory: groups{"support"}, Now: func() time.Time { return monday },
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, f := range change {
		f(&c)
	}
	return setup.NewBook(c)
}

// file is what a configuration file might say.
func file() *escalation.Settings {
	s := escalation.DefaultSettings()
	s.Policies["urgent"] = policy.Policy{Name: "urgent", Tiers: []policy.Tier{{After: time.Minute, Notify: []string{"here"}}}}
	s.Channels = map[string]policy.Channel{"C0FILE": {Policy: "teams"}}
	s.Engineers = []calendar.Engineer{
		{Name: "Ana Silva", Aliases: []string{"Ana"}, Slack: "U0ANA", Email: "ana@example.com"},
		{Name: "Dan", Email: "dan@example.com"},
	}
	s.Admins = []string{"U0BOSS"}
	s.Poll = 7 * time.Minute
	return &s
}

var (
	bob   = setup.Engineer{Name: "Bob Lee", Slack: "U0BOB", Aliases: []string{"Bob"}, Products: []string{"Storage"}}
	tiers = []policy.Tier{{After: 10 * time.Minute, Notify: []string{"on-shift"}}, {After: time.Hour, Notify: []string{"@support"}, Repeat: time.Hour}}
)
