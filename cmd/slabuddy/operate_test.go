package main_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// configure writes another configuration.
func (w *world) configure(configuration string) {
	w.t.Helper()
	w.check(os.WriteFile(filepath.Join(w.dir, "slabuddy.yaml"), []byte(configuration), 0o600))
}

// reload asks a process to read its configuration again.
func (c *child) reload() {
	c.w.t.Helper()
	c.w.check(c.cmd.Process.Signal(syscall.SIGHUP))
}

// SIGHUP puts another configuration in force. A bad one is refused and said, and open timelines keep their
// due times.
func TestHangupReloadsTheConfiguration(t *testing.T) {
	t.Parallel()
	w := threadWorld(t, databases["sqlite"](t), "", 1)
	c := w.start()
	before := w.ticket(ofThread(0), "1", 5*time.Minute)
	w.delivered()
	due := w.timeline(ofThread(0), before).Tiers[0].Due

	w.configure("snooze: soon\nchannels: {C0THREAD00: {}, C0ENTERPRISE: {}}\n")
	c.reload()
	c.says("the configuration was not reloaded; the one before stays in force")
	c.says("slabuddy.yaml:1:9: ")
	unwatched := w.ticket(enterprise, "2", 5*time.Minute)
	ana("")(w, ofThread(0), before)
	w.told()
	if _, found := w.find(enterprise, unwatched); found {
		t.Error("a part of the bad configuration is in force")
	}
	expect(t, w.answers(ofThread(0), before)[0], "Snoozed for 30 minutes.") // by the old one

	w.configure(`
snooze: 20m
policies: {enterprise: {tiers: [{after: 2h, notify: '@support'}]}}
channels: {C0THREAD00: {}, C0ENTERPRISE: {}}
`)
	c.reload()
	c.says("configuration reloaded")
	watched := w.ticket(enterprise, "3", 5*time.Minute)
	ana("")(w, ofThread(0), before)
	w.told()
	if got := w.timeline(enterprise, watched).Tiers; len(got) != 1 || got[0].After != 2*time.Hour {
		t.Errorf("the new policy is not in force: %+v", got)
	}
	expect(t, w.answers(ofThread(0), before)[1], "Snoozed for 20 minutes.")
	open := w.timeline(ofThread(0), before)
	if want := due.Add(50 * time.Minute); len(open.Tiers) != 4 || !open.Tiers[0].Due.Equal(want) {
		t.Errorf("the open timeline has %d tiers, the first due at %s; want 4, and %s as before but for the snoozes",
			len(open.Tiers), open.Tiers[0].Due, want)
	}
}

// A token that Slack does not accept is said plainly and is no crash. What is owed is held, and goes out once
// the token is mended.
func TestAWrongTokenHoldsTheJobsUntilItIsMended(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, plain)
		good := w.env
		w.env = append(slices.Clone(good), "SLACK_BOT_TOKEN=xoxb-of-another-day")
		c := w.start()
		c.says("Slack does not accept the bot's token, and no reminder goes out until that is mended")
		c.says("install the app again and set SLACK_BOT_TOKEN to its new token")
		ts := w.ticket(enterprise, "42", 11*time.Minute)
		w.until("the post refused", patience, func() bool {
			return slices.ContainsFunc(w.slack.Calls("chat.postMessage"), func(call slacktest.Call) bool { return call.Error == "invalid_auth" })
		})
		w.until("the job held", patience, func() bool {
			held := w.jobs(queue.Pending)
			return len(held) == 1 && held[0].LastError != ""
		})
		_, metrics := c.page("/metrics")
		expect(t, metrics, `slabuddy_slack_requests_seconds_count{method="auth.test",outcome="held"}`)
		if status, body := c.page("/readyz"); status != 200 {
			t.Errorf("/readyz is %d, which restarts the process in vain:\n%s", status, body)
		}
		if code := c.stop(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if calls := w.slack.Calls("chat.postMessage"); len(calls) != 1 {
			t.Errorf("%d posts were tried with the wrong token; the first should have held them all", len(calls))
		}

		w.env = good
		w.start()
		w.reminder(enterprise, ts)
		w.settled(database)
		w.exactlyOnce([]escalation.Thread{{Channel: enterprise, TS: ts}})
	})
}

// Rule 15: SQLite is for one process.
func TestASecondProcessOnOneSQLiteFileIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	w.start()
	second := w.run("serve")
	if second.code != 1 {
		t.Errorf("exit code %d, want 1", second.code)
	}
	expect(t, second.stderr, "slabuddy.db is in use by another slabuddy: stop that one first, or give this one a file of its own; several can share a Postgres")
	w.reminder(enterprise, w.ticket(enterprise, "42", 11*time.Minute)) // the first goes on
}

// SIGTERM while a post hangs: the process ends within ten seconds and in peace, and the next one finds out what
// became of the post, and finishes it: once.
func TestStoppingWhileAPostHangs(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]slacktest.Effect{
		"that Slack never took": slacktest.Hang(nil),
		"that Slack took":       slacktest.Hang(nil).AfterAccepting(),
	} {
		t.Run(name, func(t *testing.T) {
			onBothStores(t, func(t *testing.T, database string) {
				w := newWorld(t, database, plain)
				c := w.start()
				w.slack.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: effect})
				ts := w.ticket(enterprise, "42", 11*time.Minute)
				w.until("a post under way", patience, func() bool { return len(w.slack.Calls("chat.postMessage")) == 1 })
				began := time.Now()
				if code := c.stop(); code != 0 {
					t.Errorf("exit code %d", code)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("it took %s to end", took)
				}
				left := w.jobs("")
				if len(left) != 1 || left[0].State != queue.Pending {
					t.Errorf("the job was not handed back: %+v", left)
				}
				w.start()
				w.until("the post found or made", time.Minute, func() bool {
					return w.timeline(enterprise, ts).Tiers[0].State == escalation.TierPosted
				})
				w.settled(database)
				w.exactlyOnce([]escalation.Thread{{Channel: enterprise, TS: ts}})
				if got := w.timeline(enterprise, ts).Tiers[0].TS; got != w.replies(enterprise, ts)[0].TS {
					t.Errorf("tier 1 was posted with ts %q, it is said", got)
				}
			})
		})
	}
}

// Connections on which nothing comes, or half a request, neither hold up the end nor make it a failure.
func TestSilentConnectionsDoNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	c := w.start()
	for _, half := range []string{"", "POST /slack/events HTTP/1.1\r\nHost: slabuddy\r\nContent-Length: 9\r\n\r\n{"} {
		for _, address := range []string{c.public, c.admin} {
			conn, err := net.Dial("tcp", address)
			w.check(err)
			defer conn.Close()
			_, err = io.WriteString(conn, half)
			w.check(err)
		}
	}
	fresh := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, address := range []string{c.public, c.admin} { // connections are taken in turn: now they were
		r, err := fresh.Get("http://" + address + "/healthz")
		w.check(err)
		r.Body.Close()
	}
	began := time.Now()
	if code := c.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %s to end", took)
	}
}

// Signals that come while the program still starts (here its database accepts the connection and says nothing):
// SIGHUP does no harm, and SIGTERM ends it in peace.
func TestSignalsDuringTheStart(t *testing.T) {
	t.Parallel()
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	w := newWorld(t, "postgres://slabuddy@"+mute.Addr().String()+"/slabuddy", plain)
	c := w.launch()
	conn, err := mute.Accept()
	w.check(err)
	defer conn.Close()

	c.reload()
	if code := c.stop(); code != 0 || c.logged() != "" {
		t.Errorf("exit code %d: %s", code, c.logged())
	}
}

// Everything that is missing from the environment is named at once.
func TestAllMissingVariablesAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), "calendar: {id: shifts@group.calendar.google.com}"+plain)
	w.env = append(w.env, "SLACK_SIGNING_SECRET=", "SLACK_BOT_TOKEN=", "HELPDESK_URL=", "GOOGLE_CALENDAR_URL=")
	got := w.run("serve")
	if got.code != 1 {
		t.Errorf("exit code %d, want 1", got.code)
	}
	for _, name := range []string{"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "HELPDESK_URL", "GOOGLE_APPLICATION_CREDENTIALS"} {
		expect(t, got.stderr, name+" is missing")
	}
	if strings.Contains(got.stderr, "goroutine") {
		t.Errorf("it crashed:\n%s", got.stderr)
	}
}
