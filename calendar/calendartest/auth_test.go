package calendartest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2/google"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
)

func TestAKeyReadsPublicCalendarsOnly(t *testing.T) {
	tests := map[string]struct {
		public bool
		query  string
		code   int
		reason string
	}{
		"public":                     {true, "key=right", 200, ""},
		"not public: as if not here": {false, "key=right", 404, "notFound"},
		"a wrong key":                {true, "key=wrong", 400, "API_KEY_INVALID"},
		"no key":                     {true, "", 403, "unregistered callers"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := server()
			s.AddCalendar(&calendartest.Calendar{ID: "shifts", Public: test.public})
			s.RequireKey("right")
			code, body := get(s, test.query)
			if code != test.code || !strings.Contains(body, test.reason) {
				t.Errorf("%d %s", code, body)
			}
		})
	}
}

// The key file is read and the token fetched by Google's own OAuth library, not by our client.
func TestAServiceAccountReadsWhatIsSharedWithIt(t *testing.T) {
	const account = "bot@project.iam.gserviceaccount.com"
	tests := map[string]struct {
		shared bool
		scope  string
		revoke bool
		code   int
		reason string
	}{
		"shared":                         {true, "https://www.googleapis.com/auth/calendar.events.readonly", false, 200, ""},
		"not shared: as if not here":     {false, "https://www.googleapis.com/auth/calendar.events.readonly", false, 404, "notFound"},
		"another API's scope":            {true, "https://www.googleapis.com/auth/drive", false, 403, "insufficientPermissions"},
		"a scope that lists no events":   {true, "https://www.googleapis.com/auth/calendar.freebusy", false, 403, "insufficientPermissions"},
		"revoked after the token's time": {true, "https://www.googleapis.com/auth/calendar", true, 401, "authError"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := calendartest.Start(time.Now)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			c := &calendartest.Calendar{ID: "shifts"}
			if test.shared {
				c.SharedWith = []string{account}
			}
			s.AddCalendar(c)
			file, err := s.ServiceAccount(account)
			if err != nil {
				t.Fatal(err)
			}
			config, err := google.JWTConfigFromJSON(file, test.scope)
			if err != nil {
				t.Fatal(err)
			}
			token, err := config.TokenSource(t.Context()).Token()
			if err != nil {
				t.Fatal(err)
			}
			if test.revoke {
				s.RevokeKeys()
			}
			r := httptest.NewRequest("GET", "/calendar/v3/calendars/shifts/events", nil)
			token.SetAuthHeader(r)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != test.code || !strings.Contains(w.Body.String(), test.reason) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAForgedAssertionGetsNoToken(t *testing.T) {
	s, err := calendartest.Start(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	other, err := calendartest.Start(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	if _, err := s.ServiceAccount("bot@example.com"); err != nil {
		t.Fatal(err)
	}
	file, err := other.ServiceAccount("bot@example.com") // the same name, another key
	if err != nil {
		t.Fatal(err)
	}
	config, err := google.JWTConfigFromJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	config.TokenURL = s.URL() + "/token"
	if _, err := config.TokenSource(t.Context()).Token(); err == nil || !strings.Contains(err.Error(), "Invalid JWT Signature") {
		t.Errorf("a key that is not the account's: %v", err)
	}
	config.Email = "nobody@example.com"
	if _, err := config.TokenSource(t.Context()).Token(); err == nil || !strings.Contains(err.Error(), "account not found") {
		t.Errorf("an account that is not: %v", err)
	}
	for name, form := range map[string]url.Values{
		"another grant": {"grant_type": {"password"}},
		"no assertion":  {"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}},
		"not a JWT":     {"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {"a.b.c"}},
	} {
		answer, err := http.PostForm(s.URL()+"/token", form)
		if err != nil {
			t.Fatal(err)
		}
		var said struct{ Error string }
		if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || answer.StatusCode != 400 || said.Error == "" {
			t.Errorf("%s: %d %+v %v", name, answer.StatusCode, said, err)
		}
		answer.Body.Close()
	}
}
