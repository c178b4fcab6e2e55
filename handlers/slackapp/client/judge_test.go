package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// says is an API whose every method gives that answer.
func says(t *testing.T, status int, header http.Header, body string) *API {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for key, values := range header {
			w.Header()[key] = values
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	api, err := New(Config{URL: server.URL + "/api/", Tokens: OneToken("xoxb-secret"), Conns: 1, Now: time.Now, Registerer: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func failure(t *testing.T, err error) *queue.Error {
	t.Helper()
	var e *queue.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *queue.Error", err)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the token is in %q", err)
	}
	return e
}

// Rule 12: each code that Slack documents means for a post what it should, and is said with what to do.
func TestWhatACodeMeansForAPost(t *testing.T) {
	for kind, codes := range map[queue.Kind]string{
		queue.KindLimited: "ratelimited rate_limited message_limit_exceeded",
		queue.KindRetry:   "service_unavailable external_channel_migrating",
		queue.KindUnknown: "fatal_error internal_error request_timeout",
		queue.KindHeld: "invalid_auth not_authed account_inactive token_revoked token_expired not_allowed_token_type missing_scope no_permission " +
			"org_login_required team_added_to_org team_access_not_granted two_factor_setup_required accesslimited",
		queue.KindTerminal: "channel_not_found not_in_channel is_archived thread_not_found thread_locked cannot_reply_to_message message_not_found " +
			"cant_update_message edit_window_closed is_inactive msg_too_long msg_blocks_too_long no_text too_many_attachments metadata_too_large " +
			"metadata_must_be_sent_from_app invalid_blocks invalid_blocks_format invalid_arguments invalid_arg_name invalid_array_arg invalid_charset " +
			"invalid_form_data invalid_post_type missing_post_type missing_argument restricted_action restricted_action_read_only_channel " +
			"restricted_action_thread_only_channel restricted_action_non_threadable_channel posting_to_general_channel_denied access_denied " +
			"ekm_access_denied enterprise_is_restricted team_not_found messages_tab_disabled deprecated_endpoint method_deprecated unknown_method",
	} {
		for code := range strings.FieldsSeq(codes) {
			t.Run(code, func(t *testing.T) {
				err := says(t, http.StatusOK, nil, `{"ok":false,"error":"`+code+`"}`).Call(t.Context(), "T0", gate.MethodPost, nil, &Reply{})
				e := failure(t, err)
				if e.Kind != kind || e.Tries != 0 {
					t.Errorf("%v is %s, with %d attempts at most; want %s", err, e.Kind, e.Tries, kind)
				}
				if wait := e.After; (wait > 0) != (kind == queue.KindLimited) {
					t.Errorf("it waits %s", wait)
				}
				want := map[queue.Kind]string{queue.KindLimited: gate.Method("T0", gate.MethodPost), queue.KindHeld: gate.Workspace("T0")}[kind]
				if e.Gate != want {
					t.Errorf("it shuts %q, want %q", e.Gate, want)
				}
				if explained := strings.Contains(err.Error(), code+": "); explained != (kind != queue.KindUnknown && kind != queue.KindLimited) {
					t.Errorf("it is said as %q", err)
				}
			})
		}
	}
}

// What goes wrong before Slack says a word: only what surely did nothing is simply tried again.
func TestWhatAnAnswerThatIsNoneMeansForAPost(t *testing.T) {
	retryAfter := func(said string) http.Header { return http.Header{"Retry-After": {said}} }
	const page = "<!DOCTYPE html><title>Slack is being worked on</title>"
	for name, tt := range map[string]struct {
		status int
		header http.Header
		body   string
		kind   queue.Kind
		after  time.Duration
	}{
		"a limit":                          {429, retryAfter("7"), `{"ok":false,"error":"ratelimited"}`, queue.KindLimited, 7 * time.Second},
		"a limit that names no time":       {429, nil, `{"ok":false,"error":"ratelimited"}`, queue.KindLimited, defaultWait},
		"a limit of a proxy's, as a page":  {429, nil, page, queue.KindLimited, defaultWait},
		"a limit until a date":             {429, retryAfter(time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)), "", queue.KindLimited, time.Second},
		"a limit said with 200":            {200, nil, `{"ok":false,"error":"ratelimited"}`, queue.KindLimited, defaultWait},
		"502, a page":                      {502, nil, page, queue.KindUnknown, 0},
		"503, a page":                      {503, nil, page, queue.KindUnknown, 0},
		"503, with a time":                 {503, retryAfter("7"), "", queue.KindUnknown, 0},
		"504, nothing":                     {504, nil, "", queue.KindUnknown, 0},
		"200, a page":                      {200, nil, page, queue.KindUnknown, 0},
		"200, nothing":                     {200, nil, "", queue.KindUnknown, 0},
		"200, half an answer":              {200, nil, `{"ok":false,"err`, queue.KindUnknown, 0},
		"200, null":                        {200, nil, `null`, queue.KindUnknown, 0},
		"200, a list":                      {200, nil, `[]`, queue.KindUnknown, 0},
		"ok is not said":                   {200, nil, `{"error":"channel_not_found"}`, queue.KindUnknown, 0},
		"the error is no word":             {200, nil, `{"ok":false,"error":{"code":7}}`, queue.KindRetry, 5 * time.Second},
		"a refusal before Slack":           {403, nil, page, queue.KindRetry, 0},
		"too large for what is before":     {413, nil, page, queue.KindRetry, 0},
		"a login page that is led to":      {302, http.Header{"Location": {"/login"}}, "", queue.KindRetry, 0},
		"an answer that is no end of it":   {202, nil, `{"ok":true}`, queue.KindUnknown, 0},
		"the time of the request ran out":  {408, nil, "", queue.KindUnknown, 0},
		"another code with its own status": {400, nil, `{"ok":false,"error":"invalid_arguments"}`, queue.KindRetry, 0},
	} {
		t.Run(name, func(t *testing.T) {
			err := says(t, tt.status, tt.header, tt.body).Call(t.Context(), "T0", gate.MethodPost, nil, &Reply{})
			if e := failure(t, err); e.Kind != tt.kind || e.After != tt.after {
				t.Errorf("%v is %s after %s, want %s after %s", err, e.Kind, e.After, tt.kind, tt.after)
			}
		})
	}
}

// What is asked through the library is judged alike.
func TestALimitOnAQuestionIsALimit(t *testing.T) {
	for header, want := range map[string]time.Duration{"7": 7 * time.Second, "": defaultWait} {
		_, err := says(t, http.StatusTooManyRequests, http.Header{"Retry-After": {header}}, "").Channel(t.Context(), "T0", "C0ENT")
		if e := failure(t, err); e.Kind != queue.KindLimited || e.After != want || e.Gate != gate.Method("T0", "conversations.info") {
			t.Errorf("Retry-After %q: %v is %s after %s, of %q", header, err, e.Kind, e.After, e.Gate)
		}
	}
}

// A permission that one question lacks is no reason to hold the posts.
func TestAQuestionThatIsNotPermittedHoldsNothing(t *testing.T) {
	for _, code := range []string{"missing_scope", "no_permission"} {
		_, _, err := ReadBatch[struct{}](t.Context(), says(t, http.StatusOK, nil, `{"ok":false,"error":"`+code+`"}`), "T0", gate.MethodReplies, url.Values{}, "", FullBatch)
		if e := failure(t, err); e.Kind != queue.KindTerminal || e.Gate != "" {
			t.Errorf("%v is %s, and shuts %q", err, e.Kind, e.Gate)
		}
	}
}

// Rule 12: bringing a message up to date twice does no harm, so that what may have happened is simply done again.
func TestAnUpdateThatMayHaveHappenedIsSentAgain(t *testing.T) {
	for body, status := range map[string]int{`{"ok":false,"error":"internal_error"}`: 200, "": 200, "<html>": 502} {
		err := says(t, status, nil, body).Call(t.Context(), "T0", gate.MethodUpdate, nil, &Reply{})
		if e := failure(t, err); e.Kind != queue.KindRetry {
			t.Errorf("%q: %v is %s", body, err, e.Kind)
		}
	}
}

// Whoever reports a mistake of ours finds in the log what is wrong with which block.
func TestWhatIsWrongWithABlockIsSaid(t *testing.T) {
	err := says(t, http.StatusOK, nil, `{"ok":false,"error":"invalid_blocks","errors":["must be less than 151 characters [json-pointer:/blocks/0/text/text]", 7]}`).
		Call(t.Context(), "T0", gate.MethodPost, nil, &Reply{})
	if want := "please report it (must be less than 151 characters [json-pointer:/blocks/0/text/text])"; !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
}
