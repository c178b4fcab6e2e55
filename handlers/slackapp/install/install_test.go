package install_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/oauth"
)

func TestTwoWorkspacesInstallAndEachHasItsToken(t *testing.T) {
	for name, address := range map[string]func(*testing.T) string{"sqlite": sqliteAddress, "postgres": postgresAddress} {
		t.Run(name, func(t *testing.T) {
			db := address(t)
			w := newWorld(t, db)
			for _, team := range []string{"T1", "T2"} {
				if p := w.browser().install(team); p.status != http.StatusOK || !strings.Contains(p.body, "/invite @SLA Buddy") {
					t.Fatalf("%s gets %d:\n%s", team, p.status, p.body)
				}
			}
			for workspace, want := range map[string]string{"T1": w.t1.Options().Token, "T2": w.t2.Options().Token} {
				if got := w.token(workspace); got != want || want == "" {
					t.Errorf("the token of %s is %q, want %q", workspace, got, want)
				}
			}
			if diff := cmp.Diff([]string{"T1", "T2"}, w.tokens.Installed()); diff != "" {
				t.Errorf("Installed (-want +got):\n%s", diff)
			}
			got, err := w.store.Installations(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if i := got[0]; i.Workspace != "T1" || i.Name != "Acme" || i.InstalledBy != "U1ANA" || i.AppID == "" || i.BotUser == "" || len(i.Scopes) < 10 || !i.InstalledAt.Equal(w.clock.now()) {
				t.Errorf("what is kept of T1: %+v", i)
			}
			dump := dumpSQLite
			if name == "postgres" {
				dump = dumpPostgres
			}
			everything := dump(t, db)
			if !strings.Contains(everything, "Acme") {
				t.Fatal("the dump does not hold what is surely there")
			}
			for _, token := range []string{w.t1.Options().Token, w.t2.Options().Token, "xoxb"} {
				for _, form := range []string{token, hex.EncodeToString([]byte(token)), base64.RawStdEncoding.EncodeToString([]byte(token))} {
					if strings.Contains(everything, form) {
						t.Errorf("a token can be read in the database: %q", form)
					}
				}
			}
			if log := w.log.String(); strings.Contains(log, "xoxb") || !strings.Contains(log, "installed in a workspace") {
				t.Errorf("the log:\n%s", log)
			}
		})
	}
}

// dumpSQLite is all that the files hold.
func dumpSQLite(t *testing.T, address string) string {
	t.Helper()
	var all strings.Builder
	dir := filepath.Dir(strings.TrimPrefix(address, "sqlite:"))
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// dumpPostgres is every row of every table, as text.
func dumpPostgres(t *testing.T, address string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), "select tablename from pg_tables where schemaname = 'slabuddy'")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, table := range tables {
		var text string
		if err := conn.QueryRow(t.Context(), "select coalesce(string_agg(t::text, ' '), '') from "+table+" t").Scan(&text); err != nil {
			t.Fatal(err)
		}
		all.WriteString(text)
	}
	return all.String()
}

func TestSlackIsAskedForTheseScopesAndNoMore(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	var asked oauth.Request
	w.slack.Decide(func(a oauth.Request) oauth.Decision {
		asked = a
		return oauth.Decision{}
	})
	w.browser().get(w.app.URL + "/slack/install")
	want := []string{
		"chat:write", "app_mentions:read", "channels:history", "groups:history", "channels:read", "groups:read",
		"users:read", "users:read.email", "usergroups:read", "commands", "channels:join",
	}
	if diff := cmp.Diff(want, asked.Scopes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if asked.RedirectURI != w.app.URL+"/slack/oauth_redirect" || len(asked.State) < 40 {
		t.Errorf("asked: %+v", asked)
	}
}

// Whatever is refused changes nothing, says what to do, gives no secret away, and uses nothing up: the
// browser that was sent away in good order still comes through.
func TestARefusedAttemptUsesNothingUp(t *testing.T) {
	for name, test := range map[string]struct {
		attempt func(w *world, b *browser, back *url.URL) page
		status  int
		says    string
	}{
		"forged state": {func(w *world, b *browser, back *url.URL) page {
			return b.get(with(back, "state", strings.Repeat("A", 43)))
		}, http.StatusForbidden, "did not begin"},
		"foreign browser": {func(w *world, _ *browser, back *url.URL) page {
			return w.browser().get(back.String())
		}, http.StatusForbidden, "did not begin"},
		"another's state in a browser that has one of its own": {func(w *world, _ *browser, back *url.URL) page {
			other := w.browser()
			other.until("T1")
			return other.get(back.String())
		}, http.StatusForbidden, "did not begin"},
		"a cookie that somebody else planted": {func(w *world, _ *browser, back *url.URL) page {
			other := w.browser()
			planted := back.Query().Get("state") + "." + strconv.FormatInt(w.clock.now().Unix(), 10) + "." + strings.Repeat("A", 43)
			other.Jar.SetCookies(back, []*http.Cookie{{Name: "slabuddy_install", Value: planted, Path: "/slack"}})
			return other.get(back.String())
		}, http.StatusForbidden, "did not begin"},
		"no state": {func(w *world, b *browser, back *url.URL) page {
			return b.get(with(back, "state", ""))
		}, http.StatusBadRequest, "Something is missing"},
		"no code": {func(w *world, b *browser, back *url.URL) page {
			return b.get(with(back, "code", ""))
		}, http.StatusBadRequest, "Something is missing"},
		"denied": {func(w *world, b *browser, back *url.URL) page {
			return b.get(with(back, "error", "access_denied"))
		}, http.StatusForbidden, "No harm done"},
		"a code that Slack does not know": {func(w *world, b *browser, back *url.URL) page {
			return b.get(with(back, "code", "nonsense"))
		}, http.StatusGone, "works once"},
		"Slack is away": {func(w *world, b *browser, back *url.URL) page {
			f := w.t1.Inject(slacktest.Fault{Method: "oauth.v2.access", Do: slacktest.Status(503)})
			defer f.Clear()
			return b.get(back.String())
		}, http.StatusBadGateway, "Slack does not answer"},
		"the client secret is wrong": {func(w *world, b *browser, back *url.URL) page {
			f := w.t1.Inject(slacktest.Fault{Method: "oauth.v2.access", Do: slacktest.Refused("bad_client_secret")})
			defer f.Clear()
			return b.get(back.String())
		}, http.StatusBadGateway, "Slack did not agree"},
		"the database is away": {func(w *world, b *browser, back *url.URL) page {
			w.store.fail("ClaimKey", errors.New("connection refused"))
			defer w.store.fail("ClaimKey", nil)
			return b.get(back.String())
		}, http.StatusServiceUnavailable, "database is out of reach"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sqliteAddress(t))
			b := w.browser()
			back := b.until("T1")
			p := test.attempt(w, b, back)
			if p.status != test.status || !strings.Contains(p.body, test.says) || !strings.Contains(p.body, "Begin once more") {
				t.Errorf("status %d, want %d and %q:\n%s", p.status, test.status, test.says, p.body)
			}
			checkPage(t, w, p)
			if got := w.tokens.Installed(); len(got) > 0 {
				t.Errorf("installed all the same: %v", got)
			}
			if p := b.get(back.String()); p.status != http.StatusOK {
				t.Errorf("afterwards the browser that began gets %d:\n%s", p.status, p.body)
			}
		})
	}
}

func TestAStateWorksOnce(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	b := w.browser()
	back := b.until("T1")
	cookies := b.Jar.Cookies(back)
	if p := b.get(back.String()); p.status != http.StatusOK {
		t.Fatalf("status %d", p.status)
	}
	if left := b.Jar.Cookies(back); len(left) > 0 {
		t.Errorf("the browser keeps its cookie: %v", left)
	}
	b.Jar.SetCookies(back, cookies) // as somebody would who stole it
	if p := b.get(back.String()); p.status != http.StatusGone || !strings.Contains(p.body, "finished already") {
		t.Errorf("used again, the state gets %d:\n%s", p.status, p.body)
	}
}

func TestAStateIsGoodForTenMinutes(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	b := w.browser()
	back := b.until("T1")
	w.clock.pass(10*time.Minute + time.Second)
	if p := b.get(back.String()); p.status != http.StatusGone || !strings.Contains(p.body, "ten minutes") {
		t.Errorf("after more than ten minutes: %d\n%s", p.status, p.body)
	}
	back = b.until("T1")
	w.clock.pass(9 * time.Minute)
	if p := b.get(back.String()); p.status != http.StatusOK {
		t.Errorf("after nine minutes: %d\n%s", p.status, p.body)
	}
}

func TestTheCookieIsTheBrowsersAlone(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	b := w.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := b.get(w.app.URL + "/slack/install")
	got := p.header.Get("Set-Cookie")
	for _, want := range []string{"slabuddy_install=", "Path=/slack;", "Max-Age=600", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(got, want) {
			t.Errorf("the cookie lacks %q: %s", want, got)
		}
	}
	if strings.Contains(got, "Secure") {
		t.Errorf("over http, on loopback, no browser would keep it: %s", got)
	}
}

func TestInstallationsThatCannotBeLookedAfterAreRefusedKindly(t *testing.T) {
	const good = `"ok":true,"access_token":"xoxb-hunter2","token_type":"bot","app_id":"A1","bot_user_id":"U1","authed_user":{"id":"U2"}`
	scopes := `"scope":"` + strings.Join(client.Scopes(), ",") + `"`
	for name, test := range map[string]struct {
		answer string
		status int
		says   string
	}{
		"a whole organisation":  {`{` + good + `,` + scopes + `,"is_enterprise_install":true,"enterprise":{"id":"E1"},"team":null}`, http.StatusForbidden, "single workspace"},
		"rotating tokens":       {`{` + good + `,` + scopes + `,"team":{"id":"T1"},"expires_in":43200,"refresh_token":"xoxe-1"}`, http.StatusForbidden, "token rotation"},
		"too few scopes":        {`{` + good + `,"scope":"chat:write,commands","team":{"id":"T1"}}`, http.StatusForbidden, "app_mentions:read"},
		"no workspace":          {`{` + good + `,` + scopes + `}`, http.StatusBadGateway, "Slack did not agree"},
		"a person's token":      {`{"ok":true,"access_token":"xoxp-hunter2","token_type":"user",` + scopes + `,"team":{"id":"T1"}}`, http.StatusBadGateway, "Slack did not agree"},
		"an answer in no shape": {`<html>hunter2</html>`, http.StatusBadGateway, "Slack does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sqliteAddress(t))
			b := w.browser()
			back := b.until("T1")
			w.answer = test.answer
			p := b.get(back.String())
			if p.status != test.status || !strings.Contains(p.body, test.says) {
				t.Errorf("status %d, want %d and %q:\n%s", p.status, test.status, test.says, p.body)
			}
			checkPage(t, w, p)
			if list, err := w.store.Installations(t.Context()); err != nil || len(list) > 0 {
				t.Errorf("kept: %v, %v", list, err)
			}
		})
	}
}

// checkPage holds what every page is held to.
func checkPage(t *testing.T, w *world, p page) {
	t.Helper()
	if strings.Contains(p.body+w.log.String(), "hunter2") || strings.Contains(p.body+w.log.String(), "xoxb") {
		t.Errorf("a secret is shown:\n%s\n%s", p.body, w.log)
	}
	if w.log.String() == "" {
		t.Error("nothing is logged")
	}
	if regexp.MustCompile(`(?:src|href)="?(?:https?:)?//`).MatchString(p.body) {
		t.Errorf("the page loads something, or leads elsewhere:\n%s", p.body)
	}
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(p.body)
	if style == nil {
		t.Fatalf("no style in the page:\n%s", p.body)
	}
	sum := sha256.Sum256([]byte(style[1]))
	policy := p.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if p.header.Get("Cache-Control") != "no-store" || p.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("header %v", p.header)
	}
}

func TestTheNameOfAWorkspaceIsOnlyText(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	p := w.browser().install("T2")
	if strings.Contains(p.body, "<b>Beta") || !strings.Contains(p.body, "&lt;b&gt;Beta") {
		t.Errorf("the page:\n%s", p.body)
	}
	if !strings.Contains(p.body, "/app_redirect?app=A0SLABUDDY&amp;team=T2") {
		t.Errorf("no way to Slack in the page:\n%s", p.body)
	}
}

func TestUninstallingHoldsJobsAndInstallingAgainLetsThemGo(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.browser().install("T1")
	w.browser().install("T2")
	const j1, j2 = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
	jobs := []queue.New{
		{ID: j1, Key: "k1", Queue: "slack", RunAt: w.clock.now(), Gates: []string{"workspace/T1"}},
		{ID: j2, Key: "k2", Queue: "slack", RunAt: w.clock.now(), Gates: []string{"workspace/T2"}},
	}
	if err := w.store.AddJobs(t.Context(), jobs, w.clock.now()); err != nil {
		t.Fatal(err)
	}
	w.clock.pass(time.Minute)
	w.t1.Uninstall()
	for range 2 { // Slack sends the event twice
		if err := w.tokens.Uninstalled(t.Context(), "T1", "the app was removed", w.clock.now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.tokens.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tokens.Token(t.Context(), "T1"); !errors.Is(err, client.ErrNoToken) || !strings.Contains(err.Error(), "/slack/install") {
		t.Errorf("Token(T1) = %v", err)
	}
	if got := w.claim(); !cmp.Equal(got, []string{j2}) {
		t.Errorf("with T1 uninstalled, %v can be claimed, want T2's alone", got)
	}

	w.clock.pass(time.Minute)
	w.browser().install("T1")
	if got := w.claim(); !cmp.Equal(got, []string{j1}) {
		t.Errorf("after installing again, %v can be claimed", got)
	}
	if got := w.token("T1"); got != w.t1.Options().Token {
		t.Errorf("the token of T1 is %q, want the new one", got)
	}
}

// Slack delivers an event again for up to an hour, also when somebody has installed the app meanwhile.
func TestAnOldWordDoesNotEndANewInstallation(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.browser().install("T1")
	w.clock.pass(time.Minute)
	before := w.clock.now()
	w.clock.pass(30 * time.Second)
	w.browser().install("T1")
	if err := w.tokens.Uninstalled(t.Context(), "T1", "the app was removed", before); err != nil {
		t.Fatal(err)
	}
	if err := w.tokens.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.token("T1"); got != w.t1.Options().Token {
		t.Errorf("the token of T1 is %q", got)
	}
	if gates, err := w.store.Gates(t.Context(), w.clock.now()); err != nil || len(gates) > 0 {
		t.Errorf("gates shut: %v, %v", gates, err)
	}
}

func (w *world) claim() []string {
	w.t.Helper()
	got, err := w.store.Claim(w.t.Context(), queue.Request{Queue: "slack", Worker: "w", N: 10, Now: w.clock.now(), Lease: time.Hour})
	if err != nil {
		w.t.Fatal(err)
	}
	var ids []string
	for _, j := range got.Jobs {
		ids = append(ids, j.ID)
	}
	return ids
}

// What is posted between the installation and the first scan is found (rule 3).
func TestChannelsAreWatchedBeforeTheInstallationIsStored(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	var watched []string
	w.watch = func(ctx context.Context, workspace string) error {
		if stored, err := w.store.Installations(ctx); err != nil || len(stored) > 0 {
			t.Errorf("stored before its channels are watched: %v, %v", stored, err)
		}
		watched = append(watched, workspace)
		return nil
	}
	if p := w.browser().install("T1"); p.status != http.StatusOK || !slices.Equal(watched, []string{"T1"}) {
		t.Errorf("installing ends with %d; watched: %v", p.status, watched)
	}
}

func TestNoInstallationIsStoredWhoseChannelsCannotBeWatched(t *testing.T) {
	w := newWorld(t, sqliteAddress(t))
	w.watch = func(context.Context, string) error { return errors.New("the database is away") }
	if p := w.browser().install("T1"); p.status != http.StatusServiceUnavailable {
		t.Errorf("installing ends with %d", p.status)
	}
	if stored, err := w.store.Installations(t.Context()); err != nil || len(stored) > 0 {
		t.Errorf("stored: %v, %v", stored, err)
	}
}
