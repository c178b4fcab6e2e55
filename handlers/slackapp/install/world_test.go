package install_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/install"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/oauth"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

func keyText(fill byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))
}

func sealer(t *testing.T, keys string) *seal.Sealer {
	t.Helper()
	s, err := seal.New(keys, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openStore opens a fresh database.
func openStore(t *testing.T, address string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func sqliteAddress(t *testing.T) string { return "sqlite:" + t.TempDir() + "/slabuddy.db" }

func postgresAddress(t *testing.T) string { return pgtest.URL(t) }

// clock is a clock that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is a Slack with two workspaces, and the program with a database.
type world struct {
	t     *testing.T
	slack *slacktest.Cloud
	t1    *slacktest.Workspace
	t2    *slacktest.Workspace
	api   string
	store *flaky
	clock *clock
	log   *slackapptest.Log
	keys  string

	tokens    *install.Tokens
	installer *install.Installer
	app       *httptest.Server
	watch     func(context.Context, string) error
	answer    string // what Slack answers to every call of the program; "": what is right
}

// flaky is a store whose database can go away.
type flaky struct {
	store.Store
	mu  sync.Mutex
	err map[string]error
}

func (f *flaky) fail(method string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err[method] = err
}

func (f *flaky) ClaimKey(ctx context.Context, key string, now, until time.Time) (bool, error) {
	f.mu.Lock()
	err := f.err["ClaimKey"]
	f.mu.Unlock()
	if err != nil {
		return false, err
	}
	return f.Store.ClaimKey(ctx, key, now, until)
}

func newWorld(t *testing.T, address string) *world {
	t.Helper()
	w := &world{
		t: t, clock: &clock{t: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}, log: &slackapptest.Log{}, keys: keyText(1),
		store: &flaky{Store: openStore(t, address), err: map[string]error{}},
		watch: func(context.Context, string) error { return nil },
	}
	w.slack = slacktest.NewCloud(slacktest.Options{Now: w.clock.now})
	t.Cleanup(w.slack.Close)
	w.t1 = w.slack.AddWorkspace(slacktest.Team{ID: "T1", Name: "Acme"})
	w.t1.AddUser(slacktest.User{ID: "U1ANA", Name: "ana"})
	w.t2 = w.slack.AddWorkspace(slacktest.Team{ID: "T2", Name: "<b>Beta</b>"})
	w.t2.AddUser(slacktest.User{ID: "U2BOB", Name: "bob"})
	server, err := w.slack.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	w.api = server.APIURL
	w.app = httptest.NewServer(w)
	t.Cleanup(w.app.Close)
	w.start()
	return w
}

// start starts the program, again if need be, as another replica would at the same address.
func (w *world) start() {
	w.t.Helper()
	w.tokens = install.NewTokens(install.TokensConfig{
		Store: w.store, Sealer: sealer(w.t, w.keys), PublicURL: w.app.URL, Now: w.clock.now,
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	var err error
	w.installer, err = install.New(install.Config{
		Watch:    func(ctx context.Context, workspace string) error { return w.watch(ctx, workspace) },
		ClientID: w.t1.Options().ClientID, ClientSecret: w.t1.Options().ClientSecret, APIURL: w.api,
		HTTP: &http.Client{Transport: w}, Tokens: w.tokens, Keys: w.store, Rand: rand.Reader,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.tokens.Load(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// ServeHTTP serves the program's two addresses.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	serve := w.installer.Install
	if r.URL.Path == "/slack/oauth_redirect" {
		serve = w.installer.Redirect
	}
	if err := serve(rw, r); err != nil {
		w.t.Error(err)
	}
}

// RoundTrip carries the program's calls to Slack, unless the test answers for Slack.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.answer == "" {
		return http.DefaultTransport.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(w.answer)), Request: r}, nil
}

// browser is somebody's, who decides as the test says.
type browser struct {
	*http.Client
	w *world
}

func (w *world) browser() *browser {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar}, w}
}

// page is what a browser shows.
type page struct {
	status int
	body   string
	header http.Header
}

func (b *browser) get(address string) page {
	b.w.t.Helper()
	resp, err := b.Get(address)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return page{resp.StatusCode, string(body), resp.Header}
}

// install goes all the way.
func (b *browser) install(team string) page {
	b.w.t.Helper()
	b.w.slack.Decide(func(oauth.Request) oauth.Decision { return oauth.Decision{Team: team} })
	return b.get(b.w.app.URL + "/slack/install")
}

// until goes as far as Slack's answer, and returns the address that Slack leads back to.
func (b *browser) until(team string) *url.URL {
	b.w.t.Helper()
	b.w.slack.Decide(func(oauth.Request) oauth.Decision { return oauth.Decision{Team: team} })
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/slack/oauth_redirect" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	defer func() { b.CheckRedirect = nil }()
	resp, err := b.Get(b.w.app.URL + "/slack/install")
	if err != nil {
		b.w.t.Fatal(err)
	}
	resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		b.w.t.Fatalf("Slack answers %s, and leads nowhere: %v", resp.Status, err)
	}
	return back
}

func (w *world) token(workspace string) string {
	token, err := w.tokens.Token(w.t.Context(), workspace)
	if err != nil {
		return "error: " + err.Error()
	}
	return token
}

func with(u *url.URL, name, value string) string {
	q := u.Query()
	q.Set(name, value)
	changed := *u
	changed.RawQuery = q.Encode()
	return changed.String()
}
