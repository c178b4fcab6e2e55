package client_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
)

// Rule 29: no redirect is followed with the bot's token.
func TestRedirectsAreNotFollowed(t *testing.T) {
	api, err := client.New(client.Config{URL: slackapptest.Redirects(t) + "/api/", Tokens: client.OneToken("xoxb-secret"), Now: time.Now, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.TestToken(t.Context(), ""); err == nil {
		t.Error("the answer is read")
	}
}
