package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// binary is the program as it is built for users, with the race detector added.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "slabuddy-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	moreAtOnce()
	binary = filepath.Join(dir, "slabuddy")
	build := exec.Command("go", "build", "-race", "-o", binary, ".")
	build.Stderr = os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// moreAtOnce lets more tests run side by side than there are processors, unless -parallel says how
// many: most of them wait, most of the time.
func moreAtOnce() {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = f.Value.Set(strconv.Itoa(max(24, runtime.GOMAXPROCS(0))))
	}
}

// patience is how long a condition is waited for: long enough for a busy machine, and less than the minute that some
// tests have Slack ask for.
const patience = 50 * time.Second

const (
	enterprise = "C0ENTERPRISE"
	deskApp    = "A0DESK"
)

// everybody is in the channels: Ana and Bob, Hana, who is an admin of the workspace, and Eve, who is of another.
var everybody = []string{"U0ANA", "U0BOB", "U0HANA", "U0EVE"}

// world is everything around the program: Slack, the help desk, the calendar and a database, all
// over real HTTP and files, and as many processes of the program as a test starts.
type world struct {
	t        *testing.T
	slack    *slacktest.Workspace
	api      *slacktest.Server
	desk     *helpdesktest.Desk
	calendar *calendartest.Server
	database string
	db       store.Store // see peek
	dir      string
	env      []string
	secrets  []string // must stand in no log

	mu       sync.Mutex
	children []*child
}

// databases are the two stores, each with a fresh database for a test.
var databases = map[string]func(*testing.T) string{
	"postgres": func(t *testing.T) string { return pgtest.URL(t) },
	"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "slabuddy.db") },
}

// onBothStores runs a test on both stores, side by side with each other and with other tests.
func onBothStores(t *testing.T, test func(t *testing.T, database string)) {
	t.Parallel()
	for name, url := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, url(t))
		})
	}
}

// newWorld is a world in which the app is installed in one workspace, which has a channel with a help desk's
// app, two user groups, and two people.
func newWorld(t *testing.T, database, configuration string) *world {
	t.Helper()
	w := worldAround(t, database, configuration, slacktest.New(slacktest.Options{Workers: 8, Sleep: hurried, Patience: patience}))
	furnish(w.slack)
	w.env = append(w.env, "SLACK_SIGNING_SECRET="+w.slack.Options().SigningSecret, "SLACK_BOT_TOKEN="+w.slack.Options().Token)
	w.secrets = append(w.secrets, w.slack.Options().SigningSecret, w.slack.Options().Token)
	return w
}

// worldAround is everything around a Slack; what lets the program into it is not yet in the environment.
func worldAround(t *testing.T, database, configuration string, slack *slacktest.Workspace) *world {
	t.Helper()
	w := &world{t: t, slack: slack, database: database, dir: t.TempDir(), desk: helpdesktest.New("desk-secret")}
	t.Cleanup(slack.Cloud().Close)
	var err error
	w.api, err = slack.Start("")
	w.check(err)
	t.Cleanup(func() { w.api.Close() })
	w.check(w.desk.Start())
	t.Cleanup(func() { w.desk.Close() })
	w.calendar, err = calendartest.Start(time.Now)
	w.check(err)
	t.Cleanup(func() { w.calendar.Close() })
	file := filepath.Join(w.dir, "slabuddy.yaml")
	w.check(os.WriteFile(file, []byte(configuration), 0o600))
	w.env = append(os.Environ(),
		"DATABASE_URL="+database, "SLABUDDY_CONFIG="+file,
		"SLABUDDY_LISTEN=127.0.0.1:0", "SLABUDDY_ADMIN_LISTEN=127.0.0.1:0",
		"SLACK_API_URL="+w.api.APIURL, "GOOGLE_CALENDAR_URL="+w.calendar.URL(),
		"HELPDESK_URL="+w.desk.URL(), "HELPDESK_TOKEN=desk-secret",
		"LOG_FORMAT=json", "LOG_LEVEL=debug",
	)
	w.secrets = []string{"desk-secret"}
	t.Cleanup(w.end)
	return w
}

// furnish puts a help desk's app, a channel, groups and people into a workspace.
func furnish(slack *slacktest.Workspace) {
	slack.AddApp(slacktest.App{ID: deskApp, Name: "Help Desk", Classic: true})
	slack.AddChannel(slacktest.Channel{ID: enterprise, Name: "enterprise", Members: everybody})
	slack.AddGroup(slacktest.Group{ID: "S0SUPPORT", Handle: "support"})
	slack.AddGroup(slacktest.Group{ID: "S0HEAD", Handle: "head-of-success"})
	for _, name := range []string{"Ana", "Bob", "Hana"} {
		slack.AddUser(slacktest.User{ID: "U0" + strings.ToUpper(name), Name: strings.ToLower(name), RealName: name, Admin: name == "Hana"})
	}
}

// hurried is Slack waiting a minute in two seconds.
func hurried(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d / 30):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// child is one process of the program.
type child struct {
	w             *world
	cmd           *exec.Cmd
	public, admin string        // once it runs
	running       chan struct{} // closed when it does
	exited        chan struct{}
	mu            sync.Mutex
	log           strings.Builder
}

// launch starts a process and does not wait for it.
func (w *world) launch() *child {
	w.t.Helper()
	c := &child{w: w, cmd: exec.Command(binary, "serve"), running: make(chan struct{}), exited: make(chan struct{})}
	c.cmd.Env, c.cmd.Dir = w.env, w.dir
	stderr, err := c.cmd.StderrPipe()
	w.check(err)
	w.check(c.cmd.Start())
	go c.read(stderr)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.children = append(w.children, c)
	return c
}

// start starts a process and waits until it is ready; Slack calls it from then on.
func (w *world) start() *child {
	w.t.Helper()
	c := w.launch()
	w.ready(c)
	w.slack.Cloud().SetAppURL("http://" + c.public)
	return c
}

// ready waits until a process is.
func (w *world) ready(c *child) {
	w.t.Helper()
	select {
	case <-c.running:
	case <-c.exited:
		w.t.Fatalf("the program ended at once:\n%s", c.logged())
	case <-time.After(patience):
		w.t.Fatalf("the program does not start:\n%s", c.logged())
	}
	w.until("ready", patience, func() bool {
		r, err := http.Get("http://" + c.admin + "/readyz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}

// read follows the log until the process ends.
func (c *child) read(stderr io.Reader) {
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		c.mu.Lock()
		c.log.WriteString(lines.Text() + "\n")
		c.mu.Unlock()
		var line struct{ Msg, Listen, Admin string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "SLA Buddy is running" {
			c.public, c.admin = line.Listen, line.Admin
			close(c.running)
		}
	}
	_ = c.cmd.Wait()
	close(c.exited)
}

func (c *child) logged() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.String()
}

// kill ends the process as a crash does.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.exited
}

// stop asks the process to end and returns its exit code.
func (c *child) stop() int {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.exited:
	case <-time.After(patience):
		c.w.t.Errorf("the program does not end:\n%s", c.logged())
		c.kill()
	}
	return c.cmd.ProcessState.ExitCode()
}

// end ends all processes, and looks at what they did to Slack and what they logged.
func (w *world) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.children {
		c.kill()
		if strings.Contains(c.logged(), "DATA RACE") {
			w.t.Errorf("a data race in the program:\n%s", c.logged())
		}
		w.keepsSecrets("its log", c.logged())
		if w.t.Failed() {
			w.t.Logf("log of process %d:\n%s", c.cmd.Process.Pid, c.logged())
		}
	}
	for _, workspace := range w.slack.Cloud().Workspaces() {
		for _, wrong := range slacktest.Violations(workspace.Calls()) {
			w.t.Errorf("against Slack's reference: %s", wrong)
		}
	}
}

// keepsSecrets: no secret ever reaches a log, an error or a metric.
func (w *world) keepsSecrets(where, text string) {
	w.t.Helper()
	for _, secret := range w.secrets {
		if at := strings.Index(text, secret); at >= 0 {
			w.t.Errorf("%s gives %q away: …%s…", where, secret, text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

// until waits for a condition.
func (w *world) until(what string, most time.Duration, cond func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), most)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.t.Fatalf("not within %s: %s", most, what)
		}
	}
}

// ticket posts a ticket as the help desk does, dated so long ago, and returns its ts.
func (w *world) ticket(channel, id string, ago time.Duration) string {
	w.t.Helper()
	m := desks.Fields(desks.Ticket{ID: id, Priority: "high", Type: "bug", Customer: "Northwind", Subject: "Cannot log in"})
	m.TS = slacktest.TS(time.Now().Add(-ago))
	ts, err := w.slack.PostAs(deskApp, channel, m)
	w.check(err)
	return ts
}

// replies are the bot's posts in a thread.
func (w *world) replies(channel, ts string) []slacktest.Message {
	var bot []slacktest.Message
	for _, m := range w.slack.Thread(channel, ts) {
		if m.BotID == w.slack.Options().App.BotID {
			bot = append(bot, m)
		}
	}
	return bot
}
