package socket

import (
	"log/slog"
	"testing"

	"github.com/slabuddy/slabuddy/handlers/slackapp/slackapptest"
)

// Rule 29: no redirect is followed with the app's token.
func TestRedirectsAreNotFollowed(t *testing.T) {
	c, err := New(Config{Token: "xapp-1-secret", APIURL: slackapptest.Redirects(t) + "/api/", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.connect(t.Context()); err == nil {
		t.Error("connected")
	}
}
