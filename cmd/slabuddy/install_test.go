package main_test

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// cloudWorld has two workspaces, alike to the last id, that have not installed the app, and a configuration
// that says nothing but that it is for both. The program is reached at its public address.
func cloudWorld(t *testing.T, database string) (w *world, acme, globex *slacktest.Workspace, public string) {
	cloud := slacktest.NewCloud(slacktest.Options{Workers: 8, Sleep: hurried, Patience: patience})
	acme = cloud.AddWorkspace(slacktest.Team{ID: "T0ACME", Name: "Acme"})
	globex = cloud.AddWorkspace(slacktest.Team{ID: "T0GLOBEX", Name: "Globex"})
	furnish(acme)
	furnish(globex)
	w = worldAround(t, database, "", acme)
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		w.mu.Lock()
		last := w.children[len(w.children)-1]
		w.mu.Unlock()
		r.SetURL(&url.URL{Scheme: "http", Host: last.public})
	}})
	t.Cleanup(proxy.Close)
	o := acme.Options()
	key := base64.StdEncoding.EncodeToString([]byte("a key of thirty-two bytes, no less"[:32]))
	w.env = slices.DeleteFunc(w.env, func(v string) bool { return strings.HasPrefix(v, "SLABUDDY_CONFIG=") })
	w.env = append(w.env, "SLACK_SIGNING_SECRET="+o.SigningSecret, "SLACK_CLIENT_ID="+o.ClientID, "SLACK_CLIENT_SECRET="+o.ClientSecret,
		"SLABUDDY_ENCRYPTION_KEY="+key, "SLABUDDY_PUBLIC_URL="+proxy.URL)
	w.dir = filepath.Join(w.dir, "empty")
	w.check(os.Mkdir(w.dir, 0o700))
	w.configure("workspace: '*'\n")
	w.secrets = append(w.secrets, o.SigningSecret, o.ClientSecret, key, "xoxb-")
	return w, acme, globex, proxy.URL
}

// browser is somebody's.
type browser struct {
	w *world
	*http.Client
}

func (w *world) browser() browser {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	w.check(err)
	return browser{w, &http.Client{Jar: jar, Timeout: patience}}
}

func (b browser) get(address string) (status int, page string) {
	b.w.t.Helper()
	r, err := b.Get(address)
	b.w.check(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	b.w.check(err)
	return r.StatusCode, string(body)
}

// sentBack begins an installation and follows it to where Slack sends the browser back to the app, and not on.
func (b browser) sentBack(public string) *url.URL {
	b.w.t.Helper()
	var back *url.URL
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path != "/slack/oauth_redirect" {
			return nil
		}
		back = r.URL
		return http.ErrUseLastResponse
	}
	defer func() { b.CheckRedirect = nil }()
	b.get(public + "/slack/install")
	if back == nil {
		b.w.t.Fatal("Slack did not send the browser back")
	}
	return back
}

// with is an address with another value of a query's field.
func with(u *url.URL, field, value string) string {
	other, q := *u, u.Query()
	q.Set(field, value)
	other.RawQuery = q.Encode()
	return other.String()
}

// install installs the app in a workspace, in a browser of an admin there, and brings the bot into its channel.
func (w *world) install(in *slacktest.Workspace, public string) {
	w.t.Helper()
	in.Cloud().Decide(in.Installing("U0HANA"))
	status, page := w.browser().get(public + "/slack/install")
	if status != http.StatusOK {
		w.t.Fatalf("the installation ends with %d: %s", status, page)
	}
	expect(w.t, page, "SLA Buddy is in "+in.Options().Team.Name, "/invite @SLA Buddy", "/sla-setup")
	w.check(in.Join(in.Options().App.UserID, enterprise))
	w.secrets = append(w.secrets, in.Options().Token)
	w.until("the bot knows the workspace", patience, func() bool { return len(in.Calls("usergroups.list")) > 0 })
}

// followed sets up the channel of a workspace with one of the policies that have a name.
func (w *world) followed(in *slacktest.Workspace, policy string) {
	w.t.Helper()
	w.slack = in
	v := w.setUp("U0HANA", enterprise, "I do not watch")
	w.submit("U0HANA", v, slacktest.Values{"slabuddy_setup_policy": {policy}})
	v = w.modal("U0HANA", "Saved.")
	_, err := in.CloseView("U0HANA", v.ID)
	w.check(err)
}

// Two workspaces install the app, and nothing of one is seen in the other, though all their ids are the same.
func TestNothingOfOneWorkspaceIsSeenInAnother(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, acme, globex, public := cloudWorld(t, database)
		w.start()
		w.install(acme, public)
		w.install(globex, public)
		w.followed(acme, "enterprise")
		w.part("no token can be read in the database", func(*testing.T) { w.sealed(acme, globex) })

		ticket := func(in *slacktest.Workspace, id string, at time.Time) string {
			m := desks.Fields(desks.Ticket{ID: id, Priority: "high", Type: "bug", Subject: "of " + in.Options().Team.Name})
			m.TS = slacktest.TS(at)
			ts, err := in.PostAs(deskApp, enterprise, m)
			w.check(err)
			return ts
		}
		w.part("what is set up", func(t *testing.T) {
			w.slack = globex
			expect(t, w.types("U0HANA", enterprise, "/sla"), "I do not watch this channel")
			expect(t, w.types("U0HANA", enterprise, "/sla all"), "I watch no channel yet")
			unwatched := ticket(globex, "41", time.Now().Add(-11*time.Minute))
			w.delivered()
			if _, found := w.find(enterprise, unwatched); found {
				t.Error("what Acme set up holds at Globex")
			}
		})
		w.followed(globex, "teams")
		at := time.Now().Add(-11 * time.Minute)
		ts := ticket(acme, "42", at)
		w.part("tickets, in lists and on home tabs", func(t *testing.T) {
			if same := ticket(globex, "42", at); same != ts {
				t.Fatalf("ts %s and %s: the test proves less than it should", ts, same)
			}
			ticket(globex, "43", at.Add(time.Minute))
			for _, in := range []*slacktest.Workspace{acme, globex} {
				w.slack = in
				w.delivered()
				timeline := w.timeline(enterprise, ts)
				if want := map[string]string{"T0ACME": "enterprise", "T0GLOBEX": "teams"}[timeline.Workspace]; timeline.Policy != want || timeline.Ticket.Subject != "of "+in.Options().Team.Name {
					t.Errorf("%s has %+v", in.Options().Team.ID, timeline)
				}
			}
			w.slack = acme
			expect(t, w.reminder(enterprise, ts).Text, "of Acme")
			keepsQuiet(t, w.types("U0ANA", enterprise, "/sla all"), "Ticket 43", "Globex")
			w.slack = globex
			lists := w.types("U0ANA", enterprise, "/sla") + w.types("U0ANA", enterprise, "/sla all")
			expect(t, lists, "2 tickets", "Ticket 42", "Ticket 43")
			keepsQuiet(t, lists, "Acme")
			if n := len(w.replies(enterprise, ts)); n > 0 {
				t.Errorf("%d reminders at Globex, whose policy begins after an hour", n)
			}
			for _, in := range []*slacktest.Workspace{acme, globex} {
				w.check(in.OpenHome("U0ANA"))
				home := w.reads("the home tab", func() string { v, _ := in.Home("U0ANA"); return visible(v.Blocks) }, "I watch 1 channel")
				keepsQuiet(t, home, "of Acme", "of Globex") // nothing waits for Ana herself
			}
		})
		w.part("the team, and who is away", func(t *testing.T) {
			w.slack = acme
			w.types("U0HANA", enterprise, "/add-support-engineer")
			w.submit("U0HANA", w.modal("U0HANA", "The support team is empty"), slacktest.Values{"slabuddy_engineer_user": {"U0ANA"}, "name": {"Ana of Acme"}})
			w.modal("U0HANA", "Saved: <@U0ANA>")
			expect(t, w.types("U0ANA", enterprise, "/sla away for 2h"), "Ana of Acme is away")
			w.slack = globex
			expect(t, w.types("U0ANA", enterprise, "/sla away for 2h"), "You are not in the support team as I know it")
			keepsQuiet(t, w.types("U0ANA", enterprise, "/sla who"), "Acme")
			w.types("U0HANA", enterprise, "/add-support-engineer")
			w.modal("U0HANA", "The support team is empty")
		})
		w.part("pauses", func(t *testing.T) {
			w.slack = acme
			expect(t, w.types("U0ANA", enterprise, "/sla pause 1h"), "I remind nobody in this channel")
			w.slack = globex
			expect(t, w.types("U0ANA", enterprise, "/sla resume"), "I am not paused in this channel")
			w.slack = acme
			expect(t, w.types("U0ANA", enterprise, "/sla resume"), "Good to be back!")
			w.told()
		})
		w.part("buttons", func(t *testing.T) {
			w.slack = acme
			before := w.timeline(enterprise, ts)
			w.slack = globex
			reply, err := globex.PostAs("U0ANA", enterprise, slacktest.Message{ThreadTS: ts, Text: "Looking."}) // otherwise there is no thread to answer in
			w.check(err)
			forged := form(w.pressed(slacktest.User{ID: "U0ANA", Name: "ana"}, enterprise, ts, reply, snooze, before.ID+"/1/1"))
			status := w.children[0].post("/slack/interactions", forged, func(r *http.Request) {
				slacktest.SignRequest(r, globex.Options().SigningSecret, time.Now(), forged)
			})
			if status != http.StatusOK {
				t.Errorf("status %d", status)
			}
			w.whispered("U0ANA", "I no longer know this reminder's ticket, so I changed nothing.")
			w.slack = acme
			w.unchanged(before)
		})
		w.part("rate limits", func(*testing.T) {
			limited := acme.Inject(slacktest.Fault{Method: "chat.postMessage", Do: slacktest.RateLimited(time.Minute)})
			w.slack = acme
			ticket(acme, "50", time.Now().Add(-12*time.Minute))
			w.until("Acme is told to wait", patience, func() bool { return limited.Hits() > 0 })
			w.slack = globex
			w.reminder(enterprise, ticket(globex, "50", time.Now().Add(-61*time.Minute))) // and does not wait for a minute
		})
	})
}

// sealed fails if a token of a workspace can be read in the database.
func (w *world) sealed(workspaces ...*slacktest.Workspace) {
	w.t.Helper()
	everything := w.dump()
	if !strings.Contains(everything, "Globex") {
		w.t.Fatal("the dump does not hold what is surely there")
	}
	for _, in := range workspaces {
		token := in.Options().Token
		for _, readable := range []string{token, "xoxb-", hex.EncodeToString([]byte(token)), base64.RawStdEncoding.EncodeToString([]byte(token))} {
			if strings.Contains(everything, readable) {
				w.t.Errorf("the database gives a token away: %q", readable)
			}
		}
	}
}

// dump is all that stands in the database: the bytes of SQLite's files, or every row of every table.
func (w *world) dump() string {
	w.t.Helper()
	var all strings.Builder
	if file, is := strings.CutPrefix(w.database, "sqlite:"); is {
		w.check(filepath.WalkDir(filepath.Dir(file), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			all.Write(content)
			return err
		}))
		return all.String()
	}
	conn, err := pgx.Connect(w.t.Context(), w.database)
	w.check(err)
	defer conn.Close(w.t.Context())
	rows, err := conn.Query(w.t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = 'slabuddy'")
	w.check(err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.check(err)
	for _, table := range tables {
		var text string
		w.check(conn.QueryRow(w.t.Context(), "SELECT coalesce(string_agg(t::text, ' '), '') FROM "+pgx.Identifier{table}.Sanitize()+" t").Scan(&text))
		all.WriteString(text)
	}
	return all.String()
}

// An installation ends in the browser that began it, once. What is refused changes nothing, and uses nothing up.
// (That a state lasts ten minutes is held by a test of package install, which has a clock of its own.)
func TestStatesThatAreForgedForeignOrUsedAreRefused(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, acme, _, public := cloudWorld(t, database)
		w.start()
		acme.Cloud().Decide(acme.Installing("U0HANA"))
		mine, theirs := w.browser(), w.browser()
		back, foreign := mine.sentBack(public), theirs.sentBack(public)
		for name, attempt := range map[string]struct {
			by      browser
			address string
			status  int
		}{
			"a forged state":                  {mine, with(back, "state", strings.Repeat("A", 43)), http.StatusForbidden},
			"somebody else's state":           {mine, foreign.String(), http.StatusForbidden},
			"my state in a foreign browser":   {theirs, back.String(), http.StatusForbidden},
			"my state in one without cookies": {w.browser(), back.String(), http.StatusForbidden},
			"no state":                        {mine, with(back, "state", ""), http.StatusBadRequest},
			"no code":                         {mine, with(back, "code", ""), http.StatusBadRequest},
			"a forged code":                   {mine, with(back, "code", "1.2.guessed"), http.StatusGone},
			"a refusal by Slack":              {mine, with(back, "error", "access_denied"), http.StatusForbidden},
		} {
			status, page := attempt.by.get(attempt.address)
			if status != attempt.status {
				t.Errorf("%s: status %d, want %d: %s", name, status, attempt.status, page)
			}
			keepsQuiet(t, page, back.Query().Get("state"), back.Query().Get("code"))
		}
		if acme.Installed() {
			t.Fatal("one of them installed the app")
		}

		if status, page := mine.get(back.String()); status != http.StatusOK {
			t.Errorf("the good one: status %d: %s", status, page)
		}
		w.check(acme.Join(acme.Options().App.UserID, enterprise))
		exchanges := len(acme.Calls("oauth.v2.access"))
		for name, b := range map[string]browser{"in the browser that has finished": mine, "in another": w.browser()} {
			if status, page := b.get(back.String()); status == http.StatusOK {
				t.Errorf("used again %s: %s", name, page)
			}
		}
		if n := len(acme.Calls("oauth.v2.access")); n != exchanges {
			t.Errorf("a used state was taken to Slack")
		}
		installed, err := w.peek().Installations(t.Context())
		if err != nil || len(installed) != 1 || installed[0].InstalledBy != "U0HANA" {
			t.Errorf("installations: %+v, %v", installed, err)
		}
	})
}

// Uninstalled: its reminders are held, and the other workspace goes on. Installed again: they go out, once.
func TestUninstallingHoldsTheJobsAndInstallingAgainLetsThemGo(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, acme, globex, public := cloudWorld(t, database)
		c := w.start()
		w.install(acme, public)
		w.install(globex, public)
		w.followed(globex, "enterprise")
		w.followed(acme, "enterprise")
		open := w.ticket(enterprise, "42", 9*time.Minute)
		w.told()
		old := acme.Options().Token
		installed, err := w.peek().Installations(t.Context())
		w.check(err)
		// Slack dates events in whole seconds.
		w.until("a second gone by", patience, func() bool { return time.Since(installed[0].InstalledAt) > time.Second })
		acme.Uninstall()
		c.says("SLA Buddy has left a workspace, whose reminders are held until it is installed again")
		posts := len(acme.Calls("chat.postMessage"))
		w.pass(2*time.Minute, enterprise, open)
		w.until("the reminder owed, and held", patience, func() bool {
			held := w.jobs(queue.Pending)
			return len(held) == 1 && w.timeline(enterprise, open).Tiers[0].State == escalation.TierOwed
		})
		w.slack = globex
		w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute)) // the other goes on
		if n := len(acme.Calls("chat.postMessage")); n != posts {
			t.Errorf("%d posts were tried in a workspace that the bot has left", n-posts)
		}

		w.install(acme, public)
		if acme.Options().Token == old {
			t.Fatal("the token is the old one: the test proves nothing")
		}
		w.slack = acme
		w.reminder(enterprise, open)
		w.told()
		w.exactlyOnce([]escalation.Thread{{Channel: enterprise, TS: open}})
		w.sealed(acme, globex)
	})
}

// Rule 16: all that is stored of a workspace goes, once the bot was removed there, and nothing of another.
func TestAWorkspaceIsErased(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, acme, globex, public := cloudWorld(t, database)
		c := w.start()
		for _, in := range []*slacktest.Workspace{acme, globex} {
			w.install(in, public)
			w.followed(in, "enterprise")
			w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute))
		}
		of := func(workspace string) (n int) {
			for _, row := range w.everything() {
				// Which workspace there was news of is forgotten as soon as there is news of others.
				if strings.Contains(row, workspace) && !strings.HasPrefix(row, "kept: news ") {
					n++
				}
			}
			return n
		}
		theirs := of("T0GLOBEX")
		if got := w.run("erase", "--workspace", "T0ACME", "--yes"); got.code != 1 || !strings.Contains(got.stderr, "have it removed there first") {
			t.Errorf("while it is installed: %d %s", got.code, got.stderr)
		}
		installed, err := w.peek().Installations(t.Context())
		w.check(err)
		w.until("a second gone by", patience, func() bool { return time.Since(installed[0].InstalledAt) > time.Second })
		acme.Uninstall()
		c.says("SLA Buddy has left a workspace, whose reminders are held until it is installed again")
		expect(t, w.must("erase", "--workspace", "T0ACME").stdout, "Nothing was changed: add --yes")
		w.until("nothing of it is left", patience, func() bool { // the bot may have been at work on something
			expect(t, w.must("erase", "--workspace", "T0ACME", "--yes").stdout, "Erased", "of T0ACME")
			return of("T0ACME") == 0
		})
		if n := of("T0GLOBEX"); n < theirs {
			t.Errorf("another workspace has %d rows, and had %d", n, theirs)
		}
	})
}
