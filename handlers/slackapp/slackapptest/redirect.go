package slackapptest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Redirects is a server that sends every request on to another page. The test fails if one goes there.
func Redirects(t testing.TB) (url string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			t.Errorf("a redirect was followed, with %v", r.Header)
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
