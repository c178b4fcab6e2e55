package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"github.com/slabuddy/slabuddy/escalation/helpdesk"
	"github.com/slabuddy/slabuddy/handlers/body"
	"github.com/slabuddy/slabuddy/handlers/fair"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// handler answers a request, or returns why it could not. After an error nothing has been written.
type handler func(w http.ResponseWriter, r *http.Request) error

// ErrNotFound says that there is nothing at an address.
var ErrNotFound = errors.New("there is nothing here")

// status is the one place that says which error is which status code.
func status(err error) int {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, slackapp.ErrUnsigned), errors.Is(err, helpdesk.ErrUnsigned):
		return http.StatusUnauthorized
	case errors.Is(err, slackapp.ErrMalformed), errors.Is(err, helpdesk.ErrMalformed):
		return http.StatusBadRequest
	}
	// What is left is ours: the database as a rule, or too much at once. 503 has Slack deliver again.
	return http.StatusServiceUnavailable
}

// respond makes an http.Handler of h. The caller gets no more than the status: what went wrong
// is for the log.
func respond(log *slog.Logger, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		code := status(err)
		level := slog.LevelInfo
		switch {
		case errors.Is(err, body.ErrBusy):
			// The answer does not wait for what is left of the body, and nor does the connection.
			w.Header().Set("Connection", "close")
		case errors.Is(err, fair.ErrFull): // nothing is wrong with us
		case code >= http.StatusInternalServerError:
			level = slog.LevelError
		}
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			level = slog.LevelDebug // the caller went away
		}
		log.Log(r.Context(), level, "request refused", "path", r.URL.Path, "status", code,
			"request", middleware.GetReqID(r.Context()), "error", err)
		http.Error(w, http.StatusText(code), code)
	}
}
