package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a configuration file.
type Problem struct {
	Line   int    `json:"line"`   // from 1
	Column int    `json:"column"` // from 1, in characters
	What   string `json:"what"`   // what is wrong, without a full stop
	Fix    string `json:"fix"`    // what would be right; may be empty

	width  int    // how many characters are wrong
	source string // the line itself, secrets masked
}

// Error is all that is wrong with a configuration file, in the order of its lines.
type Error struct {
	File     string    `json:"file"`
	Problems []Problem `json:"problems"`
}

func newError(file string, src []byte, problems []Problem) *Error {
	lines := strings.Split(string(src), "\n")
	for i, p := range problems {
		if p.Line >= 1 && p.Line <= len(lines) {
			line := strings.TrimRight(lines[p.Line-1], "\r")
			problems[i].Column = afterSpace(line, p.Column)
			problems[i].source = maskLine(line)
		}
		problems[i].What, problems[i].Fix = maskTokens(p.What), maskTokens(p.Fix)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Error{File: file, Problems: problems}
}

// afterSpace is where the value begins: the YAML library places one that is behind a tab at the tab.
// A tab that begins the line is itself what is wrong.
func afterSpace(line string, column int) int {
	chars := []rune(line)
	if column > len(chars) || strings.TrimSpace(string(chars[:column])) == "" {
		return column
	}
	for at := column; at <= len(chars); at++ {
		if chars[at-1] != ' ' && chars[at-1] != '\t' {
			return at
		}
	}
	return column
}

func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, p.Line, p.Column, p.What)
		behindMask := strings.Contains(p.source, masked) && p.Column > len([]rune(p.source))
		if p.source != "" && !behindMask {
			excerpt, caret := underline(p)
			fmt.Fprintf(&b, "\n    %s\n    %s", excerpt, caret)
		}
		if p.Fix != "" {
			fmt.Fprintf(&b, "\n    %s", p.Fix)
		}
	}
	return b.String()
}

// underline returns what to show of the problem's line, and carets that stand below the part that is
// wrong. Tabs are kept in both, so that they line up in any terminal.
func underline(p Problem) (excerpt, caret string) {
	const before, after = 50, 100
	line := []rune(p.source)
	at := min(p.Column-1, len(line))
	start, end := 0, len(line)
	if at > after {
		start = at - before
	}
	if end > start+before+after {
		end = start + before + after
	}
	excerpt = string(line[start:end])
	for _, c := range line[start:at] {
		if c == '\t' {
			caret += "\t"
		} else {
			caret += " "
		}
	}
	if start > 0 {
		excerpt, caret = "…"+excerpt, " "+caret
	}
	if end < len(line) {
		excerpt += "…"
	}
	return excerpt, caret + strings.Repeat("^", max(1, min(p.width, end-at)))
}

// Secrets are never in the file; where somebody put one there all the same, the error about it must
// not carry it into a log.
var (
	tokenShape = regexp.MustCompile(`\b(xox[a-z]-|xapp-|AIza)[-_.A-Za-z0-9]+`)
	secretKey  = regexp.MustCompile(`(?i)(token|secret|passw(or)?d|api_?key|credential)`)
	secretPair = regexp.MustCompile(`(?i)([\w-]*(?:token|secret|passw(?:or)?d|api[-_]?key|credential|authorization|cookie)[\w-]*["']?[ \t]*[:=][ \t]*)[^ \t].*`)
	// notAName is where the name of a variable belongs, and something that is no name was written.
	notAName = regexp.MustCompile(`(_env["']?[ \t]*:[ \t]*)['"]?\w*[^\w\s'",}].*`)
	hookKey  = regexp.MustCompile(`(formatted_webhook/)[^/\s'"$]+`) // of Grafana OnCall
	userInfo = regexp.MustCompile(`(://)[^/@\s]+@`)
)

const masked = "***"

func maskTokens(s string) string {
	s = hookKey.ReplaceAllString(tokenShape.ReplaceAllString(s, masked), "${1}"+masked)
	return userInfo.ReplaceAllString(s, "${1}"+masked+"@")
}

func maskLine(s string) string {
	return maskTokens(notAName.ReplaceAllString(secretPair.ReplaceAllString(s, "${1}"+masked), "${1}"+masked))
}

// nearest is the candidate that word was most likely meant to be, "" if none is near.
func nearest(word string, candidates []string) string {
	best, least := "", 1+max(1, len([]rune(word))/3)
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if d := distance(squash(word), squash(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// didYouMean asks about the nearest candidate, and lists them all where none is near.
func didYouMean(word string, candidates []string, listed string) string {
	if near := nearest(word, candidates); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	if len(candidates) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s.", listed, strings.Join(candidates, ", "))
}

// squash leaves out what people get wrong most: case, and how words are joined.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_@", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance counts the characters to insert, delete, replace or swap with their neighbour that make b
// of a (optimal string alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	var older []int
	old := make([]int, len(to)+1)
	for j := range old {
		old[j] = j
	}
	for i := range from {
		row := make([]int, len(to)+1)
		row[0] = i + 1
		for j := range to {
			replace := old[j]
			if from[i] != to[j] {
				replace++
			}
			row[j+1] = min(replace, old[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old = old, row
	}
	return old[len(to)]
}
