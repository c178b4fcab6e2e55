package client

import (
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestALimitThatSlackNamesOrDoesNot(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"7": 7 * time.Second, "0": time.Second, "": defaultWait, "soon": defaultWait, "-1": defaultWait, "99999999999": defaultWait,
	} {
		if got := limitLasts(http.Header{"Retry-After": {header}}, time.Now()); got != want {
			t.Errorf("Retry-After %q: %s, want %s", header, got, want)
		}
	}
}

func TestAnAddressOfTheAPIEndsInApi(t *testing.T) {
	if _, err := New(Config{URL: "https://slack.example.com", Registerer: prometheus.NewRegistry()}); err == nil {
		t.Error("accepted without /api/")
	}
}
