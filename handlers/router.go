package handlers

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/slabuddy/slabuddy/handlers/body"
)

const (
	// maxBody is the largest body that is read; Slack's own are far smaller.
	maxBody = 1 << 20
	// smallBodies and largeBodies are what is held of all bodies together: of their first 64 KiB, which is
	// more than Slack sends, and of the rest.
	smallBodies = 16 << 20
	largeBodies = 8 << 20
	// publicTimeout ends a request before Slack's own 3 s do, so that a database that hangs is
	// answered with 503 and not with silence.
	publicTimeout = 2500 * time.Millisecond
	// reportTimeout bounds how long a report reads the database.
	reportTimeout = 90 * time.Second
	// installTimeout leaves time to ask Slack for a token while a person waits.
	installTimeout = 15 * time.Second
)

// Slack is what Slack's requests are handed to; *slackapp.App is one.
type Slack interface {
	Events(w http.ResponseWriter, r *http.Request) error
	Interactions(w http.ResponseWriter, r *http.Request) error
	Commands(w http.ResponseWriter, r *http.Request) error
	Other(w http.ResponseWriter, r *http.Request) error // every other POST below /slack/
}

// Installer lets workspaces install the app. It answers by itself what a person did wrong.
type Installer interface {
	Install(w http.ResponseWriter, r *http.Request) error
	Redirect(w http.ResponseWriter, r *http.Request) error
}

// DeskWebhook takes in what a help desk of that kind reports. Its errors are ErrNotFound,
// helpdesk.ErrUnsigned, helpdesk.ErrMalformed, or ours: then the desk is to report again.
type DeskWebhook interface {
	Serve(w http.ResponseWriter, r *http.Request, kind string) error
}

// Site is what the public routes lead to.
type Site struct {
	Slack   Slack
	Install Installer   // nil: workspaces cannot install the app
	Desk    DeskWebhook // nil: no help desk reports anything
}

// Public is what the world may reach.
func Public(log *slog.Logger, s Site) http.Handler {
	r := base(log)
	r.Use(middleware.RequestSize(maxBody))
	r.Get("/healthz", alive)
	bodies := body.NewBound(smallBodies, largeBodies, maxBody)
	r.Group(func(r chi.Router) {
		r.Use(deadline(publicTimeout), bodies.Limit)
		r.Post("/slack/events", respond(log, s.Slack.Events))
		r.Post("/slack/interactions", respond(log, s.Slack.Interactions))
		r.Post("/slack/commands", respond(log, s.Slack.Commands))
		r.Post("/slack/*", respond(log, s.Slack.Other)) // every POST here is verified
		r.Post("/helpdesk/{kind}", respond(log, s.reported))
	})
	r.Group(func(r chi.Router) {
		r.Use(deadline(installTimeout))
		r.Get("/slack/install", respond(log, s.install(Installer.Install)))
		r.Get("/slack/oauth_redirect", respond(log, s.install(Installer.Redirect)))
	})
	return r
}

func (s Site) reported(w http.ResponseWriter, r *http.Request) error {
	if s.Desk == nil {
		return ErrNotFound
	}
	return s.Desk.Serve(w, r, chi.URLParam(r, "kind"))
}

func (s Site) install(serve func(Installer, http.ResponseWriter, *http.Request) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.Install == nil {
			notInstallable(w)
			return nil
		}
		return serve(s.Install, w, r)
	}
}

// notInstallable is for whoever runs the program and wonders.
func notInstallable(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, "SLA Buddy cannot be installed from here yet.\n\n"+
		"To let workspaces install it, set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLABUDDY_PUBLIC_URL and\n"+
		"SLABUDDY_ENCRYPTION_KEY, and start it again. For a single workspace SLACK_BOT_TOKEN is enough,\n"+
		"and nothing needs installing here.\n")
}

// Operator is what the operator's routes show.
type Operator struct {
	Metrics  *prometheus.Registry
	Checks   []Check
	Report   Report   // nil: there is none
	Hosts    []string // names of this machine beside localhost
	Profiles bool
}

// Report shows how the team did.
type Report interface {
	Report(w http.ResponseWriter, r *http.Request) error
}

// Admin is what operators alone may reach. It is bound to loopback unless configured otherwise.
func Admin(log *slog.Logger, o Operator) http.Handler {
	r := base(log)
	r.Use(ownHosts(o.Hosts))
	r.Get("/healthz", alive)
	r.Get("/readyz", ready(o.Checks))
	r.Handle("/metrics", promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError),
	}))
	if o.Report != nil {
		r.With(deadline(reportTimeout)).Get("/report", respond(log, o.Report.Report))
	}
	if !o.Profiles {
		return r
	}
	r.Route("/debug/pprof", func(r chi.Router) {
		r.HandleFunc("/*", pprof.Index)
		r.HandleFunc("/cmdline", pprof.Cmdline)
		r.HandleFunc("/profile", pprof.Profile)
		r.HandleFunc("/symbol", pprof.Symbol)
		r.HandleFunc("/trace", pprof.Trace)
	})
	return r
}

func base(log *slog.Logger) *chi.Mux {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.RequestLogger(requestLog{log}), middleware.Recoverer)
	return r
}

// alive says that the process answers, and nothing about what it depends on: a database that is
// away is no reason to restart.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

func deadline(d time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), d)
			defer cancel()
			// A body that is still coming in then comes too late, and keeps others out until it ends.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d))
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}
