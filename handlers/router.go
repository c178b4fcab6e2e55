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
)

const (
	// maxBody is the largest body that is read; Slack's own are far smaller.
	maxBody = 1 << 20
	// publicTimeout ends a request before Slack's own 3 s do, so that a database that hangs is
	// answered with 503 and not with silence.
	publicTimeout = 2500 * time.Millisecond
)

// Slack is what Slack's requests are handed to; *slackapp.App is one.
type Slack interface {
	Events(w http.ResponseWriter, r *http.Request) error
	Interactions(w http.ResponseWriter, r *http.Request) error
	Commands(w http.ResponseWriter, r *http.Request) error
}

// Public is what the world may reach.
func Public(log *slog.Logger, slack Slack) http.Handler {
	r := base(log)
	r.Use(deadline(publicTimeout), middleware.RequestSize(maxBody))
	r.Post("/slack/events", respond(log, slack.Events))
	r.Post("/slack/interactions", respond(log, slack.Interactions))
	r.Post("/slack/commands", respond(log, slack.Commands))
	r.Post("/slack/*", respond(log, slack.Interactions)) // every POST here is verified
	r.Get("/healthz", alive)
	return r
}

// Admin is what operators alone may reach. It is bound to loopback unless configured otherwise.
func Admin(log *slog.Logger, metrics *prometheus.Registry, checks []Check) http.Handler {
	r := base(log)
	r.Get("/healthz", alive)
	r.Get("/readyz", ready(checks))
	r.Handle("/metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError),
	}))
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
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}
