package helpdesktest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// What the simulated vendors refuse, and what they hide, keeps the clients honest.
func TestTheVendorsInsistOnTheirProtocols(t *testing.T) {
	zendesk := helpdesktest.NewZendesk("ana@example.com", "t")
	freshdesk := helpdesktest.NewFreshdesk("t")
	intercom := helpdesktest.NewIntercom("t", func() time.Time { return noon })
	for _, d := range []interface {
		Open(string, time.Time)
		Delete(string, time.Time)
	}{zendesk, freshdesk, intercom} {
		d.Open("42", noon)
		d.Open("43", noon)
		d.Delete("43", noon)
	}
	basic := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password) }
	}
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer t") }
	const search = `{"query":{"field":"id","operator":"IN","value":["42","43"]},"pagination":{"per_page":`
	tests := []struct {
		name         string
		desk         http.Handler
		sign         func(*http.Request)
		method, path string
		body         string
		code         int
		says, hides  string
	}{
		{"Zendesk", zendesk, basic("ana@example.com/token", "t"), "GET", "/api/v2/tickets/show_many?ids=42,43", "", 200, `"id":42`, `"id":43`},
		{"without the sideload", zendesk, basic("ana@example.com/token", "t"), "GET", "/api/v2/tickets/show_many?ids=42", "", 200, `"id":42`, "metric_set"},
		{"without /token", zendesk, basic("ana@example.com", "t"), "GET", "/api/v2/tickets/show_many?ids=42", "", 401, "authenticate", ""},
		{"101 ids", zendesk, basic("ana@example.com/token", "t"), "GET", "/api/v2/tickets/show_many?ids=" + strings.Repeat("1,", 100) + "1", "", 400, "", ""},
		{"deleted metrics", zendesk, basic("ana@example.com/token", "t"), "GET", "/api/v2/tickets/43/metrics", "", 404, "RecordNotFound", ""},
		{"deleted tickets", zendesk, basic("ana@example.com/token", "t"), "GET", "/api/v2/deleted_tickets", "", 200, `"id":43`, `"id":42`},
		{"Freshdesk", freshdesk, basic("t", "X"), "GET", "/api/v2/tickets?updated_since=2026-03-01T00:00:00Z&per_page=100", "", 200, `"id":42`, `"id":43`},
		{"a deleted ticket", freshdesk, basic("t", "X"), "GET", "/api/v2/tickets/43?include=stats", "", 200, `"deleted":true`, ""},
		{"101 a page", freshdesk, basic("t", "X"), "GET", "/api/v2/tickets?updated_since=2026-03-01T00:00:00Z&per_page=101", "", 400, "", ""},
		{"another key", freshdesk, basic("u", "X"), "GET", "/api/v2/tickets/42", "", 401, "invalid_credentials", ""},
		{"Intercom", intercom, bearer, "POST", "/conversations/search", search + `150}}`, 200, `"id":"42"`, `"id":"43"`},
		{"151 a page", intercom, bearer, "POST", "/conversations/search", search + `151}}`, 400, "parameter_invalid", ""},
		{"a deleted conversation", intercom, bearer, "GET", "/conversations/43", "", 404, "not_found", ""},
		{"no bearer", intercom, func(*http.Request) {}, "GET", "/conversations/42", "", 401, "unauthorized", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			tt.sign(r)
			w := httptest.NewRecorder()
			tt.desk.ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != tt.code || !strings.Contains(body, tt.says) || (tt.hides != "" && strings.Contains(body, tt.hides)) {
				t.Errorf("%d, want %d with %q and without %q: %s", w.Code, tt.code, tt.says, tt.hides, body)
			}
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("no JSON: %s", body)
			}
		})
	}
}
