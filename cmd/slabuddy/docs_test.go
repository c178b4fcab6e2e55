package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quotedLine is a line of the log, as a guide quotes it: in a table's first column, or after "the log says".
var quotedLine = regexp.MustCompile(`(?m)(?:^\| |[Tt]he log [^*\n]*)\*([^*\n]+)\*`)

// Whoever looks for a line of the log in a guide finds it as it was logged.
func TestLogLinesInTheGuidesAreLogged(t *testing.T) {
	root := filepath.Join("..", "..")
	var source strings.Builder
	for _, folder := range []string{"calendar", "cmd/slabuddy", "escalation", "handlers", "store"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := os.ReadFile(path)
			source.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for guide, least := range map[string]int{"README.md": 7, "deploy/README.md": 3} {
		content, err := os.ReadFile(filepath.Join(root, guide))
		if err != nil {
			t.Fatal(err)
		}
		quoted := quotedLine.FindAllStringSubmatch(string(content), -1)
		if len(quoted) < least {
			t.Errorf("%s quotes %d lines; %d were there once", guide, len(quoted), least)
		}
		for _, line := range quoted {
			if !strings.Contains(source.String(), `"`+line[1]) {
				t.Errorf("%s quotes a line that is not logged: %s", guide, line[1])
			}
		}
	}
}
