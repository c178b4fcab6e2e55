package config

import (
	"log/slog"
	"os"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
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
