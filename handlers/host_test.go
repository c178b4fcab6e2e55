package handlers_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/handlers"
)

// Rule 29: no web page reaches the operator's address by a name that leads to it.
func TestTheOperatorsAddressAnswersToItsOwnNamesOnly(t *testing.T) {
	h := handlers.Admin(slog.New(slog.DiscardHandler), handlers.Operator{Metrics: prometheus.NewRegistry(), Hosts: []string{"slabuddy"}, Profiles: true})
	at := context.WithValue(t.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 8081})
	for host, want := range map[string]int{
		"localhost": 200, "LOCALHOST:8081": 200, "127.0.0.1:8081": 200, "[::1]:8081": 200, "[::1]": 200, "slabuddy:8081": 200, "": 200,
		"10.1.2.3:8081": 200, // where the connection came in: a probe of Kubernetes, a Prometheus
		"10.1.2.4":      421, "evil.example": 421, "evil.example:8081": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "localhost.": 421,
	} {
		for _, path := range []string{"/metrics", "/readyz", "/debug/pprof/cmdline"} {
			r := httptest.NewRequest("GET", path, nil).WithContext(at)
			r.Host = host
			if got := status(h, r); got != want {
				t.Errorf("%s as %q: %d, want %d", path, host, got, want)
			}
		}
	}
}

// Rule 29: nor under its own name: such a page could not read the answer, but have it made.
func TestTheOperatorsAddressWorksForNoOtherPage(t *testing.T) {
	h := handlers.Admin(slog.New(slog.DiscardHandler), handlers.Operator{Metrics: prometheus.NewRegistry(), Profiles: true})
	for _, c := range []struct {
		site, mode string
		want       int
	}{
		{"cross-site", "no-cors", 403}, {"cross-site", "cors", 403}, {"same-site", "no-cors", 403}, {"cross-site", "", 403},
		{"same-origin", "cors", 200}, {"none", "navigate", 200}, {"cross-site", "navigate", 200}, {"", "", 200}, // the last: no browser
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Host = "localhost:8081"
		r.Header.Set("Sec-Fetch-Site", c.site)
		r.Header.Set("Sec-Fetch-Mode", c.mode)
		if got := status(h, r); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.site, c.mode, got, c.want)
		}
	}
}

func TestProfilesCanBeSwitchedOff(t *testing.T) {
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/profile", "/debug/pprof/heap"} {
		if got := status(operators(nil), httptest.NewRequest("GET", path, nil)); got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}
