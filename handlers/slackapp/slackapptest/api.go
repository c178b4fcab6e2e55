package slackapptest

import (
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// API calls the Slack at url with c, and counts in reg.
func API(t testing.TB, url string, c *http.Client, tokens client.Tokens, reg prometheus.Registerer) *client.API {
	t.Helper()
	api, err := client.New(client.Config{URL: url, Tokens: tokens, HTTP: c, Conns: 200, Now: time.Now, Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	return api
}
