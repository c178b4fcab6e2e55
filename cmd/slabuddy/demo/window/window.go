// Package window shows a simulated workspace in a browser, live, in a window that looks like a chat's, and
// lets people act in it. It knows the workspace, and the play around it by the interface Play alone.
//
//	browser ── GET / ─────────▶ page ─┐
//	        ── GET /live (SSE) ▶ live ─┼─▶ scene: what there is to see ─▶ templates ─▶ fragments by id
//	        ── POST /press, … ─▶ guard ─▶ Workspace.Press, Command, Submit … ─▶ signed HTTP ─▶ the App
//	                               └───▶ Play: the clock, the help desk, new tickets
//
// The server keeps nothing of a browser: who looks, and at what, is in the address. Live looks a few
// times a second and sends the fragments that have changed; window.js replaces the old ones with them.
//
// It listens on loopback, where every page in every browser could reach it. So nothing is answered unless
// it was asked for by the listener's own address (a name that was pointed here is not), and whatever
// changes anything has to show the token of the page. No style, script, picture or font comes from
// anywhere else, and none is in the page itself.
package window

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/blockkit"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

//go:embed assets templates
var files embed.FS

// Speed is how fast the clock goes while nothing is going on.
type Speed string

const (
	Paused Speed = "pause"
	Real   Speed = "real"
	Quick  Speed = "quick"
	Fast   Speed = "fast"
)

// Clock is what there is to know of the demo's time.
type Clock struct {
	Now    time.Time
	Speed  Speed
	Next   time.Time // when something happens next; zero: nothing is known of
	Speeds map[Speed]string
}

// Line is one thing that happened, in words.
type Line struct {
	At   time.Time
	Kind Kind
	Text string
}

// Kind is what a line is about, for those who see it.
type Kind string

const (
	Scene    Kind = "scene"    // the narrator
	Opened   Kind = "opened"   // a ticket is followed, or not
	Reminded Kind = "reminded" // a reminder was posted
	Waits    Kind = "waits"    // snoozed, owned, paused
	Answered Kind = "answered"
	Breached Kind = "breached"
	Desk     Kind = "desk" // something happened in the help desk
)

// Ticket is one that the help desk has posted.
type Ticket struct {
	ID       string
	Timeline escalation.Timeline // zero if it is not followed
	Followed bool
	Unread   bool   // the program has not taken it in yet
	Why      string // it is not followed
	Replied  bool   // an agent has replied in the help desk
}

// NewTicket is what a customer writes.
type NewTicket struct {
	Channel, Customer, Subject, Priority, Type string
	App                                        string // whose app posts it; "": one with labels
}

// Play is what goes on around the workspace.
type Play interface {
	Clock() Clock
	SetSpeed(s Speed) error
	Jump() error                              // to when something happens next
	Story(n int) []Line                       // the last n lines, the oldest first
	Ticket(channel, ts string) (Ticket, bool) // by its message
	Find(ticket string) (Ticket, bool)        // by its id
	Roster() calendar.Roster
	Post(t NewTicket) error                        // as the help desk does
	Burst(channel string) (says string, err error) // many tickets at once
	Reply(user, ticket string) error               // in the help desk
	// Touched is called when a person did something in a thread, or, without ts, to everything.
	Touched(channel, ts string)
}

// Config is what a Window is made of.
type Config struct {
	Slack *slacktest.Workspace
	Play  Play
	Log   *slog.Logger
	Host  string   // the listener's address: requests for any other are refused
	Cast  []string // ids of the people one can be; the first at the beginning
	Rooms []Room   // channels, in the order in which they are shown
	Pages []Page   // beside the workspace
}

// Page is a page of its own, which is made each time that it is asked for.
type Page struct {
	Path, Title string
	Policy      string // its Content-Security-Policy
	Write       func(ctx context.Context, w io.Writer) error
}

func (w *Window) beside(p Page) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var made bytes.Buffer
		if err := p.Write(r.Context(), &made); err != nil {
			w.Log.Warn("a page of the demo could not be made", "page", p.Path, "error", err)
			http.Error(rw, "This page could not be made just now. Please load it again.", http.StatusInternalServerError)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Header().Set("Content-Security-Policy", p.Policy)
		_, _ = made.WriteTo(rw)
	}
}

// Room is a channel and what it is for.
type Room struct{ ID, About string }

// Window is the page's handler.
type Window struct {
	Config
	token  string
	pages  *template.Template
	blocks *blockkit.Renderer
	ended  chan struct{}
	mux    *http.ServeMux
}

// New makes a window. End lets go of the browsers that look.
func New(c Config) (*Window, error) {
	if len(c.Cast) == 0 || len(c.Rooms) == 0 {
		return nil, errors.New("a window needs people and channels")
	}
	pages, err := template.ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("the page's templates: %w", err)
	}
	blocks, err := blockkit.NewRenderer()
	if err != nil {
		return nil, fmt.Errorf("the templates of blocks: %w", err)
	}
	w := &Window{Config: c, token: rand.Text(), pages: pages, blocks: blocks, ended: make(chan struct{})}
	w.mux = w.routes()
	return w, nil
}

// End ends what is live. It is called once.
func (w *Window) End() { close(w.ended) }

func (w *Window) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.page)
	mux.HandleFunc("GET /live", w.live)
	mux.HandleFunc("GET /tickets/{ticket}", w.desk)
	mux.Handle("GET /assets/", http.FileServerFS(files))
	for _, p := range w.Pages {
		mux.HandleFunc("GET "+p.Path, w.beside(p))
	}
	for path, act := range map[string]func(act) (string, error){
		"/say": w.say, "/press": w.press, "/submit": w.submit, "/close": w.close, "/home": w.home,
		"/ticket": w.ticket, "/burst": w.burst, "/reply": w.reply, "/speed": w.speed, "/jump": w.jump,
	} {
		mux.HandleFunc("POST "+path, w.acting(act))
	}
	return mux
}

// ServeHTTP implements http.Handler.
func (w *Window) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if w.guard(rw, r) {
		w.mux.ServeHTTP(rw, r)
	}
}

// contentPolicy lets a page use what this server serves, and only that.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// tokenHeader carries the page's token. No form and no page of another origin can set it.
const tokenHeader = "X-Demo-Token"

// guard answers what must not get through.
func (w *Window) guard(rw http.ResponseWriter, r *http.Request) bool {
	h := rw.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !w.ours(r.Host) {
		http.Error(rw, "This is SLA Buddy's demo. Please open it at http://"+w.Host, http.StatusForbidden)
		return false
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	token := []byte(r.Header.Get(tokenHeader))
	origin := r.Header.Get("Origin")
	if subtle.ConstantTimeCompare(token, []byte(w.token)) != 1 || (origin != "" && origin != "http://"+r.Host) {
		http.Error(rw, "This page is from an earlier demo. Please load it again.", http.StatusForbidden)
		return false
	}
	return true
}

// ours says that a host is the listener's own address, or localhost with its port.
func (w *Window) ours(host string) bool {
	_, port, err := net.SplitHostPort(w.Host)
	return host == w.Host || (err == nil && host == net.JoinHostPort("localhost", port))
}
