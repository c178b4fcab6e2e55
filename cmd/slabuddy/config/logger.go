package config

import (
	"log/slog"
	"os"
	"strings"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// LogFormat is how log lines are written.
type LogFormat string

const (
	LogText LogFormat = "text" // for people
	LogJSON LogFormat = "json" // for machines
)

// NewLogger writes to w, as text for people or as JSON for machines. An empty format is text if w is a
// terminal, and JSON elsewhere. Text is coloured on a terminal only, and not if NO_COLOR is set.
func NewLogger(w *os.File, level slog.Level, format LogFormat, getenv func(string) string) *slog.Logger {
	terminal := term.IsTerminal(int(w.Fd()))
	if format == "" && terminal {
		format = LogText
	}
	if format != LogText {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{
		Level:      level,
		TimeFormat: "2006-01-02 15:04:05",
		NoColor:    !terminal || getenv("NO_COLOR") != "",
	}))
}

func (r *envReader) logLevel() slog.Level {
	const name = "LOG_LEVEL"
	var level slog.Level // info
	switch s := strings.ToLower(r.get(name)); s {
	case "", "info":
	case "debug":
		level = slog.LevelDebug
	case "warn", "warning":
		level = slog.LevelWarn
	case "error":
		level = slog.LevelError
	default:
		r.fail(name, "Write debug, info, warn or error.", "cannot be %q", s)
	}
	return level
}

func (r *envReader) logFormat() LogFormat {
	const name = "LOG_FORMAT"
	switch f := LogFormat(strings.ToLower(r.get(name))); f {
	case "", LogText, LogJSON:
		return f
	default:
		r.fail(name, "Write text or json; left out, it is text on a terminal and json elsewhere.", "cannot be %q", string(f))
		return ""
	}
}
