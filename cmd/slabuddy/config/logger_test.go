package config

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func logLine(t *testing.T, level slog.Level, format LogFormat) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "log")
	w, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	logger := NewLogger(w, level, format, env(nil))
	logger.Debug("quiet")
	logger.Info("walked", "due", 3, "token", NewSecret("hunter2"))
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestLogsAreJSONWhereThereIsNoTerminal(t *testing.T) {
	var line struct {
		Msg, Token string
		Due        int
	}
	got := logLine(t, slog.LevelInfo, "")
	if err := json.Unmarshal([]byte(got), &line); err != nil || line.Msg != "walked" || line.Due != 3 || line.Token != "(set)" {
		t.Errorf("logged %s (%v)", got, err)
	}
}

func TestTextLogsInAFileHaveNoColours(t *testing.T) {
	got := logLine(t, slog.LevelInfo, LogText)
	if !strings.Contains(got, "INF walked due=3") || strings.Contains(got, "\x1b") || strings.Contains(got, "hunter2") {
		t.Errorf("logged %q", got)
	}
}

func TestLogLevelDecidesWhatIsLogged(t *testing.T) {
	for level, lines := range map[slog.Level]int{slog.LevelDebug: 2, slog.LevelInfo: 1, slog.LevelWarn: 0} {
		for _, format := range []LogFormat{LogText, LogJSON} {
			if got := strings.Count(logLine(t, level, format), "\n"); got != lines {
				t.Errorf("%s as %s logs %d lines, want %d", level, format, got, lines)
			}
		}
	}
}
