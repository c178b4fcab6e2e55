package slacktest_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestAuthTest(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	got, err := client(w).AuthTestContext(t.Context())
	ok(t, err)
	if got.TeamID != "T0SLABUDDY" || got.Team != "Acme Support" || got.UserID != bot || got.BotID != "B0SLABUDDY" ||
		got.User != "slabuddy" || got.URL != "https://acme-support.slack.com/" {
		t.Errorf("auth.test: %+v", got)
	}
	if scopes := got.Header.Get("X-OAuth-Scopes"); scopes != strings.Join(slacktest.DefaultScopes(), ",") {
		t.Errorf("X-OAuth-Scopes: %s", scopes)
	}
}

func TestUnknownMethod(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	want := map[string]any{"ok": false, "error": "unknown_method", "req_method": "chat.whisper"}
	if diff := cmp.Diff(want, call(t, w, "chat.whisper")); diff != "" {
		t.Error(diff)
	}
}

func TestTheTokenIsABearerOrAFormValueButNotPartOfJSON(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	token := w.Options().Token
	form, asJSON := "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	tests := map[string]struct{ bearer, query, kind, body, want string }{
		"bearer":            {bearer: token, kind: form},
		"form value":        {kind: form, body: "token=" + token},
		"query":             {query: "?token=" + token, kind: form},
		"JSON member":       {kind: asJSON, body: `{"token":"` + token + `"}`, want: "not_authed"},
		"none":              {kind: form, want: "not_authed"},
		"another's":         {bearer: "xoxb-other", kind: form, want: "invalid_auth"},
		"bearer goes first": {bearer: "xoxb-other", kind: form, body: "token=" + token, want: "invalid_auth"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+"auth.test"+test.query, strings.NewReader(test.body)))(t)
			r.Header.Set("Content-Type", test.kind)
			if test.bearer != "" {
				r.Header.Set("Authorization", "Bearer "+test.bearer)
			}
			_, answer := do(t, w, r)
			if got, _ := answer["error"].(string); got != test.want {
				t.Errorf("error = %q, want %q", got, test.want)
			}
		})
	}
}

func TestContentTypes(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	var upload bytes.Buffer
	parts := multipart.NewWriter(&upload)
	ok(t, parts.WriteField("user", ana))
	ok(t, parts.Close())
	tests := map[string]struct{ kind, body, err, warning string }{
		"form":                  {kind: "application/x-www-form-urlencoded", body: "user=" + ana},
		"form with charset":     {kind: "application/x-www-form-urlencoded; charset=utf-8", body: "user=" + ana, warning: "superfluous_charset"},
		"multipart":             {kind: parts.FormDataContentType(), body: upload.String()},
		"JSON":                  {kind: "application/json; charset=utf-8", body: `{"user":"` + ana + `"}`},
		"JSON without charset":  {kind: "application/json", body: `{"user":"` + ana + `"}`, warning: "missing_charset"},
		"broken JSON":           {kind: "application/json; charset=utf-8", body: `{"user":`, err: "invalid_json"},
		"JSON that is a list":   {kind: "application/json; charset=utf-8", body: `["user"]`, err: "json_not_object"},
		"broken form":           {kind: "application/x-www-form-urlencoded", body: "user=%zz", err: "invalid_form_data"},
		"no type":               {body: "user=" + ana, err: "missing_post_type"},
		"a type of another API": {kind: "text/xml", body: "<user/>", err: "invalid_post_type"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+"users.info", strings.NewReader(test.body)))(t)
			r.Header.Set("Content-Type", test.kind)
			r.Header.Set("Authorization", "Bearer "+w.Options().Token)
			_, answer := do(t, w, r)
			err, _ := answer["error"].(string)
			warning, _ := answer["warning"].(string)
			if err != test.err || warning != test.warning {
				t.Errorf("error %q, warning %q", err, warning)
			}
		})
	}
}

func TestGETServesToo(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	r := must(http.NewRequest(http.MethodGet, slacktest.APIURL+"users.info?user="+ana, nil))(t)
	r.Header.Set("Authorization", "Bearer "+w.Options().Token)
	if _, answer := do(t, w, r); answer["ok"] != true {
		t.Errorf("answer: %v", answer)
	}
}

func TestMissingScopeSaysWhatIsNeededAndWhatIsThere(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{Scopes: []string{"channels:history", "channels:read", "app_mentions:read"}})
	ts := say(t, w, "a")
	tests := []struct {
		method, needed string
		args           []string
	}{
		{"chat.postMessage", "chat:write", []string{"channel", support, "text", "a"}},
		{"chat.update", "chat:write", []string{"channel", support, "ts", ts}},
		{"conversations.replies", "groups:history", []string{"channel", private, "ts", ts}},
		{"conversations.info", "groups:read", []string{"channel", private}},
		{"conversations.list", "groups:read", []string{"types", "private_channel"}},
		{"conversations.join", "channels:join", []string{"channel", support}},
		{"users.info", "users:read", []string{"user", ana}},
		{"users.lookupByEmail", "users:read.email", []string{"email", "ana@example.com"}},
		{"usergroups.list", "usergroups:read", nil},
		{"usergroups.users.list", "usergroups:read", []string{"usergroup", "S0"}},
	}
	for _, test := range tests {
		want := map[string]any{
			"ok": false, "error": "missing_scope", "needed": test.needed,
			"provided": "channels:history,channels:read,app_mentions:read",
		}
		if diff := cmp.Diff(want, call(t, w, test.method, test.args...)); diff != "" {
			t.Errorf("%s:\n%s", test.method, diff)
		}
	}
	if answer := call(t, w, "conversations.replies", "channel", support, "ts", ts); answer["ok"] != true {
		t.Errorf("a public channel needs channels:history only: %v", answer)
	}
}

func TestCallsKeepArgumentsButNoToken(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+"chat.postMessage",
		strings.NewReader("token="+w.Options().Token+"&channel="+support+"&text=a")))(t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	do(t, w, r)
	call(t, w, "users.info", "user", "U0NOBODY")
	want := []slacktest.Call{{
		Method: "chat.postMessage", Args: map[string]string{"channel": support, "text": "a"}, At: start, Done: true, Accepted: true,
	}}
	if diff := cmp.Diff(want, w.Calls("chat.postMessage", "chat.update")); diff != "" {
		t.Error(diff)
	}
	if all := w.Calls(); len(all) != 2 || all[1].Accepted || all[1].Error != "user_not_found" {
		t.Errorf("all calls: %+v", all)
	}
}

func TestAnswersAreNotEscapedForHTML(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	ts := say(t, w, "<@U0ANA> & co")
	r := must(http.NewRequest(http.MethodGet, slacktest.APIURL+"conversations.replies?channel="+support+"&ts="+ts, nil))(t)
	r.Header.Set("Authorization", "Bearer "+w.Options().Token)
	res := must(w.Client().Do(r))(t)
	defer res.Body.Close()
	if body := must(io.ReadAll(res.Body))(t); !bytes.Contains(body, []byte(`"text":"<@U0ANA> & co"`)) {
		t.Errorf("body: %s", body)
	}
}
