package check

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// The unit followed by hand: the same commands, variables and signals, as a user without rights, and
// against a simulated Slack. Only its folders are elsewhere, and the sandbox is systemd's to make.
func TestServiceRuns(t *testing.T) {
	h := newHost(t)
	h.configure("channels: {C0ENTERPRISE: {}}")
	h.mustRun("ExecStartPre")
	p := h.start()

	ts := h.ticket()
	h.until("a reminder", func() bool { return len(h.slack.Thread("C0ENTERPRISE", ts)) > 1 })

	h.configure("channels: {C0ENTERPRISE: {policy: teams}}")
	h.reload(p)
	h.until("the configuration reloaded", func() bool { return strings.Contains(p.logged(), "configuration reloaded") })

	h.configure("chanels: {}")
	if said, err := h.run(h.service.all("ExecReload")[0]); err == nil || !strings.Contains(said, "channels") {
		t.Errorf("a bad configuration is reloaded: %s", said)
	}
	p.stop()
	if _, err := os.Stat(filepath.Join(h.state, "slabuddy.db")); err != nil {
		t.Errorf("the database is not where the unit has it: %v", err)
	}
}

// host is a machine that the service is installed on.
type host struct {
	t                  *testing.T
	service            service
	slack              *slacktest.Workspace
	binary, etc, state string
	environ            []string
	user               *syscall.Credential // nil: as we are
}

func newHost(t *testing.T) *host {
	t.Helper()
	// Not t.TempDir, which another user cannot look into.
	root, err := os.MkdirTemp("", "slabuddy-host-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	h := &host{
		t: t, service: readService(t),
		binary: filepath.Join(root, "slabuddy"), etc: filepath.Join(root, "etc"), state: filepath.Join(root, "state"),
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", h.binary, "./cmd/slabuddy")
	build.Dir = "../.."
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	h.check(os.Chmod(root, 0o755))
	h.check(os.Mkdir(h.etc, 0o755))
	h.check(os.Mkdir(h.state, 0o700))
	if os.Getuid() == 0 {
		h.user = &syscall.Credential{Uid: 65532, Gid: 65532, NoSetGroups: true}
		h.check(os.Chown(h.state, 65532, 65532))
	}
	h.surround()
	return h
}

// surround starts a Slack and a help desk, and makes the environment out of the unit's and a file's.
func (h *host) surround() {
	h.slack = slacktest.New(slacktest.Options{})
	h.t.Cleanup(h.slack.Close)
	h.slack.AddApp(slacktest.App{ID: "A0DESK", Name: "Help Desk", Classic: true})
	h.slack.AddChannel(slacktest.Channel{ID: "C0ENTERPRISE", Name: "enterprise"})
	h.slack.AddGroup(slacktest.Group{ID: "S0SUPPORT", Handle: "support"})
	h.slack.AddGroup(slacktest.Group{ID: "S0HEAD", Handle: "head-of-success"})
	api, err := h.slack.Start("")
	h.check(err)
	h.t.Cleanup(func() { api.Close() })
	desk := helpdesktest.New("desk-secret")
	h.check(desk.Start())
	h.t.Cleanup(func() { desk.Close() })

	vars := h.service.environment()
	maps.Copy(vars, map[string]string{ // as EnvironmentFile overrides Environment
		"SLACK_SIGNING_SECRET": h.slack.Options().SigningSecret, "SLACK_BOT_TOKEN": h.slack.Options().Token,
		"SLACK_API_URL": api.APIURL, "HELPDESK_URL": desk.URL(), "HELPDESK_TOKEN": "desk-secret",
		"SLABUDDY_LISTEN": "127.0.0.1:0", "SLABUDDY_ADMIN_LISTEN": "127.0.0.1:0",
	})
	for name, value := range vars {
		h.environ = append(h.environ, name+"="+h.here(value))
	}
}

// here puts the unit's paths below the test's folder.
func (h *host) here(s string) string {
	return strings.NewReplacer(
		"/usr/local/bin/slabuddy", h.binary, "/etc/slabuddy", h.etc, "/var/lib/slabuddy", h.state,
	).Replace(s)
}

func (h *host) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) configure(yaml string) {
	h.t.Helper()
	h.check(os.WriteFile(filepath.Join(h.etc, "slabuddy.yaml"), []byte(yaml+"\n"), 0o644))
}

// command is one of the unit's command lines, run as the unit says.
func (h *host) command(line string) *exec.Cmd {
	h.t.Helper()
	words := strings.Fields(h.here(line))
	cmd := exec.CommandContext(h.t.Context(), words[0], words[1:]...)
	cmd.Env, cmd.Dir = h.environ, h.here(h.service.one("WorkingDirectory"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.user}
	return cmd
}

func (h *host) run(line string) (said string, err error) {
	h.t.Helper()
	out, err := h.command(line).CombinedOutput()
	return string(out), err
}

func (h *host) mustRun(setting string) {
	h.t.Helper()
	if said, err := h.run(h.service.one(setting)); err != nil {
		h.t.Fatalf("%s: %v\n%s", setting, err, said)
	}
}

// reload does what `systemctl reload` does.
func (h *host) reload(p *process) {
	h.t.Helper()
	for _, line := range h.service.all("ExecReload") {
		if said, err := h.run(strings.ReplaceAll(line, "$MAINPID", fmt.Sprint(p.cmd.Process.Pid))); err != nil {
			h.t.Fatalf("%s: %v\n%s", line, err, said)
		}
	}
}

// ticket posts a ticket whose first tier is due, and returns its ts.
func (h *host) ticket() string {
	h.t.Helper()
	m := desks.Fields(desks.Ticket{ID: "42", Priority: "high", Type: "bug", Customer: "Northwind", Subject: "Cannot log in"})
	m.TS = slacktest.TS(time.Now().Add(-11 * time.Minute))
	ts, err := h.slack.PostAs("A0DESK", "C0ENTERPRISE", m)
	h.check(err)
	return ts
}

func (h *host) until(what string, cond func() bool) {
	h.t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline:
			h.t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// process is the service's main process.
type process struct {
	h      *host
	cmd    *exec.Cmd
	exited chan struct{}
	mu     sync.Mutex
	log    strings.Builder
}

// start starts the service and waits until it is ready; Slack calls it from then on.
func (h *host) start() *process {
	h.t.Helper()
	p := &process{h: h, cmd: h.command(h.service.one("ExecStart")), exited: make(chan struct{})}
	stderr, err := p.cmd.StderrPipe()
	h.check(err)
	h.check(p.cmd.Start())
	running := make(chan [2]string, 1)
	go func() {
		defer close(p.exited)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.mu.Lock()
			p.log.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
			var line struct{ Msg, Listen, Admin string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "SLA Buddy is running" {
				running <- [2]string{line.Listen, line.Admin}
			}
		}
		_ = p.cmd.Wait()
	}()
	h.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
		if h.t.Failed() {
			h.t.Logf("the service's log:\n%s", p.logged())
		}
	})
	select {
	case at := <-running:
		h.until("ready", func() bool {
			r, err := http.Get("http://" + at[1] + "/readyz")
			if err != nil {
				return false
			}
			r.Body.Close()
			return r.StatusCode == http.StatusOK
		})
		h.slack.Cloud().SetAppURL("http://" + at[0])
	case <-p.exited:
		h.t.Fatal("the service ended at once")
	}
	return p
}

func (p *process) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// stop does what `systemctl stop` does.
func (p *process) stop() {
	p.h.t.Helper()
	most, err := time.ParseDuration(p.h.service.one("TimeoutStopSec"))
	p.h.check(err)
	p.h.check(p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.exited:
	case <-time.After(most):
		p.h.t.Fatalf("the service does not stop within %s", most)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.h.t.Errorf("exit code %d after SIGTERM", code)
	}
}
