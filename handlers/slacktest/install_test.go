package slacktest_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
	"github.com/slabuddy/slabuddy/handlers/slacktest/oauth"
)

const redirect = "https://sla.example.com/slack/oauth_redirect"

// newCloud has two workspaces, each with a person, and an app that neither has installed.
func newCloud(t *testing.T, o slacktest.Options) (c *slacktest.Cloud, acme, globex *slacktest.Workspace) {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().Now
	}
	c = slacktest.NewCloud(o)
	t.Cleanup(c.Close)
	acme = c.AddWorkspace(slacktest.Team{ID: "T0ACME", Name: "Acme"})
	globex = c.AddWorkspace(slacktest.Team{ID: "T0GLOBEX", Name: "Globex"})
	acme.AddUser(slacktest.User{ID: "U0ACME", Name: "ana"})
	globex.AddUser(slacktest.User{ID: "U0GLOBEX", Name: "gus"})
	return c, acme, globex
}

// authorize is a browser at the authorize page, which follows no redirect.
func authorize(t *testing.T, c *slacktest.Cloud, more ...string) *http.Response {
	t.Helper()
	q := url.Values{"client_id": {"1234567890.1234567890"}, "scope": {"chat:write,channels:history"}, "redirect_uri": {redirect}, "state": {"s1"}}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	browser := c.Client()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res := must(browser.Get("http://slack.test/oauth/v2/authorize?" + q.Encode()))(t)
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func landed(t *testing.T, res *http.Response) url.Values {
	t.Helper()
	to := must(res.Location())(t)
	if to.Host != "sla.example.com" || to.Path != "/slack/oauth_redirect" {
		t.Fatalf("led back to %s", to)
	}
	return to.Query()
}

func exchange(ctx context.Context, c *slacktest.Cloud, secret, code, redirectURI string) (*slack.OAuthV2Response, error) {
	return slack.GetOAuthV2ResponseContext(ctx, c.Client(), "1234567890.1234567890", secret, code, redirectURI,
		slack.OAuthOptionAPIURL(slacktest.APIURL))
}

// install installs the app in a workspace and answers with what the exchange did.
func install(t *testing.T, c *slacktest.Cloud, w *slacktest.Workspace) *slack.OAuthV2Response {
	t.Helper()
	c.Decide(w.Installing(""))
	code := landed(t, authorize(t, c)).Get("code")
	return must(exchange(t.Context(), c, "simulated-client-secret", code, redirect))(t)
}

func TestInstallingGivesEachWorkspaceItsToken(t *testing.T) {
	c, acme, globex := newCloud(t, slacktest.Options{})
	c.Decide(globex.Installing("U0GLOBEX"))
	q := landed(t, authorize(t, c))
	if q.Get("state") != "s1" || q.Has("error") {
		t.Errorf("query: %v", q)
	}
	got := must(exchange(t.Context(), c, "simulated-client-secret", q.Get("code"), redirect))(t)
	o := globex.Options()
	if got.Team.ID != "T0GLOBEX" || got.AccessToken != o.Token || got.TokenType != "bot" || got.Scope != "chat:write,channels:history" ||
		got.BotUserID != o.App.UserID || got.AppID != "A0SLABUDDY" || got.AuthedUser.ID != "U0GLOBEX" || got.Enterprise.ID != "" {
		t.Errorf("answer: %+v", got)
	}
	if !globex.Installed() || acme.Installed() || acme.Options().Token != "" {
		t.Error("installed in the wrong workspace")
	}
	other := install(t, c, acme)
	if other.AccessToken == got.AccessToken || other.BotUserID == got.BotUserID {
		t.Errorf("both have %s and %s", got.AccessToken, got.BotUserID)
	}
	for token, team := range map[string]string{got.AccessToken: "T0GLOBEX", other.AccessToken: "T0ACME"} {
		api := slack.New(token, slack.OptionAPIURL(slacktest.APIURL), slack.OptionHTTPClient(c.Client()))
		if me := must(api.AuthTestContext(t.Context()))(t); me.TeamID != team {
			t.Errorf("a token of %s is taken for one of %s", team, me.TeamID)
		}
	}
	if n := len(acme.Calls("auth.test")); n != 1 {
		t.Errorf("%d calls in the workspace whose token it was", n)
	}
}

func TestACodeIsGoodOnceForTenMinutesAndItsRedirectURI(t *testing.T) {
	now := newClock()
	c, acme, _ := newCloud(t, slacktest.Options{Now: now.Now})
	c.Decide(acme.Installing(""))
	code := func() string { return landed(t, authorize(t, c)).Get("code") }
	used, old := code(), code()
	try := func(secret, code, redirectURI, want string) {
		t.Helper()
		_, err := exchange(t.Context(), c, secret, code, redirectURI)
		if got := ""; err != nil {
			if got = err.Error(); got != want {
				t.Errorf("error %q, want %q", got, want)
			}
		} else if want != "" {
			t.Errorf("no error, want %s", want)
		}
	}
	const secret = "simulated-client-secret"
	try("wrong", used, redirect, "bad_client_secret")
	try(secret, "nonsense", redirect, "invalid_code")
	try(secret, used, redirect+"/2", "bad_redirect_uri")
	try(secret, used, redirect, "")
	try(secret, used, redirect, "code_already_used")
	now.Add(10*time.Minute + time.Second)
	try(secret, old, redirect, "invalid_code")
	if got := call(t, acme, "oauth.v2.access", "client_id", "1", "code", used)["error"]; got != "invalid_client_id" {
		t.Errorf("another app: %v", got)
	}
	for _, call := range c.Workspaces()[0].Calls("oauth.v2.access") {
		if strings.Contains(call.Args["client_secret"], "simulated") {
			t.Error("the log of calls keeps a client secret")
		}
	}
}

func TestAppsMayIdentifyThemselvesByBasicAuth(t *testing.T) {
	c, acme, _ := newCloud(t, slacktest.Options{})
	c.Decide(acme.Installing(""))
	form := url.Values{"code": {landed(t, authorize(t, c)).Get("code")}, "redirect_uri": {redirect}}
	r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+"oauth.v2.access", strings.NewReader(form.Encode())))(t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("1234567890.1234567890", "simulated-client-secret")
	if _, answer := do(t, acme, r); answer["ok"] != true || answer["enterprise"] != nil {
		t.Errorf("answer: %v", answer)
	}
}

func TestWhoeverRefusesIsLedBackWithoutACode(t *testing.T) {
	c, _, _ := newCloud(t, slacktest.Options{})
	c.Decide(func(oauth.Request) oauth.Decision { return oauth.Decision{Deny: true} })
	want := url.Values{"error": {"access_denied"}, "state": {"s1"}}
	if diff := cmp.Diff(want, landed(t, authorize(t, c))); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongWithARequestIsToldToThePersonOnly(t *testing.T) {
	c, acme, _ := newCloud(t, slacktest.Options{RedirectURLs: []string{redirect}})
	c.Decide(acme.Installing(""))
	for name, more := range map[string][]string{
		"another app":              {"client_id", "1"},
		"no scopes":                {"scope", ""},
		"a strange way back":       {"redirect_uri", "https://evil.example.com/"},
		"one that looks alike":     {"redirect_uri", redirect + "2"},
		"no address":               {"redirect_uri", "javascript:alert(1)"},
		"nobody in this workspace": {"client_id", "1234567890.1234567890", "scope", ""},
	} {
		if res := authorize(t, c, more...); res.StatusCode != http.StatusBadRequest || res.Header.Get("Location") != "" {
			t.Errorf("%s: %s to %q", name, res.Status, res.Header.Get("Location"))
		}
	}
	if res := authorize(t, c, "redirect_uri", redirect+"?a=b"); res.StatusCode != http.StatusFound {
		t.Errorf("a configured address with a query: %s", res.Status)
	}
}

func TestThePageInstallsToo(t *testing.T) {
	c, _, globex := newCloud(t, slacktest.Options{})
	res := authorize(t, c)
	page := string(must(io.ReadAll(res.Body))(t))
	if res.StatusCode != http.StatusOK || !strings.Contains(page, `value="T0GLOBEX/U0GLOBEX"`) || !strings.Contains(page, "chat:write, channels:history") {
		t.Fatalf("%s\n%s", res.Status, page)
	}
	form := url.Values{
		"client_id": {"1234567890.1234567890"}, "scope": {"chat:write"}, "redirect_uri": {redirect}, "state": {"s1"},
		"who": {"T0GLOBEX/U0GLOBEX"}, "decision": {"allow"},
	}
	browser := c.Client()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res = must(browser.PostForm("http://slack.test/oauth/v2/authorize", form))(t)
	defer res.Body.Close()
	must(exchange(t.Context(), c, "simulated-client-secret", landed(t, res).Get("code"), redirect))(t)
	if !globex.Installed() {
		t.Error("not installed")
	}
}

func TestUninstallingAndRevokingAreToldAndFelt(t *testing.T) {
	for name, test := range map[string]struct {
		end    func(*slacktest.Workspace)
		code   string
		events []string
	}{
		"uninstalled": {(*slacktest.Workspace).Uninstall, "account_inactive", []string{"tokens_revoked", "app_uninstalled"}},
		"revoked":     {(*slacktest.Workspace).RevokeToken, "token_revoked", []string{"tokens_revoked"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := &app{}
			c, acme, globex := newCloud(t, slacktest.Options{Transport: inprocess.Transport(a)})
			c.SetAppURL("http://app.test")
			token := install(t, c, acme).AccessToken
			stays := install(t, c, globex).AccessToken
			test.end(acme)
			delivered(t, acme)
			var got []string
			for i, e := range a.events(t) {
				got = append(got, e["type"].(string))
				if team := a.requests()[i].envelope(t)["team_id"]; team != "T0ACME" {
					t.Errorf("told of %v", team)
				}
			}
			if diff := cmp.Diff(test.events, got); diff != "" {
				t.Error(diff)
			}
			for token, want := range map[string]string{token: test.code, stays: ""} {
				_, err := slack.New(token, slack.OptionAPIURL(slacktest.APIURL), slack.OptionHTTPClient(c.Client())).AuthTestContext(t.Context())
				if got := ""; err != nil {
					if got = err.Error(); got != want {
						t.Errorf("error %q, want %q", got, want)
					}
				} else if want != "" {
					t.Errorf("no error, want %s", want)
				}
			}
			if again := install(t, c, acme).AccessToken; again == token || !acme.Installed() {
				t.Error("installed again, it has the token that was taken away")
			}
		})
	}
}

func TestAnUninstalledBotIsInNoChannelAndHearsNothing(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	w.Uninstall()
	say(t, w, "is anybody there?")
	delivered(t, w)
	if n := len(a.requests()); n != 2 {
		t.Errorf("%d requests, want the two about the end", n)
	}
	for _, c := range w.Channels() {
		if diff := cmp.Diff([]string{ana}, c.Members); diff != "" {
			t.Errorf("%s: %s", c.ID, diff)
		}
	}
}
