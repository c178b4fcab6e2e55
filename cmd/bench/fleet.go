package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
	"github.com/slabuddy/slabuddy/handlers/slackapp/scan"
)

const (
	fleetSize     = 10_000
	fleetChannels = 3
	fleetInstalls = 30
	// fleetWatched is longer than the round after a start, in which every channel is scanned once: the figures hold
	// from the start on.
	fleetWatched = 22 * time.Minute
)

// fleetIdle measures what many workspaces cost that do nothing: installed by OAuth, three channels each that were
// set up from Slack.
func fleetIdle(ctx context.Context, b *bench) ([]figure, error) {
	if _, err := b.slabuddy(ctx); err != nil { // before two of them are started at once
		return nil, err
	}
	var small, large idle
	var errs [2]error
	var both sync.WaitGroup // each is measured for itself, and mostly waits
	both.Go(func() { small, errs[0] = b.idleFleet(ctx, b.size(fleetSize/10)) })
	both.Go(func() { large, errs[1] = b.idleFleet(ctx, b.size(fleetSize)) })
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	of := func(what, unit string, reach float64, get func(idle) float64) figure {
		return figure{
			name: fmt.Sprintf("%d idle workspaces with %d channels each, one process, SQLite: %s", large.workspaces, fleetChannels, what), reached: get(large), unit: unit, reach: reach,
			baseline: fmt.Sprintf("%s with %d workspaces", amount(get(small), unit), small.workspaces),
		}
	}
	return []figure{
		of("resident memory", "MiB", 150, func(f idle) float64 { return f.resident }),
		of("processor", "% of a core", 5, func(f idle) float64 { return f.processor }),
		of("Slack calls a minute for each", "calls", 0.2, func(f idle) float64 { return f.calls }),
		of("goroutines", "", 100, func(f idle) float64 { return f.goroutines }),
		of("start to 200 from /readyz", "ms", 2000, func(f idle) float64 { return f.ready }),
		of("first event after the start acknowledged", "ms", 100, func(f idle) float64 { return f.first }),
		of("install, Slack's part included (median)", "ms", 10, func(f idle) float64 { return f.install }),
	}, nil
}

// idle is what was measured of a fleet.
type idle struct {
	workspaces                                                    int
	resident, processor, calls, goroutines, ready, first, install float64
}

func (b *bench) idleFleet(ctx context.Context, n int) (idle, error) {
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	db, err := b.sqlite(ctx)
	if err != nil {
		return idle{}, err
	}
	defer db.drop()
	if err := db.populate(ctx, key, n); err != nil {
		return idle{}, err
	}
	db.store.Close() // one process has the file
	slack, err := newFleetStub(nil)
	if err != nil {
		return idle{}, err
	}
	defer slack.close()
	config := filepath.Join(b.dir, "fleet.yaml")
	if err := os.WriteFile(config, []byte("help_desk: {kind: none}\nworkspace: '*'\n"), 0o600); err != nil {
		return idle{}, err
	}
	c, err := b.launch(ctx, config, db.url, "SLACK_CLIENT_ID=1.2", "SLACK_CLIENT_SECRET=bench-client-secret", "SLABUDDY_ENCRYPTION_KEY="+key,
		"SLABUDDY_PUBLIC_URL=http://127.0.0.1", "SLACK_API_URL="+slack.url()+"/api/")
	if err != nil {
		return idle{}, err
	}
	defer c.stop()
	f := idle{workspaces: n, ready: float64(c.ready) / float64(time.Millisecond)}
	if f.first, err = c.firstEvent(); err != nil {
		return idle{}, c.complain(err.Error())
	}
	if err := b.whileIdle(ctx, c, slack, &f); err != nil {
		return idle{}, err
	}
	if f.install, err = c.installs(ctx, fleetInstalls); err != nil {
		return idle{}, c.complain(err.Error())
	}
	return f, c.stop()
}

// whileIdle measures what the fleet costs in minutes in which nothing happens.
func (b *bench) whileIdle(ctx context.Context, c *child, slack *fleetStub, f *idle) (err error) {
	d := b.span(fleetWatched)
	calls, used := slack.calls.Load(), readStat(c.cmd.Process.Pid).used
	if f.resident, err = c.mostResident(ctx, d); err != nil {
		return err
	}
	f.processor = 100 * float64(readStat(c.cmd.Process.Pid).used-used) / float64(d)
	f.calls = float64(slack.calls.Load()-calls) / d.Minutes() / float64(f.workspaces)
	f.goroutines, err = c.metric(ctx, "go_goroutines")
	b.say("%d workspaces: %.0f MiB, %.1f %% of a core, %.3f calls a minute each, %.0f goroutines", f.workspaces, f.resident, f.processor, f.calls, f.goroutines)
	return err
}

// populate installs the bot in n workspaces, and sets up their channels.
func (db *database) populate(ctx context.Context, key string, n int) error {
	sealer, err := seal.New(key, rand.Reader)
	if err != nil {
		return err
	}
	body, err := json.Marshal(setup.Channel{Policy: "teams"})
	if err != nil {
		return err
	}
	at := time.Now().Add(-time.Hour)
	for i := range n {
		team := fleetWorkspace(i)
		token, err := sealer.Seal(team, "xoxb-"+team)
		if err != nil {
			return err
		}
		if err := db.store.SaveInstallation(ctx, setup.Installation{
			Workspace: team, Name: "Example " + team, AppID: "A0BENCH", BotUser: "U0BOT", Scopes: client.Scopes(), Token: token,
			InstalledBy: "U0ANA", InstalledAt: at, UpdatedAt: at,
		}); err != nil {
			return err
		}
		var watched []escalation.Thread
		for j := range fleetChannels {
			watched = append(watched, escalation.Thread{Workspace: team, Channel: channel(j)})
			s := setup.Setting{Workspace: team, Scope: setup.ChannelScope(channel(j)), Version: 1, At: at, By: "U0ANA", Body: body}
			if _, err := db.store.AddSetting(ctx, s); err != nil {
				return err
			}
		}
		if err := scan.Watch(ctx, db.store, at, watched); err != nil {
			return err
		}
	}
	return nil
}

// fleetWorkspace is the id of one; the first is that of the events.
func fleetWorkspace(i int) string {
	if i == 0 {
		return workspace
	}
	return fmt.Sprintf("T1%07d", i)
}

// fleetStub is the Slack of many workspaces: it knows each by its token, and counts calls.
type fleetStub struct {
	*stub
	calls atomic.Int64
}

func newFleetStub(onPost func(body []byte, at time.Time)) (*fleetStub, error) {
	s := &fleetStub{}
	began := time.Now().Unix()
	var err error
	s.stub, err = newStub(func(path, body, out []byte) []byte {
		n := s.calls.Add(1)
		form, _ := url.ParseQuery(string(body))
		team := form.Get("token")[min(len("xoxb-"), len(form.Get("token"))):]
		switch string(path[bytes.LastIndexByte(path, '/')+1:]) {
		case "auth.test":
			return response(out, []byte(`{"ok":true,"team":"Example","user":"slabuddy","team_id":"`+team+`","user_id":"U0BOT","bot_id":"B0BOT"}`))
		case "oauth.v2.access":
			scopes, _ := json.Marshal(strings.Join(client.Scopes(), ","))
			team = form.Get("code")
			return response(out, []byte(`{"ok":true,"access_token":"xoxb-`+team+`","token_type":"bot","scope":`+string(scopes)+
				`,"bot_user_id":"U0BOT","app_id":"A0BENCH","team":{"id":"`+team+`","name":"Example"},"authed_user":{"id":"U0ANA"}}`))
		case "chat.postMessage":
			if onPost != nil {
				onPost(body, time.Now())
			}
			return response(out, fmt.Appendf(nil, `{"ok":true,"channel":"C0BENCH","ts":"%d.%06d"}`, began+n/1e6, n%1e6))
		case "conversations.history", "conversations.replies":
			return response(out, []byte(`{"ok":true,"messages":[],"has_more":false}`))
		case "usergroups.list":
			return response(out, []byte(`{"ok":true,"usergroups":[]}`))
		}
		return response(out, []byte(`{"ok":true}`))
	})
	return s, err
}

// firstEvent is how long an event takes to be acknowledged, in ms, connecting included.
func (c *child) firstEvent() (float64, error) {
	began := time.Now()
	s, err := dial(c.public)
	if err != nil {
		return 0, err
	}
	defer s.conn.Close()
	if err := s.send(newEvents("F")); err != nil {
		return 0, err
	}
	return float64(time.Since(began)) / float64(time.Millisecond), nil
}

// installs is how long an install takes, in ms, from Slack's sending the browser back to the page that says so.
func (c *child) installs(ctx context.Context, n int) (float64, error) {
	var took latencies
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for i := range n {
		to, cookies, err := c.visit(ctx, browser, "/slack/install", nil, http.StatusFound)
		if err != nil {
			return 0, err
		}
		began := time.Now()
		back := "/slack/oauth_redirect?" + url.Values{"code": {fmt.Sprintf("T2%07d", i)}, "state": {to.Query().Get("state")}}.Encode()
		if _, _, err := c.visit(ctx, browser, back, cookies, http.StatusOK); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	return took.quantile(.5), nil
}

// visit gets a page of the public address.
func (c *child) visit(ctx context.Context, browser *http.Client, path string, cookies []*http.Cookie, want int) (to *url.URL, set []*http.Cookie, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.public+path, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, cookie := range cookies {
		req.AddCookie(cookie)
	}
	resp, err := browser.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != want {
		return nil, nil, fmt.Errorf("%s answers %s", path, resp.Status)
	}
	to, err = resp.Location()
	if errors.Is(err, http.ErrNoLocation) {
		err = nil
	}
	return to, resp.Cookies(), err
}

// metric is the value of a metric without labels.
func (c *child) metric(ctx context.Context, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.admin+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	_, rest, found := bytes.Cut(text, []byte("\n"+name+" "))
	if !found {
		return 0, fmt.Errorf("there is no metric %s", name)
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return strconv.ParseFloat(string(line), 64)
}
