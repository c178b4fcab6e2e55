package saying

import (
	"regexp"
	"strings"
)

var (
	codeBlock = regexp.MustCompile("(?s)```.*?(```|$)")
	code      = regexp.MustCompile("`[^`\n]*`")
)

// Unquoted is what the writer of a message says in their own words: without lines that are quoted, and without
// code. What is left of a message's mentions is meant.
func Unquoted(text string) string { return code.ReplaceAllString(own(text), " ") }

// own leaves `2h` in: people copy it from the help as it is.
func own(text string) string {
	var lines []string
	for line := range strings.Lines(codeBlock.ReplaceAllString(text, " ")) {
		start := strings.TrimLeft(line, " \t")
		if strings.HasPrefix(start, "&gt;&gt;&gt;") || strings.HasPrefix(start, ">>>") {
			break // all that follows is quoted
		}
		if !strings.HasPrefix(start, "&gt;") && !strings.HasPrefix(start, ">") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
