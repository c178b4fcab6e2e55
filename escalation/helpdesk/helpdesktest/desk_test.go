package helpdesktest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

// What the simulated desk refuses keeps the client honest.
func TestTheDeskInsistsOnItsProtocol(t *testing.T) {
	good := `[{"ticket_id":"42","timestamp":1772452800}]`
	tests := []struct {
		name, method, token, body string
		code                      int
	}{
		{"as agreed", http.MethodPost, "Bearer t", good, 200},
		{"no token", http.MethodPost, "", good, 401},
		{"another token", http.MethodPost, "Bearer tt", good, 401},
		{"a GET", http.MethodGet, "Bearer t", "", 405},
		{"no list", http.MethodPost, "Bearer t", `{}`, 400},
		{"an empty list", http.MethodPost, "Bearer t", `[]`, 400},
		{"no timestamp", http.MethodPost, "Bearer t", `[{"ticket_id":"42"}]`, 400},
		{"an id that is a number", http.MethodPost, "Bearer t", `[{"ticket_id":42,"timestamp":1772452800}]`, 400},
		{"a field too many", http.MethodPost, "Bearer t", `[{"ticket_id":"42","timestamp":1772452800,"channel":"C1"}]`, 400},
		{"101 tickets", http.MethodPost, "Bearer t", "[" + strings.Repeat(good[1:len(good)-1]+",", 100) + good[1:], 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/replies", strings.NewReader(tt.body))
			if tt.token != "" {
				r.Header.Set("Authorization", tt.token)
			}
			w := httptest.NewRecorder()
			desk := helpdesktest.New("t")
			desk.ServeHTTP(w, r)
			if w.Code != tt.code {
				t.Errorf("status %d, want %d: %s", w.Code, tt.code, w.Body)
			}
			if asked := desk.Asked("42"); (asked == 1) != (tt.code == 200) {
				t.Errorf("asked %d times", asked)
			}
		})
	}
}
