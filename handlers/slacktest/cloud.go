package slacktest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest/inprocess"
	"github.com/slabuddy/slabuddy/handlers/slacktest/oauth"
	"github.com/slabuddy/slabuddy/handlers/slacktest/sockets"
)

// Cloud is one Slack with several workspaces behind one address, as an app sees it that many of
// them install:
//
//	            ┌── /api/METHOD ─────────▶ the workspace whose token it is ──▶ method
//	app ── HTTP ┼── /oauth/v2/authorize ─▶ Decide, or a page ──▶ back to the app with a code
//	            ├── /actions/…, /commands/… (response URLs) ──▶ their workspace
//	            └── /link (WebSocket) ◀── events, interactions, commands of all workspaces
//
// What has no token of its own (oauth.v2.access, apps.connections.open, calls with an unknown token)
// goes to the first workspace: its Calls show them, its faults strike them.
type Cloud struct {
	opts Options // of the app; Team, Token and Scopes are in each workspace

	mu         sync.Mutex // never held while a workspace's is taken
	base       string     // where Slack is
	appURL     string     // where the app is, if SetAppURL was called
	workspaces []*Workspace
	oauth      *oauth.Server
	sockets    *sockets.Sockets
}

// NewCloud is a Slack in which the app is made, and no workspace is yet. Of the options, those of
// the app count.
func NewCloud(o Options) *Cloud {
	o = withAppDefaults(o)
	c := &Cloud{opts: o, base: inProcessURL}
	c.oauth = &oauth.Server{ClientID: o.ClientID, App: o.App.Name, RedirectURLs: o.RedirectURLs, NewID: o.NewID, Now: o.Wall, People: c.installers}
	c.sockets = sockets.New(o.App.ID, o.NewID, o.PingEvery, c.news)
	return c
}

// AddWorkspace adds a workspace that has not installed the app: it installs it by OAuth. The bot
// is in no channel of it until it joins (Workspace.Join, conversations.join).
func (c *Cloud) AddWorkspace(t Team) *Workspace {
	o := c.opts
	id := o.NewID("")
	o.Team = t
	setDefault(&o.Team.ID, "T"+id)
	setDefault(&o.Team.Name, o.Team.ID)
	setDefault(&o.Team.Domain, strings.ToLower(o.Team.ID))
	o.App.BotID, o.App.UserID = "B0BOT"+id, "U0BOT"+id
	o.Token, o.Scopes = "", nil
	return c.add(o)
}

func (c *Cloud) add(o Options) *Workspace {
	w := newWorkspace(c, o)
	c.mu.Lock()
	c.workspaces = append(c.workspaces, w)
	base := c.appURL
	c.mu.Unlock()
	if base != "" {
		w.SetAppURL(base)
	}
	return w
}

// Cloud is the Slack that the workspace is part of.
func (w *Workspace) Cloud() *Cloud { return w.cloud }

// Workspaces are all of them, in the order in which they were added.
func (c *Cloud) Workspaces() []*Workspace {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.workspaces)
}

// workspace is that of a team; nil if there is none.
func (c *Cloud) workspace(team string) *Workspace {
	for _, w := range c.Workspaces() {
		if w.opts.Team.ID == team {
			return w
		}
	}
	return nil
}

// SetAppURL says where the app is: events, interactions and commands of all workspaces, those to
// come included, go to /slack/events, /slack/interactions and /slack/commands below base.
func (c *Cloud) SetAppURL(base string) {
	c.mu.Lock()
	c.appURL = base
	c.mu.Unlock()
	for _, w := range c.Workspaces() {
		w.SetAppURL(base)
	}
}

// SetAppURL says where the app is, for this workspace alone: see [Cloud.SetAppURL].
func (w *Workspace) SetAppURL(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	base = strings.TrimSuffix(base, "/")
	w.requestURL = base + "/slack/events"
	w.interactivityURL = base + "/slack/interactions"
	w.commandURL = base + "/slack/commands"
}

// SetInteractivityURL says where clicks and submissions go from now on; empty: nowhere.
func (w *Workspace) SetInteractivityURL(url string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.interactivityURL = url
}

// SetCommandURL says where slash commands go from now on; empty: nowhere.
func (w *Workspace) SetCommandURL(url string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commandURL = url
}

// Handler serves the Web API under /api/, the authorize page, response URLs and sockets.
func (c *Cloud) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", c.serveAPI)
	mux.Handle("GET /oauth/v2/authorize", c.oauth)
	mux.Handle("POST /oauth/v2/authorize", c.oauth)
	mux.HandleFunc("POST /actions/{team}/{id}/{secret}", c.serveHook)
	mux.HandleFunc("POST /commands/{team}/{id}/{secret}", c.serveHook)
	mux.Handle("GET /link", c.sockets)
	return mux
}

func (c *Cloud) serveAPI(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxUpload))
	if err != nil {
		return // the client went away in mid-sentence
	}
	p := parse(r, body)
	w := c.owner(p.token)
	if w == nil {
		http.Error(rw, "The simulated Slack has no workspace yet: add one with AddWorkspace.", http.StatusServiceUnavailable)
		return
	}
	w.serveAPI(rw, r, p)
}

// owner is the workspace of a token, or without one the first; nil if there is none at all.
func (c *Cloud) owner(token string) *Workspace {
	all := c.Workspaces()
	for _, w := range all {
		if w.knows(token) {
			return w
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// knows says whether a bot token is, or was, this workspace's.
func (w *Workspace) knows(token string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return token != "" && (token == w.opts.Token || w.revoked[token] != "")
}

// setBase says where Slack itself is.
func (c *Cloud) setBase(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = url
}

func (c *Cloud) url() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base
}

// news wakes all workspaces when something changed that they share.
func (c *Cloud) news() {
	for _, w := range c.Workspaces() {
		w.mu.Lock()
		w.changed()
		w.mu.Unlock()
	}
}

// Close ends all workspaces.
func (c *Cloud) Close() {
	for _, w := range c.Workspaces() {
		w.Close()
	}
}

// closed ends the sockets once no workspace is open.
func (c *Cloud) closed() {
	open := func(w *Workspace) bool { return w.ctx.Err() == nil }
	if !slices.ContainsFunc(c.Workspaces(), open) {
		c.CutSockets()
	}
}

// Sockets is how many Socket Mode connections are open.
func (c *Cloud) Sockets() int { return c.sockets.Open() }

// Disconnect asks the open sockets to go: "warning" (it will end in a while), "refresh_requested" or
// "link_disabled". All but the warning end them, too.
func (c *Cloud) Disconnect(reason string) { c.sockets.Disconnect(reason) }

// CutSockets ends all connections without a word.
func (c *Cloud) CutSockets() { c.sockets.Cut() }

// appsConnectionsOpen runs in the first workspace, whichever are behind the socket.
func (w *Workspace) appsConnectionsOpen(args) answer {
	return answer{"ok": true, "url": w.cloud.sockets.Address(w.cloud.url())}
}

// Handler serves what [Cloud.Handler] does.
func (w *Workspace) Handler() http.Handler { return w.cloud.Handler() }

// Start serves the workspace at addr; "" is a free port of the loopback interface.
func (w *Workspace) Start(addr string) (*Server, error) { return w.cloud.Start(addr) }

// Client calls the workspace in process, without a socket.
func (w *Workspace) Client() *http.Client { return w.cloud.Client() }

// Server is a simulated Slack on a socket.
type Server struct {
	URL    string // http://127.0.0.1:…
	APIURL string // what SLACK_API_URL should say
	server *http.Server
	done   chan error
}

// Start serves the cloud at addr; "" is a free port of the loopback interface. Response URLs and
// sockets are found there from now on.
func (c *Cloud) Start(addr string) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("starting the simulated Slack: %w", err)
	}
	url := "http://" + l.Addr().String()
	c.setBase(url)
	s := &Server{
		URL:    url,
		APIURL: url + "/api/",
		server: &http.Server{Handler: c.Handler(), ReadHeaderTimeout: 10 * time.Second},
		done:   make(chan error, 1),
	}
	go func() { s.done <- s.server.Serve(l) }()
	return s, nil
}

// Close cuts all connections and stops.
func (s *Server) Close() error {
	err := s.server.Close()
	if served := <-s.done; err == nil && !errors.Is(served, http.ErrServerClosed) {
		err = served
	}
	return err
}

// APIURL is where the Web API is for Client.
const APIURL = inProcessURL + "/api/"

const inProcessURL = "http://slack.test"

// Client calls the cloud in process, without a socket.
func (c *Cloud) Client() *http.Client {
	return &http.Client{Transport: inprocess.Transport(c.Handler())}
}
