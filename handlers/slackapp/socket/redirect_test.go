package socket

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Rule 29: no redirect is followed with the app's token.
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
	c, err := New(Config{Token: "xapp-1-secret", APIURL: server.URL + "/api/", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.connect(t.Context()); err == nil {
		t.Error("connected")
	}
	select {
	case h := <-asked:
		t.Errorf("it was followed, with %v", h)
	default:
	}
}
