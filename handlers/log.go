package handlers

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5/middleware"
)

// requestLog writes one line a request at debug, and panics at error.
type requestLog struct{ log *slog.Logger }

// NewLogEntry implements middleware.LogFormatter.
func (l requestLog) NewLogEntry(r *http.Request) middleware.LogEntry {
	return requestEntry{l.log, r}
}

type requestEntry struct {
	log *slog.Logger
	r   *http.Request
}

func (e requestEntry) Write(status, bytes int, _ http.Header, took time.Duration, _ any) {
	ctx := e.r.Context()
	if !e.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	if status == 0 { // nothing was written, which is a 200
		status = http.StatusOK
	}
	e.log.DebugContext(ctx, "request", "method", e.r.Method, "path", e.r.URL.Path, "status", status,
		"bytes", bytes, "took", took, "request", middleware.GetReqID(ctx))
}

func (e requestEntry) Panic(v any, stack []byte) {
	e.log.Error("a request handler panicked", "path", e.r.URL.Path, "panic", v, "stack", string(stack))
}
