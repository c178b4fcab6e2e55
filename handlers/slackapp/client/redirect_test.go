package client_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// Rule 29: no redirect is followed with the bot's token.
func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := make(chan http.Header, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			asked <- r.Header
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	api, err := client.New(client.Config{URL: server.URL + "/api/", Tokens: client.OneToken("xoxb-secret"), Now: time.Now, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.TestToken(t.Context(), ""); err == nil {
		t.Error("the answer is read")
	}
	select {
	case h := <-asked:
		t.Errorf("it was followed, with %v", h)
	default:
	}
}
