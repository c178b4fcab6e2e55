package google_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/google"
)

// Rule 29: no redirect is followed, for the key would go along with it.
func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := make(chan *http.Request, 10)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked <- r }))
	defer elsewhere.Close()
	calendars := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer calendars.Close()
	c, err := google.New(t.Context(), google.Config{URL: calendars.URL, APIKey: "a-secret-key", CalendarID: "shifts@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if _, err := c.Events(t.Context(), now, now.Add(time.Hour)); err == nil || strings.Contains(err.Error(), "a-secret-key") {
		t.Errorf("the answer is read: %v", err)
	}
	select {
	case r := <-asked:
		t.Errorf("another host was asked for %s, with %v", r.URL, r.Header)
	default:
	}
}
