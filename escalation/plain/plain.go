// Package plain makes the words of others fit to be quoted in ours: on one line, with nothing in them that changes how
// the text around them is shown (rule 29). Whoever writes a ticket sets its subject and customer, and reads in
// no reminder, page or log as the bot itself.
package plain

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is s on one line, without anything that could change how the text around it is shown.
func Line(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)), " ")
}

// isPlain recognizes, without allocating, what Line would leave as it is: most there is.
func isPlain(s string) bool {
	spaced := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && spaced {
			return false
		}
		spaced = c == ' '
	}
	return !spaced || s == ""
}

// Words is Line without Slack's formatting, which knows no escapes: what would make bold, italic, struck or
// code, or an emoji by its name, gives way to a character that looks like it. It is as long as before.
func Words(s string) string {
	s = Line(s)
	if !strings.ContainsAny(s, "*_~`:") {
		return s
	}
	s = emoji.ReplaceAllString(s, "∶$1∶")
	if !strings.ContainsAny(s, "*_~`") {
		return s
	}
	was := []rune(s)
	runes := slices.Clone(was)
	for i, r := range was {
		switch {
		case r == '*':
			runes[i] = '∗'
		case r == '~':
			runes[i] = '∼'
		case r == '`':
			runes[i] = 'ˋ'
		case r == '_' && !(inWord(was, i-1) && inWord(was, i+1)): // acme_prod stays what it is
			runes[i] = 'ˍ'
		}
	}
	return string(runes)
}

// Quotable is Words fit to be between “ and ”, which nothing in it ends.
func Quotable(s string) string { return inner.Replace(Words(s)) }

var inner = strings.NewReplacer("“", "‘", "”", "’", "„", "‚", "‟", "‛")

// Cut is s in at most so many characters.
func Cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// emoji is one by its name, in any language that a workspace may have: :rotating_light:. Times are none: 09:00-17:00.
var emoji = regexp.MustCompile(`:([\p{N}_+'-]*\p{L}[\p{L}\p{N}_+'-]*|[+-]1|100|1234):`)

// inWord recognizes the letters and digits that are such to Slack without a doubt.
func inWord(runes []rune, i int) bool {
	if i < 0 || i >= len(runes) {
		return false
	}
	r := runes[i]
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
