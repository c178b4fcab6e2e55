package main_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// health is told by the bot itself, alive or ready, and by the exit code.
func TestHealthAsksTheBotOnThisMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	c := w.start()
	w.env = append(w.env, "SLABUDDY_ADMIN_LISTEN="+c.admin)
	if got := w.run("health"); got.code != 0 || got.stdout != "ok\n" {
		t.Errorf("health: %+v", got)
	}
	if got := w.run("health", "--ready"); got.code != 0 || !strings.Contains(got.stdout, "database: ok\n") {
		t.Errorf("health --ready: %+v", got)
	}
	c.stop()
	gone := w.run("health")
	if gone.code != 1 || gone.stdout != "" {
		t.Errorf("health of no bot: %+v", gone)
	}
	expect(t, gone.stderr, "the bot does not answer at "+c.admin, "SLABUDDY_ADMIN_LISTEN")
}

// A bot that is not fit for work fails the command, which prints what the bot says.
func TestHealthSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	sick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "database: no connection\n")
		}
	}))
	t.Cleanup(sick.Close)
	_, port, _ := net.SplitHostPort(sick.Listener.Addr().String())
	w := newWorld(t, databases["sqlite"](t), plain)
	w.env = append(w.env, "HTTP_PROXY=http://proxy.invalid:1")

	// Addresses to listen at that mean every address are asked as this machine.
	for _, listen := range []string{"127.0.0.1:" + port, ":" + port, "0.0.0.0:" + port} {
		w.env = append(w.env, "SLABUDDY_ADMIN_LISTEN="+listen)
		if got := w.run("health"); got.code != 0 {
			t.Errorf("%s: health: %+v", listen, got)
		}
		got := w.run("health", "--ready")
		if got.code != 1 || got.stdout != "database: no connection\n" {
			t.Errorf("%s: health --ready: %+v", listen, got)
		}
		expect(t, got.stderr, "/readyz with 503")
	}
}

// A bot that hangs is not waited for.
func TestHealthEndsByItself(t *testing.T) {
	t.Parallel()
	hung := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hung.Close)
	w := newWorld(t, databases["sqlite"](t), plain)
	w.env = append(w.env, "SLABUDDY_ADMIN_LISTEN="+hung.Listener.Addr().String())
	got := w.run("health") // killed after three minutes, with another exit code
	if got.code != 1 {
		t.Errorf("health: %+v", got)
	}
	expect(t, got.stderr, "does not answer", "deadline exceeded")
}
