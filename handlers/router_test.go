package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/handlers"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const secret = "simulated-signing-secret"

var now = time.Unix(1_800_000_000, 0)

// store answers what Slack's events ask for.
type store struct{ err error }

func (s store) Open(context.Context, ...escalation.Message) (flow.OpenOutcome, error) {
	return flow.OpenedNew, s.err
}
func (s store) Hear(context.Context, escalation.Mention) error   { return s.err }
func (s store) Deleted(context.Context, escalation.Thread) error { return s.err }

// takers take in what Slack's events tell.
type takers interface {
	slackapp.Opener
	slackapp.Hearer
	slackapp.Deleter
}

func public(t *testing.T, log io.Writer, s takers) http.Handler {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	settings := &slackapp.Settings{Watches: func(_, _ string) bool { return true }, Reader: func(string) *ticket.Reader { return ticket.NewReader(ticket.Patterns{}) }}
	app, err := slackapp.New(slackapp.Config{
		SigningSecret: secret, Opener: s, Hearer: s, Deleter: s, Log: logger,
		Settings:   func() *slackapp.Settings { return settings },
		Self:       func(string) client.Identity { return client.Identity{} },
		Now:        func() time.Time { return now },
		Registerer: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return handlers.Public(logger, handlers.Site{Slack: app})
}

func signed(path, body string) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	slacktest.SignRequest(r, secret, now, []byte(body))
	return r
}

func status(h http.Handler, r *http.Request) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

const ticketPosted = `{"type":"event_callback","team_id":"T0","event":{"type":"message","channel":"C0","bot_id":"B0DESK","ts":"1799999999.000100","text":"Ticket ID: 42"}}`

func TestStatusCodesOfSlacksRequests(t *testing.T) {
	huge := `{"type":"event_callback","padding":"` + strings.Repeat("x", 1<<20) + `"}`
	gone := store{errors.New("database gone")}
	unsigned := func(path, body string) *http.Request {
		return httptest.NewRequest("POST", path, strings.NewReader(body))
	}
	old := signed("/slack/events", ticketPosted)
	slacktest.SignRequest(old, secret, now.Add(-6*time.Minute), []byte(ticketPosted))
	for _, tt := range []struct {
		name string
		s    store
		r    *http.Request
		want int
	}{
		{"a ticket", store{}, signed("/slack/events", ticketPosted), 200},
		{"an event of no use", store{}, signed("/slack/events", `{"type":"event_callback","event":{"type":"team_join"}}`), 200},
		{"a click", store{}, signed("/slack/interactions", `payload=%7B%7D`), 200},
		{"a click without a payload", store{}, signed("/slack/interactions", `x=1`), 200},
		{"a click that is no JSON", store{}, signed("/slack/interactions", `payload=x`), 400},
		{"a command without a name", store{}, signed("/slack/commands", `text=x`), 200},
		{"a command", store{}, signed("/slack/commands", `command=%2Fsla`), 200},
		{"not JSON", store{}, signed("/slack/events", `payload=1`), 400},
		{"nothing", store{}, signed("/slack/events", ``), 400},
		{"too old", store{}, old, 401},
		{"unsigned event", store{}, unsigned("/slack/events", ticketPosted), 401},
		{"unsigned click", store{}, unsigned("/slack/interactions", `payload=1`), 401},
		{"unsigned command", store{}, unsigned("/slack/commands", `command=1`), 401},
		{"unsigned and not JSON", store{}, unsigned("/slack/events", `<`), 401},
		{"too large", store{}, signed("/slack/events", huge), 413},
		{"too large and unsigned", store{}, unsigned("/slack/events", huge), 413},
		{"too large a click", store{}, unsigned("/slack/interactions", huge), 413},
		{"database gone", gone, signed("/slack/events", ticketPosted), 503},
		{"a GET", store{}, httptest.NewRequest("GET", "/slack/events", nil), 405},
		{"another path", store{}, signed("/slack/other", ticketPosted), 200},
		{"another path, unsigned", store{}, unsigned("/slack/other", ticketPosted), 401},
		{"alive", store{}, httptest.NewRequest("GET", "/healthz", nil), 200},
		{"the operator's pages", store{}, httptest.NewRequest("GET", "/metrics", nil), 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := status(public(t, io.Discard, tt.s), tt.r); got != tt.want {
				t.Errorf("status %d, want %d", got, tt.want)
			}
		})
	}
}

func TestWhatWentWrongIsForTheLogAlone(t *testing.T) {
	var log bytes.Buffer
	w := httptest.NewRecorder()
	public(t, &log, store{errors.New("database gone")}).ServeHTTP(w, signed("/slack/events", ticketPosted))
	if strings.Contains(w.Body.String(), "database") {
		t.Errorf("the caller reads %q", w.Body)
	}
	for _, part := range []string{"level=ERROR", `error="database gone"`, "status=503", "path=/slack/events", "level=DEBUG msg=request "} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %s:\n%s", part, log.String())
		}
	}
}

// hanging is a database that does not answer.
type hanging struct{ handlers.Slack }

func (h hanging) Other(w http.ResponseWriter, r *http.Request) error { return h.Events(w, r) }

func (hanging) Events(_ http.ResponseWriter, r *http.Request) error {
	<-r.Context().Done()
	return r.Context().Err()
}

func TestADatabaseThatHangsIsAnsweredBeforeSlackGivesUp(t *testing.T) {
	h := handlers.Public(slog.New(slog.DiscardHandler), handlers.Site{Slack: hanging{}})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if got := status(h, signed("/slack/events", ticketPosted)); got != 503 {
			t.Errorf("status %d, want 503", got)
		}
		if took := time.Since(began); took >= 3*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

type panicking struct{ handlers.Slack }

func (panicking) Events(http.ResponseWriter, *http.Request) error { panic("oh no") }

func TestAPanicCostsOneRequest(t *testing.T) {
	var log bytes.Buffer
	h := handlers.Public(slog.New(slog.NewTextHandler(&log, nil)), handlers.Site{Slack: panicking{}})
	if got := status(h, signed("/slack/events", ticketPosted)); got != 500 {
		t.Errorf("status %d, want 500", got)
	}
	if !strings.Contains(log.String(), "oh no") {
		t.Errorf("the log:\n%s", log.String())
	}
}

func TestOperatorsPages(t *testing.T) {
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "slabuddy_example_total"}))
	h := handlers.Admin(slog.New(slog.DiscardHandler), handlers.Operator{Metrics: metrics, Hosts: []string{"example.com"}, Profiles: true})
	for path, part := range map[string]string{
		"/metrics": "slabuddy_example_total 0", "/healthz": "ok", "/debug/pprof/": "goroutine",
		"/debug/pprof/cmdline": "test", "/debug/pprof/goroutine?debug=1": "goroutine profile",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 200 || !strings.Contains(w.Body.String(), part) {
			t.Errorf("%s: %d, without %q:\n%s", path, w.Code, part, w.Body)
		}
	}
	if got := status(h, signed("/slack/events", ticketPosted)); got != 404 {
		t.Errorf("/slack/events: %d, want 404", got)
	}
}

func TestReadyListsEveryCheck(t *testing.T) {
	ok := func(context.Context) error { return nil }
	off := func(context.Context) error { return errors.New("the clock is off by 3s") }
	for _, tt := range []struct {
		checks []handlers.Check
		code   int
		body   string
	}{
		{[]handlers.Check{{"database", ok}, {"clock", ok}}, 200, "database: ok\nclock: ok\n"},
		{[]handlers.Check{{"database", ok}, {"clock", off}}, 503, "database: ok\nclock: the clock is off by 3s\n"},
	} {
		w := httptest.NewRecorder()
		operators(tt.checks).ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
		if w.Code != tt.code || w.Body.String() != tt.body {
			t.Errorf("got %d %q, want %d %q", w.Code, w.Body, tt.code, tt.body)
		}
	}
}

func TestACheckThatHangsIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := []handlers.Check{{"database", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}}
		h := operators(hangs)
		if got := status(h, httptest.NewRequest("GET", "/readyz", nil)); got != 503 {
			t.Errorf("status %d, want 503", got)
		}
	})
}

// installer and desks say that they were reached.
type installer struct{ err error }

func (i installer) Install(w http.ResponseWriter, _ *http.Request) error {
	_, _ = io.WriteString(w, "install")
	return nil
}
func (i installer) Redirect(w http.ResponseWriter, r *http.Request) error {
	if _, limited := r.Context().Deadline(); !limited {
		return errors.New("without a time limit")
	}
	return i.err
}

type desks struct{}

func (desks) Serve(_ http.ResponseWriter, r *http.Request, kind string) error {
	if _, err := io.ReadAll(r.Body); err != nil {
		return err
	}
	switch kind {
	case "http":
		return nil
	case "unsigned":
		return fmt.Errorf("webhook: %w", helpdesk.ErrUnsigned)
	case "malformed":
		return fmt.Errorf("webhook: %w", helpdesk.ErrMalformed)
	case "down":
		return errors.New("database gone")
	}
	return handlers.ErrNotFound
}

func TestStatusCodesOfInstallsAndDesks(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	bare := handlers.Public(log, handlers.Site{Slack: hanging{}})
	full := handlers.Public(log, handlers.Site{Slack: hanging{}, Install: installer{}, Desk: desks{}})
	broken := handlers.Public(log, handlers.Site{Slack: hanging{}, Install: installer{errors.New("Slack is away")}})
	huge := strings.Repeat("x", 1<<20+1)
	for _, tt := range []struct {
		name         string
		h            http.Handler
		method, path string
		body         string
		want         int
	}{
		{"install", full, "GET", "/slack/install", "", 200},
		{"redirect", full, "GET", "/slack/oauth_redirect?code=x&state=y", "", 200},
		{"redirect that fails", broken, "GET", "/slack/oauth_redirect?code=x&state=y", "", 503},
		{"install without OAuth", bare, "GET", "/slack/install", "", 404},
		{"redirect without OAuth", bare, "GET", "/slack/oauth_redirect", "", 404},
		{"install by POST", full, "POST", "/slack/install", "", 503}, // a POST below /slack/ is Slack's
		{"a desk", full, "POST", "/helpdesk/http", "{}", 200},
		{"an unknown desk", full, "POST", "/helpdesk/other", "{}", 404},
		{"no desk", bare, "POST", "/helpdesk/http", "{}", 404},
		{"an unsigned webhook", full, "POST", "/helpdesk/unsigned", "{}", 401},
		{"a malformed webhook", full, "POST", "/helpdesk/malformed", "{}", 400},
		{"a webhook that could not be kept", full, "POST", "/helpdesk/down", "{}", 503},
		{"too large a webhook", full, "POST", "/helpdesk/http", huge, 413},
		{"a webhook by GET", full, "GET", "/helpdesk/http", "", 405},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := status(tt.h, httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))); got != tt.want {
				t.Errorf("status %d, want %d", got, tt.want)
			}
		})
	}
}

func TestWhoeverCannotInstallIsToldHowTo(t *testing.T) {
	w := httptest.NewRecorder()
	handlers.Public(slog.New(slog.DiscardHandler), handlers.Site{Slack: hanging{}}).ServeHTTP(w, httptest.NewRequest("GET", "/slack/install", nil))
	for _, part := range []string{"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLABUDDY_ENCRYPTION_KEY", "SLABUDDY_PUBLIC_URL"} {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("the page lacks %s:\n%s", part, w.Body)
		}
	}
}

// A handler that writes nothing answers 200.
func TestTheLogNamesTheStatusThatWasSent(t *testing.T) {
	var log bytes.Buffer
	h := handlers.Public(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), handlers.Site{Slack: hanging{}, Desk: desks{}})
	status(h, httptest.NewRequest("POST", "/helpdesk/http", strings.NewReader("{}")))
	if !strings.Contains(log.String(), "status=200") {
		t.Errorf("the log:\n%s", log.String())
	}
}

func operators(checks []handlers.Check) http.Handler {
	return handlers.Admin(slog.New(slog.DiscardHandler), handlers.Operator{Metrics: prometheus.NewRegistry(), Checks: checks, Hosts: []string{"example.com"}})
}
