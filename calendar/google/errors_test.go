package google_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
	"github.com/slabuddy/slabuddy/calendar/google"
)

func refuse(e calendartest.Error) calendartest.Fault { return calendartest.Refuse(e) }

func TestErrorsSayWhatToDo(t *testing.T) {
	const (
		asKey     = "key"
		asAccount = "account"
	)
	tests := map[string]struct {
		as    string
		fault calendartest.Fault
		want  []string
	}{
		"not shared":                                      {asAccount, nil, []string{"check its id", "share the calendar with " + account}},
		"not public":                                      {asKey, nil, []string{"check its id", "make the calendar public"}},
		"no such calendar":                                {"", nil, []string{id, "check its id"}},
		"forbidden to the account":                        {asAccount, pastSignIn(refuse(calendartest.Forbidden())), []string{"share the calendar with " + account}},
		"forbidden to the key":                            {asKey, refuse(calendartest.Forbidden()), []string{"make the calendar public"}},
		"no key where one is needed":                      {"", refuse(calendartest.UnregisteredCaller()), []string{"check GOOGLE_APPLICATION_CREDENTIALS"}},
		"a key Google does not know":                      {asKey, refuse(calendartest.InvalidKey()), []string{"does not accept GOOGLE_API_KEY"}},
		"a token Google has ended":                        {asAccount, pastSignIn(refuse(calendartest.InvalidCredentials())), []string{"make a new key", "GOOGLE_APPLICATION_CREDENTIALS"}},
		"the API is switched off":                         {asKey, refuse(calendartest.APIDisabled()), []string{"enable it at https://"}},
		"a rate limit":                                    {asKey, refuse(calendartest.RateLimited()), []string{"fewer requests", "rateLimitExceeded", "a little later"}},
		"a user's rate limit":                             {asKey, refuse(calendartest.UserRateLimited()), []string{"fewer requests", "userRateLimitExceeded"}},
		"too many requests":                               {asKey, refuse(calendartest.TooManyRequests()), []string{"fewer requests", "429"}},
		"too many, without a reason":                      {asKey, refuse(calendartest.Error{Code: 429}), []string{"fewer requests", "429"}},
		"Google's own trouble":                            {asKey, refuse(calendartest.BackendError()), []string{"trouble of its own", "500"}},
		"the API is switched off, in Google's newer form": {asKey, answerWith(403, `{"error": {"code": 403, "status": "PERMISSION_DENIED", "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]}}`), []string{"enable it at https://"}},
		"a rate limit, in the newer form":                 {asKey, answerWith(403, `{"error": {"code": 403, "status": "PERMISSION_DENIED", "details": [{"reason": "RATE_LIMIT_EXCEEDED"}]}}`), []string{"fewer requests", "a little later"}},
		"a page instead of an error":                      {asKey, answerWith(503, "<html>Sorry</html>"), []string{"trouble of its own", "503"}},
		"a page of a proxy's":                             {asKey, answerWith(403, "<html>Blocked</html>"), []string{"make the calendar public"}},
		"anything else":                                   {asKey, refuse(calendartest.Gone()), []string{"410", "fullSyncRequired"}},
		"garbage":                                         {asKey, calendartest.Garbage, []string{"answer cannot be read"}},
		"an answer cut off":                               {asKey, calendartest.CutOff, []string{"answer cannot be read"}},
		"an answer without an end":                        {asKey, endless, []string{"answer cannot be read", "longer than 16 MiB"}},
		"pages without an end":                            {asKey, answer(`{"nextPageToken": "again", "items": []}`), []string{"answer cannot be read", "more than 100 pages"}},
		"hanging":                                         {asKey, calendartest.Hang, []string{"no answer from Google Calendar within 50ms"}},
		"sign-in hanging":                                 {asAccount, calendartest.Hang, []string{"no answer from Google Calendar within 50ms"}},
		"sign-in in trouble":                              {asAccount, atSignIn(http.StatusServiceUnavailable, "later"), []string{"sign-in has trouble of its own", "503"}},
		"sign-in refuses the key": {asAccount, atSignIn(http.StatusBadRequest, `{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}`),
			[]string{"invalid_grant: Invalid JWT Signature.", "GOOGLE_APPLICATION_CREDENTIALS", "clock"}},
		"sign-in refuses without a word": {asAccount, atSignIn(http.StatusBadRequest, "?"), []string{"GOOGLE_APPLICATION_CREDENTIALS", "400"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			if test.as != "" || test.fault != nil {
				s.AddCalendar(&calendartest.Calendar{ID: id})
			}
			use := func(*google.Config) {}
			switch test.as {
			case asKey:
				s.RequireKey(key)
				use = withKey
			case asAccount:
				use = withAccount(t, s)
			}
			c := client(t, s, use)
			if strings.Contains(name, "hanging") {
				c.SetTimeOut(50 * time.Millisecond)
			}
			if test.fault != nil {
				s.Fail(test.fault, -1)
			}
			_, err := c.Events(t.Context(), from, to)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

// answerWith answers with that status.
func answerWith(code int, body string) calendartest.Fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(code)
		io.WriteString(w, body)
		return true
	}
}

// endless answers until the client gives up.
func endless(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	io.WriteString(w, `{"items": [`)
	for room := strings.Repeat(" ", 1<<20); ; {
		if _, err := io.WriteString(w, room); err != nil {
			return true
		}
	}
}

// pastSignIn meets all requests but those for a token.
func pastSignIn(f calendartest.Fault) calendartest.Fault {
	return func(w http.ResponseWriter, r *http.Request) bool { return r.URL.Path != "/token" && f(w, r) }
}

// atSignIn meets requests for a token only.
func atSignIn(code int, body string) calendartest.Fault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
		return true
	}
}

func TestNoErrorContainsTheKey(t *testing.T) {
	echo := func(code int) calendartest.Fault {
		return func(w http.ResponseWriter, r *http.Request) bool {
			calendartest.Error{Code: code, Reason: "odd", Message: "what is " + r.URL.String() + " or " + r.URL.Query().Get("key")}.Write(w)
			return true
		}
	}
	faults := map[string]calendartest.Fault{
		"refused": refuse(calendartest.InvalidKey()), "forbidden": refuse(calendartest.Forbidden()), "in trouble": refuse(calendartest.BackendError()),
		"garbage": calendartest.Garbage, "cut": calendartest.CutOff, "hanging": calendartest.Hang,
		"echoed in an error we pass on": echo(418), "echoed in a server's error": echo(503),
		"a redirect that cannot be followed": func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", "http://[::1/?"+r.URL.RawQuery)
			w.WriteHeader(http.StatusFound)
			return true
		},
	}
	check := func(t *testing.T, c *google.Calendar) {
		t.Helper()
		c.SetTimeOut(300 * time.Millisecond)
		_, err := c.Events(t.Context(), from, to)
		if err == nil {
			t.Fatal("no error")
		}
		if text := err.Error(); strings.Contains(text, key) || strings.Contains(text, url.QueryEscape(key)) {
			t.Errorf("%q contains the key", err)
		}
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.Fail(fault, -1)
			check(t, client(t, s, withKey))
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		s := start(t)
		c := client(t, s, withKey)
		s.Close()
		check(t, c)
		if _, err := c.Events(t.Context(), from, to); !strings.Contains(err.Error(), "cannot be reached") || strings.Contains(err.Error(), "timeMin") {
			t.Errorf("error: %v", err)
		}
	})
}

// The follower decides when to ask again: a client that tried on its own would hide the trouble, and
// not keep to Google's limits.
func TestOneReadingAsksOnce(t *testing.T) {
	for name, fault := range map[string]calendartest.Fault{
		"500": refuse(calendartest.BackendError()), "429": refuse(calendartest.TooManyRequests()), "403": refuse(calendartest.RateLimited()),
	} {
		s := start(t)
		s.Fail(fault, -1)
		if _, err := client(t, s).Events(t.Context(), from, to); err == nil {
			t.Errorf("%s: no error", name)
		}
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

func TestATimeOutCanBeToldFromOtherErrors(t *testing.T) {
	s := start(t)
	s.Fail(calendartest.Hang, -1)
	c := client(t, s)
	c.SetTimeOut(50 * time.Millisecond)
	if _, err := c.Events(t.Context(), from, to); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error: %v", err)
	}
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	dir := t.TempDir()
	noKey := filepath.Join(dir, "no-key.json")
	if err := os.WriteFile(noKey, []byte(`{"hello": "world", "private_key": "-----BEGIN"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		config google.Config
		want   []string
	}{
		"nothing to read it with": {google.Config{}, []string{"GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_API_KEY"}},
		"no such file":            {google.Config{CredentialsFile: filepath.Join(dir, "none.json")}, []string{"GOOGLE_APPLICATION_CREDENTIALS", "none.json"}},
		"a file that is no key":   {google.Config{CredentialsFile: noKey}, []string{"GOOGLE_APPLICATION_CREDENTIALS", "no-key.json", "not the JSON key of a service account"}},
		"a URL without a host":    {google.Config{URL: "https://"}, []string{"GOOGLE_CALENDAR_URL"}},
		"a URL that is none":      {google.Config{URL: "localhost:8080"}, []string{"GOOGLE_CALENDAR_URL"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.config.CalendarID = id
			_, err := google.New(t.Context(), test.config)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "BEGIN") {
				t.Errorf("%q shows the file", err)
			}
		})
	}
}
