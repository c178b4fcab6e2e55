package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// slabuddy is the binary that is measured, built when it is first asked for.
func (b *bench) slabuddy(ctx context.Context) (string, error) {
	if b.binary != "" {
		return b.binary, nil
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/slabuddy/slabuddy").Output()
	if err != nil {
		return "", fmt.Errorf("find slabuddy's sources (run the bench in cmd/bench): %w", err)
	}
	binary := filepath.Join(b.dir, "slabuddy")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/slabuddy")
	cmd.Dir = strings.TrimSpace(string(root)) // with the versions that the program names, not this module's
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build slabuddy: %w\n%s", err, out)
	}
	b.binary = binary
	return binary, nil
}

const signingSecret = "bench-signing-secret"

// child is a running `slabuddy serve`.
type child struct {
	cmd           *exec.Cmd
	public, admin string // addresses
	ready         time.Duration
	log           string
	ended         bool
}

// serve starts the binary on a database, with the channels of the seeds watched, and returns once
// /readyz says 200. Its log goes to a file, as it would.
func (b *bench) serve(ctx context.Context, databaseURL string, slack *slackStub, deskURL string) (*child, error) {
	config, err := b.config()
	if err != nil {
		return nil, err
	}
	return b.launch(ctx, config, databaseURL, "SLACK_BOT_TOKEN=xoxb-bench", "SLACK_API_URL="+slack.apiURL(),
		"HELPDESK_URL="+deskURL, "HELPDESK_TOKEN=bench")
}

// launch starts the binary with a configuration and an environment, and returns once /readyz says 200.
func (b *bench) launch(ctx context.Context, config, databaseURL string, env ...string) (*child, error) {
	binary, err := b.slabuddy(ctx)
	if err != nil {
		return nil, err
	}
	public, admin, err := freeAddresses()
	if err != nil {
		return nil, err
	}
	log, err := os.CreateTemp(b.dir, "serve-*.log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(binary, "--config", config, "serve")
	cmd.Dir = b.dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "LOG_FORMAT=json",
		"DATABASE_URL=" + databaseURL, "SLABUDDY_LISTEN=" + public, "SLABUDDY_ADMIN_LISTEN=" + admin,
		"SLACK_SIGNING_SECRET=" + signingSecret,
	}, env...)
	c := &child{cmd: cmd, public: public, admin: admin, log: log.Name()}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := c.await(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.ready = time.Since(began)
	return c, nil
}

// config writes a configuration that watches the channels of the seeds.
func (b *bench) config() (string, error) {
	var yaml strings.Builder
	yaml.WriteString("help_desk: {kind: http}\ndigest: {from: 0}\nengineers:\n")
	for _, e := range engineers {
		fmt.Fprintf(&yaml, "  - {name: %s, slack: %s}\n", e.Name, e.Slack)
	}
	fmt.Fprintf(&yaml, "hours: {%s: {timezone: UTC, week: {mon-sun: '00:00-24:00'}}}\n", whole)
	yaml.WriteString("channels:\n")
	for i := range channels {
		fmt.Fprintf(&yaml, "  %s: {policy: teams}\n", channel(i))
	}
	file := filepath.Join(b.dir, "slabuddy.yaml")
	return file, os.WriteFile(file, []byte(yaml.String()), 0o600)
}

// freeAddresses are two that nobody listened at a moment ago.
func freeAddresses() (public, admin string, err error) {
	var found [2]string
	for i := range found {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", err
		}
		defer ln.Close()
		found[i] = ln.Addr().String()
	}
	return found[0], found[1], nil
}

// await waits until the child is ready, or has ended.
func (c *child) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if c.answers(ctx) {
			return nil
		}
		select {
		case <-ctx.Done():
			return c.complain("was not ready in time")
		case <-time.After(time.Millisecond):
		}
		if err := c.cmd.Process.Signal(syscall.Signal(0)); err != nil {
			return c.complain("ended")
		}
	}
}

func (c *child) answers(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.admin+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// complain is an error with the end of the child's log.
func (c *child) complain(what string) error {
	const most = 2000
	said, _ := os.ReadFile(c.log)
	return fmt.Errorf("slabuddy serve %s; it said:\n%s", what, said[max(0, len(said)-most):])
}

// stop ends the child in order. Called again it does nothing.
func (c *child) stop() error {
	if c.ended {
		return nil
	}
	c.ended = true
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	late := time.AfterFunc(20*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	if err := c.cmd.Wait(); err != nil {
		return c.complain("did not end well: " + err.Error())
	}
	return nil
}

// mostAnonymous samples the child's anonymous memory (what only it uses, files aside) for a while, and returns the
// largest, in MiB.
func (c *child) mostAnonymous(ctx context.Context, d time.Duration) (most float64, err error) {
	return mostOf(ctx, d, func() (float64, error) { return rssAnon(c.cmd.Process.Pid) })
}

// mostResident is the same of its resident memory.
func (c *child) mostResident(ctx context.Context, d time.Duration) (most float64, err error) {
	return mostOf(ctx, d, func() (float64, error) { return rss(c.cmd.Process.Pid) })
}

// mostOf samples a figure for a while, and returns the largest.
func mostOf(ctx context.Context, d time.Duration, sample func() (float64, error)) (most float64, err error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	end := time.After(d)
	for {
		now, err := sample()
		if err != nil {
			return 0, err
		}
		most = max(most, now)
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-end:
			return most, nil
		case <-tick.C:
		}
	}
}

// watched is a child with its surroundings.
type watched struct {
	*child
	slack *slackStub
	desk  *stub
}

// thinking is how long the help desk takes to answer.
const thinking = 20 * time.Millisecond

// watch starts the binary on a database, with a Slack and a help desk.
func (b *bench) watch(ctx context.Context, databaseURL string, onPost func(body []byte, at time.Time)) (*watched, error) {
	return b.watchWith(ctx, databaseURL, onPost, func([]byte) bool { return false })
}

// watchWith is watch with a help desk that knows nothing of some tickets.
func (b *bench) watchWith(ctx context.Context, databaseURL string, onPost func(body []byte, at time.Time), unknown func(id []byte) bool) (*watched, error) {
	w := &watched{}
	var err error
	if w.slack, err = newSlackStub(onPost); err != nil {
		return nil, err
	}
	if w.desk, err = newForgetfulDesk(thinking, unknown); err != nil {
		w.slack.close()
		return nil, err
	}
	if w.child, err = b.serve(ctx, databaseURL, w.slack, w.desk.url()); err != nil {
		w.slack.close()
		w.desk.close()
		return nil, err
	}
	return w, nil
}

// stop ends the child, then its surroundings. Called again it does nothing.
func (w *watched) stop() error {
	err := w.child.stop()
	w.slack.close()
	w.desk.close()
	return err
}
